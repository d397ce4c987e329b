"""What is known of an article besides its words: time, url, source and title, as numbers."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from linker.reprints.shingles import ShingleSets, distinct
from linker.reprints.sketches import Sketches
from linker.text import Words, hash_column

UNDATED = np.iinfo(np.int64).max
"""The time of an article without a date: after every dated one."""

# Of a url, what does not change the page: scheme, www, fragment and a slash at the end.
_URL_TRIMMINGS = r"(?i)^https?://(www\.)?|#.*$|/+$"


class Facts(NamedTuple):
    """One value an article, in arrays that compiled code reads.

    sizes: int64, number of words. times: int64, microseconds since 1970 or UNDATED. urls and
    sources: int32, equal numbers for equal strings, -1 for none. titles: uint64, a digest of the
    title's words. numbers: uint64, a digest of the numbers in the body, in any order. title_sets:
    the distinct words of the title, by the low half of their hashes.
    """

    sizes: NDArray[np.int64]
    times: NDArray[np.int64]
    urls: NDArray[np.int32]
    sources: NDArray[np.int32]
    titles: NDArray[np.uint64]
    numbers: NDArray[np.uint64]
    title_sets: ShingleSets


def describe(sketches: Sketches, articles: pa.Table, threads: int) -> tuple[Facts, Words]:
    """The facts of all articles, and the words of their titles."""
    from linker.reprints.exact import digests

    titles = articles["title"].combine_chunks()
    title_words = hash_column(titles.cast(pa.large_string()), kinds=False, threads=threads)
    offsets = title_words.offsets
    published = articles["published"].cast(pa.int64()).fill_null(UNDATED)
    urls = pc.replace_substring_regex(articles["url"], _URL_TRIMMINGS, "")
    facts = Facts(
        sizes=sketches.sizes,
        times=published.to_numpy().astype(np.int64),
        urls=_numbered(urls),
        sources=_numbered(articles["source"]),
        titles=digests(title_words.hashes, offsets[:-1], offsets[1:]),
        numbers=sketches.numbers,
        title_sets=_word_sets(title_words),
    )
    return facts, title_words


def take(facts: Facts, titles: Words, rows: NDArray[np.int64]) -> Facts:
    """The facts of some articles, in the order of rows, and titles in that order already."""
    return Facts(
        sizes=facts.sizes[rows],
        times=facts.times[rows],
        urls=facts.urls[rows],
        sources=facts.sources[rows],
        titles=facts.titles[rows],
        numbers=facts.numbers[rows],
        title_sets=_word_sets(titles),
    )


def _numbered(column: pa.ChunkedArray) -> NDArray[np.int32]:
    """Equal numbers for equal strings; -1 for an empty or missing one."""
    codes = pc.dictionary_encode(column).combine_chunks()
    empty = pc.equal(column, "").fill_null(True).to_numpy()
    numbers = codes.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32)
    return np.where(empty, np.int32(-1), numbers)


def _word_sets(words: Words) -> ShingleSets:
    """The distinct words of each text, ascending, by the low half of their hashes."""
    owners = np.repeat(np.arange(len(words), dtype=np.uint64), words.counts)
    codes = distinct(owners << np.uint64(32) | words.hashes & np.uint64(0xFFFFFFFF))
    starts = np.arange(len(words) + 1, dtype=np.uint64) << np.uint64(32)
    return ShingleSets(codes.astype(np.uint32), np.searchsorted(codes, starts).astype(np.int64))
