"""numba without SciPy, which a process that needs it can load; and no compiling for a number."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numba
import numpy as np

from linker.jit import njit

HASHES = "import sys, linker, linker.jit; linker.minhash(['a text of six words, no more'])\n"


def run(script: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=300, check=True
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
