"""Every character as the compiled passes see it: its folded form and its classes, in one table.

The table says for one code point what linker.cleaning.lines.level says, so a line can be folded
without making a Python string. The one rule that a table of single characters cannot hold is the
canonical order of several combining marks; `ranks` lets the pass notice where it would matter.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final

import numpy as np

from linker.arrays import Uint64Array
from linker.cleaning.lines import CLOSERS, ENDS, is_unspaced, level
from linker.text.cache import Arrays, cached_arrays

TABLE_VERSION: Final = 1
"""Raise it with every change of what folding a line means."""

POINTS: Final = 0x30000
"""Code points from here on (rare signs of plane 14, private use) are left to Python."""

PAYLOAD: Final = (1 << 18) - 1
EXPANSION: Final = 1 << 18
DELETED: Final = 1 << 19
SPACE: Final = 1 << 20
ALPHA: Final = 1 << 21
DIGIT: Final = 1 << 22
WORD: Final = 1 << 23
COMBINING: Final = 1 << 24
NOTE: Final = 1 << 25
UPPER: Final = 1 << 26
LOWER: Final = 1 << 27
UNSPACED: Final = 1 << 28
ODD: Final = 1 << 29
"""A numeral that is neither letter nor digit, or a character that folding makes another kind of:
"²" becomes a digit, "™" letters, "´" a space."""
IRREGULAR: Final = 1 << 30
"""Python must fold the line; never in the table, only in what a compiled pass reports."""

RANK_BITS: Final = 32
CLOSER: Final = 1 << 40
ENDER: Final = 1 << 41
"""As printed: what may follow the end of a sentence (quotes, brackets, spaces), what ends it."""
END: Final = (1 << 64) - 1
NOTED: Final = ":=/@©([>»›"
_SURROGATES: Final = range(0xD800, 0xE000)


@lru_cache(maxsize=1)
def load_characters() -> Uint64Array:
    """The table for this Python's Unicode version, from the cache or made in under a second.

    uint64: the first POINTS values are the entries of the code points; the runs of the expansions
    follow, each after its length, and the payload of an entry with EXPANSION is where its run is.
    An entry holds the folded code point and flags, and in the bits from RANK_BITS to the closers
    the canonical combining class of the folded code point.
    """
    name = f"line-characters-{TABLE_VERSION}-unicode-{unicodedata.unidata_version}"
    return cached_arrays(name, _make_arrays, _usable)["table"]


def _usable(arrays: Arrays) -> bool:
    table = arrays.get("table")
    return bool(
        table is not None and table.dtype == np.uint64 and len(table) >= POINTS and table[-1] == END
    )


def _make_arrays() -> Arrays:
    entries = [0] * POINTS
    runs: list[int] = []
    for point in range(POINTS):
        raw = chr(point)
        if point >= 0x10000 and unicodedata.category(raw) == "Cn":
            entries[point] = point  # most of these planes, and nothing is said of it
            continue
        folded = raw if point in _SURROGATES else level(raw)
        flags = _raw_flags(raw, folded)
        if len(folded) == 1:
            entries[point] = _entry_of(folded) | flags
        elif not folded:
            entries[point] = DELETED | flags
        else:
            entries[point] = EXPANSION | flags | POINTS + len(runs)
            first, *rest = map(_entry_of, folded)
            runs += [len(folded), first | flags, *rest]
    return {"table": np.array([*entries, *runs, END], np.uint64)}


def _entry_of(char: str) -> int:
    """A folded character and its classes."""
    entry = ord(char)
    entry |= SPACE * char.isspace() | ALPHA * char.isalpha() | DIGIT * char.isdecimal()
    entry |= WORD * char.isalnum() | NOTE * (char in NOTED)
    rank = unicodedata.combining(char)
    return entry | COMBINING * (rank > 0) | rank << RANK_BITS


def _raw_flags(raw: str, folded: str) -> int:
    """What folding forgets, but a rule asks."""
    numeral = raw.isalnum() and not (raw.isalpha() or raw.isdecimal())
    odd = numeral or any(_kind(char) != _kind(raw) for char in folded)
    flags = UPPER * raw.isupper() | LOWER * raw.islower() | UNSPACED * is_unspaced(raw) | ODD * odd
    return flags | CLOSER * (raw in CLOSERS + " \t\r") | ENDER * (raw in ENDS)


def _kind(char: str) -> tuple[bool, ...]:
    return char.isspace(), char.isalpha(), char.isdecimal(), char.isalnum()
