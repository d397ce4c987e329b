"""64 bits that tell paragraphs apart, eight bytes at a time."""

from __future__ import annotations

from typing import Final

import numpy as np

from linker.arrays import ByteArray
from linker.cleaning.points import spread
from linker.jit import bare
from linker.text.compiled import mix

WORD: Final = 8
_WORD = np.uint64(WORD)
_BITS = np.uint64(8)
_NOTHING, _ONE = np.uint64(0), np.uint64(1)


@bare
def fingerprint(data: ByteArray) -> np.uint64:
    """A hash of some bytes. Its upper half is what an article keeps of a paragraph."""
    place, end = _NOTHING, np.uint64(len(data))
    value = end
    while place + _WORD <= end:
        word = _NOTHING
        for step in range(_WORD):
            word |= np.uint64(data[place + step]) << (_BITS * step)
        place += _WORD
        value += spread(word, place)
    word = _NOTHING
    for step in range(end - place):
        word |= np.uint64(data[place + step]) << (_BITS * step)
    return mix(value + spread(word, end + _ONE))
