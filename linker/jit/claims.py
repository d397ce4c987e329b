"""One process at a time compiles a loop; the others wait for it, or do something else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def claimed(path: Path, *, wait: bool) -> Iterator[bool]:
    """Claim what will be kept at a path; whether it is ours, which with `wait` it always is.

    The claim of a process that is killed ends with it. Where files cannot be locked everything is
    everyone's: it is compiled twice, and kept twice, the same.
    """
    try:
        import fcntl

        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.with_suffix(".claim").open("wb")
    except (ImportError, OSError):
        yield True
        return
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        except OSError:
            pass
        try:
            yield True
        finally:
            # Who waits for the file that is gone finds the loop kept, as does who makes a new one.
            path.with_suffix(".claim").unlink(missing_ok=True)
