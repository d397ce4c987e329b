"""The numbers of texts by value, and those that two texts both give."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow.compute as pc

from linker.arrays import Int32Array, IntArray
from linker.jit import njit
from linker.shared_terms.tokens import Tokens

NUMBERS = 4
USUAL = 0.1
"""A number in more than this share of many articles says nothing: the year, most of the time."""
MANY = 20

# A number with its separators, so that 3,000 is one and not two. Digits of any script. No separator
# is white space of ASCII, so that a token holds whole numbers.
_NUMBER = re.compile(r"\d+(?:[.,:٫٬’'\u00a0\u202f]\d+)*")
_GROUPED = re.compile(r"\d{1,3}(?:[.,٬’'\u00a0\u202f]\d{3})+")


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers of n texts; one digit alone and usual numbers left out.

    Text i gives the numbers of the ranks `ranks[start[i]:start[i + 1]]`, int64, ascending: the
    rarest is 0. It writes them as `forms[written[...]]`, where they stand first.
    """

    start: IntArray
    ranks: IntArray
    written: IntArray
    forms: list[str]

    def shared(self, pairs: IntArray) -> Int32Array:
        """The numbers that both texts of each pair (p, 2) give, as the first writes them.

        Places in `forms`, int32 (p, NUMBERS), the rarest first; -1 for none.
        """
        return _both(self.start, self.ranks, self.written, pairs, NUMBERS)  # type: ignore[no-any-return]


def numbers_of(tokens: Tokens) -> Numbers:
    """The numbers of texts; the rarest are in the fewest of them, the longest among equals."""
    token, written, forms = _numbers(tokens)
    values = [value(form) for form in forms]
    known = list(dict.fromkeys(values))
    at = {name: place for place, name in enumerate(known)}
    value_of = np.array([at[name] for name in values], np.int64)

    row, written = _in_texts(tokens, token, written)
    key, first = np.unique(row * len(known) + value_of[written], return_index=True)
    row, which = np.divmod(key, max(1, len(known)))
    texts = len(tokens.offsets) - 1
    times = np.bincount(which, minlength=len(known))
    most = USUAL * texts if texts >= MANY else texts
    order = sorted(range(len(known)), key=lambda i: (times[i], -len(known[i]), known[i]))
    rank = np.empty(len(known), np.int64)
    rank[order] = np.arange(len(known))
    telling = times[which] <= most
    row, which, written = row[telling], which[telling], written[first][telling]
    ordered = np.argsort(row * len(known) + rank[which])
    start = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=texts))]).astype(np.int64)
    return Numbers(start, rank[which][ordered], written[ordered], forms)


def _numbers(tokens: Tokens) -> tuple[IntArray, IntArray, list[str]]:
    """The tokens that hold a number, by token and place; how it is written: its place in a list."""
    ends = np.cumsum(pc.utf8_length(tokens.strings).to_numpy() + 1)
    found = _NUMBER.finditer("\n".join(tokens.strings.to_pylist()))
    longer = [(match.start(), match.group()) for match in found if len(match.group()) > 1]
    starts = np.array([start for start, _ in longer], np.int64)
    at: dict[str, int] = {}
    written = np.array([at.setdefault(number, len(at)) for _, number in longer], np.int64)
    return np.searchsorted(ends, starts, "right"), written, list(at)


def _in_texts(tokens: Tokens, token: IntArray, written: IntArray) -> tuple[IntArray, IntArray]:
    """The numbers of all texts in their order, from those of the tokens: the text, how written."""
    held = np.bincount(token, minlength=len(tokens.strings))
    first = np.cumsum(held) - held
    at = np.flatnonzero((held > 0)[tokens.places])
    which = tokens.places[at]
    row = np.searchsorted(tokens.offsets, at, "right") - 1
    times = held[which]
    within = np.arange(times.sum()) - np.repeat(np.cumsum(times) - times, times)
    return np.repeat(row, times), written[np.repeat(first[which], times) + within]


@njit
def _both(start: Any, ranks: Any, written: Any, pairs: Any, most: int) -> Any:
    found = np.full((len(pairs), most), -1, np.int32)
    for p in range(len(pairs)):
        i, end = start[pairs[p, 0]], start[pairs[p, 0] + 1]
        j, stop = start[pairs[p, 1]], start[pairs[p, 1] + 1]
        count = 0
        while i < end and j < stop and count < most:
            if ranks[i] == ranks[j]:
                found[p, count] = written[i]
                count += 1
            before = ranks[i]
            i += int(before <= ranks[j])
            j += int(ranks[j] <= before)
    return found


def value(number: str) -> str:
    """A number in ASCII digits, without the marks between thousands.

    >>> value("3,000"), value("2:14")
    ('3000', '2.14')
    """
    separated = re.sub(r"\D", "" if _GROUPED.fullmatch(number) else ".", number)
    return "".join(str(int(char)) if char.isdecimal() else char for char in separated)
