"""Parquet files and Arrow tables, a batch at a time."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import Any

from linker.articles import Article
from linker.readers.records import Numbered, articles_of
from linker.readers.rejects import RejectLog
from linker.readers.sources import STDIN, Source

ROWS = 1024


def read_parquet(
    source: Source, stream: io.BufferedReader, rejects: RejectLog
) -> Iterator[Article]:
    """Articles of a Parquet file. Raises pyarrow.ArrowException when it is none.

    A file on disk is read a batch at a time; one that is compressed once more, or that cannot be
    sought in, is read whole first.
    """
    import pyarrow.parquet as pq

    on_disk = source.path != STDIN and isinstance(stream.raw, io.FileIO) and stream.seekable()
    held: Any = source.path if on_disk else io.BytesIO(stream.read())
    with pq.ParquetFile(held) as file:
        batches = file.iter_batches(batch_size=ROWS)
        yield from articles_of(rows_of(batches), source.name, rejects)


def rows_of(batches: Iterable[Any]) -> Iterator[Numbered]:
    """(row number from 1, row as a dict) of Arrow record batches."""
    number = 0
    for batch in batches:
        for row in _plain(batch).to_pylist():
            number += 1
            yield number, row


def _plain(batch: Any) -> Any:
    """The batch with times in microseconds (Python has no finer) and no pandas index columns."""
    import pyarrow as pa

    names = [name for name in batch.schema.names if not name.startswith("__index_level_")]
    batch = batch.select(names)
    for place, field in enumerate(batch.schema):
        if pa.types.is_timestamp(field.type) and field.type.unit == "ns":
            column = batch.column(place).cast(pa.timestamp("us", field.type.tz), safe=False)
            batch = batch.set_column(place, field.name, column)
    return batch
