"""The pages of a batch as arrays: body, head and foot, as linker.cleaning.article finds them."""

from __future__ import annotations

import numpy as np

from linker.arrays import BoolArray, IntArray
from linker.cleaning import reading
from linker.cleaning.characters import DIGIT, UNSPACED

_FACTOR = np.uint64(0x9E3779B97F4A7C15)


class Page:
    """The lines (linker.cleaning.reading) of n texts, as arrays of a value a line or a value a
    text.

    Of lines: rows, wrapped, is_early (among the first four of a text with three paragraphs),
    is_head and is_foot (where names and labels are cut). Of texts: sizes, the number of lines, and
    has_menu. firsts: the place of the first line of every text that has any.
    """

    def __init__(self, lines: IntArray, count: int) -> None:
        self.lines, self.count = lines, count
        self.rows = lines[reading.ROWS]
        self.sizes = np.bincount(self.rows, minlength=count)
        starts = np.cumsum(self.sizes) - self.sizes
        self.firsts = starts[self.sizes > 0]
        self.place = np.arange(lines.shape[1]) - starts[self.rows]
        closed = lines[reading.EDGES] & reading.CLOSED > 0
        self._find_body(closed)
        self._find_head()
        self._find_foot(closed)

    def _find_body(self, closed: BoolArray) -> None:
        lines, size = self.lines, self.lines[reading.SIZE]
        edges = lines[reading.EDGES]
        below = self._open_above(size, closed)
        lower = self.count_lines(below & (edges & reading.LOWER > 0))
        self.broken = (lower >= 2) & (lower >= 0.15 * self.sizes)
        ended = (size <= 25) & (edges & reading.DOT > 0)
        self.wrapped = below & (self.broken[self.rows] | ended)
        unspaced = (lines[reading.SEEN] & UNSPACED > 0) & (size >= 15)
        self.body = (size >= 80) | ((size >= 40) & closed) | (unspaced & ((size >= 30) | closed))
        self.body |= self.wrapped
        paragraphs = np.flatnonzero(self.body)
        self.paragraphs = self.count_lines(self.body)
        self.first_body = np.full(self.count, lines.shape[1])
        self.first_body[self.rows[paragraphs[::-1]]] = paragraphs[::-1]
        self.last_body = np.full(self.count, -1)
        self.last_body[self.rows[paragraphs]] = paragraphs
        self.is_early = (self.place < 4) & (self.paragraphs >= 3)[self.rows]

    def _open_above(self, size: IntArray, closed: BoolArray) -> BoolArray:
        """Lines right below a long line that does not end its sentence."""
        number = self.lines[reading.NUMBER]
        below = np.zeros(len(size), bool)
        below[1:] = (size[:-1] >= 40) & (size[:-1] <= 100) & ~closed[:-1]
        below[1:] &= number[1:] == number[:-1] + 1
        below &= self.place > 0
        return below

    def _find_head(self) -> None:
        lines, rows = self.lines, self.rows
        settled = (self.paragraphs > 0) & ~self.broken
        head = (np.arange(len(rows)) < self.first_body[rows]) & settled[rows]
        # Lines of figures above the text are a table, which nothing is cut from.
        table = self.count_lines(head & (lines[reading.SEEN] & DIGIT > 0)) > 0
        head &= ~table[rows]
        self.has_menu = self.count_lines(head & is_short(lines)) >= 6
        self.is_head = head & (self.count_lines(head) <= 8)[rows]

    def _find_foot(self, closed: BoolArray) -> None:
        last = np.cumsum(self.sizes) - 1
        found = (self.paragraphs > 0) & ~self.broken & (self.last_body < last)
        found[found] = closed[self.last_body[found]]
        self.is_foot = np.zeros(len(self.rows), bool)
        self.is_foot[last[found]] = True

    def count_lines(self, chosen: BoolArray) -> IntArray:
        """How many lines of each text are chosen."""
        return np.bincount(self.rows[chosen], minlength=self.count)

    def repeats(self, titled: BoolArray) -> BoolArray:
        """Texts that print a line again: right below it, or a long one, or any without a title."""
        keys = self.lines[reading.KEY].view(np.uint64)
        keys = keys + self.rows.astype(np.uint64) * _FACTOR
        ordered = np.sort(keys)
        twice = ordered[1:][ordered[1:] == ordered[:-1]]
        again = np.flatnonzero(np.isin(keys, twice)) if len(twice) else np.zeros(0, np.int64)
        order = np.argsort(keys[again], kind="stable")
        later = order[1:][keys[again[order[1:]]] == keys[again[order[:-1]]]]
        again = again[later]
        size = self.lines[reading.SIZE, again]
        unspaced = self.lines[reading.SEEN, again] & UNSPACED > 0
        below = keys[again] == keys[again - 1]
        told = below | (size >= 25) | (unspaced & (size >= 10)) | ~titled[self.rows[again]]
        found = np.zeros(self.count, bool)
        found[self.rows[again[told]]] = True
        return found

    def any_line(self, chosen: BoolArray) -> BoolArray:
        """Whether each text has a chosen line."""
        found = np.zeros(self.count, bool)
        found[self.rows[chosen]] = True
        return found


def is_short(lines: IntArray) -> BoolArray:
    """Lines of at most 25 characters and three words, as far as folding tells."""
    bent = lines[reading.SEEN] & reading.BENT > 0
    short: BoolArray = (lines[reading.SIZE] <= 25) & ((lines[reading.TOKENS] <= 3) | bent)
    return short
