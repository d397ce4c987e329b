"""The article table: its Arrow schema, and how records become batches."""

from __future__ import annotations

from datetime import datetime
from hashlib import blake2b
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from linker.arrays import IntArray
from linker.language import HEAD, identify
from linker.text.scrubbing import scrubbed

SCHEMA = pa.schema(
    [
        pa.field("id", pa.large_string(), nullable=False),
        pa.field("title", pa.large_string(), nullable=False),
        pa.field("text", pa.large_string(), nullable=False),
        pa.field("url", pa.large_string(), nullable=False),
        pa.field("source", pa.large_string(), nullable=False),
        pa.field("published", pa.timestamp("us", tz="UTC")),
        pa.field("precision", pa.string(), nullable=False),
        pa.field("lang", pa.large_string(), nullable=False),
        pa.field("extra", pa.large_string(), nullable=False),
    ]
)
"""Articles as read. Strings are '' when absent; precision is exact, day or unknown; lang is
ISO 639-1 or 'und'; extra is a JSON object (sorted keys) of the keys that linker does not know."""

CUT = pa.list_(pa.struct([("rule", pa.string()), ("text", pa.large_string())]))
CLEANED = SCHEMA.append(pa.field("cut", CUT))
"""Articles after cleaning: `cut` holds what was cut from title and text, and by which rule."""

PRECISIONS = ("exact", "day", "unknown")


class Article(NamedTuple):
    """One article between a reader and the table; the fields of SCHEMA, lang '' if not given."""

    id: str
    title: str
    text: str
    url: str
    source: str
    published: datetime | None
    precision: str
    lang: str
    extra: str


def made_id(url: str, title: str, text: str) -> str:
    """16 hexadecimal figures (blake2b) that stand for an article without an id.

    Made from the url, or from title and text where there is none, so the same article gets the
    same id in every run.
    """
    named = url or f"{title}\n{text}"
    return blake2b(named.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


class Columns(NamedTuple):
    """n articles between a reader and the table: the columns of SCHEMA, not yet scrubbed.

    published holds microseconds since 1970, int64 (n,); precision the place of each article's
    precision in PRECISIONS, int8 (n,); where that is "unknown", published means nothing.
    """

    id: list[str]
    title: list[str]
    text: list[str]
    url: list[str]
    source: list[str]
    published: IntArray
    precision: NDArray[np.int8]
    lang: list[str]
    extra: list[str]


def batch_of(columns: Columns) -> pa.RecordBatch:
    """Columns as one record batch (SCHEMA): strings scrubbed, languages found, ids made."""
    ids, given_ids = scrubbed(columns.id)
    titles, title_array = scrubbed(columns.title)
    texts, text_array = scrubbed(columns.text)
    urls, url_array = scrubbed(columns.url)
    if not all(ids):
        rows = zip(ids, urls, titles, texts, strict=True)
        ids = [given or made_id(*parts) for given, *parts in rows]
        given_ids = pa.array(ids, pa.large_string())
    languages = _languages(columns.lang, titles, texts)
    undated = columns.precision == PRECISIONS.index("unknown")
    arrays = [
        given_ids,
        title_array,
        text_array,
        url_array,
        scrubbed(columns.source)[1],
        pa.array(columns.published, SCHEMA.field("published").type, mask=undated),
        precision_names(columns.precision),
        pa.array(languages, pa.large_string()),
        scrubbed(columns.extra)[1],
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=SCHEMA)


def precision_names(codes: NDArray[np.int8]) -> pa.Array:
    """The names of precisions that are given by their places in PRECISIONS."""
    return pa.array(PRECISIONS, pa.string()).take(pa.array(codes))


def _languages(given: list[str], titles: list[str], texts: list[str]) -> list[str]:
    missing = [row for row, lang in enumerate(given) if not lang]
    if not missing:
        return given
    found = identify([f"{titles[row]}\n{texts[row][:HEAD]}" for row in missing])
    languages = list(given)
    for row, lang in zip(missing, found, strict=True):
        languages[row] = lang
    return languages
