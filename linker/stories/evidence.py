"""What speaks for two articles telling one story, and how probable it is.

The log-odds of a pair are a sum of weighted evidence. All of it but the time gap is an inner
product of two rows, so that clustering can take the mean over all pairs of two clusters from the
sums of their rows; the weights (weights.json) are fitted by training/evidence.py.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from numba import njit

from linker.stories.background import load_background, rarity
from linker.stories.sums import Nodes, Weights, dot
from linker.stories.terms import Terms, count_numbers, count_terms, stacked
from linker.stories.tfidf import scale, weigh
from linker.stories.vectors import Vectors, centred
from linker.text import Words, concatenate

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float32]

#: The columns of evidence of a pair, in the order of `Evidence.features`.
FEATURES = ("cosine", "title_cosine", "tfidf", "title_tfidf", "numbers", "gap_days", "brevity")
DAY = 86_400_000_000
CHUNK = 65_536
SHORT_WORDS = 400.0
#: Languages whose spaces separate syllables: their words are pairs of those.
SYLLABIC = ("vi",)


@dataclass(frozen=True)
class Model:
    """The weights of the evidence: for each feature one within a language and one across two.

    Of two known times `near` counts for, and `gap` against for every squared `gap_days` /
    `gap_scale`, at most `gap_cap` of them.
    `thresholds` are log-odds by level; `topic` is the same kind of table for stories of a topic.
    """

    same: Mapping[str, float]
    cross: Mapping[str, float]
    near: float
    gap: float
    gap_scale: float
    gap_cap: float
    thresholds: Mapping[str, float]
    topic: Mapping[str, float]

    def pair(self, name: str) -> tuple[float, float]:
        """The weight of a feature within a language and across two."""
        return self.same[name], self.cross[name]


@lru_cache(maxsize=1)
def load_model() -> Model:
    """The weights that are shipped with the package."""
    return Model(**json.loads(Path(__file__).with_name("weights.json").read_text("utf-8")))


@dataclass(frozen=True)
class Evidence:
    """n articles as the rows that evidence is computed from.

    `title`, `body` float32 (n, d) centred unit vectors; `documents`, `headlines`, `numbers`
    TF-IDF rows of unit length; `lang` int64 (n,) numbers `languages`; `day` float64 (n,) in days,
    NaN when unknown; `brevity` float32 (n,) from 0 (400 words or more) to 1 (none).
    """

    title: FloatArray
    body: FloatArray
    documents: Terms
    headlines: Terms
    numbers: Terms
    lang: IntArray
    languages: tuple[str, ...]
    day: npt.NDArray[np.float64]
    brevity: FloatArray

    def features(self, pairs: IntArray, threads: int = 1) -> FloatArray:
        """FEATURES of each pair (p, 2) of rows, float32 (p, len(FEATURES)); gap NaN if unknown."""
        out = np.empty((len(pairs), len(FEATURES)), np.float32)
        out[:, 5] = np.abs(self.day[pairs[:, 0]] - self.day[pairs[:, 1]])
        out[:, 6] = self.brevity[pairs[:, 0]] + self.brevity[pairs[:, 1]]

        def fill(begin: int) -> None:
            part = slice(begin, begin + CHUNK)
            _dense_products(self.body, pairs[part], out[part, 0])
            _dense_products(self.title, pairs[part], out[part, 1])
            for column, terms in ((2, self.documents), (3, self.headlines), (4, self.numbers)):
                _sparse_products(
                    terms.start, terms.ids, terms.values, pairs[part], out[part, column]
                )

        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(fill, range(0, len(pairs), CHUNK)))
        return out

    def log_odds(self, pairs: IntArray, features: FloatArray, model: Model) -> FloatArray:
        """Log-odds that each pair tells one story, float32 (p,)."""
        cross = (self.lang[pairs[:, 0]] != self.lang[pairs[:, 1]]).astype(np.int64)
        total = np.array(model.pair("intercept"))[cross]
        for column, name in enumerate(FEATURES):
            if name != "gap_days":
                total = total + np.array(model.pair(name))[cross] * features[:, column]
        squared = (features[:, 5].astype(np.float64) / model.gap_scale) ** 2
        time = model.near - model.gap * np.minimum(squared, model.gap_cap)
        total = total + np.nan_to_num(time, nan=0.0)
        odds: FloatArray = total.astype(np.float32)
        return odds

    def nodes(self, model: Model) -> tuple[Nodes, Weights]:
        """The same articles and weights in the form that clustering takes.

        The sparse rows are put together, each scaled by the root of its weight within a language;
        across two languages all of them count by one factor, that of the words.
        """
        parts = (self.documents, self.headlines, self.numbers)
        names = ("tfidf", "title_tfidf", "numbers")
        sparse = stacked(parts, [np.sqrt(model.same[name]) for name in names])
        ratio = model.cross["tfidf"] / model.same["tfidf"]
        nodes = Nodes(
            dense=np.concatenate([self.title, self.body], axis=1),
            start=sparse.start,
            terms=sparse.ids,
            values=sparse.values,
            bias=model.same["brevity"] * self.brevity.astype(np.float64),
            lang=self.lang,
            day=self.day,
        )
        weights = Weights(
            intercept=model.pair("intercept"),
            title=model.pair("title_cosine"),
            body=model.pair("cosine"),
            sparse=(1.0, ratio),
            near=model.near,
            gap=model.gap,
            gap_scale=model.gap_scale,
            gap_cap=model.gap_cap,
        )
        return nodes, weights


def prepare(articles: pa.Table, bodies: Words, titles: Words, vectors: Vectors) -> Evidence:
    """The rows of evidence of all articles; document frequencies are counted over all of them."""
    background = load_background()
    lang, languages = _codes(articles["lang"])
    whole = _joined(titles, bodies)
    syllabic = np.isin(lang, [i for i, code in enumerate(languages) if code in SYLLABIC])
    counted = count_terms(whole, syllabic)
    idf = rarity(counted, lang, languages, background)
    headlines = _same_rarity(count_terms(titles, syllabic), counted, idf)
    numbers = _same_rarity(count_numbers(whole), counted, idf)
    published = articles["published"].cast(pa.int64())
    day = published.to_numpy(zero_copy_only=False).astype(np.float64) / DAY
    return Evidence(
        title=centred(vectors.title, lang, languages, background, vectors.encoder),
        body=centred(vectors.body, lang, languages, background, vectors.encoder),
        documents=weigh(counted, idf),
        headlines=headlines,
        numbers=numbers,
        lang=lang,
        languages=tuple(languages),
        day=day,
        brevity=_brevity(np.diff(whole.offsets)),
    )


def probability(log_odds: npt.NDArray[np.floating]) -> FloatArray:
    """The logistic function, float32."""
    return (1.0 / (1.0 + np.exp(-log_odds.astype(np.float64)))).astype(np.float32)


def _codes(lang: pa.ChunkedArray) -> tuple[IntArray, list[str]]:
    spoken = lang.to_pylist()
    names = sorted(set(spoken))
    number = {name: i for i, name in enumerate(names)}
    return np.array([number[name] for name in spoken], np.int64), names


def _joined(first: Words, second: Words) -> Words:
    """The words of each text of `first` and then of `second`, as one text."""
    n = len(first)
    order = np.arange(2 * n).reshape(2, n).T.ravel()
    both = concatenate([first, second]).take(order)
    return Words(both.hashes, both.kinds, both.offsets[::2])


def _brevity(words: IntArray) -> FloatArray:
    longest = np.log1p(SHORT_WORDS)
    short: FloatArray = (1.0 - np.minimum(np.log1p(words), longest) / longest).astype(np.float32)
    return short


def _same_rarity(terms: Terms, counted: Terms, idf: FloatArray) -> Terms:
    """TF-IDF rows of terms that are a part of `counted`, with the rarity that they have there."""
    key = (terms.rows().astype(np.uint64) << np.uint64(32)) | terms.ids
    among = (counted.rows().astype(np.uint64) << np.uint64(32)) | counted.ids
    at = np.minimum(np.searchsorted(among, key), max(0, len(among) - 1))
    known = among[at] == key if len(among) else np.zeros(len(key), np.bool_)
    own = np.where(known, idf[at], 0.0) if len(among) else np.zeros(len(key))
    return scale(terms, (1.0 + np.log(terms.values)) * own)


@njit(cache=True, nogil=True)
def _dense_products(rows: Any, pairs: Any, out: Any) -> None:
    for p in range(len(pairs)):
        out[p] = dot(rows[pairs[p, 0]], rows[pairs[p, 1]])


@njit(cache=True, nogil=True)
def _sparse_products(start: Any, ids: Any, values: Any, pairs: Any, out: Any) -> None:
    for p in range(len(pairs)):
        i, end = start[pairs[p, 0]], start[pairs[p, 0] + 1]
        j, stop = start[pairs[p, 1]], start[pairs[p, 1] + 1]
        total = 0.0
        while i < end and j < stop:
            if ids[i] == ids[j]:
                total += values[i] * values[j]
                i += 1
                j += 1
            elif ids[i] < ids[j]:
                i += 1
            else:
                j += 1
        out[p] = total
