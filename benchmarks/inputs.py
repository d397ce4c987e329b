"""The files that whole commands read: made-up articles, or the first of a given file."""

from __future__ import annotations

import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks import child

PROGRAMS = ("-m", "benchmarks.programs")


@contextmanager
def articles(size: int, source: Path | None, data: Path) -> Iterator[tuple[Path, Path]]:
    """A JSONL file with this many articles, and an empty folder for what is made of it.

    source: a JSONL file whose first lines are taken, None for made-up ones. data: the folder in
    which inputs are kept for the next time. Raises SystemExit when the source has fewer.
    """
    data.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="linker-benchmark-") as folder:
        path = _input(size, source, data, Path(folder))
        lines = count_lines(path)  # which also puts it into the page cache
        if lines != size:
            raise SystemExit(f"{path} holds {lines:,} articles, not {size:,}")
        yield path, Path(folder)


def _input(size: int, source: Path | None, data: Path, folder: Path) -> Path:
    """Made in another process, to keep this one small."""
    if source and count_lines(source) == size:
        return source
    name = f"{source.stem}-{source.stat().st_size}" if source else f"articles-{_version()}"
    path = data / f"{name}-{size}.jsonl"
    if not path.exists():
        count = f"{size}:{source}" if source else str(size)
        child.run([*PROGRAMS, "write", str(path), count], folder / "log")
    return path


def count_lines(path: Path) -> int:
    """How many lines a file has, read piece by piece."""
    with path.open("rb") as file:
        return sum(1 for _ in file)


def _version() -> str:
    """Names the state of the code that makes articles, so that no older ones are taken."""
    here = Path(__file__).parent
    code = b"".join((here / f"{n}.py").read_bytes() for n in ("articles", "edits", "languages"))
    return f"{zlib.crc32(code):08x}"
