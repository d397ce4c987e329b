"""Loops that a first run will need, compiled on the other cores while it is under way.

A helper compiles the loops of a command from the last to the first. So it meets the run, which
compiles what it needs from the first to the last, in the middle. Whatever goes wrong with it, the
run compiles what it does not find.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, Final, NoReturn

from linker.jit import shelf
from linker.jit.kernel import DISABLED
from linker.jit.usual import usual_loops

_MOST: Final = 4
"""Helpers of a run, some 300 MB each. One loop of all takes a fifth of the time, so that more of
them would wait for it."""
_END_WITH_PARENT: Final = 1
"""PR_SET_PDEATHSIG of Linux: the signal that a process gets when the thread that began it ends."""
# Not python -m, which looks for modules in the current folder, where anything may lie.
_PROGRAM: Final = """
import sys
sys.path.append(sys.argv[1])
from linker.jit.ahead import help_run
help_run(sys.argv[2], int(sys.argv[3]))
"""
_PACKAGE: Final = str(Path(__file__).parent.parent.parent)

_started: list[subprocess.Popen[bytes]] = []


def start_helpers(use: str, threads: int) -> None:
    """Start processes that compile the loops of a command, one less than threads.

    None while others are at it, for a command of which this is a part.
    """
    if not _can_start() or any(process.poll() is None for process in _started):
        return
    cores = min(threads, os.cpu_count() or 1)
    words = [sys.executable, "-P", "-c", _PROGRAM, _PACKAGE, use, str(os.getpid())]
    for _ in range(min(cores - 1, _MOST)):
        with contextlib.suppress(OSError):
            process = subprocess.Popen(
                words,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            _started.append(process)
            # Ended helpers would stay in the system's table as long as this process lives.
            threading.Thread(target=process.wait, daemon=True).start()


def _can_start() -> bool:
    """Whether helpers can be started and would be of use.

    There must be a Python (an application that holds one is another program), and a folder for what
    they compile.
    """
    is_python = Path(sys.executable or "").name.startswith("python") and not hasattr(sys, "frozen")
    return is_python and shelf.LINKED and not DISABLED and shelf.is_writable()


def help_run(use: str, process: int) -> None:
    """Compile what is not kept yet and no other process is at, until the process that asks ends."""
    signal.signal(signal.SIGTERM, _leave)
    ctypes.CDLL(None).prctl(_END_WITH_PARENT, signal.SIGTERM)
    if os.getppid() != process:  # it has ended already
        return
    for usual in reversed(usual_loops(use)):
        usual.kernel().prepare(usual.examples())


def _leave(*_: Any) -> NoReturn:
    sys.exit(1)
