"""With numba: the machine code of a loop for arguments of some kind.

numba is imported here, and by the modules of intrinsics. Its array functions import SciPy's linear
algebra, only to learn that it is there: a quarter of a second. None of our loops multiplies
matrices. Here the question is answered without the import; code of others in the same process that
does multiply matrices has it imported when it is compiled, as numba does anyway.
"""

from __future__ import annotations

import ast
import ctypes
import functools
import hashlib
import importlib
import importlib.util
import sys
import threading
from collections.abc import Iterable
from pathlib import Path
from types import CellType, FunctionType, ModuleType
from typing import Any, Final, NoReturn

import llvmlite.binding as llvm  # type: ignore[import-untyped]
import numba
import numba.np.linalg
from llvmlite import ir
from numba import types
from numba.core.registry import cpu_target
from numba.np.numpy_support import as_dtype

from linker.jit import machine, memory, shelf
from linker.jit.arguments import word_types
from linker.jit.kernel import Intrinsic, Kernel
from linker.jit.results import Shape, room

_APART: Final = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
"""Options for machine code that nothing of Python is linked to."""
_lock = threading.Lock()


def compile_loop(kernel: Kernel, arguments: tuple[Any, ...]) -> shelf.Code:
    """The machine code of a loop for arguments like these.

    Empty where it cannot be called without numba: it takes or returns what we do not know,
    or it needs a function that only numba has.
    """
    if not shelf.LINKED:
        return _for_numba(kernel)
    with _lock:
        dispatcher = _dispatcher(kernel, apart=True)
        signature = tuple(_type_of(argument) for argument in arguments)
        dispatcher.compile(signature)
        _check_bare(one for one in _reached(kernel) if isinstance(one, Kernel))
        made = dispatcher.overloads[signature]
        symbol, code = _alone(made)
        if not _is_callable(made, arguments) or not all(map(_is_there, _missing(made, code))):
            return _for_numba(kernel)
        return shelf.Code(symbol, _shape(made.signature.return_type), _sources(kernel), code)


def _alone(made: Any) -> tuple[str, bytes]:
    """A name that no other machine code has, and code that knows no name of other code but of C.

    numba names what a function calls by a count within the process: code of two processes has
    equal names for different functions, and would call one for the other when both are linked.
    """
    module = llvm.parse_bitcode(made.library._final_module.as_bitcode())
    for one in (*module.functions, *module.global_variables):
        if not one.is_declaration and one.name != made.fndesc.mangled_name:
            one.linkage = "internal"
    symbol = "loop_" + hashlib.blake2b(module.as_bitcode(), digest_size=16).hexdigest()
    module.get_function(made.fndesc.mangled_name).name = symbol
    return symbol, cpu_target.target_context.codegen()._tm.emit_object(module)


def _for_numba(kernel: Kernel) -> shelf.Code:
    return shelf.Code("", None, _sources(kernel), b"")


def with_numba(kernel: Kernel) -> Any:
    """The loop as numba compiles, calls and keeps it."""
    return _dispatcher(kernel, apart=False)


@functools.cache
def _dispatcher(kernel: Kernel, *, apart: bool) -> Any:
    """The function as numba has it."""
    options = kernel.options | (_APART if apart else {"cache": True})
    dispatcher = numba.njit(nogil=True, **options)(_seen_by_numba(kernel.py_func, apart=apart))
    _take_all_numbers(dispatcher)
    return dispatcher


def _seen_by_numba(function: Any, *, apart: bool) -> Any:
    """The function, with numba's dispatchers in place of the kernels that it calls."""

    def seen(value: Any) -> Any:
        if isinstance(value, Kernel):
            return _dispatcher(value, apart=apart)
        return value.made() if isinstance(value, Intrinsic) else value

    def seen_module(module: ModuleType) -> ModuleType:
        copy = ModuleType(module.__name__)
        vars(copy).update((name, seen(value)) for name, value in _used(function, vars(module)))
        return copy

    names = dict(function.__globals__)
    for name, value in _used(function, names):
        calls = isinstance(value, ModuleType) and _loops_among(_used(function, vars(value)))
        names[name] = seen_module(value) if calls else seen(value)
    cells = function.__closure__ and tuple(
        CellType(seen(cell.cell_contents)) for cell in function.__closure__
    )
    copy = FunctionType(function.__code__, names, function.__name__, function.__defaults__, cells)
    copy.__qualname__, copy.__module__ = function.__qualname__, function.__module__
    return copy


def _used(function: Any, known: dict[str, Any]) -> list[tuple[str, Any]]:
    """The names that a function uses and their values, as far as known."""
    return [(name, known[name]) for name in function.__code__.co_names if name in known]


def _loops_among(named: list[tuple[str, Any]]) -> list[Kernel | Intrinsic]:
    return [value for _, value in named if isinstance(value, (Kernel, Intrinsic))]


def _sources(kernel: Kernel) -> list[list[Any]]:
    """The files of a loop, of all that it calls, of what these import, and of what compiled it."""
    found = {str(path) for path in Path(__file__).parent.glob("*.py")}
    waiting = [one.source for one in _reached(kernel)]
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting += _imported(path, kernel.py_func.__module__.partition(".")[0])
    return [shelf.state(path) for path in sorted(found)]


