"""Code points of Python's strings."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from linker.arrays import IntArray
from linker.text.utf8 import Points


def code_points(texts: Sequence[str], offsets: IntArray | None = None) -> Points:
    """The code points of n texts end to end, and their offsets, int64 (n + 1,).

    uint8 where all are ASCII, else uint32. offsets: those of a tuple of texts, if they are known.
    """
    from linker.jit.strings import offsets_of, wide_points

    held = tuple(texts)
    offsets = offsets_of(held) if offsets is None else offsets
    if not all(map(str.isascii, held)):
        return wide_points(held, offsets)
    return np.frombuffer("".join(held).encode("ascii"), np.uint8), offsets
