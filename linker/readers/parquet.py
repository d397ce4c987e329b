"""Parquet files and Arrow tables, a batch at a time."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from itertools import chain, count, repeat
from typing import Any

from linker.readers.decoding import NotText, decode
from linker.readers.fields import told_apart
from linker.readers.month_first import with_month_first
from linker.readers.records import Found
from linker.readers.sources import STDIN, Source

ROWS = 1024
_UNKNOWN = (OverflowError, ValueError, KeyError)
"""Raised for times that Python's datetime and its zones cannot hold, and for what is not UTF-8."""


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
    rows = chain.from_iterable(_rows(_plain(batch)) for batch in batches)
    return with_month_first(zip(repeat(name), count(1), rows))


def _rows(batch: Any) -> list[dict[str, Any]]:
    try:
        return batch.to_pylist()  # type: ignore[no-any-return]
    except _UNKNOWN:
        columns = [[_value(scalar) for scalar in column] for column in batch.columns]
        names = batch.schema.names
        return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def _value(scalar: Any) -> Any:
    """What Python has for a value: for a time in a zone unknown here its time in UTC, in which it
    is kept, and for one beyond year 9999 or before year 1 words; for a string that is not UTF-8
    what it is in the encoding that it seems to be in."""
    import pyarrow as pa

    try:
        return scalar.as_py()
    except _UNKNOWN:
        if hasattr(scalar, "items"):
            return {name: _value(part) for name, part in scalar.items()}
        if hasattr(scalar, "values"):
            return list(map(_value, scalar.values))
        if pa.types.is_dictionary(scalar.type):
            return _value(scalar.value)
        if hasattr(scalar, "as_buffer"):
            return _as_text(scalar.as_buffer().to_pybytes())
        if pa.types.is_timestamp(scalar.type) and scalar.type.tz not in (None, "UTC"):
            return _value(scalar.cast(pa.timestamp(scalar.type.unit, "UTC")))
        return f"{scalar.value} of {scalar.type}"


def _as_text(data: bytes) -> str:
    try:
        return decode(data)
    except NotText:
        return data.decode("utf-8", "replace")


def _plain(batch: Any) -> Any:
    """The batch with times in microseconds (Python has no finer) and no pandas index columns."""
    import pyarrow as pa

    names = told_apart(batch.schema.names)
    own = [name for name in names if not name.startswith("__index_level_")]
    batch = batch.rename_columns(names).select(own)
    for place, field in enumerate(batch.schema):
        if pa.types.is_timestamp(field.type) and field.type.unit == "ns":
            column = batch.column(place).cast(pa.timestamp("us", field.type.tz), safe=False)
            batch = batch.set_column(place, field.name, column)
    return batch
