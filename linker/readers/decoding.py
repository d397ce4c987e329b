"""Bytes of unknown encoding to text: UTF-8 first, marks, then a guess; never a wrong certainty."""

from __future__ import annotations

import codecs
import io
import re

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE = 1 << 16
_LONGEST_START = 1 << 12  # bytes of a line that a sample of it may begin with
_CONTROL = bytes(set(range(32)) - set(b"\t\n\r\f\x1b")) + b"\x7f"
_MOST_CONTROL = 0.01  # share of control bytes in anything still called text; random bytes have .11
_HIGH = bytes(range(128, 256))
_HIGH_BYTE = re.compile(rb"[\x80-\xff]").search
_TELLING = 512  # bytes; in a shorter text accents alone do not show which code page they are of
_MOST_ACCENTS = 0.2  # share of accented letters; other scripts are mostly high bytes
_SHORTEST = 24  # bytes; random bytes of this length are not taken for words
_MOST_BROKEN = 0.02  # share of broken sequences in what is still called UTF-8
_SHIFTS = re.compile(rb"\x1b(?:\$[@AB(]|\([IJ])").search
"""The escape sequences by which a text in ISO-2022-JP, whose bytes are ASCII, changes sets."""
_BEGUN_SHIFTS = (b"\x1b", b"\x1b$", b"\x1b(", b"\x1b$(")
_SHIFTED = ("iso2022_jp", "iso2022_jp_ext", "iso2022_jp_2")


class NotText(ValueError):
    """Bytes that are no text in any encoding that is tried."""


def decode(data: bytes) -> str:
    """The text of a whole file. Raises NotText for binary data.

    Byte order marks are believed; UTF-8 may hold a few broken bytes (they become U+FFFD);
    anything else is guessed by charset_normalizer.
    """
    encoding, mark = encoding_of(data)
    return data[mark:].decode(encoding, "replace")


def encoding_of(data: bytes) -> tuple[str, int]:
    """The encoding of these bytes and the length of their byte order mark. Raises NotText."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return name, len(mark)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        cut = error.start >= len(data) - 3 and error.reason == "unexpected end of data"
        # What is plain ASCII tells nothing, and a long text may begin with much of it.
        sample = data[_telling_start(data) :][:_SAMPLE]
        if not cut and not _nearly_utf8(sample):
            return _guess(sample), 0
    shifted = _shifted(data)
    if not shifted and is_binary(data):
        return _wide(data), 0
    return shifted or "utf-8", 0


def _telling_start(data: bytes) -> int:
    """The beginning of the first line that is not plain ASCII."""
    first = _HIGH_BYTE(data)
    place = first.start() if first else 0
    nearest = max(0, place - _LONGEST_START)
    return max(nearest, data.rfind(b"\n", nearest, place) + 1)


def has_shifts(data: bytes) -> bool:
    """Whether bytes hold an escape sequence of ISO-2022-JP."""
    return b"\x1b" in data and _SHIFTS(data) is not None


def _shifted(data: bytes) -> str:
    """The variant of ISO-2022-JP that a text is in, "" for none."""
    if has_shifts(data):
        for name in _SHIFTED:
            try:
                codecs.getincrementaldecoder(name)().decode(data[:_SAMPLE])
            except UnicodeDecodeError:
                continue
            return name
    return ""


def is_binary(data: bytes) -> bool:
    """Whether bytes hold more control characters than any text does."""
    sample = data[:_SAMPLE]
    return len(sample) - len(sample.translate(None, _CONTROL)) > _MOST_CONTROL * len(sample)


def _nearly_utf8(data: bytes) -> bool:
    text = data.decode("utf-8", "replace")
    wide = sum(1 for c in text if c > "\x7f")
    broken = text.count("\ufffd")
    return broken <= _MOST_BROKEN * len(text) and broken * 4 <= wide


def _wide(data: bytes) -> str:
    """UTF-16 without a mark: western text has a zero in every second byte."""
    sample = data[:_SAMPLE]
    odd, even = sample[1::2].count(0), sample[::2].count(0)
    if max(odd, even) > len(sample) * 0.3 and min(odd, even) < len(sample) * 0.05:
        return "utf-16-le" if odd > even else "utf-16-be"
    raise NotText("not text: it looks like binary data")


def _guess(sample: bytes) -> str:
    """The legacy encoding of a text. Raises NotText for binary data and for too short a text."""
    if is_binary(sample):
        return _wide(sample)
    solid = b"".join(sample.split())
    high = len(solid) - len(solid.translate(None, _HIGH))
    if len(solid) < _TELLING and high <= _MOST_ACCENTS * len(solid):
        return "cp1252"
    if len(solid) < _SHORTEST:
        raise NotText("not UTF-8, and too short to tell what else")
    from charset_normalizer import from_bytes

    found = from_bytes(sample).best()
    if found is None:
        raise NotText("not text in any known encoding")
    return found.encoding


class Recoded(io.RawIOBase):
    """A byte stream of one encoding read as UTF-8.

    encoding: "" for a stream that begins in ASCII: the first bytes beyond it tell.
    """

    def __init__(self, source: io.BufferedIOBase, encoding: str = "") -> None:
        self._source = source
        self._decoder = codecs.getincrementaldecoder(encoding)("replace") if encoding else None
        self._ready = b""

    def readable(self) -> bool:
        """True: it is only ever read."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill the buffer with UTF-8 bytes; 0 at the end."""
        while not self._ready:
            chunk = self._read()
            self._ready = self._recoded(chunk)
            if not chunk:
                break
        size = min(len(buffer), len(self._ready))
        buffer[:size] = self._ready[:size]
        self._ready = self._ready[size:]
        return size

    def _read(self) -> bytes:
        """The next bytes, with no escape sequence cut in two."""
        chunk = self._source.read(_SAMPLE)
        while chunk.endswith(_BEGUN_SHIFTS) and (more := self._source.read(1)):
            chunk += more
        return chunk

    def _recoded(self, chunk: bytes) -> bytes:
        if self._decoder is None and chunk.isascii() and not has_shifts(chunk):
            return chunk
        if self._decoder is None:
            chunk += self._source.read(_SAMPLE)  # a guess from a few bytes would be a poor one
            try:
                encoding, _ = encoding_of(chunk)
            except NotText:
                encoding = "utf-8"  # what cannot be told loses letters; the rows stay
            self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        return self._decoder.decode(chunk, final=not chunk).encode("utf-8", "replace")
