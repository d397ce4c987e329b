"""The arguments of a compiled function, as the plain words that numba has it take.

An array is seven words or more: who owns it (twice, nobody here), values, bytes a value, address,
shape, strides. A tuple is its parts, a number itself. Source: numba/core/datamodel.
"""

from __future__ import annotations

import ctypes
from typing import Any, Final, TypeAlias

import numpy as np

Kind: TypeAlias = Any
"""Part of what says which machine code fits: a type, a dtype, or a number."""

NUMBERS: Final[dict[str, Any]] = {
    "bool": ctypes.c_uint8,
    "int8": ctypes.c_int8,
    "uint8": ctypes.c_uint8,
    "int16": ctypes.c_int16,
    "uint16": ctypes.c_uint16,
    "int32": ctypes.c_int32,
    "uint32": ctypes.c_uint32,
    "int64": ctypes.c_int64,
    "uint64": ctypes.c_uint64,
    "float32": ctypes.c_float,
    "float64": ctypes.c_double,
}
"""C's types of numbers by the names of NumPy's and numba's."""

CONTIGUOUS, FORTRAN, ALIGNED, WRITABLE = 0x1, 0x2, 0x100, 0x400
"""Bits of an array's flags.num."""
_LAYOUT: Final = CONTIGUOUS | FORTRAN | ALIGNED | WRITABLE
_SAME: Final[dict[type, type]] = {np.int64: int, np.float64: float, np.bool_: bool}
"""Types that numba does not tell apart."""
_SMALLEST, _LARGEST = -(1 << 63), (1 << 63) - 1


_DATA: Final = object.__basicsize__  # where an array object of NumPy has the address of its values


def address(array: np.ndarray) -> int:
    """What array.ctypes.data is, in a tenth of the time: read from where CPython has the object."""
    return ctypes.c_void_p.from_address(id(array) + _DATA).value or 0


def unpack(argument: Any, kinds: list[Kind], words: list[Any]) -> None:
    """Append what kind of thing an argument is, and the words that it is handed over as."""
    if isinstance(argument, np.ndarray):
        layout = argument.flags.num & _LAYOUT
        kinds += (
            argument.dtype,
            argument.ndim,
            layout & ~FORTRAN if layout & CONTIGUOUS else layout,
        )
        owner = (0, 0, argument.size, argument.itemsize, address(argument))
        words += owner + argument.shape + argument.strides
    elif isinstance(argument, tuple):
        kinds += (type(argument), len(argument))
        for part in argument:
            unpack(part, kinds, words)
    elif isinstance(argument, int) and not _SMALLEST <= argument <= _LARGEST:
        if not 0 <= argument < 1 << 64:
            raise OverflowError(f"{argument} takes more than 64 bits")
        kinds.append(np.uint64)
        words.append(argument)
    else:
        kinds.append(_SAME.get(type(argument), type(argument)))
        words.append(argument.item() if isinstance(argument, np.generic) else argument)


def kinds_of(*arguments: Any) -> list[Kind]:
    """What kinds of things arguments are, without their words."""
    kinds: list[Kind] = []
    for argument in arguments:
        unpack(argument, kinds, [])
    return kinds


def word_types(argument: Any) -> list[Any]:
    """The C type of each word of an argument. TypeError: numba would take it in another way."""
    if isinstance(argument, np.ndarray):
        pointers = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_ssize_t, ctypes.c_ssize_t]
        return [*pointers, ctypes.c_void_p, *[ctypes.c_ssize_t] * (2 * argument.ndim)]
    if isinstance(argument, tuple):
        return [word for part in argument for word in word_types(part)]
    if isinstance(argument, int) and not isinstance(argument, bool):
        return [ctypes.c_int64 if _SMALLEST <= argument <= _LARGEST else ctypes.c_uint64]
    if isinstance(argument, (bool, float, np.generic)):
        name = np.asarray(argument).dtype.name
        if name in NUMBERS:
            return [NUMBERS[name]]
    raise TypeError(f"no compiled function takes a {type(argument).__name__}")
