"""An inner product eight numbers at a time, with the same bits on every machine.

A compiler may not change the order of additions of floating-point numbers, and so leaves a sum
in a loop one by one, or, when it is allowed to, cuts it to the width of the machine's registers,
and the last bits of the result are then the machine's. Here the eight lanes are written out as a
vector type of LLVM, which maps it to whatever registers there are without another rounding.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from linker.stories.sums import LANES


def _typed_lane_sums(_context: Any, x: Any, y: Any) -> Any:
    """Sum k is that of the products at k, k + 8, ... as far as whole eights go."""
    for row in (x, y):
        if not isinstance(row, types.Array) or (row.ndim, row.layout) != (1, "C"):
            return None
        if row.dtype != types.float32:
            return None
    sums = types.UniTuple(types.float64, LANES)  # type: ignore[no-untyped-call]
    return sums(x, y), _lane_sums_code


def _lane_sums_code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    rows = [
        context.make_array(kind)(context, builder, value)
        for kind, value in zip(signature.args, arguments, strict=True)
    ]
    single = ir.VectorType(ir.FloatType(), LANES)
    double = ir.VectorType(ir.DoubleType(), LANES)
    length = builder.extract_value(rows[0].shape, 0)
    width = ir.Constant(length.type, LANES)
    zeros = ir.Constant(double, [0.0] * LANES)
    total = cgutils.alloca_once_value(builder, zeros)  # type: ignore[no-untyped-call]
    with cgutils.for_range(builder, builder.udiv(length, width)) as loop:
        at = builder.mul(loop.index, width)
        x, y = (
            # A row begins at any float32, not at a multiple of the vector's size.
            builder.load(builder.bitcast(builder.gep(row.data, [at]), single.as_pointer()), align=4)
            for row in rows
        )
        product = builder.fpext(builder.fmul(x, y), double)
        builder.store(builder.fadd(builder.load(total), product), total)
    sums = builder.load(total)
    parts = [
        builder.extract_element(sums, ir.Constant(ir.IntType(32), lane)) for lane in range(LANES)
    ]
    return context.make_tuple(builder, signature.return_type, parts)


lane_sums: Any = intrinsic(_typed_lane_sums)
