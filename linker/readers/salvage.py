"""The records of JSON that is no document: cut off, end to end, or with faults amid them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from linker.readers.aliases import LISTS
from linker.readers.documents import DEPTH, is_article, records_in, wrapped
from linker.readers.fields import squeeze
from linker.readers.records import Bad, preview

_SPACES = re.compile(r"\s*")
_BETWEEN = re.compile(r"[\s,]*")
_INDENT = re.compile(r"[ \t,\[]*")
_NEXT = re.compile(r"\n([ \t,]*)\{")
_FLAT = re.compile(r"\{[ \t\r]*\n([ \t]*)\"")
_TOKEN = re.compile(r'"(?:[^"\\\n]|\\.)*"|["{}\[\],\n]')
_BETWEEN_TOKENS = re.compile(r'"(?:[^"\\\n]|\\.)*"|[:,{}\[\]]')
_PLAIN = re.compile(r"\s*(?:[-+.\deE]*|true|false|null|NaN|-?Infinity)\s*")
_END = re.compile(r"[ \t\r]*(?:[,\]}\n]|$)")
_PAIRS = {"}": "{", "]": "["}
_SHOWN = 400
# The parser counts the lines up to each fault. What is read is dropped, a part of the text at a
# time, so that many faults in a long text take no time that goes with the square of it.
_PARTS, _LEAST_PART = 64, 1 << 20


def salvage(text: str) -> Iterator[Any]:
    """All the records that can be read, and a Bad in the place of what cannot.

    Behind a fault it goes on in the next line that begins a record, or past the bracket that closes
    the faulty one. Where there is neither, a part of a record could be taken for the next one, so
    that the rest is one Bad.
    """
    return _Salvage(text).records()


class _Salvage:
    """A text and how far it is read.

    `_text` is without the `_dropped` characters before it, and places are places in it. `_line`
    counts the lines up to `_counted`, of which the last begins at `_margin`: before 0 if that is
    dropped.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._place = self._dropped = 0
        self._part = max(_LEAST_PART, len(text) // _PARTS)
        self._decode = json.JSONDecoder(strict=False).raw_decode
        self._counted, self._line, self._margin = 0, 1, 0
        self._lines_end = text.rfind("\n")  # no record begins a line behind this

    def records(self) -> Iterator[Any]:
        """The records from the beginning to the end."""
        self._skip(_BETWEEN)
        while sign := self._sign():
            if sign in "[]":
                self._place += 1
            elif sign == "{" and self._is_wrapper():
                yield from self._members()
            yield from self._items()

    def _sign(self) -> str:
        return self._text[self._place : self._place + 1]

    def _skip(self, signs: re.Pattern[str]) -> None:
        found = signs.match(self._text, self._place)
        self._place = found.end() if found else self._place

    def _value(self) -> Any:
        """The value that begins here. Raises ValueError where it is none."""
        try:
            value, self._place = self._decode(self._text, self._place)
        except RecursionError:
            raise ValueError("nested too deeply") from None
        return value

    def _key(self) -> str:
        """The next key of an object, up to its value; "" where there is none."""
        self._skip(_BETWEEN)
        try:
            key = self._value() if self._sign() == '"' else ""
        except ValueError:
            return ""
        self._skip(_SPACES)
        if self._sign() != ":":
            return ""
        self._place += 1
        self._skip(_SPACES)
        return str(key)

    def _is_wrapper(self, depth: int = DEPTH) -> bool:
        """Whether the object that begins here is no article, and breaks off in a list of records.

        What is read of it is read again.
        """
        begin, known = self._place, {}
        try:
            self._place += 1
            while key := self._key():
                try:
                    known[key] = self._value()
                except ValueError:
                    if squeeze(key) not in LISTS or is_article(known):
                        return False
                    deeper = depth > 1 and self._sign() == "{" and self._is_wrapper(depth - 1)
                    return deeper or self._sign() == "["
            return False
        finally:
            self._place = begin

    def _members(self, depth: int = DEPTH) -> Iterator[Any]:
        """The records in the lists of an object around them."""
        self._place += 1
        while key := self._key():
            begin, sign = self._place, self._sign()
            try:
                yield from wrapped(key, self._value())
            except ValueError as error:
                if sign == "[" and squeeze(key) in LISTS:
                    self._place += 1
                    yield from self._items()
                    self._place += 1
                elif depth > 1 and sign == "{" and self._is_wrapper(depth - 1):
                    yield from self._members(depth - 1)
                else:
                    yield self._bad(begin, error)
        if self._sign() == "}":
            self._place += 1

    def _items(self) -> Iterator[Any]:
        """The records up to the end of their list."""
        self._skip(_BETWEEN)
        while self._sign() not in ("", "]"):
            begin = self._place
            try:
                value = self._value()
            except ValueError as error:
                yield self._bad(begin, error)
            else:
                yield from records_in(value)
            self._skip(_BETWEEN)

    def _bad(self, begin: int, error: ValueError) -> Bad:
        """What stands for the value that begins there; the place is then behind it."""
        said, place = getattr(error, "msg", str(error)), getattr(error, "pos", begin)
        following = self._behind(begin)
        self._place = len(self._text) if following is None else following
        # A string that is not closed runs into the next record, where the parser meets it.
        spot = self._spot(place if place < self._place else begin)
        size = f"{self._place - begin:,} characters"
        if following is None:
            reason = f"not JSON at {spot}: {said}; the rest of the file, {size}, cannot be read"
        else:
            reason = f"not JSON at {spot}: {said}; {size} are left out"
        shown = preview(self._text[begin : min(begin + _SHOWN, self._place)])
        self._drop()
        return Bad(reason, shown)

    def _drop(self) -> None:
        """Let go of what is read once it is a part of the text."""
        if self._place < self._part:
            return
        self._count(self._place)
        read, self._place = self._place, 0
        self._text = self._text[read:]
        self._dropped += read
        self._counted, self._margin = 0, self._margin - read
        self._lines_end -= read

    def _count(self, place: int) -> None:
        """Count the lines up to a place, which is never before one that was asked for."""
        self._line += self._text.count("\n", self._counted, place)
        last = self._text.rfind("\n", self._counted, place)
        self._margin = last + 1 if last >= 0 else self._margin
        self._counted = max(place, self._counted)

    def _spot(self, place: int) -> str:
        self._count(place)
        return f"line {self._line}, column {place - self._margin + 1}"

    def _behind(self, begin: int) -> int | None:
        """Where to go on behind a faulty value; None where nothing tells."""
        line = self._next_line(begin)
        limit = len(self._text) if line is None else line
        end = self._closed(begin, limit) if self._text[begin] in "{[" else self._ended(begin)
        return line if end is None or not _END.match(self._text, end) else end

    def _next_line(self, begin: int) -> int | None:
        """The next line that begins with an object and is indented no more than this one."""
        if begin >= self._lines_end:
            return None
        self._count(begin)
        margin = _INDENT.match(self._text, max(self._margin, 0))
        indent = len(margin[0].replace(",", "")) if margin else 0
        flat = _FLAT.match(self._text, begin)
        if flat and len(flat[1]) <= indent:  # then what stands in an object is not indented either
            return None
        for found in _NEXT.finditer(self._text, begin):
            if len(found[1].replace(",", "")) <= indent:
                return found.end() - 1
        self._lines_end = begin
        return None

    def _closed(self, begin: int, limit: int) -> int | None:
        """Behind the bracket that closes the one here; None where none does for certain."""
        opened: list[str] = []
        for token in _TOKEN.finditer(self._text, begin, limit):
            sign = token[0]
            if sign in _PAIRS and opened.pop() != _PAIRS[sign]:
                return None
            if sign in "{[":
                opened.append(sign)
            if not opened:
                return token.end() if _has_one_fault(self._text[begin : token.end()]) else None
        return None

    def _ended(self, begin: int) -> int:
        """The end of what is no value at all: its line's, where it begins one, or a comma."""
        text = self._text
        self._count(begin)
        blank = _SPACES.match(text, max(self._margin, 0), begin)
        whole_line = self._margin >= 0 and blank is not None and blank.end() == begin
        depth = 0
        for token in _TOKEN.finditer(text, begin):
            depth += (token[0] in "{[") - (token[0] in "}]")
            ends = token[0] == "\n" or (token[0] == "," and not whole_line)
            if depth < 0 or (ends and not depth):
                return max(token.start(), begin + 1)
        return len(text)


def _has_one_fault(text: str) -> bool:
    """Whether no more than one thing in a text is no JSON.

    With a quote too many or too few, strings are where there are none, and words outside of them.
    """
    between = _BETWEEN_TOKENS.split(text)
    return sum(not _PLAIN.fullmatch(part) for part in between) <= 1
