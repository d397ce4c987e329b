"""numba's `njit`, loaded without SciPy, and compiling no function for single numbers.

When numba loads its array functions it imports SciPy's linear algebra, only to learn that it is
there: a quarter of a second in every process. None of our loops multiplies matrices. Here the
question is answered without the import; code of others in the same process that does multiply
matrices has it imported when it is compiled, as numba does anyway.

A compiled function that is called with a number written in the code, or with a counter that begins
with one, would be compiled for that very number and then for all others: twice the time of the
first run, for nothing that LLVM does not find out when it inlines the call.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

import numba
import numba.np.linalg

F = TypeVar("F", bound=Callable[..., Any])


def njit(**options: Any) -> Callable[[F], F]:
    """Compile a function when it is first called; options: those of `numba.njit`."""

    # Said, as a function that is first compiled for a bare one would be made bare like it.
    options.setdefault("_nrt", True)

    def compiled(function: F) -> F:
        dispatcher = numba.njit(**options)(function)
        if hasattr(dispatcher, "get_call_template"):  # not where NUMBA_DISABLE_JIT leaves it plain
            _take_all_numbers(dispatcher)
        return dispatcher  # type: ignore[no-any-return]

    return compiled


def bare(**options: Any) -> Callable[[F], F]:
    """njit for a function that makes no array, returns none and calls none that returns one.

    Elsewhere numba counts who uses an array, in a place that all threads share, at every call that
    hands one on: in a loop with small functions that takes longer than their work. A function that
    borrows all arrays from its caller needs no count.

    One that makes an array does not compile so. One that is given an array by what it calls would
    never let go of it, and one that returns an array would have its caller let go of what is not
    the caller's: numba does not refuse these, test_jit does.
    """
    return njit(_nrt=False, **options)


def _take_all_numbers(dispatcher: Any) -> None:
    """Let the callers of a function ask for int64 where they have Literal[int](0)."""
    ask = dispatcher.get_call_template

    def get_call_template(args: Any, kws: Any) -> Any:
        named = {name: numba.types.unliteral(kind) for name, kind in kws.items()}  # type: ignore[no-untyped-call]
        return ask([numba.types.unliteral(kind) for kind in args], named)  # type: ignore[no-untyped-call]

    dispatcher.get_call_template = get_call_template


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
