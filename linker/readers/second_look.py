"""Compiled: which strings need a second look before they are fields of an article.

Each function errs on one side: a string that it lets pass is what `linker.readers.fields` would
make of it. String i is data[offsets[i]:offsets[i + 1]], in UTF-8; results are bool (n,).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from linker.arrays import ByteArray, IntArray
from linker.cleaning.points import find_break
from linker.jit import bare, njit
from linker.readers.fields import LONGEST_ID
from linker.text.scrubbing_kernel import rows_with_controls

Bytes = ByteArray
Offsets = IntArray

_U8 = np.uint8
_ONE, _TWO, _THREE = np.uint64(1), np.uint64(2), np.uint64(3)
_LONGEST_ENTITY = 9  # "&#x1F4F0;"
_BLANK, _QUOTE, _HASH, _AND, _SEMICOLON, _LESS, _BACKSLASH = b' "#&;<\\'
_OPEN, _CLOSE, _RETURN, _DELETE = b"{}\r\x7f"


@bare
def count_objects(data: Bytes) -> int:
    """How many lines there are, each an object from its first to its last byte; -1 if they differ.

    Arrow's reader takes two objects in a line, or blank lines, for what they are not, and falls
    over a "null". Where all lines begin and end like an object, as many records as lines are one in
    each.
    """
    count = begin = 0
    while begin < len(data):
        end = find_break(data, begin, len(data))
        last = end - 2 if end - begin > 1 and data[end - 1] == _RETURN else end - 1
        if end == len(data) or last <= begin or data[begin] != _OPEN or data[last] != _CLOSE:
            return -1
        count += 1
        begin = end + 1
    return count


@bare
def _space_at(data: Bytes, place: int, end: int) -> Any:
    """Whether a space beyond ASCII, as str.split has them, begins here."""
    first = data[place]
    if first == 0xC2:
        return place + 1 < end and (data[place + 1] == 0x85 or data[place + 1] == 0xA0)
    if place + 2 >= end:
        return False
    second, third = data[place + 1], data[place + 2]
    if first == 0xE1:
        return second == 0x9A and third == 0x80
    if first == 0xE3:
        return second == 0x80 and third == 0x80
    if first != 0xE2:
        return False
    if second == 0x81:
        return third == 0x9F
    return second == 0x80 and (third <= 0x8A or 0xA8 <= third <= 0xA9 or third == 0xAF)


@bare
def _ends_in_space(data: Bytes, begin: int, end: int) -> Any:
    """Whether the last character is a space or a control character."""
    last = data[end - 1]
    if last < 0x80:
        return last <= _BLANK or last == _DELETE
    two = end - 2 >= begin and _space_at(data, end - 2, end)
    return two or (end - 3 >= begin and _space_at(data, end - 3, end))


@bare
def _begins_with_space(data: Bytes, begin: int, end: int) -> Any:
    """Whether the first character is a space or a control character."""
    first = data[begin]
    return first <= _BLANK or first == _DELETE or _space_at(data, begin, end)


@bare
def _entity_at(data: Bytes, place: int, end: int) -> bool:
    """Whether what follows an ampersand may be an entity of HTML."""
    for other in range(place + 1, min(place + _LONGEST_ENTITY, end)):
        byte = data[other]
        if byte == _SEMICOLON:
            return other > place + 2
        letter = 65 <= byte <= 90 or 97 <= byte <= 122 or 48 <= byte <= 57 or byte == _HASH
        if not letter:
            return False
    return False


@bare
def _has_entity(data: Bytes, begin: int, end: int) -> bool:
    """Whether a string may hold an entity. The first loop has no branch, so it is vectorised."""
    met = np.uint8(0)
    for byte in data[begin:end]:
        met |= np.uint8(byte == _AND)
    if met:
        for place in range(begin, end):
            if data[place] == _AND and _entity_at(data, place, end):
                return True
    return False


@njit
def odd_texts(data: Bytes, offsets: Offsets) -> Any:
    """Texts with spaces at their ends, entities, control characters or odd line ends."""
    odd = rows_with_controls(data, offsets)
    for row in range(len(odd)):
        begin, end = offsets[row], offsets[row + 1]
        if begin < end and not odd[row]:
            odd[row] = (
                _begins_with_space(data, begin, end)
                or _ends_in_space(data, begin, end)
                or _has_entity(data, begin, end)
            )
    return odd


@njit
def marked_up(data: Bytes, offsets: Offsets) -> Any:
    """Texts with a "<", which may begin a tag."""
    marked = np.zeros(len(offsets) - 1, np.bool_)
    for row in range(len(marked)):
        met = np.uint8(0)
        for byte in data[offsets[row] : offsets[row + 1]]:
            met |= np.uint8(byte == _LESS)
        marked[row] = met != 0
    return marked


@njit
def odd_titles(data: Bytes, offsets: Offsets) -> Any:
    """Titles with entities, control characters, or spaces that are not one blank in a row."""
    odd = np.zeros(len(offsets) - 1, np.bool_)
    for row in range(len(odd)):
        begin, end = offsets[row], offsets[row + 1]
        if begin < end:
            blank = data[begin] == _BLANK or data[end - 1] == _BLANK
            odd[row] = blank or (_is_uneven(data, begin, end) and _is_odd(data, begin, end))
    return odd


@bare
def _is_uneven(data: Bytes, begin: int, end: int) -> bool:
    """Whether a string holds bytes that make a title odd, or may: vectorised, without a branch."""
    met = _U8(0)
    for place in range(begin, end):
        byte = data[place]
        met = _U8(met | _U8(_U8(byte < _BLANK) | _U8(_U8(byte == _DELETE) | _U8(byte == _AND))))
        spaced = _U8(_U8(byte == 0xC2) | _U8(_U8(byte >= 0xE1) & _U8(byte <= 0xE3)))
        met = _U8(met | spaced)
    for place in range(begin + 1, end):
        met = _U8(met | _U8(_U8(data[place] == _BLANK) & _U8(data[place - 1] == _BLANK)))
    return bool(met != 0)


@bare
def _is_odd(data: Bytes, begin: int, end: int) -> bool:
    before = data[begin]
    for place in range(begin, end):
        byte = data[place]
        if (
            byte < _BLANK
            or byte == _DELETE
            or (byte == _BLANK and before == _BLANK)
            or (byte >= 0x80 and _space_at(data, place, end))
            or (byte == _AND and _entity_at(data, place, end))
        ):
            return True
        before = byte
    return False


@njit
def odd_ids(data: Bytes, offsets: Offsets) -> Any:
    """Ids that are not short plain ASCII, or that may hold an entity."""
    odd = np.zeros(len(offsets) - 1, np.bool_)
    for row in range(len(odd)):
        begin, end = offsets[row], offsets[row + 1]
        odd[row] = end - begin > LONGEST_ID  # bytes here, so that no longer one is let pass
        for place in range(begin, end):
            byte = data[place]
            inner = byte == _BLANK and begin < place < end - 1
            odd[row] |= byte >= _DELETE or (byte <= _BLANK and not inner)
            odd[row] |= byte == _AND and _entity_at(data, place, end)
    return odd


@njit
def odd_values(data: Bytes, offsets: Offsets) -> Any:
    """Strings that JSON would escape, or that hold a control character."""
    odd = np.zeros(len(offsets) - 1, np.bool_)
    for row in range(len(odd)):
        begin, end = offsets[row], offsets[row + 1]
        for place in range(begin, end):
            byte = data[place]
            odd[row] |= byte < _BLANK or byte in (_QUOTE, _BACKSLASH, _DELETE)
            odd[row] |= byte >= 0x80 and _space_at(data, place, end)
    return odd


@bare(inline="always")
def _fault(byte: np.uint8, one: np.uint8, two: np.uint8, three: np.uint8) -> np.uint8:
    """1 where this byte cannot stand behind the last one, two, three (RFC 3629, section 4).

    Every step is brought back to eight bits, without which it is not vectorised.
    """
    due = _U8(_U8(one >= 0xC0) | _U8(_U8(two >= 0xE0) | _U8(three >= 0xF0)))
    fault = _U8(due ^ _U8(_U8(byte & 0xC0) == 0x80))
    fault = _U8(fault | _U8(_U8(byte == 0xC0) | _U8(_U8(byte == 0xC1) | _U8(byte > 0xF4))))
    fault = _U8(fault | _U8(_U8(one == 0xE0) & _U8(byte < 0xA0)))
    fault = _U8(fault | _U8(_U8(one == 0xED) & _U8(byte > 0x9F)))
    fault = _U8(fault | _U8(_U8(one == 0xF0) & _U8(byte < 0x90)))
    return _U8(fault | _U8(_U8(one == 0xF4) & _U8(byte > 0x8F)))


@bare
def _first_fault(data: Bytes) -> np.uint8:
    """1 where one of the bytes from the fourth on cannot stand where it does."""
    met = _U8(0)
    for place in range(_THREE, np.uint64(max(len(data), 3))):
        one, two, three = data[place - _ONE], data[place - _TWO], data[place - _THREE]
        met = _U8(met | _fault(data[place], one, two, three))
    return met


@njit
def is_utf8(data: Bytes, offsets: Offsets) -> bool:
    """Whether all strings are UTF-8; their plain twin is bytes.decode.

    What may stand at a place depends on three bytes before it alone, so that many places are looked
    at together. The strings lie end to end: all are sound where the whole is, and none begins
    amid a character.
    """
    whole = data[offsets[0] : offsets[-1]]
    few = min(3, len(whole))
    edges = np.zeros(12, np.uint8)  # three bytes with nothing before them, three with none behind
    for place in range(few):
        edges[3 + place] = whole[place]
        edges[9 - few + place] = whole[len(whole) - few + place]
    met = _first_fault(whole) | _first_fault(edges[: 3 + few]) | _first_fault(edges[6:])
    for place in offsets[:-1]:
        met |= _U8(place < offsets[-1] and (data[place] & 0xC0) == 0x80)
    return bool(met == 0)
