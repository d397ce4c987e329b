"""How terms are written in a text: which of a term's spellings stands there as a word.

A text is read once, and each of its words is looked up among the spellings of all terms: to look
for one spelling after the other is to read it a hundred times.
"""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from linker.arrays import Int32Array, IntArray, Uint64Array
from linker.jit import bare, njit
from linker.jit.strings import wide_points
from linker.stories.surfaces import JOINTS, PARTS, Surfaces, is_unsegmented
from linker.text import folding, letters
from linker.text.compiled import Text, mix

#: Letters of a piece of a script without spaces.
PIECE = 2

_SEED = np.uint64(folding.SEED)
_FACTOR = np.uint64(folding.FACTOR)
_LETTER, _UNSEEN = np.uint8(letters.LETTER), np.uint8(letters.UNSEEN)
_INNER = np.uint8(letters.LETTER | letters.MARK)
_UNSEGMENTED = np.uint8(letters.UNSEGMENTED)
_NOTHING = np.uint8(0)
_JOINTS = tuple(np.uint32(ord(joint)) for joint in JOINTS)
_NONE = np.iinfo(np.int32).max


class Table(NamedTuple):
    """The spellings of m terms, by their hashes.

    Term i has the spellings from `first[i]` to `first[i + 1]`, int64 (m + 1,), whose hashes are
    `keys` uint64. The spelling of a hash is found by open addressing: `which` int32 has a power of
    two of places, more than half of them free (-1). `term` int32 has the term of each spelling.
    """

    first: IntArray
    keys: Uint64Array
    which: Int32Array
    term: Int32Array


@dataclass(frozen=True)
class Spellings:
    """The ways in which m terms are written, those of one term after those of the one before.

    Of one term those come first that are to be preferred: its forms, then the same in lower case,
    as headlines in capitals may be all that there is.
    """

    words: list[str]
    table: Table


def spellings(known: Surfaces) -> Spellings:
    """All spellings of the terms of `known`, ready to be looked up."""
    words: list[str] = []
    first = [0]
    lower = [form.lower() for form in known.words]
    for begin, end in itertools.pairwise(known.start):
        words += dict.fromkeys(known.words[begin:end] + lower[begin:end])
        first.append(len(words))
    starts = np.array(first)
    term = np.repeat(np.arange(len(first) - 1, dtype=np.int32), np.diff(starts))
    places = 1 << (2 * len(words)).bit_length()
    table = Table(starts, np.zeros(len(words), np.uint64), np.full(places, -1, np.int32), term)
    _enter(*wide_points(words), table)
    return Spellings(words, table)


def standing(
    text: Text, begin: IntArray, terms: IntArray, ends: IntArray, table: Table
) -> Int32Array:
    """The spelling that stands in the texts of a story, for each of its terms; -1 for none.

    Story s has the texts from `begin[s]` to `begin[s + 1]` and `terms[ends[s]:ends[s + 1]]`, none
    of them twice. Of several that stand there the first is taken.
    """
    found: Int32Array = _standing(text, begin, terms, ends, letters.letter_table(), table)
    return found


def stands_in(spelling: str, text: str) -> bool:
    """Whether a spelling stands somewhere as a word; of scripts without spaces, anywhere.

    The plain twin of the compiled pass, for one spelling.
    """
    at = text.find(spelling)
    if at >= 0 and is_unsegmented(spelling):
        return True
    while at >= 0:
        if not (_goes_on(text, at - 1, -1) or _goes_on(text, at + len(spelling), 1)):
            return True
        at = text.find(spelling, at + 1)
    return False


def first_standing(words: Sequence[str], texts: Sequence[str]) -> int:
    """The number of the first spelling that stands in one of some texts, or -1: the plain twin."""
    return next(
        (i for i, word in enumerate(words) if any(stands_in(word, text) for text in texts)), -1
    )


def _goes_on(text: str, at: int, step: int) -> bool:
    """Whether a word goes on at a place, in a direction; what cannot be seen is passed over."""
    while 0 <= at < len(text):
        if text[at].isalpha():
            return True
        category = unicodedata.category(text[at])
        if category != "Cf":
            return category[0] == "M"
        at += step
    return False


@njit
def _enter(points: Any, offsets: Any, table: Any) -> None:
    """Put spellings into an empty table; their code points are end to end."""
    mask = np.uint64(len(table.which) - 1)
    for spelling in range(len(offsets) - 1):
        value = _SEED
        for point in points[offsets[spelling] : offsets[spelling + 1]]:
            value = (value ^ np.uint64(point)) * _FACTOR
        table.keys[spelling] = mix(value)
        at = np.int64(mix(value) & mask)
        while table.which[at] >= 0:
            at = np.int64(np.uint64(at + 1) & mask)
        table.which[at] = spelling


class _Wanted(NamedTuple):
    """What is looked for in a story: `slot` int32 (m,), where in `best` each term is, or -1.

    `sieve` uint64 (64,) has a bit for each spelling of these terms: nearly all words of a text are
    none, and that is seen without a look at the table. `best` int32 is the first spelling met.
    """

    slot: Int32Array
    sieve: Uint64Array
    best: Int32Array


