"""Arguments as JSON has them: what a loop can be compiled for before it is called."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final, TypeAlias

import numpy as np

from linker.jit.arguments import ALIGNED, CONTIGUOUS, FORTRAN, WRITABLE, kinds_of

Sample: TypeAlias = Any
"""The name of a type of numbers, ["array", dtype, dimensions, layout], or
["tuple", [module, class] or None, parts]."""

_PYTHON: Final[dict[str, type]] = {"int": int, "float": float, "bool": bool}


def described(argument: Any) -> Sample:
    """What stands for all arguments of this one's kind."""
    if isinstance(argument, np.ndarray):
        return ["array", argument.dtype.str, *kinds_of(argument)[1:]]
    if isinstance(argument, tuple):
        made = type(argument)
        name = None if made is tuple else [made.__module__, made.__qualname__]
        return ["tuple", name, [described(part) for part in argument]]
    [kind] = kinds_of(argument)
    return str(kind.__name__)


def example(sample: Sample) -> Any:
    """An argument of the kind, empty or zero.

    Raises ImportError or AttributeError for a class that is gone.
    """
    if isinstance(sample, str):
        return _PYTHON[sample]() if sample in _PYTHON else np.dtype(sample).type()
    if sample[0] == "array":
        return _array(*sample[1:])
    parts = [example(part) for part in sample[2]]
    if sample[1] is None:
        return tuple(parts)
    module, name = sample[1]
    return getattr(import_module(module), name)._make(parts)


def _array(dtype: str, dimensions: int, layout: int) -> Any:
    if layout & CONTIGUOUS:
        made = np.zeros((0,) * dimensions, dtype)
    elif layout & FORTRAN:
        made = np.zeros((2,) * dimensions, dtype, order="F")
    else:
        made = np.zeros((4,) * dimensions, dtype)[(slice(None, None, 2),) * dimensions]
    if not layout & ALIGNED:
        raise ValueError("no array out of line is usual")
    made.flags.writeable = bool(layout & WRITABLE)
    return made
