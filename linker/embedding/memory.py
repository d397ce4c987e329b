"""Three instructions that numba has no words for, as LLVM has them.

Each looks at the memory of a one-dimensional contiguous array without asking about its bounds, as
compiled loops do anyway: whoever calls them answers for the index.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

_WIDE = ir.IntType(64)
_READ, _KEEP, _DATA = 0, 3, 1


def _address(context: Any, builder: Any, array_type: Any, array: Any, index: Any) -> Any:
    data = context.make_array(array_type)(context, builder, array).data
    return builder.gep(data, [index])


def _load_wide(typing_context: Any, array: Any, index: Any) -> Any:
    """The 8 bytes from array[index] on as one uint64, wherever they lie; index: uint64."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        place = _address(context, builder, signature.args[0], *arguments)
        value = builder.load(builder.bitcast(place, _WIDE.as_pointer()))
        value.align = 1
        return value

    return types.uint64(array, types.uint64), generate


def _store_wide(typing_context: Any, array: Any, index: Any, value: Any) -> Any:
    """Write a uint64 over the 8 bytes from array[index] on, wherever they lie; index: uint64."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array, index, value = arguments
        place = _address(context, builder, signature.args[0], array, index)
        builder.store(value, builder.bitcast(place, _WIDE.as_pointer())).align = 1
        return context.get_dummy_value()

    return types.void(array, types.uint64, types.uint64), generate


def _prefetch(typing_context: Any, array: Any, index: Any) -> Any:
    """Ask for the cache line of array[index]: a hint that changes no result; index: uint64."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        place = _address(context, builder, signature.args[0], *arguments)
        byte = ir.IntType(8).as_pointer()
        number = ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [byte, number, number, number])
        insert: Any = cgutils.get_or_insert_function
        call = insert(builder.module, kind, "llvm.prefetch.p0")
        hints = [ir.Constant(number, hint) for hint in (_READ, _KEEP, _DATA)]
        builder.call(call, [builder.bitcast(place, byte), *hints])
        return context.get_dummy_value()

    return types.void(array, types.uint64), generate


load_wide: Any = intrinsic(_load_wide)
store_wide: Any = intrinsic(_store_wide)
prefetch: Any = intrinsic(_prefetch)
