"""Files of JSON objects, one a line: labels, pairs, tables and rejects."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from linker.errors import LinkerError


def json_lines(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSONL file, as `numbered_lines` reads them."""
    return [row for _, row in numbered_lines(path)]


def numbered_lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """The objects of a JSONL file, also gzipped or zstd, each with its line; empty ones are none.

    Raises LinkerError when there is no such file, or naming the line that is no JSON object.
    """
    import orjson

    for number, line in enumerate(_lines(path), 1):
        if not line.strip():
            continue
        try:
            row = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            raise LinkerError(
                f"{path}, line {number}: not JSON ({error}); every line must be one JSON object"
            ) from error
        if not isinstance(row, dict):
            raise LinkerError(f"{path}, line {number}: not a JSON object")
        yield number, row


def _lines(path: Path) -> list[bytes]:
    from linker.readers.compression import broken, decompressed

    if not path.exists():
        raise LinkerError(f"there is no file {path}")
    try:
        with path.open("rb") as file:
            stream = decompressed(file)
            lines = stream.read().removeprefix(BOM_UTF8).split(b"\n")
        if error := broken(stream):
            raise error
    except OSError as error:
        raise LinkerError(f"cannot read {path}: {' '.join(str(error).split())}") from error
    return lines
