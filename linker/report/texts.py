"""The beginnings of the articles' texts, as long as the size of the file allows."""

from __future__ import annotations

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from linker.report.columns import shorten
from linker.report.escape import embed

CHUNK = 256  # articles a block: the page parses only the block of the text that is opened
LENGTHS = (1500, 1000, 700, 500, 350, 250, 160)


def text_blocks(articles: pa.Table, room: int) -> tuple[list[str], int]:
    """Return the texts as escaped JSON arrays of CHUNK articles, and the length they were cut to.

    `room` is the space left in the file, in bytes. The longest of LENGTHS that fits is taken; when
    none does, or there is no column `text`, the list is empty and the length 0. An exact reprint
    has the text of its representative and is left empty.
    """
    if "text" not in articles.column_names:
        return [], 0
    texts = pc.fill_null(articles["text"].cast(pa.large_string()), "")
    copies = pc.fill_null(pc.equal(articles["reprint_kind"], "exact"), False)
    texts = pc.if_else(copies, "", texts)
    for length in LENGTHS:
        starts = pc.utf8_slice_codeunits(texts, 0, length + 1)  # whole texts may not fit in memory
        if (pc.sum(pc.binary_length(starts)).as_py() or 0) > room:
            continue  # too long even before escaping
        blocks = _blocks([shorten(start, length) for start in starts.to_pylist()])
        if sum(len(block.encode()) for block in blocks) <= room:
            return blocks, length
    return [], 0


def _blocks(texts: list[str]) -> list[str]:
    parts = (texts[start : start + CHUNK] for start in range(0, len(texts), CHUNK))
    return [embed(orjson.dumps(part).decode()) for part in parts]
