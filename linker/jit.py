"""numba's `njit`, loaded without SciPy.

When numba loads its array functions it imports SciPy's linear algebra, only to learn that it is
there: a quarter of a second in every process. None of our loops multiplies matrices. Here the
question is answered without the import; code of others in the same process that does multiply
matrices has it imported when it is compiled, as numba does anyway.
"""

from __future__ import annotations

import importlib
import importlib.util
from typing import Any, NoReturn

import numba.np.linalg
from numba import njit

__all__ = ["njit"]


def _load_array_functions(linalg: Any) -> None:
    """Import `numba.np.arraymath` with the answer that there is no BLAS, then put the truth back.

    With a numba that asks in another way nothing but the quarter of a second is lost.
    """
    ensure_blas = linalg.ensure_blas
    linalg.ensure_blas = _no_blas
    try:
        arraymath: Any = importlib.import_module("numba.np.arraymath")
    finally:
        linalg.ensure_blas = ensure_blas
    if getattr(arraymath, "ensure_blas", None) is _no_blas:
        arraymath.ensure_blas = ensure_blas
        arraymath._HAVE_BLAS = importlib.util.find_spec("scipy") is not None


def _no_blas() -> NoReturn:
    raise ImportError


if hasattr(numba.np.linalg, "ensure_blas"):
    _load_array_functions(numba.np.linalg)
