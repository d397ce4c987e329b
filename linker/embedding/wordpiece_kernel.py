"""The compiled pass from code points to token ids. `tokenizers` is the twin that defines them.

A text is first written as letters with an end after each word, then cut where words end, and both
without a branch: where a word ends is what a processor cannot foresee. Words that were met before
are looked up whole, by all of their letters; the others walk the trie of the vocabulary.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from linker.arrays import ByteArray, IntArray, Uint32Array, Uint64Array
from linker.embedding import alphabet, trie
from linker.embedding.alphabet import Letters
from linker.embedding.trie import Trie
from linker.jit import Intrinsic, bare, njit

_COUNT = np.uint64(alphabet.COUNT_SHIFT)
_SEVERAL = np.uint64(alphabet.SEVERAL)
_ORDERED = np.uint64(alphabet.ORDERED)
_ROW = np.uint64(alphabet.ROW)
_ABOVE = np.uint64(trie.ABOVE_SHIFT)
_BASE = np.uint64(trie.BASE_SHIFT)
_FIELD = np.uint64(trie.FIELD)
_TOKEN = np.uint64(trie.TOKEN)
_END = np.uint16(alphabet.END)
load_wide: Any = Intrinsic("linker.embedding.memory", "load_wide")
store_wide: Any = Intrinsic("linker.embedding.memory", "store_wide")
_NONE, _ONE, _TWO, _THREE = np.uint64(0), np.uint64(1), np.uint64(2), np.uint64(3)
_SLACK: Final = 16  # letters and ids are read and written some at a time: room beyond the last
_MOST = np.uint64(alphabet.MOST)

# The memory of words: a slot is a cache line of 64 bytes, the letters of a word (16, zeros after
# the last), up to six ids, and how many these are.
WORD = np.uint64(16)
SLOTS: Final = 1 << 15
_WIDE_SLOT = np.uint64(8)
_SLOT = np.uint64(16)
_IDS = np.uint64(8)
_QUARTER = np.uint64(4)  # letters that are read at once, ids that are written in any case
_MOST_IDS = np.uint64(6)
_HALF = np.uint64(32)
# Odd numbers that spread the letters over the hash: the fractions of the golden ratio and of the
# roots of 2, 3 and 5.
_MIX_1 = np.uint64(0x9E3779B97F4A7C15)
_MIX_2 = np.uint64(0x6A09E667F3BCC909)
_MIX_3 = np.uint64(0xBB67AE8584CAA73B)
_MIX_4 = np.uint64(0x3C6EF372FE94F82B)

# Why a text has no ids; 0 for one that has.
UNKNOWN_LETTER: Final = 1
OUT_OF_ORDER: Final = 2

Found = tuple[Uint32Array, IntArray, ByteArray]


class Memory(NamedTuple):
    """Words that were met and their ids, the same bytes seen in two ways; one thread's own.

    wide: uint64 (SLOTS * 8,); narrow: uint32 (SLOTS * 16,). What it holds changes no result: a
    word is taken from it only if all letters agree.
    """

    wide: Uint64Array
    narrow: Uint32Array


class Line(NamedTuple):
    """A text: letters, uint16; where its words begin and end in turns, uint64, `size` places."""

    letters: NDArray[np.uint16]
    bounds: Uint64Array
    size: np.uint64


class Rules(NamedTuple):
    """longest: letters of a word, beyond which it is unknown; unknown: the id of such a word;
    masks: uint64 (17, 4), what a word's number of letters leaves of the 32 bytes at its begin."""

    longest: np.uint64
    unknown: np.uint32
    masks: Uint64Array


def new_memory() -> Memory:
    """A memory of no words. No word is all zeros, as empty slots are."""
    wide = np.zeros(SLOTS * 8, np.uint64)
    return Memory(wide, wide.view(np.uint32))


def word_masks() -> Uint64Array:
    """`Rules.masks`."""
    kept = np.arange(16) < np.arange(17)[:, None]
    return np.where(kept, np.uint16(0xFFFF), np.uint16(0)).view(np.uint64)


