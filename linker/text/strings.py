"""Code points of Python's strings."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from linker.text.utf8 import Points


def code_points(texts: Sequence[str]) -> Points:
    """The code points of n texts end to end, and their offsets, int64 (n + 1,).

    uint8 where all are ASCII, else uint32.
    """
    if not all(map(str.isascii, texts)):
        from linker.jit.strings import wide_points

        return wide_points(texts)
    offsets = np.zeros(len(texts) + 1, np.int64)
    np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)), out=offsets[1:])
    return np.frombuffer("".join(texts).encode("ascii"), np.uint8), offsets
