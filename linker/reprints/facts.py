"""What is known of an article besides its words: time, url, source and title, as numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from linker.reprints.shingles import Shingles, sets_in
from linker.reprints.sketches import Sketches
from linker.text import Words, hash_column
from linker.threads import mapped

if TYPE_CHECKING:
    import pyarrow as pa

UNDATED = np.iinfo(np.int64).max
"""The time of an article without a date: after every dated one."""

# Titles of fewer words are compared whole; longer ones by their halves, one of which may differ.
_WORDS_TO_HALVE = 4
# Of a url, what does not change the page: scheme, www, fragment and a slash at the end.
_URL_TRIMMINGS = r"(?i)^https?://(www\.)?|#.*$|/+$"


class Facts(NamedTuple):
    """One value an article, in arrays that compiled code reads.

    sizes: int64, number of words. times: int64, microseconds since 1970 or UNDATED. urls and
    sources: int32, equal numbers for equal strings, -1 for none. titles: uint64, a digest of the
    title's words; fronts, backs: of its halves, or of the whole where it is short. numbers: uint64,
    a digest of the numbers in the body, in any order. title_sets: the distinct words of the title,
    by the low half of their hashes.
    """

    sizes: NDArray[np.int64]
    times: NDArray[np.int64]
    urls: NDArray[np.int32]
    sources: NDArray[np.int32]
    titles: NDArray[np.uint64]
    fronts: NDArray[np.uint64]
    backs: NDArray[np.uint64]
    numbers: NDArray[np.uint64]
    title_sets: Shingles


def describe(sketches: Sketches, articles: pa.Table, threads: int) -> Facts:
    """The facts of all articles."""
    import pyarrow as pa

    published = articles["published"].cast(pa.int64()).fill_null(UNDATED)
    passes: list[Callable[[], dict[str, Any]]] = [
        lambda: _of_titles(articles["title"]),
        lambda: _of_places(articles["url"], articles["source"]),
    ]
    titles, places = mapped(lambda of_column: of_column(), passes, threads)
    return Facts(
        sizes=sketches.sizes,
        times=published.to_numpy().astype(np.int64),
        numbers=sketches.numbers,
        **titles,
        **places,
    )


def _of_titles(column: pa.ChunkedArray) -> dict[str, Any]:
    """The facts titles, fronts, backs and title_sets."""
    import pyarrow as pa

    from linker.reprints.exact import digests

    words = hash_column(column.combine_chunks().cast(pa.large_string()), kinds=False)
    starts, stops = words.offsets[:-1], words.offsets[1:]
    short = stops - starts < _WORDS_TO_HALVE
    middles = (starts + stops) // 2
    return {
        "titles": digests(words.hashes, starts, stops),
        "fronts": digests(words.hashes, starts, np.where(short, stops, middles)),
        "backs": digests(words.hashes, np.where(short, starts, middles), stops),
        "title_sets": _word_sets(words),
    }


def _of_places(urls: pa.ChunkedArray, sources: pa.ChunkedArray) -> dict[str, Any]:
    """The facts urls and sources."""
    import pyarrow.compute as pc

    trimmed = pc.replace_substring_regex(urls, _URL_TRIMMINGS, "")
    return {"urls": _numbered(trimmed), "sources": _numbered(sources)}


def take(facts: Facts, rows: NDArray[np.int64]) -> Facts:
    """The facts of some articles, in the order of rows."""
    return Facts(
        sizes=facts.sizes[rows],
        times=facts.times[rows],
        urls=facts.urls[rows],
        sources=facts.sources[rows],
        titles=facts.titles[rows],
        fronts=facts.fronts[rows],
        backs=facts.backs[rows],
        numbers=facts.numbers[rows],
        title_sets=facts.title_sets.take(rows),
    )


def lend_titles(facts: Facts, bodies: NDArray[np.uint64], order: NDArray[np.int64]) -> Facts:
    """The facts, an article without a title having that of the first one with the same body.

    A missing title is no other title. But an article that went with every title would join all
    reports in that body's words, so it goes with one: that of the first article in order that has
    one. bodies: uint64 (n,), a digest of each body. Only the digests `titles` change.
    """
    untitled = facts.title_sets.counts == 0
    lenders = order[~untitled[order]]
    if not untitled.any() or not len(lenders):
        return facts
    wanted = np.flatnonzero(untitled)
    lenders = lenders[np.isin(bodies[lenders], bodies[wanted])]
    known, first = np.unique(bodies[lenders], return_index=True)
    found = np.isin(bodies[wanted], known)
    titles = facts.titles.copy()
    places = np.searchsorted(known, bodies[wanted[found]])
    titles[wanted[found]] = facts.titles[lenders[first[places]]]
    return facts._replace(titles=titles)


def _numbered(column: pa.ChunkedArray) -> NDArray[np.int32]:
    """Equal numbers for equal strings; -1 for an empty or missing one."""
    import pyarrow.compute as pc

    codes = pc.dictionary_encode(column).combine_chunks()
    empty = pc.equal(column, "").fill_null(True).to_numpy()
    numbers = codes.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32)
    return np.where(empty, np.int32(-1), numbers)


def _word_sets(words: Words) -> Shingles:
    """The distinct words of each text, by the low half of their hashes."""
    owners = np.repeat(np.arange(len(words), dtype=np.uint64), words.counts)
    low = np.uint64(0xFFFFFFFF)
    return sets_in(owners << np.uint64(32) | words.hashes & low, len(words))
