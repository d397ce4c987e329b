"""How a function that numba compiled is called as a C function.

numba compiles `f(a, b)` to `int32 f(result *, error **, ...)`, then the words of the arguments.
The status is 0 for a result, -2 for None, and anything else for an exception. `compiling.py`
compares what each function takes and gives with what is known here, before its machine code is
kept. Source: numba/core/callconv.py.
"""

from __future__ import annotations

import ctypes
import pickle
from collections.abc import Callable
from typing import Any, TypeAlias

from linker.jit import results

Loop: TypeAlias = Callable[[tuple[Any, ...], list[Any]], Any]
"""What is called with arguments, and with the words of all of them."""

_RETURNED, _NONE = 0, -2


def caller(native: Any, shape: results.Shape, release: results.Release) -> Loop:
    """What calls a C function with the words, and gives its result."""
    result, read = results.room(shape), results.reader(shape, release)

    def call(_arguments: tuple[Any, ...], words: list[Any]) -> Any:
        found, error = result(), ctypes.c_void_p()
        status = native(ctypes.byref(found), ctypes.byref(error), *words)
        if status != _RETURNED:
            if status == _NONE:
                return None
            raise _exception(status, error.value)
        return read(found)

    return call


class _Error(ctypes.Structure):
    _fields_ = (
        ("pickled", ctypes.c_void_p),
        ("size", ctypes.c_int32),
        ("hash", ctypes.c_void_p),
        ("unwrap", ctypes.c_void_p),
        ("count", ctypes.c_int32),
    )


def _exception(status: int, place: int | None) -> BaseException:
    """The exception that compiled code asks for: its class and arguments are pickled."""
    if status > 0 and place:
        error = _Error.from_address(place)
        made, arguments, _place = pickle.loads(ctypes.string_at(error.pickled, error.size))
        return made(*(arguments or ()))  # type: ignore[no-any-return]
    return RuntimeError(f"a compiled function ended with status {status}")
