"""numba without SciPy, which a process that needs it can load; no compiling for a number; and no
counting of who uses an array where nobody need know."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.resources import files
from typing import Any

import numba
import numpy as np
import pytest
from numba.core.errors import NumbaError

from linker.jit import bare, njit

HASHES = "import sys, linker, linker.jit; linker.minhash(['a text of six words, no more'])\n"


def run(script: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
        env=os.environ | {"NUMBA_NRT_STATS": "1"},
    )
    return done.stdout.strip()


def test_hashing_does_not_load_linear_algebra() -> None:
    assert run(HASHES + "print('scipy.linalg' in sys.modules)") == "False"


def test_loops_of_others_multiply_matrices_all_the_same() -> None:
    script = """
import numba, numpy as np
@numba.njit
def product(a, b):
    return (a @ b).sum() + np.convolve(a[0], b[0]).sum() + np.linalg.inv(a).sum()
print(product(np.eye(2), np.eye(2)))
"""
    assert run(HASHES + script) == "5.0"


def test_a_function_is_compiled_once_for_all_numbers() -> None:
    @njit(cache=False)
    def twice(number: Any) -> Any:
        return number * 2

    @njit(cache=False)
    def total(numbers: Any) -> Any:
        count = 0
        for number in numbers:
            count = twice(count) + number
        return count + twice(3)

    assert total(np.arange(4)) == 17
    [signature] = twice.overloads
    assert signature == (numba.int64,)


def test_a_bare_function_that_makes_an_array_is_refused() -> None:
    @bare(cache=False)
    def made(size: int) -> Any:
        return len(np.zeros(size))

    with pytest.raises(NumbaError, match=r"NRT required|returning of array"):
        made(3)


def test_what_a_bare_function_calls_counts_all_the_same() -> None:
    @njit(cache=False)
    def total(size: int) -> Any:
        return np.ones(size).sum()

    @bare(cache=False)
    def twice(size: int) -> Any:
        return 2 * total(size)

    assert twice(3) == 6.0


def test_a_bare_function_borrows_a_part_of_an_array() -> None:
    @bare(cache=False)
    def last(values: Any) -> Any:
        part = values[1:]
        return part[-1]

    values = np.arange(5)
    assert [last(values) for _ in range(3)] == [4] * 3


def test_every_array_that_compiled_code_makes_is_let_go_of() -> None:
    """An array that a bare function is given by what it calls would stay for ever."""
    script = f"""
import gc, orjson, linker
from numba.core.runtime import rtsys
articles = [orjson.loads(line) for line in open({str(files("linker") / "demo/articles.jsonl")!r})]
def run():
    linker.group(articles), linker.find_reprints(articles), linker.minhash(["some words"] * 300)
    linker.compare(articles[0], articles[1])
    gc.collect()
    stats = rtsys.get_allocation_stats()
    return stats.alloc - stats.free, stats.mi_alloc - stats.mi_free
run()
before, after = run(), run()
assert rtsys.get_allocation_stats().alloc > 1000, "nothing was counted"
print(before == after, before, after)
"""
    assert run(script).startswith("True")
