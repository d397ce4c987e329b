"""What stories need of each word beside its hash: its stem, its name in any script, its weekday.

A stem is the beginning of a word: it joins the forms of a word in languages that inflect (a
truncation stemmer; McNamee, Nicholas and Mayfield 2009 found five letters about as good as rules).
A name is the consonants of a capitalised word in one alphabet for Latin, Greek, Cyrillic, Hebrew
and Arabic, so that a person is the same in all of them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from linker.arrays import ByteArray, IntArray, Uint32Array, Uint64Array
from linker.jit import bare, njit
from linker.stories.alphabets import CASELESS, CONSONANTS, END, is_caseless, skeleton
from linker.stories.weekdays import SIEVE, weekday_table
from linker.text import CAPITAL, Words, codepoints, concatenate, folding, word_hash
from linker.text.codepoints import load_tables
from linker.text.compiled import Text, look_up, mix, slots_needed, word_kind
from linker.text.hashing import composed_points
from linker.text.utf8 import points_of
from linker.threads import mapped

#: Letters of a word that make its stem, marks not counted.
STEM = 5
#: Consonants of a name: fewer say nothing, and of a long name the first ones say enough.
FEWEST, MOST = 3, 5
#: Weekdays are looked for among so many words of a text: further down it is background.
BEGINNING = 150
#: Texts that are read at a time.
ROWS = 1024


_SEED = np.uint64(folding.SEED)
_FACTOR = np.uint64(folding.FACTOR)
_PAYLOAD = np.uint32(codepoints.PAYLOAD)
_MARK = np.uint32(codepoints.MARK)
_DIGIT = np.uint32(codepoints.DIGIT)
_CAPITAL_LETTER = np.uint32(codepoints.CAPITAL_LETTER)
_SIEVED = np.uint64((1 << SIEVE) - 1)
_ZERO = np.uint32(0)


@dataclass(frozen=True)
class Forms:
    """The words of n texts as stories need them.

    `stems` has the hash of each word's stem in the place of the word's own; `names` uint32 is, word
    by word, the name's number or 0 for no name; `days` uint8 (n,) has bit d where weekday d
    (Monday 0) is named near the beginning.
    """

    stems: Words
    names: Uint32Array
    days: ByteArray

    def __len__(self) -> int:
        return len(self.stems)


def load_all() -> None:
    """Load the tables that threads would otherwise all load at once."""
    load_tables()
    weekday_table()


def word_forms(texts: pa.ChunkedArray, threads: int = 1) -> Forms:
    """The forms of a column of strings; their words are those of `linker.text`, one for one."""
    load_all()
    arrays = (chunk[i : i + ROWS] for chunk in texts.chunks for i in range(0, len(chunk), ROWS))
    parts = mapped(forms_of, arrays, threads)
    return Forms(
        concatenate([part.stems for part in parts]),
        np.concatenate([np.empty(0, np.uint32), *(part.names for part in parts)]),
        np.concatenate([np.empty(0, np.uint8), *(part.days for part in parts)]),
    )


def stem_hashes(texts: Sequence[str], threads: int = 1) -> Words:
    """The hashes of the stems of the words of every text."""
    column = pa.chunked_array([pa.array(texts, pa.large_string())])
    return word_forms(column, threads).stems


def stem(word: str) -> str:
    """The stem of a folded word: its first STEM letters with their marks; a number is its own."""
    if all(char in "0123456789" for char in word):
        return word
    letters = 0
    for place, char in enumerate(word):
        letters += place == 0 or unicodedata.category(char)[0] != "M"
        if letters > STEM:
            return word[:place]
    return word


def name_number(word: str, kind: int) -> int:
    """The number of a name (32 bits, not 0), or 0: the plain twin of the kernel."""
    consonants = skeleton(word)[:MOST]
    if len(consonants) < FEWEST or not (kind & CAPITAL or is_caseless(word[0])):
        return 0
    return max(1, word_hash(consonants) >> 32)


def forms_of(texts: pa.LargeStringArray) -> Forms:
    """The forms of an Arrow array without nulls."""
    forms, jamo = _forms(Text(*points_of(texts)))
    if jamo:
        forms, _ = _forms(Text(*composed_points(texts.to_pylist())))
    return forms


def _forms(text: Text) -> tuple[Forms, bool]:
    """One call of the compiled pass, or two where the text has more words than is usual."""
    n = len(text.offsets) - 1
    ends, days = np.zeros(n + 1, np.int64), np.zeros(n, np.uint8)
    size = int(text.offsets[-1] - text.offsets[0]) // 2 + n + 1
    while True:
        room = _Room(
            np.empty(size, np.uint64),
            np.empty(size, np.uint8),
            np.empty(size, np.uint32),
            ends,
            days,
        )
        needed, flags = _fill(text, load_tables(), CONSONANTS, weekday_table(), room)
        if needed <= size:
            count = int(ends[-1])
            stems = Words(room.stems[:count].copy(), room.kinds[:count].copy(), ends)
            return Forms(stems, room.names[:count].copy(), days), bool(flags & codepoints.JAMO)
        size = int(needed)


class _Room(NamedTuple):
    """Where the pass writes: by word, and `ends` int64 (n + 1,) and `days` by text."""

    stems: Uint64Array
    kinds: ByteArray
    names: Uint32Array
    ends: IntArray
    days: ByteArray


@njit
def _fill(text: Any, tables: Any, consonants: Any, weekdays: Any, room: Any) -> Any:
    """Returns the room that it takes, in words, and the flags of all code points."""
    line = np.empty(slots_needed(text, tables), np.uint32)
    flags = _ZERO
    count = needed = np.int64(0)
    for number in range(len(text.offsets) - 1):
        filled, met = look_up(text, number, tables, line)
        flags |= met
        needed = max(needed, count) + filled // 2 + 1
        if needed <= len(room.stems):
            begin = count
            count, room.days[number] = _cut(line[:filled], consonants, weekdays, room, begin)
        room.ends[number + 1] = count
    return needed, flags


@bare
def _cut(line: Any, consonants: Any, weekdays: Any, room: Any, begin: Any) -> Any:
    """The words of one text, whose last entry is a separator; their new number and weekdays.

    Each is read as far as it must be: for its stem, for its whole hash near the beginning of the
    text, where it may name a weekday, and for its consonants if it may be a name.
    """
    place, days, before = begin, np.uint8(0), _SEED
    first, size = 0, len(line)
    while first < size:
        if line[first] == _ZERO:
            first += 1
            continue
        end, stemmed, digits = _stem(line, first)
        number = digits & _DIGIT != _ZERO
        near = place - begin < BEGINNING
        value = mix(_hashed(line, first, end)) if number or near else _SEED
        room.stems[place] = value if number else mix(stemmed)
        room.kinds[place] = word_kind(line[first], digits)
        room.names[place] = _name(line, first, end, consonants)
        if near:
            days |= _weekday(weekdays, before, value)
            before = value
        place += 1
        first = end
    return place, days


@bare(inline="always")
def _stem(line: Any, first: int) -> Any:
    """Where a word ends, the hash of its stem, not mixed, and what all of its entries have."""
    value, digits, letters, place = _SEED, line[first], 0, first
    while line[place] != _ZERO:
        entry = line[place]
        letters += int(entry & _MARK == _ZERO or place == first)
        if letters > STEM:
            break
        value = (value ^ np.uint64(entry & _PAYLOAD)) * _FACTOR
        digits &= entry
        place += 1
    while line[place] != _ZERO:
        digits &= line[place]
        place += 1
    return place, value, digits


@bare(inline="always")
def _hashed(line: Any, first: int, end: int) -> Any:
    """The hash of a whole word, not mixed."""
    value = _SEED
    for place in range(first, end):
        value = (value ^ np.uint64(line[place] & _PAYLOAD)) * _FACTOR
    return value


@bare(inline="always")
def _name(line: Any, first: int, end: int, consonants: Any) -> Any:
    """The number of a word as a name, or 0."""
    initial = line[first] & _PAYLOAD
    if line[first] & _CAPITAL_LETTER == _ZERO and (initial < CASELESS or initial >= END):
        return np.uint32(0)
    value, last, kept = _SEED, np.uint8(0), 0
    for place in range(first, end):
        point = line[place] & _PAYLOAD
        if point < END:
            consonant = consonants[point]
            if consonant and consonant != last:
                value = (value ^ np.uint64(consonant)) * _FACTOR
                last = consonant
                kept += 1
                if kept == MOST:
                    break
    return _number(value) if kept >= FEWEST else np.uint32(0)


@bare(inline="always")
def _number(name: Any) -> Any:
    return max(np.uint32(1), np.uint32(mix(name) >> np.uint64(32)))


@bare
def _weekday(weekdays: Any, before: Any, value: Any) -> Any:
    """The bit of the weekday that a word names, alone or with the word before it, or 0."""
    if weekdays.sieve[np.int64(value & _SIEVED)]:
        for key in (value, before * np.uint64(31) + value):
            at = np.searchsorted(weekdays.keys, key)
            if at < len(weekdays.keys) and weekdays.keys[at] == key:
                return np.uint8(1) << weekdays.days[at]
    return np.uint8(0)
