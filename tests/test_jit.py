"""Compiled loops: called as Python calls, and compiled but once."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba.core.errors import NumbaError

from linker.jit import Kernel, bare, compiling, memory, njit, shelf
from linker.jit.arguments import address, kinds_of


class Pair(NamedTuple):
    values: Any
    factor: Any


@njit
def everything(values: Any, table: Any, pair: Any, number: Any, fraction: Any, flag: Any) -> Any:
    """Takes and gives back every sort of value."""
    total = np.float64(0.0)
    for row in range(table.shape[0]):
        for column in range(table.shape[1]):
            total += table[row, column]
    made = np.zeros((len(values) + 1, 2), np.uint16)
    for place in range(len(values)):
        made[place, 0] = np.uint16(values[place])
    part, factor = pair[0], pair[1]
    found = Pair(np.sort(part), np.int64(factor) * np.int64(number))
    return made, total * fraction, not flag, found, np.uint64(number), np.float32(fraction)


@njit
def nothing(values: Any) -> None:
    values[0] = 1


@njit
def part_of(values: Any) -> Any:
    return values[1:]


@njit
def quotient(a: int, b: int) -> int:
    return a // b


@njit
def refused(values: Any) -> Any:
    if values[0] > 3:
        raise ValueError("too much")
    return values[0]


@njit
def too_many(size: int) -> Any:
    return np.zeros(size)


@njit
def put(values: Any, others: Any) -> Any:
    """numba brings a message of its own for arrays that differ in length, and Python with it."""
    values[:] = others
    return values[0]


def flat(found: Any) -> Any:
    """What can be compared: types and values, arrays as bytes with their shape."""
    if isinstance(found, tuple):
        return type(found).__name__, [flat(part) for part in found]
    if isinstance(found, np.ndarray):
        return found.dtype, found.shape, found.tobytes()
    return type(found), found


LAYOUTS = {
    "plain": lambda a: a,
    "read only": lambda a: np.frombuffer(a.tobytes(), a.dtype).reshape(a.shape),
    "every second": lambda a: np.repeat(a, 2, axis=0)[::2],
    "Fortran": np.asfortranarray,
    "backwards": lambda a: a[::-1].copy()[::-1],
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("size", [0, 1, 5])
def test_a_loop_takes_and_gives_what_the_function_does(layout: str, size: int) -> None:
    lay = LAYOUTS[layout]
    values = lay(np.arange(size, dtype=np.uint8))
    table = lay(np.arange(12.0).reshape(4, 3))
    pair = Pair(lay(np.array([3, 1, 2], np.int32)), np.int8(-3))
    made, total, flag, found, number, fraction = everything(values, table, pair, 7, 0.5, True)
    assert made.shape == (size + 1, 2) and made.dtype == np.uint16
    assert made[:, 0].tolist() == [*range(size), 0] and made.flags.writeable
    assert (total, flag, number, fraction) == (33.0, False, 7, 0.5)
    assert isinstance(flag, bool) and isinstance(number, int) and isinstance(total, float)
    assert isinstance(found, Pair) and found.values.tolist() == [1, 2, 3] and found.factor == -21


@given(st.integers(-(2**63), 2**63 - 1), st.integers(1, 2**63 - 1))
def test_whole_numbers_are_taken_whole(a: int, b: int) -> None:
    assert quotient(a, b) == a // b


def test_numbers_of_every_kind() -> None:
    @njit
    def same(number: Any) -> Any:
        return number

    for number in (2**64 - 1, -5, 0.25, True, False):
        assert flat(same(number)) == flat(number)
    for kind in ("int8", "uint8", "int32", "uint32", "int64", "uint64", "float32", "float64"):
        assert same(np.dtype(kind).type(100)) == 100
    assert same(np.bool_(True)) is True
    assert same("text") == "text"  # by numba
    for number in (2**64, -(2**63) - 1):
        with pytest.raises(OverflowError):
            same(number)


def test_what_numba_does_not_tell_apart_is_of_one_kind() -> None:
    assert kinds_of(1, 2.5, True) == kinds_of(np.int64(1), np.float64(2.5), np.bool_(True))
    assert kinds_of(np.ones((1, 5))) == kinds_of(np.ones((5, 5))) == kinds_of(np.ones((0, 5)))
    different = [np.ones(5), np.ones((5, 5)).T, np.ones((5, 5))[::2], np.ones((5, 5), np.float32)]
    different += [np.broadcast_to(np.ones((5, 5)), (5, 5)), np.ones((5, 5))]
    assert len({tuple(kinds_of(array)) for array in different}) == len(different)
    others = (1, True, 2**63, np.int32(1), 1.0, (1,), (1, 1))
    assert len({tuple(kinds_of(one)) for one in others}) == len(others)


def test_the_address_is_that_of_numpy(tmp_path: Path) -> None:
    whole = np.arange(20)
    mapped = np.memmap(tmp_path / "mapped", np.int64, "w+", shape=(4, 5))
    for array in (whole, whole[3:], whole[::-2], whole[:0], mapped, mapped[2:], np.ones((2, 3)).T):
        assert address(array) == array.ctypes.data


def test_a_result_outlives_what_it_was_made_of() -> None:
    values = np.arange(1000)
    rest = part_of(values)
    del values
    gc.collect()
    assert rest.tolist() == list(range(1, 1000))


def test_a_loop_without_a_result_gives_none() -> None:
    values = np.zeros(2)
    assert nothing(values) is None
    assert values.tolist() == [1.0, 0.0]


def test_exceptions_are_those_of_python() -> None:
    with pytest.raises(ZeroDivisionError):
        quotient(1, 0)
    with pytest.raises(ValueError, match="too much"):
        refused(np.array([4]))
    assert refused(np.array([3])) == 3
    with pytest.raises(MemoryError):
        too_many(1 << 50)


def test_what_needs_numba_is_called_by_it() -> None:
    assert put(np.zeros(2), np.arange(1.0, 3.0)) == 1.0
    with pytest.raises(ValueError, match="cannot assign"):
        put(np.zeros(2), np.zeros(3))


def test_where_code_is_not_linked_numba_calls_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf, "LINKED", False)

    @bare
    def doubled(value: Any) -> Any:
        return value * 2

    @njit
    def total(values: Any) -> Any:
        count = 0
        for value in values:
            count += doubled(value)
        return count, values[1:]

    count, rest = total(np.arange(4))
    assert (count, rest.tolist()) == (12, [1, 2, 3])


def test_the_memory_of_results_is_let_go_of() -> None:
    held = memory.blocks()
    results = [everything(np.arange(9), np.ones((2, 2)), (np.arange(3), 1), 1, 1.0, False)]
    results += [part_of(np.arange(3)) for _ in range(4)]
    assert memory.blocks() == held + 2
    view = results[0][0][1:]
    del results
    gc.collect()
    assert memory.blocks() == held + 1
    assert view.shape == (9, 2)


def test_a_function_is_compiled_once_for_all_numbers() -> None:
    @njit
    def twice(number: Any) -> Any:
        return number * 2

    @njit
    def total(numbers: Any) -> Any:
        count = 0
        for number in numbers:
            count = twice(count) + number
        return count + twice(3)

    assert total(np.arange(4)) == 17
    assert isinstance(twice, Kernel)
    assert len(compiling._dispatcher(twice, apart=True).overloads) == 1


def test_a_bare_function_that_makes_an_array_is_refused() -> None:
    @bare
    def made(size: int) -> Any:
        return len(np.zeros(size))

    @bare
    def sum_of_two(values: Any) -> Any:
        return (values + values)[0]

    with pytest.raises(NumbaError, match="NRT required"):
        sum_of_two(np.arange(3))
    with pytest.raises(NumbaError, match="returning of array"):
        made(3)


def test_a_bare_function_that_returns_an_array_in_a_tuple_is_refused() -> None:
    @bare
    def both(values: Any) -> Any:
        return values, 1

    @njit
    def first(values: Any) -> Any:
        return both(values)[0][0]

    with pytest.raises(TypeError, match="both is bare and returns an array"):
        first(np.arange(3))


def test_what_a_bare_function_calls_counts_all_the_same() -> None:
    @njit
    def total(size: int) -> Any:
        return np.ones(size).sum()

    @bare
    def twice(size: int) -> Any:
        return 2 * total(size)

    held = memory.blocks()
    assert twice(3) == 6.0
    assert memory.blocks() == held


def test_a_bare_function_borrows_a_part_of_an_array() -> None:
    @bare
    def last(values: Any) -> Any:
        part = values[1:]
        return part[-1]

    values = np.arange(5)
    assert [last(values) for _ in range(3)] == [4] * 3
