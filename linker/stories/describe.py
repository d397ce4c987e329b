"""A story's face: headline, keywords, languages, sources, times."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from linker.arrays import IntArray
from linker.jit import njit
from linker.reprints import Reprints
from linker.spool import gather
from linker.stories.background import load_background
from linker.stories.keywords import Beginnings, keywords, usual_terms
from linker.stories.linking import Linked
from linker.stories.surfaces import surfaces

UNTITLED = 120
#: Characters of a text, and articles of a story, in which its keywords are looked for.
BEGINNING, FIRST_ARTICLES = 6000, 8
#: Stories whose articles are read at a time.
ROWS = 1024
#: Cosines with a sum are compared to so many parts of 1, so that their last bits decide nothing.
_EXACT = 1e9

STORIES = pa.schema(
    [
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


def describe(articles: pa.Table, linked: Linked, reprints: Reprints, threads: int = 1) -> pa.Table:
    """One row of STORIES a story, in the order of the stories.

    The headline is that of the article nearest to the story's centre, of the story's most
    frequent language; `independent` counts the articles that are no reprint of another.
    """
    story, stories = linked.story, int(linked.story.max(initial=-1)) + 1
    counts = np.bincount(story, minlength=stories)
    own = reprints.originals
    independent = np.bincount(story[own], minlength=stories)
    # Every story has an article of its own, the representative of whatever else it holds.
    own = own[np.argsort(story[own], kind="stable")]
    begin = np.concatenate([[0], np.cumsum(independent)]).astype(np.int64)
    rows = linked.node[own]
    evidence = linked.evidence
    centre = own[_centres(evidence.vectors, evidence.lang, len(evidence.languages), rows, begin)]
    headlines = _headlines(articles)
    known = surfaces(headlines, articles["lang"].to_pylist())
    usual = usual_terms(known, evidence.lang[rows], begin, evidence.languages, load_background())
    first, last = _times(articles["published"], story, stories)
    total = np.bincount(story, linked.confidence.astype(np.float64), minlength=stories)
    columns = {
        "title": [headlines[i] for i in centre.tolist()],
        "keywords": keywords(
            evidence.documents,
            rows,
            begin,
            known,
            _beginnings(articles, own, begin),
            usual,
            threads,
        ),
        "languages": _by_frequency(articles["lang"], story, stories),
        "sources": _by_frequency(articles["source"], story, stories),
        "articles": counts,
        "independent": independent,
        "first_published": first,
        "last_published": last,
        "confidence": total / np.maximum(counts, 1),
    }
    return pa.table(
        [pa.array(columns[field.name]).cast(field.type) for field in STORIES], schema=STORIES
    )


def _by_frequency(values: pa.ChunkedArray, story: IntArray, stories: int) -> pa.LargeListArray:
    """The values of each story but '', the most frequent first, among equals by code points."""
    texts = pc.fill_null(values.cast(pa.large_string()), "")
    encoded = texts.combine_chunks().dictionary_encode()
    order = pc.sort_indices(encoded.dictionary)
    names = encoded.dictionary.take(order)
    rank = np.empty(len(names), np.int64)
    rank[order.to_numpy()] = np.arange(len(names))
    code = rank[encoded.indices.to_numpy()]
    named = code >= int(len(names) > 0 and names[0].as_py() == "")
    keys, times = np.unique(story[named] * len(names) + code[named], return_counts=True)
    story, code = np.divmod(keys, max(len(names), 1))
    best = np.lexsort((code, -times, story))
    ends = np.searchsorted(story, np.arange(stories + 1))
    return pa.LargeListArray.from_arrays(ends, names.take(pa.array(code[best])))


def _times(published: pa.ChunkedArray, story: IntArray, stories: int) -> tuple[Any, Any]:
    """The first and the last time of each story, null where none is known."""
    known = pc.is_valid(published).to_numpy()
    times = published.cast(pa.int64()).drop_null().to_numpy()
    first = np.full(stories, np.iinfo(np.int64).max)
    last = np.full(stories, np.iinfo(np.int64).min)
    np.minimum.at(first, story[known], times)
    np.maximum.at(last, story[known], times)
    timeless = first > last
    return tuple(pa.array(ends, published.type, mask=timeless) for ends in (first, last))


def _beginnings(articles: pa.Table, own: IntArray, begin: IntArray) -> Iterator[Beginnings]:
    """The beginnings of each story's first articles; `own` and `begin` name the articles."""
    columns = articles.select(["title", "text"])
    line = pa.scalar("\n", pa.large_string())
    for first in range(0, len(begin) - 1, ROWS):
        edges = begin[first : first + ROWS + 1]
        counts = np.minimum(np.diff(edges), FIRST_ARTICLES)
        ends = np.concatenate([[0], np.cumsum(counts)])
        at = np.arange(ends[-1]) + np.repeat(edges[:-1] - ends[:-1], counts)
        [chosen] = gather(columns, own[at], len(at))
        texts = pc.utf8_slice_codeunits(chosen["text"], 0, BEGINNING)
        yield Beginnings(pc.binary_join_element_wise(chosen["title"], texts, line), ends)


def _headlines(articles: pa.Table) -> list[str]:
    """The headline, or the beginning of the text of an article without one."""
    headlines: list[str] = articles["title"].to_pylist()
    untitled = np.array([i for i, headline in enumerate(headlines) if not headline], np.int64)
    beginnings: list[str] = []
    for batch in gather(articles.select(["text"]), untitled):
        beginnings += pc.utf8_slice_codeunits(batch["text"], 0, UNTITLED).to_pylist()
    for i, beginning in zip(untitled.tolist(), beginnings, strict=True):
        headlines[i] = beginning.split("\n", 1)[0]
    return headlines


@njit
def _centres(vectors: Any, lang: Any, languages: int, rows: Any, begin: Any) -> Any:
    """The place in `rows` of each story's member nearest to the mean vector, int64 (stories,).

    Story s has `rows[begin[s]:begin[s + 1]]`; of these the ones in its most frequent language
    count. Cosines are compared to nine places, and of equals the first is taken.
    """
    stories = len(begin) - 1
    nearest = begin[:-1].copy()
    total = np.empty(vectors.shape[1], np.float64)
    for story in range(stories):
        members = rows[begin[story] : begin[story + 1]]
        if len(members) == 1:
            continue
        spoken = _most_frequent(lang, members, languages)
        total[:] = 0.0
        for row in members:
            if lang[row] == spoken:
                for d in range(len(total)):
                    total[d] += vectors[row, d]
        best = -np.inf
        for k in range(len(members)):
            if lang[members[k]] == spoken:
                cosine = 0.0
                for d in range(len(total)):
                    cosine += vectors[members[k], d] * total[d]
                if np.rint(cosine * _EXACT) > best:
                    best = np.rint(cosine * _EXACT)
                    nearest[story] = begin[story] + k
    return nearest


@njit
def _most_frequent(lang: Any, members: Any, languages: int) -> Any:
    """The most frequent language of the members, the smallest number among equals."""
    counts = np.zeros(languages, np.int64)
    for row in members:
        counts[lang[row]] += 1
    spoken = 0
    for code in range(languages):
        if counts[code] > counts[spoken]:
            spoken = code
    return spoken
