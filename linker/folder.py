"""Output that appears whole or not at all: written to a temporary name beside it, then renamed."""

from __future__ import annotations

import hashlib
import os
import platform
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from linker.errors import LinkerError

TABLES = ("articles", "stories", "links")
FORMATS = ("parquet", "jsonl", "csv")
EXPORTS = {"graphml": "stories.graphml", "atom": "stories.atom"}
"""Files for other tools, which no command of linker's reads."""
MARK = "run.json"
OWN_NAMES = frozenset(
    {MARK, "rejects.jsonl", "report.html", *EXPORTS.values()}
    | {f"{t}.{f}" for t in TABLES for f in FORMATS}
)


class OutputFolder:
    """A folder that replaces `target` in one rename, or leaves it as it was.

    Inside the `with` block, files go to `path` and scratch files to `scratch`; both lie beside
    `target`, on the same disk. `commit()` makes them durable and swaps them in. Leaving the block
    without it, by an error or Ctrl-C, removes everything; a killed process leaves only a hidden
    folder, which the next run for the same target removes.

    Raises LinkerError when `target` cannot be replaced: a file, a folder with files that are not
    linker's own (they would be lost), the current folder or a mounted disk (which stay where they
    are when another folder takes their name), or a place that cannot be written to.
    """

    def __init__(self, target: str | Path) -> None:
        self.target = Path(os.path.abspath(target))  # noqa: PTH100 (keeps a final link a link)
        if self.target.is_symlink():
            self.target = self.target.resolve()
        self._root = self.target.parent / _temporary_name(self.target.name)
        self.path = self._root / "out"
        self.scratch = self._root / "scratch"

    def __enter__(self) -> OutputFolder:
        check_replaceable(self.target)
        _make_parent(self.target)
        remove_stale(self.target)
        try:
            self.path.mkdir(parents=True)
            self.scratch.mkdir()
        except OSError as error:
            raise LinkerError(f"cannot write to {self.target.parent}: {error.strerror}") from error
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self._root, ignore_errors=True)

    def commit(self) -> None:
        """Make the files durable and put them in the target's place."""
        for file in self.path.iterdir():
            _sync(file)
        _sync(self.path)
        check_replaceable(self.target)
        old = self._root / "old"
        replaced = self.target.exists()
        try:
            if replaced:
                self.target.rename(old)
            try:
                self.path.rename(self.target)
            except OSError:
                if replaced:
                    old.rename(self.target)
                raise
        except OSError as error:
            raise LinkerError(f"cannot replace {self.target}: {error.strerror}") from error
        _sync(self.target.parent)


@contextmanager
def adding(target: Path) -> Iterator[Path]:
    """A folder to write to; when the block ends well its files move into the folder `target`.

    Each replaces the file of its name in one step. Raises LinkerError when `target` cannot be
    written to.
    """
    remove_stale(target)
    temporary = target.parent / _temporary_name(target.name)
    try:
        temporary.mkdir()
    except OSError as error:
        raise LinkerError(f"cannot write to {target.parent}: {error.strerror}") from error
    try:
        yield temporary
        for file in sorted(temporary.iterdir()):
            _sync(file)
            file.replace(target / file.name)
        _sync(target)
    except OSError as error:
        raise LinkerError(f"cannot write to {target}: {error.strerror or error}") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


@contextmanager
def replacing(target: str | Path) -> Iterator[Path]:
    """A path to write; when the block ends well it becomes the file `target`, else it is removed.

    A link stays, and what it points to is replaced. Raises LinkerError when `target` is a folder,
    `-` or a device, or its folder cannot be written to.
    """
    target = Path(target)
    if target.is_dir():
        raise LinkerError(f"{target} is a folder; a file name is needed")
    if str(target) == "-" or (target.exists() and not target.is_file()):
        raise LinkerError(f"{target} is no ordinary file; a file name is needed")
    if target.is_symlink():
        target = target.resolve()
    _make_parent(target)
    remove_stale(target)
    temporary = target.parent / _temporary_name(target.name)
    try:
        temporary.touch()
    except OSError as error:
        raise LinkerError(f"cannot write to {target.parent}: {error.strerror}") from error
    try:
        yield temporary
        _sync(temporary)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def arrow_name(path: Path) -> str | bytes:
    """The name of a file as Arrow takes any: bytes, where names need not be in an encoding."""
    return str(path) if os.name == "nt" else os.fsencode(path)


def check_replaceable(target: Path) -> None:
    """Raise LinkerError unless `target` is absent, an empty folder, or an output of linker's."""
    if not target.exists():
        return
    if not target.is_dir():
        raise LinkerError(f"{target} is a file; the output needs a folder")
    try:
        names = {entry.name for entry in target.iterdir()}
    except OSError as error:
        raise LinkerError(f"cannot read {target}: {error.strerror}") from error
    foreign = sorted(names - OWN_NAMES)
    if foreign:
        raise LinkerError(
            f"{target} holds a file that is not linker's ({foreign[0]}); give a new or empty folder"
        )
    if names and MARK not in names:
        raise LinkerError(f"{target} is not an output of linker; give a new or empty folder")
    kept = "the current folder" if target.samefile(Path.cwd()) else "a mounted disk"
    if kept == "the current folder" or target.is_mount():
        raise LinkerError(f"{target} is {kept}, which cannot be replaced; give a folder inside it")


def remove_stale(target: Path) -> None:
    """Remove what killed runs on this machine left beside `target`."""
    pattern = re.compile(
        re.escape(f".{_short(target.name)}.linker-{_machine()}-") + r"(\d+)-[0-9a-f]{8}"
    )
    for entry in target.parent.iterdir() if target.parent.is_dir() else ():
        match = pattern.fullmatch(entry.name)
        if match is None or _is_alive(int(match[1])):
            continue
        if entry.is_dir() and not entry.is_symlink():
            _recover(entry / "old", target)
            shutil.rmtree(entry, ignore_errors=True)
        else:
            entry.unlink(missing_ok=True)


def _recover(old: Path, target: Path) -> None:
    """A run killed between its two renames left the old output aside: put it back."""
    if old.is_dir() and not target.exists():
        with suppress(OSError):
            old.rename(target)


def _temporary_name(name: str) -> str:
    return f".{_short(name)}.linker-{_machine()}-{os.getpid()}-{secrets.token_hex(4)}"


def _short(name: str) -> str:
    """The name, cut so that the temporary name stays below a file system's 255 bytes."""
    encoded = os.fsencode(name)
    return name if len(encoded) <= 160 else hashlib.sha256(encoded).hexdigest()[:32]


def _machine() -> str:
    """A few characters that name this machine: a process number means nothing on another one."""
    return hashlib.blake2b(platform.node().encode(), digest_size=3).hexdigest()


def _is_alive(process: int) -> bool:
    if os.name == "nt":  # there, signal 0 would end the process
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


def _make_parent(target: Path) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LinkerError(f"cannot make the folder {target.parent}: {error.strerror}") from error


def _sync(path: Path) -> None:
    """Ask the system to put a file or folder on the disk; a folder cannot be asked everywhere."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(descriptor)
    except OSError:
        if not path.is_dir():
            raise
    finally:
        os.close(descriptor)
