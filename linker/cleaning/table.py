"""Cleaning whole batches of articles, Arrow in and Arrow out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import pyarrow as pa

from linker.cleaning.article import Cleaned, clean_article
from linker.cleaning.counts import LineCounts

CUT: Final = pa.list_(pa.struct([("rule", pa.string()), ("text", pa.large_string())]))


def clean(batches: Iterable[pa.RecordBatch], counts: LineCounts) -> Iterator[pa.RecordBatch]:
    """The same rows in the same order with title and text cleaned and a column of what was cut.

    Batches have the columns title, text, source and lang (large_string) among any others; the
    column cut, list<struct<rule, text>>, is appended.
    """
    for batch in batches:
        yield clean_batch(batch, counts)


def clean_batch(batch: pa.RecordBatch, counts: LineCounts) -> pa.RecordBatch:
    """One batch of clean()."""
    names = ("title", "text", "source", "lang")
    rows = zip(*(batch.column(name).to_pylist() for name in names), strict=True)
    cleaned = [
        clean_article(title or "", text or "", source or "", lang or "und", counts)
        for title, text, source, lang in rows
    ]
    columns = {name: batch.column(name) for name in batch.schema.names}
    columns["title"] = _strings([article.title for article in cleaned])
    columns["text"] = _strings([article.text for article in cleaned])
    columns["cut"] = _cut_column(cleaned)
    schema = batch.schema.append(pa.field("cut", CUT))
    return pa.RecordBatch.from_arrays(list(columns.values()), schema=schema)


def _strings(values: list[str]) -> pa.Array:
    return pa.array(values, type=pa.large_string())


def _cut_column(cleaned: list[Cleaned]) -> pa.Array:
    offsets = [0]
    for article in cleaned:
        offsets.append(offsets[-1] + len(article.cut))
    rules = [rule for article in cleaned for rule, _ in article.cut]
    texts = [text for article in cleaned for _, text in article.cut]
    entries = pa.StructArray.from_arrays(
        [pa.array(rules, type=pa.string()), _strings(texts)], fields=list(CUT.value_type)
    )
    return pa.ListArray.from_arrays(pa.array(offsets, type=pa.int32()), entries, type=CUT)
