"""Loops that a first run will need, compiled on the other cores while it is under way.

    python -m linker.jit.ahead USE

compiles the loops of a command from the last to the first, so that it meets the run, which compiles
what it needs from the first to the last, in the middle. Whatever goes wrong here, the run compiles
what it does not find.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

from linker.jit.shelf import LINKED
from linker.jit.usual import usual_loops

_MOST: Final = 7
"""Processes beside the run: each takes some 300 MB, and more would find little left to do."""
_PACKAGE: Final = Path(__file__).parent.parent.parent

_started: list[subprocess.Popen[bytes]] = []


def compile_ahead(use: str, threads: int) -> None:
    """Start processes that compile the loops of a command, one less than threads.

    None while others are at it, for a command of which this is a part.
    """
    if not _can_start() or any(process.poll() is None for process in _started):
        return
    cores = min(threads, os.cpu_count() or 1)
    paths = [str(_PACKAGE), *filter(None, [os.environ.get("PYTHONPATH")])]
    for _ in range(min(cores - 1, _MOST)):
        with contextlib.suppress(OSError):
            process = subprocess.Popen(
                [sys.executable, "-m", __name__, use],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
            )
            _started.append(process)


def _can_start() -> bool:
    """Whether there is a Python to start; an application that holds one is another program."""
    is_python = Path(sys.executable or "").name.startswith("python")
    return LINKED and is_python and not hasattr(sys, "frozen")


@atexit.register
def _stop() -> None:
    for process in _started:
        process.kill()
        process.wait()


def _compile(use: str) -> None:
    """Compile what is not kept yet and no other process is at, for as long as the run goes on."""
    asked_by = os.getppid()
    for usual in reversed(usual_loops(use)):
        if os.getppid() != asked_by:
            return
        usual.kernel().prepare(usual.examples())


if __name__ == "__main__":
    _compile(sys.argv[1])
