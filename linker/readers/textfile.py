"""Plain text: the first line that is not blank is the headline, the rest the text."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

from linker.dates import find_date
from linker.readers.decoding import decode
from linker.readers.records import Found
from linker.readers.sources import Source, read_all

LARGEST = 64 << 20  # bytes
_WORD = re.compile(r"[^\W\d_]{3}|[\u3040-\u9fff\uac00-\ud7a3]{2}")
LONGEST_HEADLINE = 300  # characters; a longer first line is a paragraph


def read_text(source: Source, stream: io.BufferedReader) -> Iterator[Found]:
    """The one record of a text file; its id is the file's name without the suffix.

    A line near the top that is a date and nothing else gives the time of publication and stays
    in the text. A first line longer than any headline belongs to the text. Raises ValueError for
    binary or huge files.
    """
    page = decode(read_all(stream, LARGEST)).strip()
    if not _WORD.search(page):
        raise ValueError("no words in the file")
    headline, _, rest = page.partition("\n")
    if len(headline) > LONGEST_HEADLINE:
        headline, rest = "", page
    published, precision = find_date(page)
    record = {"id": source.stem, "title": headline, "text": rest}
    yield source.name, 1, record | {"published": published, "precision": precision}
