"""The article table: its Arrow schema, how records become batches, and its canonical order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from linker.language import HEAD, UNDETERMINED, identify

if TYPE_CHECKING:
    from linker.readers.rejects import RejectLog

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

CUT = pa.field("cut", pa.list_(pa.struct([("rule", pa.string()), ("text", pa.large_string())])))
CLEANED = SCHEMA.append(CUT)
"""Articles after cleaning: `cut` holds what was cut from title and text, and by which rule."""

PRECISIONS = ("exact", "day", "unknown")

_TEXT_COLUMNS = ("id", "title", "text", "url", "source", "extra")
_CONTROL = "[\\x00-\\x08\\x0b-\\x1f\\x7f\u0085\u2028\u2029]"
_BREAKS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_DROPPED = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
_SURROGATES = re.compile("[\ud800-\udfff]")


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


def batch_of(articles: Sequence[Article]) -> pa.RecordBatch:
    """Articles as one record batch (SCHEMA): strings scrubbed, languages found, ids made."""
    values = map(list, zip(*articles, strict=True)) if articles else ([] for _ in SCHEMA)
    columns: dict[str, list[Any]] = dict(zip(SCHEMA.names, values, strict=True))
    for name in _TEXT_COLUMNS:
        columns[name] = _scrub(columns[name])
    columns["lang"] = _languages(columns["lang"], columns["title"], columns["text"])
    rows = zip(columns["id"], columns["url"], columns["title"], columns["text"], strict=True)
    columns["id"] = [given or made_id(*parts) for given, *parts in rows]
    arrays = [pa.array(columns[field.name], field.type) for field in SCHEMA]
    return pa.RecordBatch.from_arrays(arrays, schema=SCHEMA)


def _scrub(values: list[str]) -> list[str]:
    """Unpaired surrogates become U+FFFD, line ends '\\n', other control characters go."""
    try:
        array = pa.array(values, pa.large_string())
    except UnicodeEncodeError:
        values = [_SURROGATES.sub("\ufffd", value) for value in values]
        array = pa.array(values, pa.large_string())
    touched = pc.match_substring_regex(array, _CONTROL)
    if pc.any(touched).as_py():
        for row in pc.indices_nonzero(touched).to_pylist():
            values[row] = _DROPPED.sub("", _BREAKS.sub("\n", values[row]))
    return values


def _languages(given: list[str], titles: list[str], texts: list[str]) -> list[str]:
    missing = [row for row, lang in enumerate(given) if not lang]
    found = identify([f"{titles[row]}\n{texts[row][:HEAD]}" for row in missing])
    languages = [lang or UNDETERMINED for lang in given]
    for row, lang in zip(missing, found, strict=True):
        languages[row] = lang
    return languages


def table_of(batches: Iterable[pa.RecordBatch]) -> pa.Table:
    """Record batches of one schema as a table; SCHEMA when there are none."""
    held = list(batches)
    return pa.Table.from_batches(held, held[0].schema if held else SCHEMA)


def arrange(table: pa.Table, rejects: RejectLog) -> pa.Table:
    """The table in canonical order, each id once; see `linker.arrangement.arrange`."""
    from linker.arrangement import arrange as settle

    return settle(table, rejects)
