"""A loop: called like the function that it was made from."""

from __future__ import annotations

import ctypes
import functools
import os
import threading
from collections.abc import Callable
from importlib import import_module
from typing import Any, Final, TypeVar, overload

from linker.jit import shelf
from linker.jit.arguments import Kind, kinds_of, unpack, word_types
from linker.jit.calling import Loop, caller

F = TypeVar("F", bound=Callable[..., Any])
DISABLED: Final = os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0")


class Kernel:
    """A function that is compiled when it is first called with arguments of some kind.

    Arguments are arrays, numbers, and tuples of these, by place. Other threads run meanwhile.
    py_func: the function itself, uncompiled. name: with its module. options: those of `numba.njit`.
    """

    def __init__(self, function: Callable[..., Any], options: dict[str, Any]) -> None:
        functools.update_wrapper(self, function)
        self.py_func: Any = function
        self.name = f"{function.__module__}.{function.__qualname__}"
        self.options = options
        self._written = shelf.first_state(self.source)
        self._loops: dict[tuple[Kind, ...], Loop] = {}
        self._lock = threading.Lock()

    @property
    def source(self) -> str:
        """The file that the function is written in."""
        return str(self.py_func.__code__.co_filename)

    def __call__(self, *arguments: Any) -> Any:
        kinds: list[Kind] = []
        words: list[Any] = []
        for argument in arguments:
            unpack(argument, kinds, words)
        kind = tuple(kinds)
        loop = self._loops.get(kind)
        if loop is None:
            with self._lock:
                loop = self._loops.get(kind) or self._load(repr(kinds), arguments)
                self._loops[kind] = loop
        return loop(arguments, words)

    def _is_lasting(self) -> bool:
        """Whether its file, as it was when the function was made, is all that makes the loop.

        Others may have the name of a function within another, or of one without a name.
        """
        return (
            "<" not in self.name
            and bool(self._written)
            and shelf.state(self.source) == self._written
        )

    def prepare(self, arguments: tuple[Any, ...]) -> None:
        """Compile for arguments like these and keep the code, unless another process does."""
        kind = repr(kinds_of(*arguments))
        if self._is_lasting() and self._from_shelf(kind) is None:
            with shelf.claim(self.name, kind, wait=False) as ours:
                if ours:
                    self._kept(kind, arguments)

    def _load(self, kind: str, arguments: tuple[Any, ...]) -> Loop:
        """What calls the loop, from the shelf or compiled now."""
        lasting = self._is_lasting()
        code = self._from_shelf(kind) if lasting else self._compiled(arguments)
        if code is None:
            with shelf.claim(self.name, kind, wait=True):
                code = self._kept(kind, arguments)
        return _linked(code, arguments) if code.code else _called_by_numba(self)

    def _kept(self, kind: str, arguments: tuple[Any, ...]) -> shelf.Code:
        """From the shelf, where another process may have put it meanwhile, or put there now."""
        code = self._from_shelf(kind)
        if code is None:
            code = self._compiled(arguments)
            shelf.keep(self.name, kind, code)
        return code

    def _from_shelf(self, kind: str) -> shelf.Code | None:
        """The code that is kept, if it is of this function: another file may have one so named."""
        code = shelf.take(self.name, kind)
        return code if code and self._written in code.sources else None

    def _compiled(self, arguments: tuple[Any, ...]) -> shelf.Code:
        from linker.jit.compiling import compile_loop

        return compile_loop(self, arguments)


def _linked(code: shelf.Code, arguments: tuple[Any, ...]) -> Loop:
    from linker.jit import machine, memory

    release = memory.releaser()
    words = [word for argument in arguments for word in word_types(argument)]
    prototype = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_void_p, *words)
    return caller(prototype(machine.link(code.code, code.symbol)), code.shape, release)


def _called_by_numba(kernel: Kernel) -> Loop:
    from linker.jit.compiling import with_numba

    made = with_numba(kernel)
    return lambda arguments, _words: made(*arguments)


class Intrinsic:
    """An intrinsic of numba's in another module, which is imported when a loop with it is compiled.

    Source: https://numba.readthedocs.io/en/stable/extending/high-level.html#implementing-intrinsics
    """

    def __init__(self, module: str, name: str) -> None:
        self._module, self._name = module, name

    @property
    def source(self) -> str:
        """The file that it is written in."""
        return str(import_module(self._module).__file__)

    def made(self) -> Any:
        """As numba has it."""
        return getattr(import_module(self._module), self._name)


@overload
def njit(function: F) -> F: ...
@overload
def njit(**options: Any) -> Callable[[F], F]: ...
def njit(function: Any = None, **options: Any) -> Any:
    """Make a function a `Kernel`; options: those of `numba.njit`.

    With NUMBA_DISABLE_JIT in the environment it stays as it is.
    """
    # Said, as a function that is first compiled for a bare one would be made bare like it.
    options.setdefault("_nrt", True)
    if function is None:
        return functools.partial(njit, **options)
    return function if DISABLED else Kernel(function, options)


@overload
def bare(function: F) -> F: ...
@overload
def bare(**options: Any) -> Callable[[F], F]: ...
def bare(function: Any = None, **options: Any) -> Any:
    """njit for a function that makes no array, returns none and calls none that returns one.

    Elsewhere numba counts who uses an array, in a place that all threads share, at every call that
    hands one on: in a loop with small functions that takes longer than their work. A function that
    borrows all arrays from its caller needs no count.

    One that makes an array does not compile so. One that is given an array by what it calls would
    never let go of it, and one that returns an array would have its caller let go of what is not
    the caller's: numba does not refuse these; `compiling` and test_jit do.
    """
    made: Any = njit(_nrt=False, **options)
    return made if function is None else made(function)
