"""From a user's input to cleaned articles in canonical order: read, arrange, clean, fold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from linker.errors import LinkerError
from linker.spool import gather, spool

if TYPE_CHECKING:
    from linker.readers.rejects import RejectLog
    from linker.stages import Stages
    from linker.text import Words

BATCH = 4096


@dataclass(frozen=True, slots=True)
class Folded:
    """The hashed words of n articles: of their bodies and of their titles.

    Where an article has no text, its title stands in for the body.
    """

    bodies: Words
    titles: Words


def read_articles(
    source: object, rejects: RejectLog, stages: Stages, folder: Path | None
) -> pa.Table:
    """The articles of `source` as read, in input order (SCHEMA).

    `source` is a path, glob or folder, a list of those, a list of dicts, or a table. `folder` is
    where the texts of files are kept on disk; in-memory input is not copied there.
    Raises LinkerError when there is no usable record.
    """
    from linker.articles import SCHEMA
    from linker.readers import read, read_python

    paths = as_paths(source)
    if paths is None:
        table = spool(
            _told(read_python(source, rejects, batch_rows=BATCH), rejects, stages), SCHEMA, None
        )
    else:
        batches = read(paths, rejects, batch_rows=BATCH)
        file = folder / "read.arrow" if folder else None
        table = spool(_told(batches, rejects, stages), SCHEMA, file)
    if table.num_rows == 0:
        raise LinkerError(_nothing(rejects))
    return table


def arrange_articles(table: pa.Table, rejects: RejectLog, folder: Path | None) -> pa.Table:
    """The articles in canonical order, each id once."""
    from linker.arrangement import arrangement
    from linker.articles import SCHEMA

    rows, ids = arrangement(table, rejects)
    place = SCHEMA.get_field_index("id")

    def renamed() -> Iterator[pa.RecordBatch]:
        begin = 0
        for batch in gather(table, rows, BATCH):
            names = ids.slice(begin, len(batch))
            yield batch.set_column(place, SCHEMA.field(place), names)
            begin += len(batch)

    return spool(renamed(), SCHEMA, folder / "arranged.arrow" if folder else None)


def clean_articles(table: pa.Table, stages: Stages, folder: Path | None) -> pa.Table:
    """The articles without page furniture; `cut` holds what was taken out (CLEANED)."""
    from linker.articles import CLEANED
    from linker.cleaning import clean, count_lines

    counts = count_lines(table.to_batches(max_chunksize=BATCH))
    cleaned = clean(table.to_batches(max_chunksize=BATCH), counts)
    file = folder / "cleaned.arrow" if folder else None
    return spool(_counted(cleaned, table.num_rows, stages), CLEANED, file)


def fold_articles(articles: pa.Table, threads: int) -> Folded:
    """Hash the words of all articles."""
    from linker.text import concatenate, word_hashes

    bodies, titles = [], []
    for batch in articles.select(["title", "text"]).to_batches(max_chunksize=BATCH):
        heads, texts = batch.column(0).to_pylist(), batch.column(1).to_pylist()
        full = [text or head for head, text in zip(heads, texts, strict=True)]
        bodies.append(word_hashes(full, threads=threads))
        titles.append(word_hashes(heads, threads=threads))
    return Folded(concatenate(bodies), concatenate(titles))


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
    place = f"{first.file}, line {first.line}" if first.line else first.file
    where = f" ({place})" if place else ""
    reason = f"the first: {first.reason}{where}"
    return f"no usable article in the input; {len(rejects):,} rejected, {reason}"
