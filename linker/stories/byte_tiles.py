"""Products of bytes, as processors with an instruction for neural networks multiply them.

One instruction (VPDPBUSD) takes 64 or 32 products of an unsigned and a signed byte, and adds each
four that lie side by side to an int32: four times as many as of float32 in the same time. Elsewhere
LLVM is given the same arithmetic in plain steps.
Source: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2.
"""

from __future__ import annotations

from typing import Any, Final

from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from linker.stories.byte_kernel import GROUP, PANEL, lanes

_WORD, _WIDE = ir.IntType(32), ir.IntType(64)
_BYTES: Final = 4  # of a word
_PLAIN: Final = 8  # lanes where the processor has no such instruction
_INSTRUCTIONS: Final = {16: "avx512vnni", 8: "avxvnni"}


def _wide(number: int) -> Any:
    return ir.Constant(_WIDE, number)


def _may_use(context: Any, feature: str | None) -> bool:
    """Whether numba compiles for processors with a feature, which its settings may leave out.

    Asked again here, as LLVM ends the process over an instruction that it may not use.
    """
    features = str(getattr(context.codegen(), "_tm_features", ""))
    return feature is not None and f"+{feature}" in features.split(",")


class _Tile:
    """The products of GROUP rows with `strip` vectors of lanes of a panel, held in registers."""

    def __init__(self, context: Any, builder: Any) -> None:
        self.builder = builder
        self.has_instruction = _may_use(context, _INSTRUCTIONS.get(lanes()))
        self.lanes = lanes() if self.has_instruction else _PLAIN
        # As many sums as there are registers for, beside a row's word and the panel's words.
        self.strip = 4 if self.lanes == 16 else 2
        self.vector = ir.VectorType(_WORD, self.lanes)

    def sums(self, panel: Any, group: Any, quads: Any) -> list[list[Any]]:
        """The sums of each row of a group and each vector of lanes; leaves the builder behind."""
        builder, before = self.builder, self.builder.block
        loop, after = (builder.append_basic_block(name) for name in ("quads", "summed"))
        builder.branch(loop)
        builder.position_at_end(loop)
        quad = builder.phi(_WIDE)
        so_far = [[builder.phi(self.vector) for _ in range(self.strip)] for _ in range(GROUP)]
        words = self._panel_words(panel, quad)
        summed = [
            [self._added(total, word, own) for total, word in zip(row, words, strict=True)]
            for row, own in zip(so_far, self._row_words(group, quad, quads), strict=True)
        ]
        following = builder.add(quad, _wide(1))
        quad.add_incoming(_wide(0), before)
        quad.add_incoming(following, loop)
        for row, new in zip(so_far, summed, strict=True):
            for total, later in zip(row, new, strict=True):
                total.add_incoming(ir.Constant(self.vector, [0] * self.lanes), before)
                total.add_incoming(later, loop)
        builder.cbranch(builder.icmp_unsigned("<", following, quads), loop, after)
        builder.position_at_end(after)
        return summed

    def _panel_words(self, panel: Any, quad: Any) -> list[Any]:
        first = self.builder.mul(quad, _wide(_BYTES * PANEL))
        steps = (_wide(_BYTES * self.lanes * k) for k in range(self.strip))
        return [self.load(panel, self.builder.add(first, step)) for step in steps]

    def _row_words(self, group: Any, quad: Any, quads: Any) -> list[Any]:
        """Four bytes of each row, in all lanes."""
        builder, words = self.builder, []
        for row in range(GROUP):
            place = builder.add(builder.mul(quads, _wide(row)), quad)
            word = builder.bitcast(
                builder.gep(group, [builder.mul(place, _wide(_BYTES))]), _WORD.as_pointer()
            )
            words.append(self.everywhere(builder.load(word, align=1)))
        return words

    def everywhere(self, word: Any) -> Any:
        """A word in all lanes."""
        undefined = ir.Constant(self.vector, ir.Undefined)
        one = self.builder.insert_element(undefined, word, ir.Constant(_WORD, 0))
        return self.builder.shuffle_vector(
            one, undefined, ir.Constant(self.vector, [0] * self.lanes)
        )

    def load(self, data: Any, at: Any) -> Any:
        """A vector of words, wherever it lies."""
        place = self.builder.bitcast(self.builder.gep(data, [at]), self.vector.as_pointer())
        return self.builder.load(place, align=1)

    def _added(self, total: Any, unsigned: Any, signed: Any) -> Any:
        """The sum of four products a lane added to a total."""
        if self.has_instruction:
            kind = ir.FunctionType(self.vector, [self.vector] * 3)
            name = f"llvm.x86.avx512.vpdpbusd.{32 * self.lanes}"
            insert: Any = cgutils.get_or_insert_function
            return self.builder.call(
                insert(self.builder.module, kind, name), [total, unsigned, signed]
            )
        for byte in range(_BYTES):
            total = self.builder.add(total, self._product(unsigned, signed, 8 * byte))
        return total

    def _product(self, unsigned: Any, signed: Any, shift: int) -> Any:
        builder = self.builder
        below, above, highest, mask = (
            ir.Constant(self.vector, [number] * self.lanes)
            for number in (shift, 24 - shift, 24, 255)
        )
        own = builder.ashr(builder.shl(signed, above), highest)
        return builder.mul(builder.and_(builder.lshr(unsigned, below), mask), own)


