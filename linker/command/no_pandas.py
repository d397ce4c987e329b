"""The commands do without pandas, which pyarrow imports wherever it is installed.

pyarrow asks of whatever it makes an array from whether it is one of pandas', and for that imports
it: a tenth of a second, of the half that a small run takes. A program that uses linker may hand it
such a thing, but no command ever does.
"""

from __future__ import annotations

import sys
from typing import Any


class _Process:
    """Whether this process is that of a command, and of nothing else."""

    is_a_command = False


class _NotThere:
    """A finder of modules that answers for pandas alone: there is none (MetaPathFinder)."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> None:
        if name == "pandas":
            raise ModuleNotFoundError(f"no command needs {name}", name=name)


def begin_command() -> None:
    """Say that this process is that of a command."""
    _Process.is_a_command = True


def hide_from_pyarrow() -> None:
    """Let pyarrow, which asks once, find no pandas in the process of a command; others still do."""
    if not _Process.is_a_command or "pandas" in sys.modules:
        return
    finder: Any = _NotThere()
    sys.meta_path.insert(0, finder)
    try:
        import pyarrow as pa

        pa.array([""])
    finally:
        sys.meta_path.remove(finder)
