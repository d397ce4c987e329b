"""What is known of an article besides its words: time, url, source and title, as numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from linker.arrays import IntArray, Uint64Array
from linker.cleaning.keys import source_keys
from linker.cleaning.strings import plain_column, strings_of
from linker.reprints.pages import page_keys
from linker.reprints.shingles import Shingles, joined, sets_in
from linker.reprints.sketches import Sketches
from linker.text import Words, hash_column
from linker.threads import mapped

if TYPE_CHECKING:
    import pyarrow as pa

UNDATED = np.iinfo(np.int64).max
"""The time of an article without a date: after every dated one."""

# Titles of fewer words are compared whole; longer ones by their halves, one of which may differ.
_WORDS_TO_HALVE = 4
_ROWS = 4096  # articles a thread looks at in one go


class Facts(NamedTuple):
    """One value an article, in arrays that compiled code reads.

    sizes: int64, number of words. times: int64, microseconds since 1970 or UNDATED. urls and
    sources: uint64, digests of the page and of the name, 0 for none. titles: uint64, a digest of
    the title's words; fronts, backs: of its halves, or of the whole where it is short. numbers:
    uint64, a digest of the numbers in the body, in any order. title_sets: the distinct words of the
    title, by the low half of their hashes.
    """

    sizes: IntArray
    times: IntArray
    urls: Uint64Array
    sources: Uint64Array
    titles: Uint64Array
    fronts: Uint64Array
    backs: Uint64Array
    numbers: Uint64Array
    title_sets: Shingles


def describe(sketches: Sketches, articles: pa.Table, threads: int) -> Facts:
    """The facts of all articles."""
    rows = [slice(begin, begin + _ROWS) for begin in range(0, max(len(sketches), 1), _ROWS)]
    named = articles.select(["url", "source", "title", "published"])

    def work(part: slice) -> Facts:
        return _facts_of(
            sketches.sizes[part], sketches.numbers[part], named.slice(part.start, _ROWS)
        )

    *arrays, sets = zip(*mapped(work, rows, threads), strict=True)
    return Facts._make([*map(np.concatenate, arrays), joined(sets)])


def _facts_of(sizes: IntArray, numbers: Uint64Array, articles: pa.Table) -> Facts:
    import pyarrow as pa

    from linker.reprints.exact import digests

    [batch] = articles.combine_chunks().to_batches() or [_no_rows(articles)]
    published = batch.column("published").cast(pa.int64()).fill_null(UNDATED)
    words = hash_column(plain_column(batch, "title"), kinds=False)
    starts, stops = words.offsets[:-1], words.offsets[1:]
    short = stops - starts < _WORDS_TO_HALVE
    middles = (starts + stops) // 2
    return Facts(
        sizes=sizes,
        times=published.to_numpy(),
        urls=page_keys(strings_of(plain_column(batch, "url"))),
        sources=source_keys(strings_of(plain_column(batch, "source"))),
        titles=digests(words.hashes, starts, stops),
        fronts=digests(words.hashes, starts, np.where(short, stops, middles)),
        backs=digests(words.hashes, np.where(short, starts, middles), stops),
        numbers=numbers,
        title_sets=_word_sets(words),
    )


def _no_rows(articles: pa.Table) -> pa.RecordBatch:
    import pyarrow as pa

    return pa.RecordBatch.from_pylist([], articles.schema)


def take(facts: Facts, rows: IntArray) -> Facts:
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


def lend_titles(facts: Facts, bodies: Uint64Array, order: IntArray) -> Facts:
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


def _word_sets(words: Words) -> Shingles:
    """The distinct words of each text, by the low half of their hashes."""
    owners = np.repeat(np.arange(len(words), dtype=np.uint64), words.counts)
    low = np.uint64(0xFFFFFFFF)
    return sets_in(owners << np.uint64(32) | words.hashes & low, len(words))
