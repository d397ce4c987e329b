"""Where each article of a table was read, kept as runs, as files have their records in a row."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Container, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from linker.readers.records import Found

_NOWHERE = -1  # stands for the place None


class Places:
    """File and line of every article that was read, by its row.

    One run holds rows of one file whose lines follow one another, so an ordinary file is one run
    and a file with gaps costs 24 bytes a gap.
    """

    def __init__(self) -> None:
        self._rows = 0
        self._firsts = array("q")  # the row that each run begins with
        self._lines = array("q")  # and its line
        self._files: list[str] = []  # and its file
        self._next = _NOWHERE  # the line that goes on with the last run

    def __len__(self) -> int:
        return self._rows

    def extend(self, found: Sequence[Found], without: Container[int] = ()) -> None:
        """Records that became the next rows, but for those at the positions `without`."""
        row, following = self._rows, self._next
        file = self._files[-1] if self._files else None
        for position, (name, place, _) in enumerate(found):
            if without and position in without:
                continue
            line = _NOWHERE if place is None else place
            if line != following or name != file:
                self._firsts.append(row)
                self._lines.append(line)
                self._files.append(name)
                file = name
            following = line + 1 if line >= 0 else _NOWHERE - 1
            row += 1
        self._rows, self._next = row, following

    def extend_lines(self, name: str, first: int, count: int) -> None:
        """So many lines of a file, which follow one another, became the next rows."""
        self.extend([(name, first, None)] if count else [])
        self._rows += max(count - 1, 0)
        self._next = first + count if count else self._next

    def of(self, row: int) -> tuple[str, int | None]:
        """File and line of a row; ("", None) for one that was not read from anywhere."""
        if not 0 <= row < self._rows:
            return "", None
        run = bisect_right(self._firsts, row) - 1
        line = self._lines[run] + row - self._firsts[run]
        return self._files[run], None if self._lines[run] == _NOWHERE else line
