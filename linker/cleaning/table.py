"""Cleaning whole batches of articles, Arrow in and Arrow out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from linker.arrays import BoolArray, IntArray
from linker.articles import CUT
from linker.cleaning.article import PASSES, Cleaned, Known, clean_once
from linker.cleaning.counts import LineCounts
from linker.cleaning.headlines import strip_headline
from linker.cleaning.looking import screen
from linker.cleaning.strings import plain_column, strings_of

_READ: Final = ("title", "text", "source")


def clean(
    batches: Iterable[pa.RecordBatch], counts: LineCounts, flagged: BoolArray | None = None
) -> Iterator[pa.RecordBatch]:
    """The same rows in the same order with title and text cleaned and a column of what was cut.

    Batches have the columns title, text, source and lang (large_string) among any others; the
    column cut, list<struct<rule, text>>, is appended. flagged: which rows of all batches
    clean_article may change (FirstLook), bool; None looks at them here.
    """
    begin = 0
    for batch in batches:
        end = begin + len(batch)
        yield clean_batch(batch, counts, None if flagged is None else flagged[begin:end])
        begin = end


def clean_batch(
    batch: pa.RecordBatch, counts: LineCounts, flagged: BoolArray | None = None
) -> pa.RecordBatch:
    """One batch of clean(). Several threads may clean batches at once.

    flagged: the rows that clean_article may change, bool (n,), of a Looked; None looks
    at them here. Only these become Python strings; the others stay in their buffers.
    """
    rows = np.flatnonzero(screen(batch, counts) if flagged is None else flagged)
    cleaned = _clean_rows(batch, rows, counts)
    columns = {name: batch.column(name) for name in batch.schema.names}
    for name in ("title", "text"):
        changed = [getattr(article, name) for article in cleaned]
        columns[name] = _replaced(plain_column(batch, name), rows, changed)
    columns["cut"] = _cut_column(len(batch), rows, cleaned)
    schema = batch.schema.append(pa.field("cut", CUT))
    return pa.RecordBatch.from_arrays(list(columns.values()), schema=schema)


def _clean_rows(batch: pa.RecordBatch, rows: IntArray, counts: LineCounts) -> list[Cleaned]:
    """What clean_article gives for some rows; the screen saves most of them a pass or two."""
    titles, texts, sources = (
        [strings.row(row) for row in rows.tolist()]
        for strings in (strings_of(plain_column(batch, name)) for name in _READ)
    )
    articles = [Cleaned(title, text) for title, text in zip(titles, texts, strict=True)]
    known: list[dict[str, Known]] = [{} for _ in articles]
    left = _strip_headlines(articles, sources, counts)
    for _ in range(PASSES):
        changed = []
        for place in left:
            before = articles[place]
            after = clean_once(before.title, before.text, sources[place], counts, known[place])
            articles[place] = Cleaned(after.title, after.text, before.cut + after.cut)
            if (after.title, after.text) != (before.title, before.text):
                changed.append(place)
        left = _unfinished(changed, articles, sources, counts)
    return articles


def _strip_headlines(articles: list[Cleaned], sources: list[str], counts: LineCounts) -> list[int]:
    """Strip the headlines of articles that need nothing else; the places of the others.

    A pass strips the headline first, and works with what is left of it; it gives the headline back
    only where its rules would cut every line. Where the screen lets the stripped article pass, no
    rule cuts a line: the pass would change no more than the headline.
    """
    stripped = list(articles)
    decorated = []
    for place, article in enumerate(articles):
        title, removed = strip_headline(article.title, sources[place], counts)
        if removed:
            stripped[place] = Cleaned(title, article.text, removed)
            decorated.append(place)
    doubtful = set(_unfinished(decorated, stripped, sources, counts))
    done = [place for place in decorated if place not in doubtful]
    for place in done:
        articles[place] = stripped[place]
    return sorted(set(range(len(articles))).difference(done))


def _unfinished(
    places: list[int], articles: list[Cleaned], sources: list[str], counts: LineCounts
) -> list[int]:
    """Which of the articles one more pass may change."""
    if not places:
        return []
    columns = [
        _strings([articles[place].title for place in places]),
        _strings([articles[place].text for place in places]),
        _strings([sources[place] for place in places]),
    ]
    flagged = screen(pa.RecordBatch.from_arrays(columns, names=list(_READ)), counts)
    return [place for place, flag in zip(places, flagged.tolist(), strict=True) if flag]


def _replaced(column: pa.Array, rows: IntArray, values: list[str]) -> pa.Array:
    """The column with other values in some rows; itself when they are the same."""
    new = _strings(values)
    if not len(rows) or column.take(pa.array(rows)).equals(new):
        return column
    mask = np.zeros(len(column), bool)
    mask[rows] = True
    return pc.replace_with_mask(column, pa.array(mask), new)


def _strings(values: list[str]) -> pa.Array:
    return pa.array(values, type=pa.large_string())


def _cut_column(count: int, rows: IntArray, cleaned: list[Cleaned]) -> pa.Array:
    sizes = np.zeros(count + 1, np.int32)
    sizes[rows + 1] = [len(article.cut) for article in cleaned]
    rules = [rule for article in cleaned for rule, _ in article.cut]
    texts = [text for article in cleaned for _, text in article.cut]
    entries = pa.StructArray.from_arrays(
        [pa.array(rules, type=pa.string()), _strings(texts)], fields=list(CUT.value_type)
    )
    offsets = pa.array(np.cumsum(sizes, dtype=np.int32))
    return pa.ListArray.from_arrays(offsets, entries, type=CUT)