@njit
def _grown(array: Any, used: Any, size: Any) -> Any:
    """The array, or a longer copy where it has no room for so many."""
    if size + np.uint64(_SLACK) <= np.uint64(len(array)):
        return array
    room: Any = max(2 * len(array), np.int64(size) + _SLACK)
    longer = np.empty(room, array.dtype)
    for place in range(used):
        longer[place] = array[place]
    return longer


@njit
def _write(points: Any, begin: Any, end: Any, letters: Letters, line: Any) -> Any:
    """Write the letters of code points and an end after them.

    Returns the line, which may have grown, how far it is filled, all bits of the entries, and
    whether all of these were known.
    """
    entries, starts = letters.entries, letters.starts
    filled, met = _NONE, _NONE
    line = _grown(line, filled, (end - begin) * _MOST)
    for place in range(begin, end):
        entry = entries[points[place]]
        met |= entry
        if entry & _SEVERAL:
            row = entry & _ROW
            if row + _ONE >= np.uint64(len(starts)):
                return line, filled, met, False
            first, last = np.uint64(starts[row]), np.uint64(starts[row + _ONE])
            line = _grown(line, filled, filled + last - first + (end - place) * _MOST)
            for part in range(first, last):
                line[filled] = letters.rows[part]
                filled += _ONE
        else:
            store_wide(line, filled, entry)
            filled += entry >> _COUNT
    line[filled] = _END
    return line, filled, met, True


@bare
def _in_order(points: Any, begin: Any, end: Any, letters: Letters) -> bool:
    """Whether no mark that is kept stands after one whose place is later.

    Marks that are not kept change nothing: those that are keep their order among themselves.
    """
    last = np.uint8(0)
    for place in range(begin, end):
        point = points[place]
        entry = letters.entries[point]
        if entry & _ORDERED:
            first = letters.order[point, 0]
            if first != 0 and first < last:
                return False
            last = letters.order[point, 1]
        elif entry != _NONE:
            last = np.uint8(0)
    return True


@bare
def _cut(line: Any, filled: Any, bounds: Any) -> Any:
    """Write where words begin and end, in turns; returns how many bounds these are."""
    count, before = _NONE, _NONE
    for place in range(filled + _ONE):
        bounds[count] = place
        inside = np.uint64(line[place] != _END)
        count += inside ^ before
        before = inside
    return count


@bare
def _walk(line: Any, begin: Any, end: Any, words: Trie, rules: Rules, ids: Any, used: Any) -> Any:
    """Cut a word into the longest tokens, from its begin on; returns how many ids there are then.

    Never more than the word has letters. No token is longer than some twenty letters, so that the
    time goes with the length of the word, whatever it is made of.
    """
    first, slots = words.first, words.slots
    size, width = np.uint64(len(slots)), np.uint64(first.shape[1])
    count, inside = used, _NONE
    if end - begin > rules.longest:
        ids[used] = rules.unknown
        return used + _ONE
    while begin < end:
        letter = np.uint64(line[begin])
        slot = first[inside, letter]
        node = size + inside * width + letter
        begin += _ONE
        token, after, place = slot & _TOKEN, begin, begin
        base = slot >> _BASE & _FIELD
        while base != _NONE and place < end:
            next_node = base + np.uint64(line[place])
            slot = slots[next_node]
            if slot >> _ABOVE != node:
                break
            node = next_node
            place += _ONE
            base = slot >> _BASE & _FIELD
            if slot & _TOKEN:
                token, after = slot & _TOKEN, place
        if token == _NONE:
            ids[used] = rules.unknown
            return used + _ONE
        ids[count] = np.uint32(token - _ONE)
        count += _ONE
        begin, inside = after, _ONE
    return count


@bare
def _key(line: Any, begin: Any, end: Any, masks: Any) -> Any:
    """All letters of a word of up to WORD, as four numbers."""
    length = end - begin
    return (
        load_wide(line, begin) & masks[length, 0],
        load_wide(line, begin + _QUARTER) & masks[length, 1],
        load_wide(line, begin + _QUARTER * _TWO) & masks[length, 2],
        load_wide(line, begin + _QUARTER * _THREE) & masks[length, 3],
    )


