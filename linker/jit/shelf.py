"""The machine code of loops, kept in the user's cache folder: a file a loop and kind of arguments.

A file is a digest of the rest, a line of JSON and the code. The JSON has the function's name in the
code, the shape of its result, and the size and time of every source file that the loop was compiled
from. When one of these has changed, or linker, numba or the processor is another, the loop is
compiled anew.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from linker.jit.claims import claimed

LINKED: Final = sys.platform == "linux"
"""Where machine code has been linked without numba. Elsewhere numba calls it, and keeps it."""
_COMPILERS: Final = ("numba", "llvmlite")


@dataclass(frozen=True)
class Code:
    """Machine code of one loop for one kind of arguments.

    symbol: the name of the function. shape: of its result, see `results`. sources: path, size in
    bytes and time in nanoseconds of the files that it was compiled from. code: empty where the loop
    can only be called by numba.
    """

    symbol: str
    shape: Any
    sources: list[list[Any]]
    code: bytes


def state(path: str) -> list[Any]:
    """A source file as `Code.sources` has it; empty for what is typed in."""
    try:
        found = Path(path).stat()
    except OSError:
        return []
    return [path, found.st_size, found.st_mtime_ns]


first_state = functools.cache(state)
"""The same as it was when this process first asked."""


def take(name: str, kind: str) -> Code | None:
    """The code of a loop, if it is kept and whole and its sources are as they were."""
    path = _path(name, kind)
    return _read(path) if path else None


def keep(name: str, kind: str, code: Code) -> None:
    """Keep the code of a loop, if the folder can be written."""
    from linker.text.cache import save

    path = _path(name, kind)
    if path is None:
        return
    head = asdict(code)
    machine_code = head.pop("code")
    content = json.dumps(head).encode() + b"\n" + machine_code
    save(path, lambda file: file.write(_digest(content).encode() + b"\n" + content))


def is_writable() -> bool:
    """Whether anything can be kept."""
    folder = _folder()
    try:
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            return os.access(folder, os.W_OK)
    except OSError:
        pass
    return False


@contextmanager
def claim(name: str, kind: str, *, wait: bool) -> Iterator[bool]:
    """Claim a loop while it is compiled; see `claims.claimed`."""
    path = _path(name, kind)
    with claimed(path, wait=wait) if path else nullcontext(True) as ours:
        yield ours


def is_kept(name: str) -> bool:
    """Whether a loop is kept for any kind of arguments, as it is and for this machine."""
    folder = _folder()
    return folder is not None and any(map(_read, (folder / _machine()).glob(f"{name}-*.loop")))


def _read(path: Path) -> Code | None:
    try:
        digest, _, content = path.read_bytes().partition(b"\n")
    except OSError:
        return None
    if digest != _digest(content).encode():  # cut short, or not ours
        return None
    head, _, code = content.partition(b"\n")
    try:
        kept = Code(**json.loads(head), code=code)
    except (TypeError, ValueError):  # of another version
        return None
    fresh = all(source and first_state(source[0]) == source for source in kept.sources)
    return kept if fresh else None


def _folder() -> Path | None:
    from linker.text.cache import cache_folder

    try:
        return cache_folder() / "loops"
    except RuntimeError:  # no home folder
        return None


def _path(name: str, kind: str) -> Path | None:
    folder = _folder()
    if folder is None:
        return None
    return folder / _machine() / f"{name}-{_digest(kind.encode())}.loop"


@functools.cache
def _machine() -> str:
    """A name for what machine code depends on beside its sources."""
    from linker import __version__
    from linker.jit.machine import host

    # Found but not imported; what is installed again has another time.
    compilers = [state(str(getattr(find_spec(name), "origin", None))) for name in _COMPILERS]
    settings = sorted(one for one in os.environ.items() if one[0].startswith("NUMBA_"))
    package = str(Path(__file__).parent.parent)  # another copy has other sources
    parts = (sys.version, __version__, package, compilers, settings, host())
    return _digest(repr(parts).encode())


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=12).hexdigest()