@njit
def _standing(text: Any, begin: Any, terms: Any, ends: Any, kinds: Any, table: Any) -> Any:
    """`kinds` are those of `letter_table`."""
    wanted = _Wanted(
        np.full(len(table.first) - 1, -1, np.int32),
        np.empty(64, np.uint64),
        np.full(len(terms), _NONE, np.int32),
    )
    for story in range(len(begin) - 1):
        wanted.sieve[:] = np.uint64(0)
        for k in range(ends[story], ends[story + 1]):
            wanted.slot[terms[k]] = k
            for spelling in range(table.first[terms[k]], table.first[terms[k] + 1]):
                word, bit = _in_sieve(table.keys[spelling])
                wanted.sieve[word] |= bit
        for number in range(begin[story], begin[story + 1]):
            points = text.points[text.offsets[number] : text.offsets[number + 1]]
            if _note_words(points, kinds, table, wanted) & _UNSEGMENTED:
                _note_pieces(points, kinds, table, wanted)
        for k in range(ends[story], ends[story + 1]):
            wanted.slot[terms[k]] = -1
    for k in range(len(terms)):
        wanted.best[k] = wanted.best[k] if wanted.best[k] < _NONE else -1
    return wanted.best


@bare(inline="always")
def _in_sieve(key: Any) -> Any:
    """The word of a sieve, and the bit in it, of a hash: by its upper bits, the table's are low."""
    return np.int64(key >> np.uint64(58)), np.uint64(1) << ((key >> np.uint64(52)) & np.uint64(63))


@bare(inline="always")
def _note(value: Any, table: Any, wanted: Any) -> None:
    """Look up what has been read: where it is a spelling of one of the story's terms, note it."""
    key = mix(value)
    word, bit = _in_sieve(key)
    if wanted.sieve[word] & bit:
        _note_known(key, table, wanted)


@bare
def _note_known(key: Any, table: Any, wanted: Any) -> None:
    mask = np.uint64(len(table.which) - 1)
    at = key & mask
    while table.which[at] >= 0:
        spelling = table.which[at]
        if table.keys[spelling] == key:
            k = wanted.slot[table.term[spelling]]
            if k >= 0 and spelling < wanted.best[k]:
                wanted.best[k] = spelling
        at = (at + np.uint64(1)) & mask


@bare
def _note_words(points: Any, kinds: Any, table: Any, wanted: Any) -> Any:
    """Look up each run of letters and marks, and those that joints join; all kinds met."""
    met = _NOTHING
    place, end = 0, len(points)
    while place < end:
        kind = kinds[points[place]]
        met |= kind
        if kind & _INNER == _NOTHING:
            place += 1
            continue
        stop, value, inner = _run(points, place, kinds, _SEED)
        met |= inner
        place = stop
        _note(value, table, wanted)
        for _ in range(PARTS - 1):
            if not _joined(points, stop, kinds):
                break
            value = (value ^ np.uint64(points[stop])) * _FACTOR
            stop, value, inner = _run(points, stop + 1, kinds, value)
            _note(value, table, wanted)
    return met


@bare(inline="always")
def _run(points: Any, place: Any, kinds: Any, value: Any) -> Any:
    """Where a run of letters and marks ends, with its hash and all kinds in it.

    What cannot be seen is of it where the run goes on behind.
    """
    end = len(points)
    met = _NOTHING
    while True:
        after = place
        while after < end and kinds[points[after]] & _UNSEEN:
            after += 1
        if after == end or kinds[points[after]] & _INNER == _NOTHING:
            return place, value, met
        while place <= after:
            met |= kinds[points[place]]
            value = (value ^ np.uint64(points[place])) * _FACTOR
            place += 1


@bare(inline="always")
def _joined(points: Any, place: Any, kinds: Any) -> Any:
    """Whether a joint stands here, and a letter behind it."""
    if place + 1 >= len(points) or kinds[points[place + 1]] & _LETTER == _NOTHING:
        return False
    point = points[place]
    return point == _JOINTS[0] or point == _JOINTS[1] or point == _JOINTS[2]


@bare
def _note_pieces(points: Any, kinds: Any, table: Any, wanted: Any) -> None:
    """Look up what begins at each letter, up to PIECE letters with their marks."""
    end = len(points)
    for begin in range(end):
        if kinds[points[begin]] & _LETTER == _NOTHING:
            continue
        value, met, count = _SEED, _NOTHING, 0
        for place in range(begin, end):
            kind = kinds[points[place]]
            if kind & _LETTER:
                count += 1
                if count > PIECE:
                    break
            elif kind & (_INNER | _UNSEEN) == _NOTHING:
                break
            met |= kind
            value = (value ^ np.uint64(points[place])) * _FACTOR
            if met & _UNSEGMENTED:
                _note(value, table, wanted)
