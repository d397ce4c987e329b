"""From a user's input to cleaned articles in canonical order: read, arrange, clean, fold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from linker.errors import LinkerError
from linker.spool import Spool, Tape, gather, spool
from linker.threads import mapped, ordered_map

if TYPE_CHECKING:
    from linker.arrangement import Rows
    from linker.cleaning import FirstLook, Looked
    from linker.cleaning.looking import Glance
    from linker.readers.rejects import RejectLog
    from linker.reprints import Shingles, Sketches
    from linker.stages import Stages
    from linker.text import Words

BATCH = 4096
_SOME = 512  # articles whose words are hashed, cut to shingles and sketched in one go
UNREAD = ["title", "url", "source", "published", "precision", "lang", "cut", "extra"]
"""The columns of a cleaned article beside its text and the id that it was given."""


def read_articles(
    source: object,
    rejects: RejectLog,
    stages: Stages,
    folder: Path | None,
    first: FirstLook,
    threads: int,
) -> Spool:
    """The articles of `source` as read, in input order (SCHEMA).

    `source` is a path, glob or folder, a list of those, a list of dicts, or a table. `folder` is
    where the texts of files are kept on disk; in-memory input is not copied there. What a look at
    every batch sees, on so many threads, goes to `first`.
    Raises LinkerError when there is no usable record.
    """
    from linker.articles import SCHEMA
    from linker.readers import read, read_python

    paths = as_paths(source)
    if paths is None:
        batches = read_python(source, rejects, batch_rows=BATCH)
    else:
        batches = read(paths, rejects, batch_rows=BATCH, threads=threads)
    looked = _looked_at(_told(batches, rejects, stages), first, threads)
    found = spool(looked, SCHEMA, folder / "read" if folder and paths is not None else None)
    if found.num_rows == 0:
        raise LinkerError(_nothing(rejects))
    return found


def _looked_at(
    batches: Iterable[pa.RecordBatch], first: FirstLook, threads: int
) -> Iterator[pa.RecordBatch]:
    from linker.cleaning import look

    def work(batch: pa.RecordBatch) -> tuple[pa.RecordBatch, Glance]:
        return batch, look(batch)

    for batch, glance in ordered_map(work, batches, threads):
        first.add(glance)
        yield batch


def arrange_articles(found: Spool, rejects: RejectLog, folder: Path | None) -> tuple[Spool, Rows]:
    """The articles in canonical order, each id once, and the row that each was: int64 (m,).

    found: what is to be arranged, which is discarded.
    """
    from linker.arrangement import arrangement
    from linker.articles import SCHEMA

    table = found.table()
    rows, ids = arrangement(table, rejects)
    place = SCHEMA.get_field_index("id")

    def renamed() -> Iterator[pa.RecordBatch]:
        begin = 0
        for batch in gather(table, rows, BATCH):
            names = ids.slice(begin, len(batch))
            yield batch.set_column(place, SCHEMA.field(place), names)
            begin += len(batch)

    arranged = spool(renamed(), SCHEMA, folder / "arranged" if folder else None)
    found.discard()
    return arranged, rows


def clean_articles(found: Spool, looked: Looked, stages: Stages, folder: Path | None) -> pa.Table:
    """The articles without page furniture; `cut` holds what was taken out (CLEANED).

    found: what is to be cleaned, which is drained. looked: what the first look found, row by row.
    """
    from linker.articles import CLEANED
    from linker.cleaning import clean

    total = found.num_rows
    cleaned = clean(found.drain(), looked.counts, looked.flagged)
    path = folder / "cleaned" if folder else None
    return spool(_counted(cleaned, total, stages), CLEANED, path).table()


def fold_articles(articles: pa.Table, threads: int) -> Words:
    """The hashed words of all articles; where one has no text, of its title."""
    from linker.text import concatenate, hash_column

    batches = articles.select(["title", "text"]).to_batches(max_chunksize=BATCH)
    return concatenate(mapped(lambda batch: hash_column(_bodies(batch)), batches, threads))


class Sketched(NamedTuple):
    """What is left of n articles without their texts.

    articles: the columns UNREAD; sketches, shingles: of the bodies, the shingles in order and with
    repetitions.
    """

    articles: pa.Table
    sketches: Sketches
    shingles: Shingles


def sketch_articles(
    found: Spool,
    looked: Looked,
    stages: Stages,
    folder: Path | None,
    *,
    threshold: float,
    threads: int,
) -> Sketched:
    """Clean and sketch articles as read, which are drained, batch by batch.

    looked: what the first look found, row by row. The shingles wait on disk, as few texts are
    compared, and nobody knows yet which.
    """
    from linker.cleaning import clean_batch
    from linker.reprints import collect, end_to_end, hash_shingles, shingle_counts, sketch
    from linker.text import hash_column

    held: list[pa.RecordBatch] = []

    def work(item: tuple[pa.RecordBatch, Any]) -> tuple[pa.RecordBatch, list[Any]]:
        batch, flagged = item
        cleaned = clean_batch(batch, looked.counts, flagged)
        bodies = _bodies(cleaned)
        parts = []
        for start in range(0, len(bodies), _SOME):
            words = hash_column(bodies.slice(start, _SOME), kinds=False)
            shingles = hash_shingles(words)
            parts.append((sketch(words, threshold, shingles), shingles.values))
        rows = pa.array(np.arange(len(batch)))  # taken, so that they do not keep the texts alive
        return cleaned.select(UNREAD).take(rows), parts

    def sketches(tape: Tape) -> Iterator[Sketches]:
        batches = _counted(found.drain(), found.num_rows, stages)
        for columns, parts in ordered_map(work, _with_rows(batches, looked.flagged), threads):
            held.append(columns)
            for part, values in parts:
                tape.add(values)
                yield part

    with Tape(np.uint32, folder / "shingles.u32" if folder else None) as tape:
        kept = collect(sketches(tape))
        shingles = end_to_end(tape.values(), shingle_counts(kept.sizes))
    return Sketched(pa.Table.from_batches(held), kept, shingles)


def take_rows(table: pa.Table, rows: Rows, threads: int) -> pa.Table:
    """The chosen rows, in that order; the columns one after the other on so many threads.

    Each column becomes one piece, where `spool.gather` would go through all pieces for each batch:
    for rows in any order, of a table whose texts are gone.
    """
    places = pa.array(rows)
    columns = mapped(lambda name: table[name].take(places), table.column_names, threads)
    return pa.table(columns, schema=table.schema)


def _with_rows(batches: Iterable[pa.RecordBatch], values: Any) -> Iterator[tuple[Any, Any]]:
    """Each batch with the values of its rows, from an array of a value a row of all."""
    begin = 0
    for batch in batches:
        yield batch, values[begin : begin + len(batch)]
        begin += len(batch)


def _bodies(articles: pa.RecordBatch) -> pa.LargeStringArray:
    """The texts, and the titles where an article has no text."""
    texts, titles = articles.column("text"), articles.column("title")
    empty = pc.equal(texts, "")
    return pc.if_else(empty, titles, texts) if pc.any(empty).as_py() else texts


def as_paths(source: object) -> list[str | Path] | None:
    """The paths that `source` names; None when it holds articles itself."""
    if isinstance(source, str | Path):
        return [source]
    if isinstance(source, Sequence) and source:
        paths = [item for item in source if isinstance(item, str | Path)]
        return paths if len(paths) == len(source) else None
    return None


def _told(
    batches: Iterator[pa.RecordBatch], rejects: RejectLog, stages: Stages
) -> Iterator[pa.RecordBatch]:
    rows = 0
    for batch in batches:
        rows += len(batch)
        left_out = f", {len(rejects):,} rejected" if len(rejects) else ""
        stages.progress.update(f"{rows:,} articles{left_out}")
        yield batch


def _counted(batches: Iterator[pa.RecordBatch], total: int, stages: Stages) -> Iterator[Any]:
    rows = 0
    for batch in batches:
        rows += len(batch)
        stages.progress.update(f"{rows:,} of {total:,} articles", rows / max(total, 1))
        yield batch


def _nothing(rejects: RejectLog) -> str:
    first = rejects.first
    if first is None:
        return "no usable article in the input: it is empty"
    return f"no usable article in the input; {len(rejects):,} rejected, the first: {first}"
