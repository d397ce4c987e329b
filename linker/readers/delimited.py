"""CSV and TSV: the delimiter and the encoding are found, a row of another width is rejected."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import Any

from linker.readers.decoding import Recoded, encoding_of
from linker.readers.fields import layout_of, told_apart
from linker.readers.month_first import with_month_first
from linker.readers.records import Bad, Found, preview
from linker.readers.sources import Source

LONGEST_LINE = 64 << 20  # characters
_SAMPLE = 1 << 18
_PATIENCE = 1 << 21  # lines of a file that are read again
_LOOKED_AT = 1000  # lines that a quote may have swallowed
_DELIMITERS = ",\t;|"
_BLANK = r"(?:[ \t,;|]*\r?\n)*"
_BEFORE = re.compile(rf"{_BLANK}(?:sep=.\r?\n)?{_BLANK}")
"""What may stand before the header: blank lines, and the one that Excel begins with."""


def read_delimited(source: Source, stream: io.BufferedReader) -> Iterator[Found]:
    """Records of a CSV or TSV file with a header row, a row at a time.

    Raises ValueError when no column is a title or a text.
    """
    sample = _peek(stream)
    encoding, mark = encoding_of(sample)
    beginning = sample[mark:].decode(encoding, "replace")
    stream.read(mark)
    if encoding == "utf-8" and not mark and sample.isascii():  # what tells may come later
        stream = io.BufferedReader(Recoded(stream))
    lines = _Lines(io.TextIOWrapper(stream, encoding, errors="replace", newline=""))
    before = _BEFORE.match(beginning)
    skipped = before[0] if before else ""
    for _ in io.StringIO(skipped, newline=""):
        next(lines)
    csv.field_size_limit(LONGEST_LINE)
    rows = csv.reader(lines, **_dialect(beginning[len(skipped) :]))
    header = told_apart([name.strip() for name in next(rows, [])])
    layout = layout_of(tuple(header))
    if not layout.title and not layout.text:
        raise ValueError(f"no column is a title or a text (columns: {', '.join(header)[:200]})")
    yield from with_month_first((source.name, *found) for found in _records(lines, rows, header))


def _peek(stream: io.BufferedReader) -> bytes:
    # A buffered reader shows at most its buffer; that is plenty for a header.
    return stream.peek(_SAMPLE)[:_SAMPLE]


class _Lines:
    """The lines of a text, of which some can be read again.

    A too long one is cut so that csv refuses it once, and what a record may take ends there too.
    number: of the last line. taken: what was read since `begin`. ended: whether more was asked for
    than there is.
    """

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self._again: list[str] = []  # the next line last
        self._patience = _PATIENCE
        self._room = LONGEST_LINE
        self.number = 0
        self.taken: list[str] = []
        self.ended = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.pop() if self._again else self._read()
        if not line or (self._room <= 0 and self.taken):
            self._again += [line] * bool(line)
            self.ended = True
            raise StopIteration
        self.number += 1
        self._room -= len(line)
        self.taken.append(line)
        return line

    def _read(self) -> str:
        line = part = self._text.readline(LONGEST_LINE + 2)
        while len(part) == LONGEST_LINE + 2 and not part.endswith("\n"):
            part = self._text.readline(LONGEST_LINE + 2)
        return line

    def begin(self) -> int:
        """A record begins here; the number of its first line."""
        self.taken.clear()
        self.ended, self._room = False, LONGEST_LINE
        return self.number + 1

    def can_go_back(self) -> bool:
        """Whether the lines of the record but its first can be read again: not without end."""
        return 1 < len(self.taken) <= self._patience

    def go_back(self) -> str:
        """They are to be read again; the first one is returned."""
        self._again.extend(reversed(self.taken[1:]))
        self._patience -= len(self.taken)
        self.number -= len(self.taken) - 1
        return self.taken[0]


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


def _records(
    lines: _Lines, rows: Any, header: list[str]
) -> Iterator[tuple[int, dict[str, str] | Bad]]:
    """Records or what stands for a bad one, each with the number of its first line."""
    while True:
        line = lines.begin()
        reason, row = "", []
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            reason = f"not CSV: {error}"
        fits = not reason and len(row) == len(header)
        if not (fits and not lines.ended) and _is_unclosed(lines, rows.dialect, len(header)):
            yield line, Bad("a quote that is not closed", preview(lines.go_back().rstrip()))
        elif reason:
            yield line, Bad(reason)
        elif fits:
            yield line, dict(zip(header, row, strict=True))
        elif any(row):
            reason = f"{len(row)} columns where the header has {len(header)}"
            yield line, Bad(reason, preview(" | ".join(row)))


def _is_unclosed(lines: _Lines, dialect: Any, width: int) -> bool:
    """Whether what a record took beyond its first line is mostly rows: its quote swallowed them.

    The last line of a file may be cut off.
    """
    if not lines.can_go_back():
        return False
    others = lines.taken[1 : _LOOKED_AT + 1]
    others = others[:-1] or others if lines.ended else others
    return 2 * sum(_is_row(line, dialect, width) for line in others) > len(others)


def _is_row(line: str, dialect: Any, width: int) -> bool:
    """Whether a line is a row, and no prose.

    Where a quoted text ends there is an odd quote, and within one a comma has a space after it.
    """
    row = next(csv.reader([line], dialect), [])
    prose = line.count('"') % 2 == 1 or any(field.startswith(" ") for field in row[1:])
    return len(row) == width and not prose
