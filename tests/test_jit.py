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

    @bare(cache=False)
    def sum_of_two(values: Any) -> Any:
        return (values + values)[0]

    with pytest.raises(NumbaError, match="NRT required"):
        sum_of_two(np.arange(3))
    with pytest.raises(NumbaError, match="returning of array"):
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


WHOLE_RUNS = f"""
import gc, linker, orjson, tempfile
from pathlib import Path
from typer.testing import CliRunner
from linker.cli import app
demo = Path({str(files("linker") / "demo/articles.jsonl")!r})
articles = [orjson.loads(line) for line in demo.open()]
scratch = tempfile.TemporaryDirectory()
folder = Path(scratch.name)
large = folder / "large.jsonl"  # large enough to be read as columns
rows = [row | {{"id": f"{{n}}-{{place}}"}} for n in range(4) for place, row in enumerate(articles)]
large.write_bytes(b"".join(orjson.dumps(row) + b"\\n" for row in rows))
def use_everything():
    result = CliRunner().invoke(app, ["group", str(large), "--out", str(folder / "out")])
    assert result.exit_code == 0, result.output
    ids = ["0-0", "0-1"]
    assert CliRunner().invoke(app, ["explain", str(folder / "out"), *ids]).exit_code == 0
    linker.find_reprints(str(large)), linker.minhash(["some words"] * 300)
    linker.compare(articles[0], articles[1])
"""


def test_every_array_that_compiled_code_makes_is_let_go_of() -> None:
    """An array that a bare function is given by what it calls would stay for ever."""
    script = (
        WHOLE_RUNS
        + """
from numba.core.runtime import rtsys
def held():
    use_everything()
    gc.collect()
    stats = rtsys.get_allocation_stats()
    return stats.alloc - stats.free, stats.mi_alloc - stats.mi_free
held()
before, after = held(), held()
assert rtsys.get_allocation_stats().alloc > 1000, "nothing was counted"
print(before == after, before, after)
"""
    )
    assert run(script).startswith("True")


def test_no_bare_function_returns_an_array() -> None:
    """Not in a tuple either, where numba does not look."""
    script = (
        WHOLE_RUNS
        + """
from numba import types
from numba.core.registry import CPUDispatcher
def holds_array(kind):
    return isinstance(kind, types.Array) or any(map(holds_array, getattr(kind, "types", ())))
assert holds_array(types.Tuple([types.int64, types.int64[:]]))
use_everything()
functions = [one for one in gc.get_objects() if isinstance(one, CPUDispatcher)]
bare = [one for one in functions if one.targetoptions.get("_nrt") is False]
kinds = [(one.__name__, kind.return_type) for one in bare for kind in one.nopython_signatures]
assert len(kinds) > 10, "hardly anything was compiled"
print([name for name, kind in kinds if holds_array(kind)])
"""
    )
    assert run(script) == "[]"
