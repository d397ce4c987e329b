"""One process at a time compiles a loop; the others wait for it, or do something else."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_PATIENCE: Final = 60.0  # seconds: longer than any loop takes to be compiled
_PAUSE: Final = 0.02


@contextmanager
def claimed(path: Path, *, wait: bool) -> Iterator[bool]:
    """Claim what will be kept at a path; whether it is ours.

    The claim of a process that is killed ends with it. With `wait` it is always ours in the end:
    at once where files cannot be locked, and after a minute, as of a process that was halted. Then
    it is compiled twice, and kept twice, the same.
    """
    try:
        import fcntl

        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.with_suffix(".claim").open("wb")
    except (ImportError, OSError):
        yield wait
        return

    deadline = time.monotonic() + (_PATIENCE if wait else 0.0)
    ours = False
    with file:
        while not ours:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                ours = True
            except BlockingIOError:  # another process has it
                if time.monotonic() >= deadline:
                    break
                time.sleep(_PAUSE)
            except OSError:  # a file system without locks
                break
        try:
            yield ours or wait
        finally:
            # Who waits for the file that is gone finds the loop kept, as does who makes a new one.
            if ours:
                path.with_suffix(".claim").unlink(missing_ok=True)
