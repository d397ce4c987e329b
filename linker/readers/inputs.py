"""Which files inputs name: files, globs, folders and what is linked in them, standard input."""

from __future__ import annotations

import glob
import os
import stat
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path

import orjson

from linker.folder import FORMATS as TABLE_FORMATS
from linker.folder import MARK, OWN_NAMES
from linker.readers.rejects import Reject, RejectLog
from linker.readers.sources import STDIN, Source, source_of, suffix_of

_TABLES = [f"articles.{file_format}" for file_format in TABLE_FORMATS]
_RECORD = frozenset(("version", "settings", "counts", "stages"))  # keys of a run's record


def find_sources(inputs: Sequence[str | Path], rejects: RejectLog) -> list[Source]:
    """The files that inputs name, each once, in the order of the inputs (folders and globs are
    sorted); what names nothing is a reject, also once."""
    found: dict[str, Source] = {}
    refused: dict[tuple[str, str], Reject] = {}
    for item in inputs:
        for part in _expand(os.fspath(item)):
            if isinstance(part, Source):
                found.setdefault(os.path.realpath(part.path), part)
            else:
                refused.setdefault((_real_path(part.file), part.reason), part)
    for (path, _), reject in refused.items():
        if path not in found:  # as what is skipped in a folder may be named itself
            rejects.add(reject)
    return list(found.values())


def _real_path(path: str) -> str:
    try:
        return os.path.realpath(path)
    except ValueError:  # no name of a file
        return path


def _expand(item: str) -> Iterator[Source | Reject]:
    if item == STDIN:
        yield Source(STDIN, "<stdin>", "stdin", "jsonl")
        return
    try:
        is_folder = stat.S_ISDIR(os.stat(item).st_mode)  # noqa: PTH116  (Path("") is a folder)
    except (OSError, ValueError) as error:
        if glob.has_magic(item):
            yield from _expand_glob(item)
        else:
            yield Reject(item or "''", None, _reason(error))
        return
    if is_folder:
        yield from _walk(item)
    else:
        yield source_of(item, Path(item).name)


def _reason(error: OSError | ValueError) -> str:
    if isinstance(error, (FileNotFoundError, NotADirectoryError, ValueError)):
        return "no such file or folder"
    return f"cannot be read: {error.strerror}"


def _expand_glob(pattern: str) -> Iterator[Source | Reject]:
    matches = sorted(glob.glob(pattern, recursive=True))  # noqa: PTH207  (absolute patterns)
    if not matches:
        yield Reject(pattern, None, "no file matches this pattern")
    folders = [match for match in matches if os.path.isdir(match)]  # noqa: PTH112  (never raises)
    files = sorted(set(matches) - set(folders))
    for match in files:
        yield source_of(match, Path(match).name)
    if not files or "**" not in pattern:  # which matches what is in the folders, too
        for folder in folders:
            yield from _walk(folder)


def _walk(folder: str) -> Iterator[Source | Reject]:
    met = False
    for part in _parts(folder):
        if isinstance(part, Reject):
            yield part
            continue
        parent, files = part
        is_output = _is_output(parent, files)
        if is_output and _has_no_texts(files):
            met = True
            yield Reject(parent, None, "skipped: an output of `linker dedup` holds no texts")
        for name in _of_news(files, is_output):
            met = True
            yield _in_folder(str(Path(parent, name)), folder)
    if not met and os.access(folder, os.R_OK | os.X_OK):
        yield Reject(folder, None, "the folder holds no file")


def _parts(root: str) -> Iterator[tuple[str, list[str]] | Reject]:
    """A folder and those in it, each once, with the names of their files.

    Links to folders are followed when all else is walked, so that a folder has the name of its own
    place where it has one here.
    """
    seen: set[str] = set()
    waiting = deque([root])
    failed: list[OSError] = []
    while waiting:
        top = waiting.popleft()
        if top != root and _is_around(top, root):
            yield Reject(top, None, "skipped: a link to a folder that this one is in")
            continue
        for parent, folders, files in os.walk(top, onerror=failed.append):
            real = os.path.realpath(parent)
            if real in seen:
                folders.clear()
                continue
            seen.add(real)
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            waiting += [
                str(Path(parent, name)) for name in folders if Path(parent, name).is_symlink()
            ]
            yield parent, files
    for error in failed:
        yield Reject(str(error.filename), None, _reason(error))


def _is_around(link: str, root: str) -> bool:
    outer, inner = os.path.realpath(link), os.path.realpath(root)
    return outer != inner and Path(inner).is_relative_to(outer)


def _in_folder(path: str, folder: str) -> Source | Reject:
    source = source_of(path, os.path.relpath(path, folder))
    suffix = suffix_of(Path(path).name)
    if not _is_file(path):
        return Reject(path, None, "skipped: no ordinary file")
    if source.format or not suffix:
        return source
    return Reject(path, None, f"skipped: {suffix} is no known file type")


def _of_news(files: list[str], is_output: bool) -> list[str]:
    """The files of a folder to look at; of linker's own in an output only its table of articles."""
    left_out: set[str] = set()
    if is_output:
        articles = [] if _has_no_texts(files) else _TABLES
        left_out = set(OWN_NAMES).difference([name for name in articles if name in files][:1])
    return sorted(name for name in files if not name.startswith(".") and name not in left_out)


def _is_output(folder: str, files: list[str]) -> bool:
    """Whether a folder is an output of linker's, perhaps with other files beside its own."""
    if MARK not in files:
        return False
    if OWN_NAMES.issuperset(files):
        return True
    try:
        run = orjson.loads(Path(folder, MARK).read_bytes())
    except (OSError, ValueError):
        return False
    return isinstance(run, dict) and run.keys() >= _RECORD


def _has_no_texts(files: list[str]) -> bool:
    """Whether an output holds articles and no stories: then it has their texts neither."""
    grouped = any(name.startswith("stories.") for name in files)
    return not grouped and any(name in files for name in _TABLES)


def _is_file(path: str) -> bool:
    """Not so a pipe, which may say nothing for ever; what cannot be opened says so later."""
    try:
        return not stat.S_ISFIFO(Path(path).stat().st_mode)
    except OSError:
        return True
