"""Lines of JSON as they stand in a file, some at a time, and the records in them."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from itertools import count, repeat
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import orjson

from linker.readers.decoding import encoding_of, has_shifts
from linker.readers.month_first import marked
from linker.readers.records import Bad, Found, preview
from linker.readers.shape import Shape, Types

if TYPE_CHECKING:
    from linker.readers.wholesale import Settled

LONGEST_LINE = 64 << 20  # bytes; nothing that long is an article
_BLANK = (b"", b"\n", b"\r\n")
_LINE_FEED = ord("\n")


class Block(NamedTuple):
    """Lines of one file, of which `first` is the number of the first one.

    types: what to expect of their records, None where nothing is known. shape and repair belong to
    the file: what is known of its records meanwhile, and of its encoding; they are used in the
    order of the lines, by one thread.
    """

    name: str
    first: int
    data: bytes
    types: Types | None
    shape: Shape
    repair: Repair

    @property
    def end(self) -> int:
        """The number of the line after the last one."""
        # NumPy counts three times as fast as bytes.count, and a file has many lines.
        ends = np.count_nonzero(np.frombuffer(self.data, np.uint8) == _LINE_FEED)
        return self.first + int(ends) + bool(begun(self.data))

    @property
    def is_empty(self) -> bool:
        """Whether no line can hold a record: there are blank ones and empty arrays."""
        return not (self.data.startswith(b"{") or self.data.strip(b" \t\r\n[]"))

    def settled(self) -> Settled | None:
        """Its articles, read as columns; None where the lines are not alike enough."""
        if not self.types:
            return None
        from linker.readers.wholesale import settle  # compiled loops, which most files need not

        try:
            return settle(self.data, self.types)
        except Exception:  # what hostile bytes make of columns; line by line each is told
            return None

    def records(self) -> Iterable[Found]:
        """The records of all lines, one after the other; what they are like is learned."""
        lines = self._lines()
        try:
            values = list(map(orjson.loads, lines))
        except ValueError:
            values = []
        if values and set(map(type, values)) == {dict}:
            self.shape.learn(values)
            found: Iterable[Found] = zip(repeat(self.name), count(self.first), values)
        else:
            each = [_values_of(line, self.repair) for line in lines]
            self.shape.learn([value for values in each for value in values])
            found = (
                (self.name, number, value)
                for number, values in enumerate(each, start=self.first)
                for value in values
            )
        return marked(found, self.shape.month_first or ())

    def records_of(self, rows: Iterable[int]) -> list[Found]:
        """The records of some lines that hold one each, by their places in the block."""
        lines = self._lines()
        found = ((self.name, self.first + row, self._value_of(lines[row])) for row in rows)
        return list(marked(found, self.shape.month_first or ()))

    def _value_of(self, line: bytes) -> Any:
        values = _values_of(line, self.repair)
        return values[0] if len(values) == 1 else Bad("not one JSON object", preview(line))

    def _lines(self) -> list[bytes]:
        return io.BytesIO(self.data).readlines()


def begun(data: bytes) -> int:
    """How many bytes the last line has so far; 0 when it has ended."""
    return len(data) - data.rfind(b"\n") - 1


def _values_of(line: bytes, repair: Repair) -> list[Any]:
    """The values in a line: none in a blank one, several in an array."""
    if line in _BLANK:
        return []
    try:
        value = orjson.loads(line)
    except ValueError as error:
        if begun(line) == LONGEST_LINE:
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
        text = self._text(line)
        try:
            return json.loads(text, strict=False)
        except RecursionError:
            raise ValueError("not JSON: nested too deeply") from None
        except ValueError:
            raise ValueError(f"not JSON: {error}") from None

    def _text(self, line: bytes) -> str:
        try:
            if not has_shifts(line):
                return line.decode(self._encoding)
        except UnicodeDecodeError:
            pass
        self._encoding, mark = encoding_of(line)
        return line[mark:].decode(self._encoding, "replace")
