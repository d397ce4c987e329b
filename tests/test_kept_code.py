"""Compiled code that is kept: linked without numba, made again where it is no longer right."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from running import run

from linker.jit import njit, shelf

HASHES = "import sys, linker; linker.minhash(['a text of six words, no more'] * 5000)\n"
linux = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere numba calls and keeps loops")
MODULE = """
import sys
import numpy as np
from linker.jit import njit
import helping

@njit
def total(values):
    count = 0
    for value in values:
        count += helping.weight(value)
    return count
"""
HELPING = """
from linker.jit import bare

@bare
def weight(value):
    return value * {factor}
"""
USING = """
import sys
sys.path.insert(0, {folder!r})
import numpy as np, totals
print(totals.total(np.arange(4)), "numba" in sys.modules)
"""


@pytest.fixture
def totals(tmp_path: Path) -> Any:
    """Runs a loop in a process of its own: what it gives, and whether numba was needed."""
    (tmp_path / "totals.py").write_text(MODULE)
    (tmp_path / "helping.py").write_text(HELPING.format(factor=10))
    script = USING.format(folder=str(tmp_path))
    return lambda: run(script, XDG_CACHE_HOME=str(tmp_path / "cache"), PYTHONDONTWRITEBYTECODE="1")


@linux
def test_a_loop_that_is_kept_needs_no_numba(totals: Any) -> None:
    assert [totals(), totals()] == ["60 True", "60 False"]


@linux
def test_a_loop_is_compiled_anew_when_what_it_calls_has_changed(
    totals: Any, tmp_path: Path
) -> None:
    assert totals() == "60 True"
    (tmp_path / "helping.py").write_text(HELPING.format(factor=100))
    assert [totals(), totals()] == ["600 True", "600 False"]


@linux
@pytest.mark.parametrize("named", ["__main__", "helpers"])
def test_loops_of_one_name_are_not_taken_for_each_other(named: str, tmp_path: Path) -> None:
    loop = "import numpy as np\nfrom linker.jit import njit\n"
    loop += "@njit\ndef more(a):\n    return a[0] + {}\n"
    found = []
    for number in (1, 2, 2):
        folder = tmp_path / str(number)
        folder.mkdir(exist_ok=True)
        program = folder / "program.py"
        if not program.exists():
            (folder / "helpers.py").write_text(loop.format(number))
            begin = loop.format(number) if named == "__main__" else "from helpers import *\n"
            program.write_text(begin + "print(more(np.zeros(1, np.int64)))\n")
        environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")}
        ended = subprocess.run(
            [sys.executable, str(program)],
            capture_output=True,
            text=True,
            check=True,
            env=environment,
        )
        found.append(ended.stdout)
    assert found == ["1\n", "2\n", "2\n"]


@linux
def test_a_loop_is_compiled_anew_when_a_value_of_another_module_has_changed(
    tmp_path: Path,
) -> None:
    package = tmp_path / "pack"
    package.mkdir()
    (package / "__init__.py").touch()
    source = "from linker.jit import njit\nfrom pack.values import TEN\n"
    source += "@njit\ndef times(value):\n    return value * TEN\n"
    (package / "loops.py").write_text(source)
    use = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); from pack.loops import times\n"
    use += "print(times(2), 'numba' in sys.modules)"
    for ten in ("10", "1000"):
        (package / "values.py").write_text(f"TEN = {ten}\n")
        expected = str(2 * int(ten))
        for numba in ("True", "False"):
            environment = {"XDG_CACHE_HOME": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
            assert run(use, **environment) == f"{expected} {numba}"


SORTING = """
import sys
import numpy as np
from linker.jit import njit

@njit
def one(values):
    return values[0]

@njit
def in_order(values):
    return np.sort(values)

@njit
def order(values):
    return np.argsort(values)
"""


@linux
def test_code_of_two_processes_does_not_mix(tmp_path: Path) -> None:
    """numba sorts values and places by functions of one name, told apart by a count."""
    (tmp_path / "sorting.py").write_text(SORTING)
    begin = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import sorting, numpy as np\n"
    begin += "values = np.arange(100)[::-1].copy()\n"
    environment = {"XDG_CACHE_HOME": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    run(begin + "sorting.in_order(values)", **environment)
    run(begin + "sorting.order(values)", **environment)
    calls = ["(sorting.in_order(values) == values[::-1]).all()"]
    calls += ["(sorting.order(values) == values).all()"]
    for first, second in (calls, calls[::-1]):
        script = f"{begin}print({first}, {second}, 'numba' in sys.modules)"
        assert run(script, **environment) == "True True False"


def test_functions_without_a_name_do_not_mix() -> None:
    add = [njit(lambda x: x + 1), njit(lambda x: x + 100)]
    assert [one(1) for one in add] == [2, 101]


@linux
@pytest.mark.parametrize("damage", [b"", b"{}\n", b"not ours", None])
def test_a_damaged_file_is_made_again(totals: Any, tmp_path: Path, damage: bytes | None) -> None:
    totals()
    kept = list(tmp_path.glob("cache/linker/loops/*/*.loop"))
    assert len(kept) == 2
    for path in kept:
        path.write_bytes(path.read_bytes()[:-1] if damage is None else damage)
    assert [totals(), totals()] == ["60 True", "60 False"]


@linux
def test_a_cache_folder_that_cannot_be_written_is_no_error(totals: Any, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    assert [totals(), totals()] == ["60 True", "60 True"]


def test_a_loop_is_looked_for_by_its_name(totals: Any, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert not shelf.is_kept("totals.total")
    totals()
    assert shelf.is_kept("totals.total") and not shelf.is_kept("totals.tota")


def test_hashing_does_not_load_linear_algebra(tmp_path: Path) -> None:
    script = HASHES + "print('numba' in sys.modules, 'scipy.linalg' in sys.modules)"
    assert run(script, XDG_CACHE_HOME=str(tmp_path)) == "True False"


def test_loops_of_others_multiply_matrices_all_the_same() -> None:
    script = """
import numba, numpy as np
@numba.njit
def product(a, b):
    return (a @ b).sum() + np.convolve(a[0], b[0]).sum() + np.linalg.inv(a).sum()
print(product(np.eye(2), np.eye(2)))
"""
    assert run("import linker.jit.compiling" + script) == "5.0"


WHOLE_RUNS = f"""
import gc, linker, orjson, sys, tempfile
from pathlib import Path
from typer.testing import CliRunner
from linker.cli import app
from linker.jit import memory
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
def held():
    use_everything()
    gc.collect()
    return memory.blocks()
held()
before, after = held(), held()
print(before == after, before, after)
"""
    )
    assert run(script).startswith("True")


@linux
def test_a_later_run_needs_no_numba() -> None:
    script = WHOLE_RUNS + "use_everything()\nprint('numba' in sys.modules)"
    run(script)
    assert run(script) == "False"