@bare
def _slot(key: Any) -> Any:
    """Where the memory has a word if it has it."""
    a, b, c, d = key
    mixed = (a * _MIX_1) ^ (b * _MIX_2) ^ (c * _MIX_3) ^ (d * _MIX_4)
    return (mixed ^ mixed >> _HALF) * _MIX_1 >> _HALF & np.uint64(SLOTS - 1)


@bare
def _recall(memory: Memory, slot: Any, key: Any, ids: Any, used: Any) -> Any:
    """Write the ids of a word that is in this slot; returns how many they are, 0 if it is not."""
    wide, place = memory.wide, slot * _WIDE_SLOT
    a, b, c, d = key
    unlike = (wide[place] ^ a) | (wide[place + _ONE] ^ b)
    unlike |= (wide[place + _TWO] ^ c) | (wide[place + _THREE] ^ d)
    if unlike != _NONE:
        return _NONE
    narrow, place = memory.narrow, slot * _SLOT + _IDS
    for part in range(_QUARTER):
        ids[used + part] = narrow[place + part]
    count = np.uint64(narrow[place + _MOST_IDS])
    for part in range(_QUARTER, count):
        ids[used + part] = narrow[place + part]
    return count


@bare
def _remember(memory: Memory, slot: Any, key: Any, ids: Any, used: Any, count: Any) -> None:
    """Keep a word with its ids, in place of whichever was in the slot."""
    place = slot * _WIDE_SLOT
    for part in range(4):
        memory.wide[place + np.uint64(part)] = key[part]
    place = slot * _SLOT + _IDS
    for part in range(count):
        memory.narrow[place + part] = ids[used + part]
    memory.narrow[place + _MOST_IDS] = count


@bare
def _look_up(text: Line, words: Trie, rules: Rules, memory: Memory, ids: Any, used: Any) -> Any:
    """Write the ids of all words; returns how many ids there are then."""
    line, bounds = text.letters, text.bounds
    for number in range(_NONE, text.size, _TWO):
        begin, end = bounds[number], bounds[number + _ONE]
        if end - begin > WORD:
            used = _walk(line, begin, end, words, rules, ids, used)
            continue
        key = _key(line, begin, end, rules.masks)
        slot = _slot(key)
        count = _recall(memory, slot, key, ids, used)
        if count == _NONE:
            count = _walk(line, begin, end, words, rules, ids, used) - used
            if count <= _MOST_IDS:
                _remember(memory, slot, key, ids, used, count)
        used += count
    return used


@njit
def encode_points(
    points: Any, ends: Any, letters: Letters, words: Trie, rules: Rules, memory: Memory
) -> Any:
    """Token ids of texts that lie end to end.

    points: uint32; ends: int64 (n,). Returns ids, uint32; offsets, int64 (n + 1,), those of text i
    are ids[offsets[i]:offsets[i + 1]]; states, uint8 (n,), why a text has no ids, or 0.
    """
    offsets = np.zeros(len(ends) + 1, np.int64)
    state = np.zeros(len(ends), np.uint8)
    ids = np.empty(len(points) // 2 + 64, np.uint32)
    line = np.empty(4096, np.uint16)
    bounds = np.empty(4096, np.uint64)
    used, begin = _NONE, _NONE
    for text in range(len(ends)):
        end = np.uint64(ends[text])
        line, filled, met, known = _write(points, begin, end, letters, line)
        if not known:
            state[text] = UNKNOWN_LETTER
        elif met & _ORDERED and not _in_order(points, begin, end, letters):
            state[text] = OUT_OF_ORDER
        else:
            if filled + _TWO > np.uint64(len(bounds)):
                bounds = np.empty(len(line) + 2, np.uint64)
            ids = _grown(ids, used, used + filled)
            count = _cut(line, filled, bounds)
            used = _look_up(Line(line, bounds, count), words, rules, memory, ids, used)
        begin = end
        offsets[text + 1] = used
    return ids[:used], offsets, state
