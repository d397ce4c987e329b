"""A story's face: headline, key words, languages, sources, times."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from linker.reprints import Reprints
from linker.stories.forms import stem_hashes
from linker.stories.linking import Linked
from linker.stories.terms import count_terms

IntArray = npt.NDArray[np.int64]

KEYWORDS = 8
HEADLINES = 40
UNTITLED = 120

STORIES = pa.schema(
    [
        ("story", pa.int64()),
        ("topic", pa.int64()),
        ("title", pa.large_string()),
        ("keywords", pa.list_(pa.large_string())),
        ("languages", pa.list_(pa.string())),
        ("sources", pa.list_(pa.large_string())),
        ("articles", pa.int32()),
        ("independent", pa.int32()),
        ("first_published", pa.timestamp("us", tz="UTC")),
        ("last_published", pa.timestamp("us", tz="UTC")),
        ("confidence", pa.float32()),
    ]
)

_SURFACE = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


def describe(articles: pa.Table, linked: Linked, reprints: Reprints) -> pa.Table:
    """One row of STORIES a story, in the order of the stories.

    The headline is that of the article nearest to the story's centre, of the story's most
    frequent language; `independent` counts the articles that are no reprint of another.
    """
    order = np.argsort(linked.story, kind="stable")
    begin = np.searchsorted(linked.story[order], np.arange(len(linked.topic) + 1))
    own = reprints.representative == np.arange(len(articles))
    headlines = _headlines(articles)
    words = _Words(linked, headlines)
    columns = {name: articles[name].to_pylist() for name in ("lang", "source", "published")}
    rows = []
    for story in range(len(linked.topic)):
        members = order[begin[story] : begin[story + 1]]
        independent = members[own[members]]
        centre = _centre(linked, independent)
        times = [time for time in (columns["published"][i] for i in members) if time is not None]
        rows.append(
            {
                "story": story,
                "topic": int(linked.topic[story]),
                "title": headlines[centre],
                "keywords": words.keywords(linked.node[independent]),
                "languages": _by_frequency(columns["lang"], members),
                "sources": _by_frequency(columns["source"], members),
                "articles": len(members),
                "independent": len(independent),
                "first_published": min(times, default=None),
                "last_published": max(times, default=None),
                "confidence": float(linked.confidence[members].mean(dtype=np.float64)),
            }
        )
    return pa.Table.from_pylist(rows, schema=STORIES)


def _by_frequency(values: list[str], members: IntArray) -> list[str]:
    counts = Counter(values[i] for i in members if values[i])
    return sorted(counts, key=lambda value: (-counts[value], value))


def _headlines(articles: pa.Table) -> list[str]:
    """The headline, or the beginning of the text of an article without one."""
    headlines: list[str] = articles["title"].to_pylist()
    texts = articles["text"]
    for i, headline in enumerate(headlines):
        if not headline:
            headlines[i] = texts[i].as_py()[:UNTITLED].split("\n", 1)[0]
    return headlines


def _centre(linked: Linked, members: IntArray) -> int:
    """The member nearest to the mean vector, among those of the most frequent language."""
    rows = linked.node[members]
    lang = linked.evidence.lang[rows]
    counts = np.bincount(lang)
    spoken = lang == counts.argmax()
    vectors = linked.evidence.vectors[rows[spoken]].astype(np.float64)
    return int(members[spoken][(vectors @ vectors.sum(axis=0)).round(9).argmax()])


class _Words:
    """Which words stand behind the hashed terms: those of the headlines."""

    def __init__(self, linked: Linked, headlines: list[str]) -> None:
        self.documents = linked.evidence.documents
        self.headlines = headlines
        surfaces = Counter(word for line in headlines for word in _surfaces(line))
        self.surfaces = sorted(surfaces, key=lambda word: (-surfaces[word], word))
        terms = count_terms(stem_hashes(self.surfaces))
        single = np.diff(terms.start) == 1
        ids = terms.ids[terms.start[:-1][single]]
        unique, first = np.unique(ids, return_index=True)
        self.ids = unique
        self.surface = np.flatnonzero(single)[first]

    def keywords(self, rows: IntArray) -> list[str]:
        """The heaviest terms of these articles that stand in a headline of the run."""
        found = [self.documents.row(int(row)) for row in rows[:HEADLINES]]
        ids = np.concatenate([ids for ids, _ in found])
        values = np.concatenate([values for _, values in found]).astype(np.float64)
        unique, at = np.unique(ids, return_inverse=True)
        weight = np.bincount(at, values).round(9)
        place = np.minimum(np.searchsorted(self.ids, unique), max(0, len(self.ids) - 1))
        known = np.flatnonzero(self.ids[place] == unique) if len(self.ids) else np.zeros(0, int)
        best = known[np.lexsort((unique[known], -weight[known]))][:KEYWORDS]
        return [self.surfaces[self.surface[place[i]]] for i in best]


def _surfaces(line: str) -> list[str]:
    """Words as they are written; runs without spaces between words as pairs of characters."""
    found: list[str] = []
    for word in _SURFACE.findall(line):
        if _unsegmented(word):
            found.extend(word[i : i + 2] for i in range(max(1, len(word) - 1)))
        else:
            found.append(word)
    return found


def _unsegmented(word: str) -> bool:
    return any(
        "\u3040" <= c <= "\u30ff" or "\u3400" <= c <= "\u9fff" or "\u0e00" <= c <= "\u0eff"
        for c in word
    )
