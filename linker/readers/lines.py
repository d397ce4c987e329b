"""A block of lines of JSON, and the records in it."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator
from itertools import count, repeat
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from linker.readers.decoding import encoding_of
from linker.readers.records import Bad, Found, preview
from linker.readers.shape import Shape

if TYPE_CHECKING:
    from linker.readers.wholesale import Settled

LONGEST_LINE = 64 << 20  # bytes; nothing that long is an article
_BLANK = (b"", b"\n", b"\r\n")


class Block(NamedTuple):
    """Lines of one file, of which `first` is the number of the first one.

    shape and repair belong to the file: what is known of its records, and of its encoding.
    """

    name: str
    first: int
    data: bytes
    shape: Shape
    repair: Repair

    @property
    def end(self) -> int:
        """The number of the line after the last one."""
        return self.first + self.data.count(b"\n") + (not self.data.endswith(b"\n"))

    def settled(self) -> Settled | None:
        """Its articles, read as columns; None where the lines are not alike enough."""
        from linker.readers.wholesale import settle  # compiled loops, which most files need not

        return settle(self.data, self.shape.types) if self.shape.types else None

    def records(self) -> Iterator[Found]:
        """The records of all lines, one after the other; what they look like is learned."""
        lines = self._lines()
        try:
            values = list(map(orjson.loads, lines))
        except ValueError:
            values = []
        if values and set(map(type, values)) == {dict}:
            self.shape.learn(values)
            return zip(repeat(self.name), count(self.first), values)
        return self._mixed(lines)

    def records_of(self, rows: Iterable[int]) -> list[Found]:
        """The records of some lines that are objects each, by their places in the block."""
        lines = self._lines()
        return [(self.name, self.first + row, orjson.loads(lines[row])) for row in rows]

    def _lines(self) -> list[bytes]:
        return io.BytesIO(self.data).readlines()

    def _mixed(self, lines: list[bytes]) -> Iterator[Found]:
        for number, line in enumerate(lines, start=self.first):
            for value in _values_of(line, self.repair):
                yield self.name, number, value


def ends_too_late(data: bytes) -> bool:
    """Whether the last line of a block is longer than allowed: the rest of it is yet to come."""
    begun = len(data) - data.rfind(b"\n") - 1
    return begun == LONGEST_LINE


def _values_of(line: bytes, repair: Repair) -> list[Any]:
    """The values in a line: none in a blank one, several in an array."""
    if line in _BLANK:
        return []
    try:
        value = orjson.loads(line)
    except ValueError as error:
        if ends_too_late(line):
            return [Bad(f"a line longer than {LONGEST_LINE >> 20} MB", preview(line))]
        if not line.strip():
            return []
        try:
            value = repair(line, error)
        except ValueError as reason:
            return [Bad(str(reason), preview(line))]
    return value if type(value) is list else [value]


class Repair:
    """Reads lines that strict JSON refuses: other encodings, NaN, raw control characters.

    The encoding guessed for one line is tried first on the next, as a guess takes milliseconds.
    """

    def __init__(self) -> None:
        self._encoding = "utf-8"

    def __call__(self, line: bytes, error: ValueError) -> Any:
        try:
            text = line.decode(self._encoding)
        except UnicodeDecodeError:
            self._encoding, mark = encoding_of(line)
            text = line[mark:].decode(self._encoding, "replace")
        try:
            return json.loads(text, strict=False)
        except RecursionError:
            raise ValueError("not JSON: nested too deeply") from None
        except ValueError:
            raise ValueError(f"not JSON: {error}") from None
