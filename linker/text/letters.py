"""Which code points words are written with, as a table: what a pass over raw text asks.

Folded words are `codepoints`; these are words as they stand, capitals, accents and all.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

import numpy as np

from linker.arrays import ByteArray
from linker.text.cache import Arrays, cached_arrays

TABLE_VERSION: Final = 1
"""Raise it with every change of what the table says."""

LETTER: Final = 1
MARK: Final = 2
UNSEEN: Final = 4
"""Signs that cannot be seen, such as joiners: of a word where they stand within it."""
UNSEGMENTED: Final = 8
"""Of scripts without spaces between words: kana, Han, Thai and Lao."""
NUMERAL: Final = 16
"""Alphanumeric, but neither a letter nor a digit: fractions, superscripts, Roman numerals."""

UNSEGMENTED_RUNS: Final = "\u3040-\u30ff\u3400-\u9fff\u0e00-\u0eff"
"""The same as a regular expression writes them, between brackets."""

_MARKS: Final = ("Mn", "Mc", "Me")
_POINTS: Final = 0x110000
# The planes from 4 to 13 are unassigned, 15 and 16 private; plane 14 holds a few selectors.
_ASSIGNED: Final = (range(0x40000), range(0xE0000, 0xE0200))


@lru_cache(maxsize=1)
def letter_table() -> ByteArray:
    """What each code point is, uint8 (0x110000,): the bits above, from the cache or made anew."""
    name = f"letters-{TABLE_VERSION}-unicode-{unicodedata.unidata_version}"
    table: ByteArray = cached_arrays(name, _make_table, _usable)["letters"]
    return table


def letter_kind(char: str) -> int:
    """The bits of one character: the plain twin of the table."""
    category = unicodedata.category(char)
    letter = char.isalpha()
    numeral = char.isalnum() and not letter and not char.isdecimal()
    kind = LETTER * letter | MARK * (category in _MARKS) | UNSEEN * (category == "Cf")
    return kind | NUMERAL * numeral | UNSEGMENTED * bool(_unsegmented().fullmatch(char))


@lru_cache(maxsize=1)
def _unsegmented() -> re.Pattern[str]:
    return re.compile(f"[{UNSEGMENTED_RUNS}]")


def _usable(arrays: Arrays) -> bool:
    """Whether stored arrays have the shape that compiled passes index without checks."""
    found = arrays.get("letters")
    return found is not None and found.dtype == np.uint8 and found.shape == (_POINTS,)


def _make_table() -> Arrays:
    letters = np.zeros(_POINTS, np.uint8)
    for points in _ASSIGNED:
        letters[points] = [letter_kind(chr(point)) for point in points]
    return {"letters": letters}
