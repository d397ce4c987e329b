"""Machine code, linked into this process by LLVM."""

from __future__ import annotations

import ctypes
import functools
import threading
from typing import Any

import llvmlite.binding as llvm  # type: ignore[import-untyped]

_lock = threading.Lock()


@functools.cache
def host() -> str:
    """The processor, as far as machine code depends on it."""
    features = llvm.get_host_cpu_features().flatten()
    return " ".join((llvm.get_process_triple(), llvm.get_host_cpu_name(), features))


@functools.cache
def has(*features: str) -> bool:
    """Whether the processor has all of these, by LLVM's names."""
    known = llvm.get_host_cpu_features()
    return all(known.get(feature, False) for feature in features)


@functools.cache
def _machine() -> Any:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    return llvm.Target.from_default_triple().create_target_machine(jit=True)


@functools.cache
def _engine() -> Any:
    return llvm.create_mcjit_compiler(llvm.parse_assembly(""), _machine())


@functools.cache
def _mathematics() -> Any:
    try:
        return ctypes.CDLL("libm.so.6")
    except OSError:
        return None


def is_mathematics(symbol: str) -> bool:
    """Whether a function is one of C's own, its mathematics with it, which any process has."""
    return hasattr(_mathematics(), symbol)


def compiled(source: str) -> bytes:
    """Machine code of functions in the words of LLVM, for any processor of this kind."""
    with _lock:
        target = _machine()
        parsed = llvm.parse_assembly(source)
        parsed.verify()
        return target.emit_object(parsed)  # type: ignore[no-any-return]


def link(code: bytes, symbol: str) -> int:
    """The address of a function in machine code."""
    with _lock:
        engine = _engine()
        engine.add_object_file(llvm.object_file.ObjectFileRef.from_data(code))
        engine.finalize_object()
        return int(engine.get_function_address(symbol))


def address(symbol: str) -> int:
    """Where a variable of linked code is."""
    with _lock:
        return int(_engine().get_global_value_address(symbol))
