"""What speaks for two articles telling one story, and how probable it is.

The log-odds of a pair are a sum of weighted evidence. All of it but the time gap is an inner
product of two rows, so that clustering can take the mean over all pairs of two clusters from the
sums of their rows; the weights (weights.json) are fitted by training/evidence.py, but for those of
series and recurrence, which were chosen on a wire that is full of forms.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from linker.arrays import BoolArray, ByteArray, DoubleArray, FloatArray, IntArray
from linker.stories.background import Background, load_background, numbered, rarity
from linker.stories.centring import add_units, language_means, take_off
from linker.stories.odds import add_both, add_features
from linker.stories.places import places
from linker.stories.products import dense_products, sparse_products
from linker.stories.projection import projected
from linker.stories.sums import Nodes, Weights
from linker.stories.tally import Tally, tally
from linker.stories.terms import Terms, stacked
from linker.stories.tfidf import scale, weigh
from linker.stories.vectors import Vectors
from linker.stories.windows import days_of
from linker.threads import for_each

#: The columns of evidence of a pair, in the order of `Evidence.features`.
FEATURES = (
    "cosine",
    "tfidf",
    "names",
    "numbers",
    "days",
    "gap_days",
    "brevity",
    "crowd",
    "rivals",
    "series",
    "recurrence",
)
COSINE, WORDS, NAMES, GAP, BREVITY, RIVALS = map(
    FEATURES.index, ("cosine", "tfidf", "names", "gap_days", "brevity", "rivals")
)
#: What is known by the others that are around the two, in a run only.
AROUND = [FEATURES.index(name) for name in ("crowd", "series", "recurrence")]
#: Those that are inner products of sparse rows; of the last two it is the conflict that counts.
SPARSE = ("tfidf", "names", "numbers", "days")
CONFLICTS = ("numbers", "days")
CHUNK = 65_536
#: Articles whose vectors are made at a time: what is between two steps stays in a cache.
ROWS = 512
SHORT_WORDS = 400.0
#: As short as 19 words an article is no more than a headline, as short as 48 it is all it must be.
HEADLINE, FULL = 0.5, 0.35
#: So many headlines are taken to have been read before in which a name stood this often.
PSEUDO_HEADLINES, USUAL_NAME = 500.0, 1e-4
#: What the vector of the headline counts beside that of the whole article, which holds it too.
HEADLINE_MEANING = 0.5
#: What a number counts as a word: whether numbers agree is evidence of its own.
NUMBER_AS_WORD = 0.5


@dataclass(frozen=True)
class Model:
    """The weights of the evidence: for each feature one within a language and one across two.

    Of two known times near - gap * (gap_days / gap_scale)**2 is added, as the logarithm of a normal
    density falls with the square; beyond gap_scale it falls as that of a power does, by `far` for
    each time that the gap is e times as long, as among the pairs of ECB+, whose articles lie years
    apart. (Between clusters it counts nothing, as a story goes on.)
    Across two languages all SPARSE weights are the same share of those within one: clustering keeps
    one sum for all of them.
    `thresholds` are log-odds by level; `topic` is the same kind of table for stories of a topic.
    `calibration` pairs a mean probability with the share of development pairs that told one story.
    """

    same: Mapping[str, float]
    cross: Mapping[str, float]
    near: float
    gap: float
    gap_scale: float
    thresholds: Mapping[str, float]
    topic: Mapping[str, float]
    far: float = 0.0  # which outputs made before there was one do not hold
    calibration: Sequence[Sequence[float]] = ()

    def pair(self, name: str) -> tuple[float, float]:
        """The weight of a feature within a language and across two."""
        return float(self.same[name]), float(self.cross[name])


@lru_cache(maxsize=1)
def load_model() -> Model:
    """The weights that are shipped with the package."""
    return Model(**json.loads(Path(__file__).with_name("weights.json").read_text("utf-8")))


@dataclass(frozen=True)
class Evidence:
    """n articles as the rows that evidence is computed from.

    `vectors` float32 (n, d), centred, of unit length; those of `unread` bool (n,), articles that
    the encoder cannot read, are made of words, or 0 where most of their language can be read. The
    sparse rows of unit length, or empty: `documents`, TF-IDF of stems of words, those of the
    headline and the beginning weighing more; `names`, TF-IDF of the names near the beginning in one
    alphabet; `numbers`, TF-IDF of numbers;
    `days`, the weekdays that are named. `lang` int64 (n,) numbers `languages`; `day` float64 (n,)
    in days, NaN when unknown; `brevity` float32 (n,) from 0 (400 words or more) to 1 (none);
    `crowd` float32 (n,) from -1/2 (many articles are like it) to 1 (none is), NaN when unknown;
    `rivals` float32 (n,), see `linker.stories.rivals`, NaN when unknown; `series` float32 (n,), see
    `linker.stories.crowds`, and `recurrence` float32 (n,), see `linker.stories.recurrence`, both 0
    or more, NaN when unknown.
    """

    vectors: FloatArray
    unread: BoolArray
    documents: Terms
    names: Terms
    numbers: Terms
    days: Terms
    lang: IntArray
    languages: tuple[str, ...]
    day: DoubleArray
    brevity: FloatArray
    crowd: FloatArray
    rivals: FloatArray
    series: FloatArray
    recurrence: FloatArray

    @property
    def fullness(self) -> FloatArray:
        """How far each article is more than a headline, float32 (n,) from 0 to 1."""
        fullness = (HEADLINE - self.brevity) / (HEADLINE - FULL)
        share: FloatArray = np.clip(fullness, 0.0, 1.0).astype(np.float32)
        return share

    @property
    def sparse(self) -> dict[str, Terms]:
        """The rows behind the evidence of SPARSE."""
        return dict(zip(SPARSE, (self.documents, self.names, self.numbers, self.days), strict=True))

    def features(self, pairs: IntArray, threads: int = 1) -> FloatArray:
        """FEATURES of each pair (p, 2) of rows, float32 (p, len(FEATURES)); NaN if not known.

        Of CONFLICTS it is 0 where one of the two has none, else from -1 (none shared) to 0 (all).
        """
        out = np.empty((len(pairs), len(FEATURES)), np.float32)
        some_unread = bool(self.unread.any())

        def fill(begin: int) -> None:
            part = slice(begin, begin + CHUNK)
            a, b = pairs[part, 0], pairs[part, 1]
            out[part, GAP] = np.abs(self.day[a] - self.day[b])
            out[part, BREVITY] = self.brevity[a] + self.brevity[b]
            out[part, RIVALS] = (self.rivals[a] + self.rivals[b]) / 2
            dense_products(self.vectors, pairs[part], out[part, COSINE])
            if some_unread:
                out[part, COSINE][~self.comparable(pairs[part])] = np.nan
            for column, (name, rows) in enumerate(self.sparse.items(), 1):
                product = out[part, column]
                sparse_products(rows.start, rows.ids, rows.values, pairs[part], product)
                if name in CONFLICTS:
                    has = np.diff(rows.start) > 0
                    product -= has[a] & has[b]

        for_each(fill, range(0, len(pairs), CHUNK), threads)
        self.write_around(pairs, out, threads)
        return out

    def comparable(self, pairs: IntArray) -> BoolArray:
        """Whether the cosine of each pair (p, 2) of rows is more than chance, bool (p,).

        Not so that of words and a meaning, nor that of the words of two languages.
        """
        one, other = self.unread[pairs[:, 0]], self.unread[pairs[:, 1]]
        comparable: BoolArray = (one == other) & self.told(pairs)
        return comparable

    def told(self, pairs: IntArray) -> BoolArray:
        """Whether words or meaning can tell if each pair (p, 2) is of one story, bool (p,).

        Across languages meaning alone can: without it there is hardly more in common than that both
        are short and near in time.
        """
        a, b = pairs[:, 0], pairs[:, 1]
        told: BoolArray = (self.lang[a] == self.lang[b]) | ~(self.unread[a] | self.unread[b])
        return told

    def write_around(self, pairs: IntArray, features: FloatArray, threads: int = 1) -> None:
        """Write the columns AROUND of the `features` of pairs."""

        def write(begin: int) -> None:
            part = slice(begin, begin + CHUNK)
            for column in AROUND:
                add_both(getattr(self, FEATURES[column]), pairs[part], features[part, column])

        for_each(write, range(0, len(pairs), CHUNK), threads)

    def log_odds(
        self, pairs: IntArray, features: FloatArray, model: Model, threads: int = 1
    ) -> FloatArray:
        """Log-odds that each pair tells one story, float32 (p,)."""
        odds = np.empty(len(pairs), np.float32)
        likeness = self.likeness(pairs, features, model, threads)

        def add(begin: int) -> None:
            part = slice(begin, begin + CHUNK)
            odds[part] = likeness[part] + time_odds(features[part, GAP].astype(np.float64), model)

        for_each(add, range(0, len(pairs), CHUNK), threads)
        return odds

    def likeness(
        self, pairs: IntArray, features: FloatArray, model: Model, threads: int = 1
    ) -> DoubleArray:
        """The log-odds but for what the time between the two says, float64 (p,)."""
        weighed = [(0.0, 0.0) if name == "gap_days" else model.pair(name) for name in FEATURES]
        weights = np.array([model.pair("intercept"), *weighed]).T.copy()
        total = np.empty(len(pairs))

        def add(begin: int) -> None:
            part = slice(begin, begin + CHUNK)
            add_features(features[part], pairs[part], self.lang, weights, total[part])

        for_each(add, range(0, len(pairs), CHUNK), threads)
        return total

    def nodes(self, model: Model, threads: int = 1) -> tuple[Nodes, Weights]:
        """The same articles and weights in the form that clustering takes.

        The sparse rows are put together, each scaled by the root of its weight within a language;
        across two languages all of them count by one factor.
        """
        scales = [float(np.sqrt(model.same[name])) for name in SPARSE]
        sparse = stacked(list(self.sparse.values()), scales, threads)
        held = [np.diff(self.sparse[name].start) > 0 for name in CONFLICTS]
        nodes = Nodes(
            dense=self.vectors,
            start=sparse.start,
            terms=sparse.ids,
            values=sparse.values,
            against=np.stack(held, axis=1) * np.array(scales[-len(CONFLICTS) :]),
            bias=self._bias(model),
            lang=self.lang,
            day=self.day,
        )
        weights = Weights(
            intercept=model.pair("intercept"),
            dense=model.pair("cosine"),
            sparse=(1.0, model.cross["tfidf"] / model.same["tfidf"]),
            near=model.near,
            gap=model.gap,
            gap_scale=model.gap_scale,
        )
        return nodes, weights

    def _bias(self, model: Model) -> DoubleArray:
        """What each article adds to its pairs, within its language and across, float64 (n, 2)."""
        added = np.zeros((len(self.day), 2))
        single = {
            "brevity": self.brevity,
            "crowd": self.crowd,
            "rivals": self.rivals,
            "series": self.series,
            "recurrence": self.recurrence,
        }
        for name, values in single.items():
            share = 0.5 if name == "rivals" else 1.0  # a pair has the mean of the two, else the sum
            known = np.nan_to_num(values.astype(np.float64), nan=0.0)
            added += share * known[:, None] * np.array(model.pair(name))
        return added


def forget_around(features: FloatArray) -> None:
    """Make the columns AROUND of features unknown."""
    for column in AROUND:  # one by one: all at once took twenty times as long
        features[:, column] = np.nan


def time_odds(gap_days: DoubleArray, model: Model) -> DoubleArray:
    """What the time between two articles says, in log-odds; 0 where it is not known (NaN)."""
    squared = (gap_days / model.gap_scale) ** 2
    within = model.near - model.gap * np.minimum(squared, 1.0)
    beyond = model.far * np.log(np.maximum(squared, 1.0)) / 2
    return np.nan_to_num(within - beyond, nan=0.0)


def prepare(
    articles: pa.Table, vectors: Vectors, threads: int = 1, rows: IntArray | None = None
) -> Evidence:
    """The rows of evidence of articles; document frequencies are counted over all of them.

    Of `articles` the columns title, text, lang and published are read; `rows` int64, ascending,
    chooses some, for which `vectors` are.
    """
    background = load_background()
    facts = articles.select(["lang", "published"])
    facts = facts if rows is None else facts.take(pa.array(rows))
    languages, lang = numbered(facts["lang"].to_pylist())
    counted = tally(articles, threads, rows)
    idf = rarity(counted.documents, lang, languages, background, counted.lengths, threads)
    # A number counts as what it is, and less as one of the words.
    known = counted.as_words >= 0
    rare = np.where(known, idf[counted.as_words] if len(idf) else 0.0, np.float32(0.0))
    numbers = weigh(counted.numbers, rare)
    idf[counted.as_words[known]] *= np.float32(NUMBER_AS_WORD)
    documents = weigh(counted.documents, idf)
    meaning = _meaning(vectors, lang, languages, background, threads)
    unread = np.logical_not(meaning.any(axis=1))
    worded = np.flatnonzero(unread & _mostly(unread, lang))
    meaning[worded] = projected(documents.take(worded), meaning.shape[1], threads)
    return Evidence(
        vectors=meaning,
        unread=unread,
        documents=documents,
        names=_names(counted),
        numbers=numbers,
        days=_days(counted.days),
        lang=lang,
        languages=tuple(languages),
        day=days_of(facts["published"]),
        brevity=_brevity(counted.words),
        crowd=np.full(len(lang), np.nan, np.float32),
        rivals=np.full(len(lang), np.nan, np.float32),
        series=np.full(len(lang), np.nan, np.float32),
        recurrence=np.full(len(lang), np.nan, np.float32),
    )


def probability(log_odds: npt.NDArray[np.floating]) -> FloatArray:
    """The logistic function, float32."""
    return (1.0 / (1.0 + np.exp(-log_odds.astype(np.float64)))).astype(np.float32)


def _meaning(
    vectors: Vectors, lang: IntArray, languages: list[str], background: Background, threads: int
) -> FloatArray:
    """One vector an article: that of all of it, and a little of that of its headline."""
    titles, bodies = (
        language_means(rows, lang, languages, background, vectors.encoder)
        for rows in (vectors.title, vectors.body)
    )
    out = np.empty_like(vectors.body)

    def blend(first: int) -> None:
        part = slice(first, first + ROWS)
        headlines = np.empty_like(out[part])
        take_off(vectors.title[part], lang[part], titles, headlines)
        take_off(vectors.body[part], lang[part], bodies, out[part])
        add_units(out[part], headlines, np.float32(HEADLINE_MEANING))

    for_each(blend, range(0, len(out), ROWS), threads)
    return out


def _mostly(unread: BoolArray, lang: IntArray) -> BoolArray:
    """Whether more than half of the articles of each one's language are unread, bool (n,).

    Beside articles with a meaning the words of a few would be chance: a headline of names in
    another script may be unread in a language that the model knows.
    """
    more = np.bincount(lang, np.where(unread, 1.0, -1.0)) > 0
    mostly: BoolArray = more[lang]
    return mostly


def _names(counted: Tally) -> Terms:
    """TF-IDF of names near the beginning; how rare one is, is counted over all of the articles."""
    known, held = np.unique(counted.named, return_counts=True)
    usual = PSEUDO_HEADLINES * USUAL_NAME
    idf = np.log((len(counted) + PSEUDO_HEADLINES + 1.0) / (held + usual + 0.5))
    return weigh(counted.names, idf[places(counted.names.ids, known)].astype(np.float32))


def _days(bits: ByteArray) -> Terms:
    """The weekdays of each article as a row of unit length."""
    named = (bits[:, None] >> np.arange(7, dtype=np.uint8) & 1).astype(np.bool_)
    rows, days = np.nonzero(named)
    start = np.concatenate([[0], np.cumsum(named.sum(axis=1))]).astype(np.int64)
    terms = Terms(start, days.astype(np.uint32), np.ones(len(rows), np.float32))
    return scale(terms, terms.values)


def _brevity(words: IntArray) -> FloatArray:
    longest = np.log1p(SHORT_WORDS)
    short: FloatArray = (1.0 - np.minimum(np.log1p(words), longest) / longest).astype(np.float32)
    return short
