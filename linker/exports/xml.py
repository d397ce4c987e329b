"""XML written as a stream: an element a line, strangers' text made legal and escaped."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from xml.sax.saxutils import XMLGenerator

# What XML 1.0 may not hold even escaped: control characters, surrogates, the two noncharacters of
# the first plane (section 2.2 of the recommendation). One of them makes a whole file unreadable.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def legal(text: str) -> str:
    """The text with each character that XML forbids replaced by U+FFFD.

    >>> legal("a\\x00b")
    'a\N{REPLACEMENT CHARACTER}b'
    """
    return _ILLEGAL.sub("\N{REPLACEMENT CHARACTER}", text)


class Document:
    """An XML file being written. Use `document` to get one."""

    def __init__(self, generator: XMLGenerator) -> None:
        self._generator = generator
        self._depth = 0

    @contextmanager
    def inside(self, name: str, attributes: Mapping[str, str] | None = None) -> Iterator[None]:
        """An element around what is written in the `with` block."""
        self._line(name, attributes)
        self._depth += 1
        yield
        self._depth -= 1
        self._generator.ignorableWhitespace("\n" + "  " * self._depth)
        self._generator.endElement(name)

    def element(
        self, name: str, text: str = "", attributes: Mapping[str, str] | None = None
    ) -> None:
        """An element that holds text or nothing."""
        self._line(name, attributes)
        if text:
            self._generator.characters(legal(text))
        self._generator.endElement(name)

    def _line(self, name: str, attributes: Mapping[str, str] | None) -> None:
        if self._depth:
            self._generator.ignorableWhitespace("\n" + "  " * self._depth)
        values = {key: legal(value) for key, value in (attributes or {}).items()}
        self._generator.startElement(name, values)  # type: ignore[arg-type]


@contextmanager
def document(path: Path) -> Iterator[Document]:
    """A UTF-8 XML file at `path`, written while the `with` block runs."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        generator = XMLGenerator(file, encoding="utf-8", short_empty_elements=True)
        generator.startDocument()
        yield Document(generator)
        generator.endDocument()
        file.write("\n")