def _typed_multiply(
    _context: Any, panels: Any, panel: Any, rows: Any, row: Any, quads: Any, limits: Any, tile: Any
) -> Any:
    """Multiply GROUP rows from `row` on with a panel; which products are above the rows' limits.

    Rows have a quad of bytes at least, and fewer than 65,000 bytes, which an int32 can hold.
    panels: uint8, panels end to end; panel: the place of its first byte; rows: int8, rows of
    4 * quads bytes end to end; row: the place of the first byte; limits: int32 (GROUP,). Writes
    the tuple `tile`: scores, int32 (GROUP * PANEL,), and above, uint64 (GROUP,), a bit for each
    that is greater than the row's limit. Returns these bits of all rows together.
    """
    result = types.uint64(panels, panel, rows, row, quads, limits, tile)
    return result, _multiply_code


def _multiply_code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    def data(kind: Any, value: Any) -> Any:
        return context.make_array(kind)(context, builder, value).data

    panels, rows, limits = (data(signature.args[k], arguments[k]) for k in (0, 2, 5))
    unpack: Any = cgutils.unpack_tuple
    scores, above = map(data, signature.args[6].types, unpack(builder, arguments[6]))
    quads, one = arguments[4], _Tile(context, builder)
    group, width = builder.gep(rows, [arguments[3]]), one.strip * one.lanes
    bits = [_wide(0)] * GROUP
    for first in range(0, PANEL, width):
        at = builder.add(arguments[1], _wide(_BYTES * first))
        for row, sums in enumerate(one.sums(builder.gep(panels, [at]), group, quads)):
            limit = one.everywhere(builder.load(builder.gep(limits, [_wide(row)])))
            for k, total in enumerate(sums):
                column = first + k * one.lanes
                place = builder.gep(scores, [_wide(row * PANEL + column)])
                builder.store(total, builder.bitcast(place, one.vector.as_pointer()), align=4)
                higher = builder.icmp_signed(">", total, limit)
                mask = builder.zext(builder.bitcast(higher, ir.IntType(one.lanes)), _WIDE)
                bits[row] = builder.or_(bits[row], builder.shl(mask, _wide(column)))
    together = _wide(0)
    for row, own in enumerate(bits):
        builder.store(own, builder.gep(above, [_wide(row)]))
        together = builder.or_(together, own)
    return together


def _typed_lowest(_context: Any, bits: Any) -> Any:
    """The place of the lowest bit of a number that is not 0."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return types.uint64(types.uint64), generate


multiply: Any = intrinsic(_typed_multiply)
lowest: Any = intrinsic(_typed_lowest)
