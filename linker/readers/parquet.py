"""Parquet files and Arrow tables, a batch at a time."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from itertools import chain, count, repeat
from typing import Any

from linker.readers.records import Found
from linker.readers.sources import STDIN, Source

ROWS = 1024


def read_parquet(source: Source, stream: io.BufferedReader) -> Iterator[Found]:
    """Records of a Parquet file. Raises pyarrow.ArrowException when it is none.

    A file on disk is read a batch at a time; one that is compressed once more, or that cannot be
    sought in, is read whole first.
    """
    import pyarrow.parquet as pq

    on_disk = source.path != STDIN and isinstance(stream.raw, io.FileIO) and stream.seekable()
    held: Any = source.path if on_disk else io.BytesIO(stream.read())
    with pq.ParquetFile(held) as file:
        yield from rows_of(file.iter_batches(batch_size=ROWS), source.name)


def rows_of(batches: Iterable[Any], name: str) -> Iterator[Found]:
    """The rows of Arrow record batches as dicts, numbered from 1."""
    rows = chain.from_iterable(_plain(batch).to_pylist() for batch in batches)
    return zip(repeat(name), count(1), rows)


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
