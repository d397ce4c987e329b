"""The result of a compiled function: the room that it is written to, and what Python has for it."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from importlib import import_module
from typing import Any, TypeAlias

import numpy as np

from linker.jit.arguments import NUMBERS

Shape: TypeAlias = Any
"""A result as JSON has it: the name of a number, None, ["array", dtype, dimensions], or
["tuple", [module, class] or None, parts]."""
Release: TypeAlias = Callable[[int], Any]
"""Lets go of the memory of an array, by the address of its owner."""


def room(shape: Shape) -> Any:
    """The C type of a result."""
    if shape is None:
        return ctypes.c_void_p
    if isinstance(shape, str):
        return NUMBERS[shape]
    if shape[0] == "array":
        size = ctypes.c_ssize_t * shape[2]
        fields = [
            ("owner", ctypes.c_void_p),
            ("parent", ctypes.c_void_p),
            ("count", ctypes.c_ssize_t),
            ("width", ctypes.c_ssize_t),
            ("address", ctypes.c_void_p),
            ("shape", size),
            ("strides", size),
        ]
    else:
        fields = [(f"part{place}", room(part)) for place, part in enumerate(shape[2])]
    return type("Result", (ctypes.Structure,), {"_fields_": fields})


def reader(shape: Shape, release: Release) -> Callable[[Any], Any]:
    """What turns a filled room into the values that Python has for it."""
    if shape is None:
        return lambda _found: None
    if shape == "bool":
        return lambda found: bool(_plain(found))
    if isinstance(shape, str):
        return _plain
    if shape[0] == "array":
        return lambda found: _array(found, shape[1], release)
    parts = [(f"part{place}", reader(part, release)) for place, part in enumerate(shape[2])]
    make = _tuple_class(shape[1])
    return lambda found: make([read(getattr(found, name)) for name, read in parts])


def _plain(found: Any) -> Any:
    return getattr(found, "value", found)  # a field of a structure is a number already


def _tuple_class(name: list[str] | None) -> Callable[[list[Any]], Any]:
    if name is None:
        return tuple
    made: Any = import_module(name[0])
    for part in name[1].split("."):
        made = getattr(made, part)
    return made._make  # type: ignore[no-any-return]


class _Array:
    """An array that compiled code made: its memory is let go of when nobody has it any more."""

    def __init__(self, found: Any, dtype: str, release: Release) -> None:
        self._owner, self._release = found.owner, release
        self.__array_interface__ = {
            "version": 3,
            "typestr": dtype,
            "data": (found.address or 0, False),
            "shape": tuple(found.shape),
            "strides": tuple(found.strides),
        }

    def __del__(self) -> None:
        self._release(self._owner)


def _array(found: Any, dtype: str, release: Release) -> Any:
    if found.owner:
        return np.asarray(_Array(found, dtype, release))
    # Part of an argument, which the caller may let go of before it.
    return np.array(_Array(found, dtype, lambda _owner: None))
