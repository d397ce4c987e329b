"""Terms of articles as sparse rows: what TF-IDF counts.

A term is a word; in scripts that are written without spaces, where each character is a word of
its own, a term is a pair of adjacent characters. In Vietnamese, where a space separates syllables,
pairs of syllables count beside them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from linker.arrays import BoolArray, FloatArray, IntArray, Uint32Array, Uint64Array
from linker.jit import bare, njit
from linker.text import CHARACTER, Words
from linker.threads import for_each

#: What an occurrence in the headline counts, and the place in a text where one counts half.
IN_TITLE, FADE = 1.5, 150.0
#: Rows that are merged at a time.
ROWS = 4096

_MIX = np.uint64(0x9E3779B97F4A7C15)
_TERM, _PLACE = np.uint64(32), np.uint64(0xFFFFFFFF)
#: A term is sorted by so many digits of so many bits.
_DIGITS, _DIGIT_BITS = 4, 8
_DIGIT_MASK = np.uint64((1 << _DIGIT_BITS) - 1)


@dataclass(frozen=True)
class Terms:
    """Sparse rows: `ids` uint32 ascending in each row, `values` float32, `start` int64 (n + 1,)."""

    start: IntArray
    ids: Uint32Array
    values: FloatArray

    def __len__(self) -> int:
        return len(self.start) - 1

    def row(self, i: int) -> tuple[Uint32Array, FloatArray]:
        """The ids and values of row i."""
        part = slice(self.start[i], self.start[i + 1])
        return self.ids[part], self.values[part]

    def rows(self) -> IntArray:
        """The row of each entry, int64."""
        return np.repeat(np.arange(len(self)), np.diff(self.start))

    def keys(self) -> Uint64Array:
        """Row and id of each entry in one number, ascending."""
        return (self.rows().astype(np.uint64) << np.uint64(32)) | self.ids

    def where(self, kept: BoolArray) -> Terms:
        """The entries that are marked, in the same rows."""
        start = np.concatenate([[0], np.cumsum(kept)])[self.start].astype(np.int64)
        return Terms(start, self.ids[kept], self.values[kept])

    def take(self, rows: IntArray) -> Terms:
        """The chosen rows, in that order."""
        counts = np.diff(self.start)[rows]
        start = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        at = np.arange(start[-1]) + np.repeat(self.start[rows] - start[:-1], counts)
        return Terms(start, self.ids[at], self.values[at])


def count_terms(words: Words, syllabic: BoolArray | None = None) -> Terms:
    """How often each term occurs in each text; `syllabic` (n,) marks texts of syllables."""
    marked = np.zeros(len(words), np.bool_) if syllabic is None else syllabic
    ids, begins, lengths = _word_terms(words.hashes, words.kinds, words.offsets, marked)
    return _counted(ids, begins, lengths)


def word_terms(words: Words, syllabic: BoolArray) -> tuple[Uint32Array, IntArray]:
    """The terms of all texts end to end, as they follow each other, and how many each text has."""
    ids, _, lengths = _word_terms(words.hashes, words.kinds, words.offsets, syllabic)
    return ids[: lengths.sum()], lengths


def placed_terms(titles: Words, bodies: Words, syllabic: BoolArray) -> tuple[Terms, IntArray]:
    """How much each term occurs in each article, and how many terms stand in it, int64 (n,).

    An occurrence in the headline counts `IN_TITLE`, one in the text 1 / (1 + place / `FADE`): news
    is written with what happened first and the background last.
    """
    heads = _word_terms(titles.hashes, titles.kinds, titles.offsets, syllabic)
    texts = _word_terms(bodies.hashes, bodies.kinds, bodies.offsets, syllabic)
    lengths = heads[2] + texts[2]
    start = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    ids, values, unique = _placed(heads, texts, start)
    return _squeezed(ids, values, start, unique), lengths


def concatenated(parts: Sequence[Terms]) -> Terms:
    """The rows of several Terms, one after the other."""
    counts = np.concatenate([np.zeros(1, np.int64), *(np.diff(part.start) for part in parts)])
    return Terms(
        np.cumsum(counts),
        np.concatenate([part.ids for part in parts]),
        np.concatenate([part.values for part in parts]),
    )


def stacked(parts: Sequence[Terms], factors: Sequence[float], threads: int = 1) -> Terms:
    """Each row of two or more parts as one row, scaled by its part's factor.

    Terms of parts stay apart.
    """
    words, *rest = parts
    scaled = [_scaled(part, factors[place], place) for place, part in enumerate(rest, 1)]
    # From the last: the first part, all words, is the longest, and is merged once.
    others = scaled.pop()
    while scaled:
        others = _merged(scaled.pop(), 1.0, others, threads)
    return _merged(words, factors[0], others, threads)


def _merged(one: Terms, factor: float, other: Terms, threads: int) -> Terms:
    """The entries of both row by row, ascending, of equals one's first; one's times a factor."""
    start = one.start + other.start
    ids, values = np.empty(start[-1], np.uint32), np.empty(start[-1], np.float32)
    both = (one.start, one.ids, one.values), (other.start, other.ids, other.values)

    def merge(first: int) -> None:
        last = min(first + ROWS, len(one))
        _merge_rows(*both, np.float32(factor), first, last, start[first], ids, values)

    for_each(merge, range(0, len(one), ROWS), threads)
    return Terms(start, ids, values)


def _scaled(terms: Terms, factor: float, part: int) -> Terms:
    """The terms as those of one part: adding a constant to 32-bit ids keeps them distinct."""
    ids = terms.ids + np.array(part * 0x9E3779B1 % 2**32, np.uint32)
    # What came first in a row may not do so any more.
    order = np.argsort((terms.rows().astype(np.uint64) << np.uint64(32)) | ids, kind="stable")
    return Terms(terms.start, ids[order], terms.values[order] * np.float32(factor))


def word_ids(words: Uint64Array) -> Uint32Array:
    """The terms of words by their hashes."""
    ids: Uint32Array = ((words * _MIX) >> np.uint64(32)).astype(np.uint32)
    return ids


def word_id(word: int) -> int:
    """The term of a word by its hash: the plain twin of the kernels."""
    return ((word * int(_MIX)) & 0xFFFFFFFFFFFFFFFF) >> 32


def pair_id(first: int, second: int) -> int:
    """The term of two adjacent words by their hashes."""
    return word_id((first * 31 + second) & 0xFFFFFFFFFFFFFFFF)


def _counted(ids: Uint32Array, offsets: IntArray, lengths: IntArray) -> Terms:
    counts, unique = _sort_and_count(ids, offsets, lengths)
    return _squeezed(ids, counts, offsets, unique)


def _squeezed(ids: Uint32Array, values: FloatArray, offsets: IntArray, unique: IntArray) -> Terms:
    """Rows from the first `unique` places of each stretch that begins at `offsets`."""
    start = np.concatenate([[0], np.cumsum(unique)]).astype(np.int64)
    at = np.repeat(offsets[: len(unique)] - start[:-1], unique) + np.arange(start[-1])
    return Terms(start, ids[at], values[at])


@bare
def _word_id(word: Any) -> Any:
    return np.uint32((word * _MIX) >> np.uint64(32))


@njit
def _word_terms(hashes: Any, kinds: Any, offsets: Any, syllabic: Any) -> Any:
    """The terms of each text in a stretch of `ids`: its begin and its length.

    A text has no more terms than words, and twice as many when it is one of syllables.
    """
    room = len(hashes)
    for text in range(len(syllabic)):
        if syllabic[text]:
            room += offsets[text + 1] - offsets[text]
    ids = np.empty(room, np.uint32)
    begins = np.zeros(len(offsets) - 1, np.int64)
    lengths = np.zeros(len(offsets) - 1, np.int64)
    out = 0
    for text in range(len(lengths)):
        begin, end = offsets[text], offsets[text + 1]
        begins[text] = out
        for i in range(begin, end):
            single = kinds[i] & CHARACTER != 0
            paired = i + 1 < end and (single or syllabic[text])
            if single:
                paired = paired and kinds[i + 1] & CHARACTER != 0
            closes = single and i > begin and kinds[i - 1] & CHARACTER != 0
            if paired:
                ids[out] = _word_id(hashes[i] * np.uint64(31) + hashes[i + 1])
                out += 1
            if not single or not (paired or closes):
                ids[out] = _word_id(hashes[i])
                out += 1
        lengths[text] = out - begins[text]
    return ids, begins, lengths


@njit
def _sort_and_count(ids: Any, offsets: Any, lengths: Any) -> Any:
    """Sort each stretch in place, squeeze repeats to the front and count them."""
    counts = np.zeros(len(ids), np.float32)
    unique = np.zeros(len(lengths), np.int64)
    for text in range(len(lengths)):
        begin = offsets[text]
        ordered = np.sort(ids[begin : begin + lengths[text]])
        out = begin - 1
        for i in range(len(ordered)):
            if i == 0 or ordered[i] != ordered[i - 1]:
                out += 1
                ids[out] = ordered[i]
            counts[out] += np.float32(1.0)
        unique[text] = out + 1 - begin
    return counts, unique


@njit
def _placed(heads: Any, texts: Any, start: Any) -> Any:
    """The terms of each article in a stretch that begins at `start`, each once, with its weight."""
    title_ids, title_begins, title_lengths = heads
    text_ids, text_begins, text_lengths = texts
    ids = np.empty(start[-1], np.uint32)
    values = np.zeros(start[-1], np.float32)
    unique = np.zeros(len(title_lengths), np.int64)
    longest = 0
    for i in range(len(unique)):
        longest = max(longest, start[i + 1] - start[i])
    keys, spare = np.empty(longest, np.uint64), np.empty(longest, np.uint64)
    digits = np.empty((_DIGITS, 1 << _DIGIT_BITS), np.int64)
    for i in range(len(unique)):
        first, size = title_lengths[i], title_lengths[i] + text_lengths[i]
        for k in range(first):
            keys[k] = np.uint64(title_ids[title_begins[i] + k]) << _TERM | np.uint64(k)
        for k in range(first, size):
            keys[k] = np.uint64(text_ids[text_begins[i] + k - first]) << _TERM | np.uint64(k)
        _sort_by_term(keys[:size], spare, digits)
        out = start[i] - 1
        for k in range(size):
            term = np.uint32(keys[k] >> _TERM)
            place = np.int64(keys[k] & _PLACE) - first
            if k == 0 or term != ids[out]:
                out += 1
                ids[out] = term
            values[out] += np.float32(IN_TITLE if place < 0 else 1.0 / (1.0 + place / FADE))
        unique[i] = out + 1 - start[i]
    return ids, values, unique


@bare
def _sort_by_term(keys: Any, spare: Any, digits: Any) -> None:
    """Sort keys by their upper 32 bits, a term; equal terms stay as they are, in a text's order.

    A radix sort, the lowest digit first: nothing in it is to be guessed, as a comparison is. An
    even number of digits brings the keys back to where they were. `spare` has room for as many.
    """
    digits[:] = 0
    for key in keys:
        for d in range(_DIGITS):
            digits[d, np.int64(_digit(key, d))] += 1
    for d in range(_DIGITS):
        before = 0
        for value in range(1 << _DIGIT_BITS):
            count = digits[d, value]
            digits[d, value] = before
            before += count
        source, target = (keys, spare) if d % 2 == 0 else (spare, keys)
        for k in range(len(keys)):
            at = np.int64(_digit(source[k], d))
            target[digits[d, at]] = source[k]
            digits[d, at] += 1


@bare(inline="always")
def _digit(key: Any, d: int) -> Any:
    return (key >> (_TERM + np.uint64(d * _DIGIT_BITS))) & _DIGIT_MASK


@bare
def _merge_rows(
    one: Any, other: Any, factor: Any, first: int, last: int, out: int, ids: Any, values: Any
) -> None:
    """Write the entries of rows `first` to `last` of both, from the place `out` on."""
    start, one_ids, one_values = one
    others, other_ids, other_values = other
    for row in range(first, last):
        i, end = start[row], start[row + 1]
        j, stop = others[row], others[row + 1]
        while i < end or j < stop:
            if j == stop or (i < end and one_ids[i] <= other_ids[j]):
                ids[out], values[out] = one_ids[i], one_values[i] * factor
                i += 1
            else:
                ids[out], values[out] = other_ids[j], other_values[j]
                j += 1
            out += 1
