"""CSV and TSV: the delimiter and the encoding are found, a row of another width is rejected."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from linker.readers.decoding import encoding_of
from linker.readers.fields import layout_of
from linker.readers.records import Bad, Found, preview
from linker.readers.sources import Source

LONGEST_LINE = 64 << 20  # characters
_SAMPLE = 1 << 18
_DELIMITERS = ",\t;|"


def read_delimited(source: Source, stream: io.BufferedReader) -> Iterator[Found]:
    """Records of a CSV or TSV file with a header row, a row at a time.

    Raises ValueError when no column is a title or a text.
    """
    sample = _peek(stream)
    encoding, mark = encoding_of(sample)
    dialect = _dialect(sample[mark:].decode(encoding, "replace"))
    stream.read(mark)
    text = io.TextIOWrapper(stream, encoding, errors="replace", newline="")
    csv.field_size_limit(LONGEST_LINE)
    rows = csv.reader(_lines(text), **dialect)
    header = [name.strip() for name in next(rows, [])]
    layout = layout_of(tuple(header))
    if not layout.title and not layout.text:
        raise ValueError(f"no column is a title or a text (columns: {', '.join(header)[:200]})")
    yield from _records(source.name, rows, header)


def _peek(stream: io.BufferedReader) -> bytes:
    # A buffered reader shows at most its buffer; that is plenty for a header.
    return stream.peek(_SAMPLE)[:_SAMPLE]


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    """Lines, of which a too long one is cut so that csv refuses it once."""
    while line := text.readline(LONGEST_LINE + 2):
        yield line
        while len(line) == LONGEST_LINE + 2 and not line.endswith("\n"):
            line = text.readline(LONGEST_LINE + 2)


def _dialect(sample: str) -> dict[str, Any]:
    """The delimiter that splits the header into the most known columns, then into the most."""
    best, best_score = ",", (-1, -1)
    for delimiter in _DELIMITERS:
        header = next(csv.reader(sample.splitlines()[:50], delimiter=delimiter), [])
        layout = layout_of(tuple(name.strip() for name in header))
        score = (bool(layout.title) + bool(layout.text), len(header) - len(layout.unknown))
        if score > best_score:
            best, best_score = delimiter, score
    if '\\"' in sample and '""' not in sample.replace('"",', "").replace(',""', ""):
        return {"delimiter": best, "escapechar": "\\", "doublequote": False}
    return {"delimiter": best}


def _records(name: str, rows: Any, header: list[str]) -> Iterator[Found]:
    while True:
        line = rows.line_num + 1
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield name, line, Bad(f"not CSV: {error}")
            continue
        if len(row) == len(header):
            yield name, line, dict(zip(header, row, strict=True))
        elif any(row):
            reason = f"{len(row)} columns where the header has {len(header)}"
            yield name, line, Bad(reason, preview(" | ".join(row)))