def _imported(path: str, package: str) -> list[str]:
    """The files of a package that one of them imports: values of theirs are compiled in."""
    names = []
    for node in ast.walk(ast.parse(Path(path).read_bytes())):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    modules = [sys.modules.get(name) for name in names if name.partition(".")[0] == package]
    return [str(module.__file__) for module in modules if module and module.__file__]


def _reached(kernel: Kernel) -> set[Kernel | Intrinsic]:
    """A kernel and all that it calls."""
    met: set[Kernel | Intrinsic] = set()
    waiting: list[Kernel | Intrinsic] = [kernel]
    while waiting:
        one = waiting.pop()
        if one not in met:
            met.add(one)
            waiting += _called(one.py_func) if isinstance(one, Kernel) else []
    return met


def _called(function: Any) -> list[Kernel | Intrinsic]:
    """The kernels and intrinsics that a function calls by a name of its module or of another."""
    named = _used(function, function.__globals__)
    modules = [value for _, value in named if isinstance(value, ModuleType)]
    named += (one for module in modules for one in _used(function, vars(module)))
    named += (("", cell.cell_contents) for cell in function.__closure__ or ())
    return _loops_among(named)


def _check_bare(kernels: Iterable[Kernel]) -> None:
    """Raise TypeError where a bare function returns an array, which numba lets pass in a tuple."""
    for kernel in kernels:
        for kind in _dispatcher(kernel, apart=True).nopython_signatures:
            if not kernel.options["_nrt"] and _holds_array(kind.return_type):
                raise TypeError(f"{kernel.name} is bare and returns an array")


def _holds_array(kind: Any) -> bool:
    return isinstance(kind, types.Array) or any(map(_holds_array, getattr(kind, "types", ())))


def _take_all_numbers(dispatcher: Any) -> None:
    """Let the callers of a function ask for int64 where they have Literal[int](0).

    A compiled function that is called with a number written in the code, or with a counter that
    begins with one, would be compiled for that very number and then for all others: twice the time
    of the first run, for nothing that LLVM does not find out when it inlines the call.
    """
    ask = dispatcher.get_call_template

    def get_call_template(args: Any, kws: Any) -> Any:
        named = {name: _unliteral(kind) for name, kind in kws.items()}
        return ask([_unliteral(kind) for kind in args], named)

    dispatcher.get_call_template = get_call_template


def _type_of(argument: Any) -> Any:
    return _unliteral(numba.typeof(argument))  # type: ignore[no-untyped-call]


def _unliteral(kind: Any) -> Any:
    return types.unliteral(kind)  # type: ignore[no-untyped-call]


def _is_callable(made: Any, arguments: tuple[Any, ...]) -> bool:
    """Whether a compiled function takes its arguments and gives its result as we know it."""
    try:
        words = [word for argument in arguments for word in word_types(argument)]
        result_size = ctypes.sizeof(room(_shape(made.signature.return_type)))
    except (TypeError, KeyError):
        return False
    context = cpu_target.target_context
    result, kinds = made.signature.return_type, made.signature.args
    taken = context.call_conv.get_function_type(result, kinds).args[2:]
    size = context.get_abi_sizeof(context.data_model_manager[result].get_return_type())
    return (
        len(taken) == len(words)
        and all(map(_is_word, taken, words))
        and (result == types.none or size == result_size)
        and not made.library.has_dynamic_globals
    )


def _is_word(taken: Any, word: Any) -> bool:
    """Whether an argument of LLVM's is a word of C's."""
    if word is ctypes.c_void_p:
        return isinstance(taken, ir.PointerType)
    floats = {ctypes.c_float: ir.FloatType(), ctypes.c_double: ir.DoubleType()}
    return bool(taken == (floats.get(word) or ir.IntType(8 * ctypes.sizeof(word))))


def _is_there(name: str) -> bool:
    return name in memory.PROVIDED or machine.is_mathematics(name)


def _missing(made: Any, code: bytes) -> list[str]:
    """The names of what machine code needs from elsewhere, but what LLVM itself asks for.

    Optimised away calls leave their declarations, but no name in the code.
    """
    module = made.library._final_module
    names = [one.name for one in module.functions if one.is_declaration]
    names += [one.name for one in module.global_variables if one.is_declaration]
    return [name for name in names if name.encode() + b"\0" in code]


def _shape(kind: Any) -> Shape:
    """A type of numba's as the shape of a result; TypeError for one that Python is not given."""
    if kind == types.none:
        return None
    if isinstance(kind, (types.Integer, types.Float, types.Boolean)):
        return str(kind)
    if isinstance(kind, types.Array) and not isinstance(kind.dtype, types.Record):
        return ["array", as_dtype(kind.dtype).str, kind.ndim]
    if isinstance(kind, types.BaseTuple):
        made = getattr(kind, "instance_class", None)
        name = made and [made.__module__, made.__qualname__]
        if made and "<locals>" in made.__qualname__:
            raise TypeError("a class that no other process finds")
        parts: Any = kind
        return ["tuple", name, [_shape(part) for part in parts]]
    raise TypeError(f"no compiled function returns a {kind}")


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
