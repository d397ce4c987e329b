"""Loops that are compiled ahead: the right ones, once, and no longer than somebody waits."""

from __future__ import annotations

import errno
import os
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from running import run

from linker import first_run
from linker.jit import ahead, claims, shelf
from linker.jit.arguments import kinds_of
from linker.jit.claims import claimed
from linker.jit.samples import described, example
from linker.jit.usual import usual_loops
from linker.stories.sums import Nodes
from tests import usual

TABLE = np.arange(12.0).reshape(4, 3)
FROZEN = np.frombuffer(b"read only", np.uint8)


@pytest.mark.parametrize(
    "argument",
    [
        *(1, 0.5, True, 2**64 - 1, np.int64(1), np.int32(1), np.float32(1.0), np.bool_(True)),
        *(TABLE, TABLE.T, TABLE[::2], TABLE[:, 0], TABLE[:0], np.zeros(3, np.uint16), FROZEN),
        *((), (1, 2.0), (TABLE, (FROZEN, 1)), Nodes(*[TABLE] * len(Nodes._fields))),
    ],
    ids=str,
)
def test_an_example_is_of_the_kind_that_it_was_described_from(argument: Any) -> None:
    assert kinds_of(example(described(argument))) == kinds_of(argument)


def test_all_usual_loops_are_there() -> None:
    loops = usual_loops()
    assert {use for one in loops for use in one.uses} <= set(first_run._LOOPS)
    for one in loops:
        assert list(map(described, one.examples())) == one.arguments
        assert one.kernel().name == one.loop


@pytest.mark.slow
def test_the_usual_loops_are_those_that_the_commands_use(tmp_path: Path) -> None:
    """After a change of loops: `python -m tests.usual`."""
    written = Path(str(shelf.__file__)).with_name("usual.jsonl").read_text("utf-8")
    assert sorted(usual.lines(usual.used(tmp_path))) == sorted(written.splitlines())


linked = pytest.mark.skipif(not shelf.LINKED, reason="numba keeps the loops here, and alone")


@linked
def test_what_is_compiled_ahead_is_what_the_run_needs(tmp_path: Path) -> None:
    caches = {"XDG_CACHE_HOME": str(tmp_path), "NUMBA_CACHE_DIR": str(tmp_path / "numba")}
    program = "import os\nfrom linker.jit.ahead import help_run\nhelp_run('minhash', os.getppid())"
    run(program, **caches)
    script = (
        "import sys, linker\nlinker.minhash(sys.argv[1:] * 5000)\nprint('numba' in sys.modules)"
    )
    for text in ("a text of six words, no more", "nach dem Glockenläuten um drei"):
        assert run(script, text, **caches) == "False"


@linked
def test_helpers_end_with_the_run(tmp_path: Path) -> None:
    script = (
        "import os\nfrom linker.first_run import compile_ahead\nfrom linker.jit import ahead\n"
        "os.cpu_count = lambda: 2\n"
        "compile_ahead('group', 2)\ncompile_ahead('dedup', 2)\n"
        "print(*(process.pid for process in ahead._started))"
    )
    started = run(script, XDG_CACHE_HOME=str(tmp_path)).split()
    assert len(started) == 1
    deadline = time.monotonic() + 30
    while any(map(runs, started)):
        assert time.monotonic() < deadline
        time.sleep(0.1)


def runs(process: str) -> bool:
    try:
        state = Path("/proc", process, "stat").read_text().rpartition(")")[2]
    except OSError:
        return False
    return state.split()[0] not in "ZX"


@linked
def test_one_at_a_time_compiles(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "a.loop"
    with claimed(path, wait=False) as first, claimed(path, wait=False) as second:
        assert first and not second
    with claimed(path, wait=True) as third:
        assert third
    assert list(path.parent.iterdir()) == []


def test_a_folder_that_cannot_be_made_hinders_nobody(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for wait in (True, False):
        with claimed(tmp_path / "file" / "a.loop", wait=wait) as ours:
            assert ours is wait


@linked
def test_helpers_run_nothing_of_the_current_folder(tmp_path: Path) -> None:
    (tmp_path / "numpy.py").write_text("open('met', 'w')")
    script = (
        "import os, sys\nsys.path.pop(0)\nfrom linker.jit import ahead\nos.cpu_count = lambda: 2\n"
        "os.chdir(sys.argv[1])\nahead.start_helpers('minhash', 2)\nahead._started[0].wait()"
    )
    run(script, str(tmp_path), XDG_CACHE_HOME=str(tmp_path / "cache"))
    assert not (tmp_path / "met").exists()
    assert any((tmp_path / "cache").rglob("*.loop"))


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What would be started, on two cores and in a first run."""
    words: list[Any] = []
    monkeypatch.setattr(ahead, "_started", [])
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(shelf, "LINKED", True)

    def start(*given: Any, **_: Any) -> Any:
        words.append(given)
        return SimpleNamespace(wait=lambda: 0, poll=lambda: None)

    monkeypatch.setattr(ahead.subprocess, "Popen", start)
    return words


@pytest.mark.parametrize("program", ["", "/usr/bin/uwsgi"])
def test_only_python_is_started(
    program: str, started: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", program)
    ahead.start_helpers("group", 2)
    assert not started
    monkeypatch.setattr(sys, "executable", "/usr/bin/python3")
    ahead.start_helpers("group", 2)
    assert len(started) == 1


def test_nothing_is_started_where_nothing_can_be_kept(
    started: list[Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    ahead.start_helpers("group", 2)
    assert not started


def test_who_waits_does_not_wait_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "_PATIENCE", 0.1)
    path = tmp_path / "a.loop"
    with claimed(path, wait=True) as first, claimed(path, wait=True) as second:
        assert first and second


def test_a_disk_without_locks_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, "no locks available")

    monkeypatch.setattr("fcntl.flock", refuse)
    started = time.monotonic()
    for wait in (True, False):
        with claimed(tmp_path / "a.loop", wait=wait) as ours:
            assert ours is wait
    assert time.monotonic() - started < claims._PATIENCE / 10


def test_a_helper_that_has_ended_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "_started", [])
    monkeypatch.setattr(ahead, "_PROGRAM", "")
    monkeypatch.setattr(ahead, "_can_start", lambda: True)
    ahead.start_helpers("group", 2)
    [helper] = ahead._started
    deadline = time.monotonic() + 30
    while helper.returncode is None and time.monotonic() < deadline:  # nobody asks how it is
        time.sleep(0.01)
    assert helper.returncode == 0
