"""Arrays that are quick to load and slower to make, kept in the user's cache folder."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO

import numpy as np

Arrays = dict[str, np.ndarray]


def cache_folder() -> Path:
    """The folder for linker's caches, by the convention of the operating system."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "linker"


def cached_arrays(
    name: str, make: Callable[[], Arrays], usable: Callable[[Arrays], bool]
) -> Arrays:
    """The arrays saved under this name, or made now and saved if the folder can be written.

    The name must carry every version that the content depends on. A damaged file is made again,
    and one whose arrays are not `usable`.
    """
    try:
        path = cache_folder() / f"{name}.npz"
    except RuntimeError:  # no home folder
        return make()
    try:
        with np.load(path, allow_pickle=False) as stored:
            arrays = {key: stored[key] for key in stored.files}
    except Exception:  # absent, cut short or not ours: numpy and zipfile raise a dozen kinds
        arrays = {}
    if usable(arrays):
        return arrays
    arrays = make()
    save_arrays(path, arrays)
    return arrays


def mapped_arrays(
    name: str, make: Callable[[], Arrays], usable: Callable[[Arrays], bool]
) -> Arrays:
    """The same for large arrays: mapped into memory, so that only what is looked at is read.

    Changes of an array stay in this process.
    """
    try:
        folder = cache_folder() / name
    except RuntimeError:
        return make()
    arrays = _mapped(folder)
    if usable(arrays):
        return arrays
    arrays = make()
    _save_folder(folder, arrays, usable)
    return arrays


def _mapped(folder: Path) -> Arrays:
    """The arrays of a folder; none when one of them cannot be read.

    Mapped for writing to this process's own memory: compiled code takes them like any others.
    """
    try:
        return {path.stem: np.load(path, mmap_mode="c") for path in folder.glob("*.npy")}
    except Exception:
        return {}


def _save_folder(folder: Path, arrays: Arrays, usable: Callable[[Arrays], bool]) -> None:
    """Write to a temporary folder and rename it; see `save_arrays`.

    The files are on the disk before they get their name: a power cut leaves none of them empty.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(
            dir=folder.parent, suffix=".tmp", ignore_cleanup_errors=True
        ) as temporary:
            made = Path(temporary) / "arrays"
            made.mkdir()
            for name, array in arrays.items():
                with (made / f"{name}.npy").open("wb") as file:
                    np.save(file, array)
                    os.fsync(file.fileno())
            try:
                made.rename(folder)
            except OSError:
                if usable(_mapped(folder)):  # another process was quicker
                    return
                shutil.rmtree(folder, ignore_errors=True)
                made.rename(folder)
    except OSError:  # a read-only or full disk
        return


def save_arrays(path: Path, arrays: Arrays) -> None:
    """Keep arrays in one file; see `save`."""
    save(path, lambda file: np.savez(file, **arrays))  # type: ignore[arg-type]


def save(path: Path, write: Callable[[IO[bytes]], object]) -> None:
    """Write to a temporary name and rename, so that no reader meets half a file.

    A folder that cannot be written is no error: a cache saves time, nothing else.
    """
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".tmp", delete=False) as file:
            temporary = Path(file.name)
            write(file)
        temporary.replace(path)
        temporary = None
    except OSError:  # a read-only or full disk
        pass
    finally:  # also after an interruption
        if temporary is not None:
            temporary.unlink(missing_ok=True)
