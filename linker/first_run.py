"""Whether a command's loops are compiled already, as numba does that once, in a first run."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

_NOTICE = "linker: first run: compiling, which takes up to a minute; later runs start at once"

# Of each command a loop that runs late in it, whatever the articles are: where that is compiled,
# so is nearly everything before it.
_KERNELS = {
    "group": ("stories", "queue", "order"),
    "dedup": ("reprints", "merge", "merge"),
    "compare": ("stories", "terms", "_word_terms"),
    "embed": ("cleaning", "points", "count_points"),
    "explain": ("shared_terms", "weights", "_strongest"),
    "report": ("shared_terms", "weights", "_strongest"),
}


def tell_first_run(command: str, inputs: Sequence[str] = ()) -> None:
    """Say on standard error that the command will compile, if it will.

    inputs: what it is to read, if anything; where they name no file nothing is said, as then it
    ends at once.
    """
    if not is_compiled(*_KERNELS[command]) and (not inputs or _name_files(inputs)):
        print(_NOTICE, file=sys.stderr, flush=True)


def _name_files(inputs: Sequence[str]) -> bool:
    from linker.readers.rejects import RejectLog
    from linker.readers.sources import find_sources

    return bool(find_sources(inputs, RejectLog()))


def is_compiled(package: str, module: str, kernel: str) -> bool:
    """Whether numba keeps compiled code of a kernel of ours from an earlier run.

    It is looked for beside the module first, which needs no numba. Where that cannot be written
    to, or another place was asked for, numba tells where it keeps it.
    """
    source = Path(__file__).with_name(package) / f"{module}.py"
    if _holds(source.with_name("__pycache__"), source, kernel):
        return True
    compiled = getattr(import_module(f"linker.{package}.{module}"), kernel)
    if not hasattr(compiled, "stats"):  # numba was told to compile nothing
        return True
    return _holds(Path(compiled.stats.cache_path), source, kernel)


def _holds(folder: Path, source: Path, kernel: str) -> bool:
    """Whether a folder has an index of this Python for the kernel, of its source as it is now."""
    major, minor = sys.version_info[:2]
    indexes = folder.glob(f"{source.stem}.{kernel}-*.py{major}{minor}.nbi")
    written = source.stat().st_mtime
    return any(index.stat().st_mtime >= written for index in indexes)
