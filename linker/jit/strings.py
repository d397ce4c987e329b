"""The code points of Python's strings, copied while other threads run Python.

`"".join(texts).encode("utf-32-le")` holds the interpreter for all of it, and other threads wait.
"""

from __future__ import annotations

import ctypes
import functools
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from linker.arrays import IntArray, Uint32Array
from linker.jit import shelf
from linker.jit.arguments import address
from linker.jit.assembly import linked

_COPY: Final = "linker_copy_strings"
_AS_POINTS: Final = ctypes.cast(ctypes.pythonapi.PyUnicode_AsUCS4, ctypes.c_void_p).value

# %copy is Python's PyUnicode_AsUCS4.
_SOURCE: Final = """
define void @linker_copy_strings(
    ptr %copy, ptr %strings, i64 %count, ptr %offsets, ptr %points) {
begin:
  br label %ask
ask:
  %row = phi i64 [0, %begin], [%next, %one]
  %more = icmp slt i64 %row, %count
  br i1 %more, label %one, label %end
one:
  %next = add i64 %row, 1
  %string_place = getelementptr ptr, ptr %strings, i64 %row
  %string = load ptr, ptr %string_place
  %offset_place = getelementptr i64, ptr %offsets, i64 %row
  %offset = load i64, ptr %offset_place
  %end_place = getelementptr i64, ptr %offsets, i64 %next
  %end_offset = load i64, ptr %end_place
  %room = sub i64 %end_offset, %offset
  %target = getelementptr i32, ptr %points, i64 %offset
  %done = call ptr %copy(ptr %string, ptr %target, i64 %room, i32 0)
  br label %ask
end:
  ret void
}
"""


def wide_points(
    texts: Sequence[str], offsets: IntArray | None = None
) -> tuple[Uint32Array, IntArray]:
    """The code points of n texts end to end, and their offsets, int64 (n + 1,).

    offsets: those of a tuple of texts, where they are known.

    The interpreter is let go of, though PyUnicode_AsUCS4 (of the stable ABI) is among the functions
    that ask for it. Here that is sound: the tuple holds the strings, which never change, and where
    there is room for all of a string the function reads it and writes to the room. It counts no
    reference, allocates nothing, and sets an error only where there is too little room.
    Source: https://docs.python.org/3/c-api/unicode.html#c.PyUnicode_AsUCS4
    """
    held = tuple(texts)  # whatever others do to the list meanwhile
    offsets = offsets_of(held) if offsets is None else offsets
    if shelf.LINKED:
        points = np.empty(offsets[-1], np.uint32)
        strings = np.fromiter(held, object, len(held))  # their addresses, as NumPy keeps objects
        places = address(strings), len(held), address(offsets), address(points)
        _copy()(_AS_POINTS, *places)
        points.flags.writeable = False
        return points, offsets
    encoded = "".join(held).encode("utf-32-le", "surrogatepass")
    return np.frombuffer(encoded, np.uint32), offsets


def offsets_of(texts: tuple[str, ...]) -> IntArray:
    """Where each of n texts begins and the last one ends, end to end, int64 (n + 1,).

    By str.__len__: a subclass may say that it is shorter than it is.
    """
    offsets = np.zeros(len(texts) + 1, np.int64)
    np.cumsum(np.fromiter(map(str.__len__, texts), np.int64, len(texts)), out=offsets[1:])
    return offsets


@functools.cache
def _copy() -> Callable[..., Any]:
    """The function above, linked once."""
    pointer = ctypes.c_void_p
    prototype = ctypes.CFUNCTYPE(None, pointer, pointer, ctypes.c_int64, pointer, pointer)
    return prototype(linked(__name__, __file__, _SOURCE, _COPY))
