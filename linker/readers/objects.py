"""Articles that a Python program holds already: dicts, data frames, Arrow tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import count, repeat
from typing import Any

import pyarrow as pa

from linker.errors import LinkerError, kind_of
from linker.readers.month_first import with_month_first
from linker.readers.parquet import ROWS, rows_of
from linker.readers.parts import BATCH_ROWS, batches_of
from linker.readers.records import Found
from linker.readers.rejects import RejectLog

NAME = "<python>"


def read_python(
    articles: object, rejects: RejectLog, *, batch_rows: int = BATCH_ROWS
) -> Iterator[pa.RecordBatch]:
    """Record batches (SCHEMA) of a list of dicts, a mapping of columns, or a table.

    Tables are whatever speaks the Arrow C stream: pandas and polars frames, Arrow tables and
    readers, DuckDB relations. Keys and columns have the names that files may use. Raises
    LinkerError for other objects, and when there is not one article.
    """
    return batches_of(_records(articles), rejects, batch_rows)


def _records(articles: object) -> Iterator[Found]:
    if hasattr(articles, "__arrow_c_stream__"):
        return rows_of(_arrow_batches(articles), NAME)
    if isinstance(articles, Mapping):
        return rows_of(_arrow_batches(_columns(articles)), NAME)
    if isinstance(articles, Iterable) and not isinstance(articles, (str, bytes)):
        return with_month_first(zip(repeat(NAME), count(1), articles))
    raise LinkerError(f"articles must be a list of dicts or a table, not {kind_of(articles)}")


def _arrow_batches(table: Any) -> Iterator[Any]:
    try:
        reader = pa.RecordBatchReader.from_stream(table)
    except (pa.ArrowException, TypeError, ValueError) as error:
        raise LinkerError(
            f"the table has a column that Arrow cannot hold ({_first_line(error)}); "
            "hand over a list of dicts instead"
        ) from None
    for batch in reader:
        for start in range(0, batch.num_rows, ROWS):
            yield batch.slice(start, ROWS)


def _first_line(error: Exception) -> str:
    return str(error.args[0] if error.args else error).split("\n", 1)[0]


def _columns(columns: Mapping[Any, Any]) -> pa.Table:
    if any(isinstance(values, (str, bytes)) for values in columns.values()):
        raise LinkerError("one dict is one article; give a list of them")
    try:
        return pa.table({str(name): pa.array(values) for name, values in columns.items()})
    except (pa.ArrowException, TypeError, ValueError) as error:
        raise LinkerError(
            f"a mapping of articles must hold columns of one length: {error}"
        ) from None
