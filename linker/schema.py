"""Tables held against their schemas: a column of a like type is cast, of another one told."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from linker.errors import LinkerError

ANEW = "group the articles anew"
# The first and the last microsecond that Python has a name for.
_FIRST, _LAST = -62_135_596_800_000_000, 253_402_300_799_999_999


def fit_table(table: pa.Table, schema: pa.Schema, needed: Collection[str], path: Path) -> pa.Table:
    """The table with the columns of `schema` in its types; others stay as they are.

    needed: the columns that may not be missing. path: the file that the table was read from.
    Raises LinkerError naming the column that is missing, there twice, or of an unlike type.
    """
    names = table.column_names
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise LinkerError(f"{path} has two columns {twice}; {ANEW}")
    for field in schema:
        if field.name in names:
            column = fit_column(table[field.name], field, path)
            table = table.set_column(names.index(field.name), field, column)
        elif field.name in needed:
            raise LinkerError(f"{path} lacks the column {field.name}; {ANEW}")
    return table


def fit_column(column: Any, field: pa.Field, path: Path) -> Any:
    """An array in the type of `field`: text of any kind, numbers of any width, times as text.

    Raises LinkerError, naming the field and the file, when its values cannot be that.
    """
    if column.type == field.type and not pa.types.is_timestamp(field.type):
        return column
    try:
        if pa.types.is_dictionary(column.type):
            column = column.cast(column.type.value_type)
        return _times(column) if pa.types.is_timestamp(field.type) else column.cast(field.type)
    except (pa.ArrowException, ValueError) as error:
        raise misfit(path, field, error) from error


def misfit(path: Path, field: pa.Field, error: Exception) -> LinkerError:
    """The error of a column whose values are not of their type."""
    kind = str(field.type).replace("large_", "")
    reason = " ".join(str(error).split())[:200]
    return LinkerError(f"the column {field.name} of {path} is not {kind} ({reason}); {ANEW}")


def _times(column: Any) -> Any:
    """Times, days, or texts in ISO 8601 as microseconds in UTC, which those without a zone are."""
    kind = pa.timestamp("us", tz="UTC")
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        times = [
            None if text is None else datetime.fromisoformat(text) for text in column.to_pylist()
        ]
        column = pa.array(times, kind)
    elif not pa.types.is_temporal(column.type) and not pa.types.is_null(column.type):
        raise ValueError(f"it is {column.type}")
    # Python has no nanoseconds, and neither have the tables.
    column = column.cast(kind, safe=getattr(column.type, "unit", "") != "ns")
    edges = pc.min_max(column.cast(pa.int64())).as_py()
    if edges["min"] is not None and not _FIRST <= edges["min"] <= edges["max"] <= _LAST:
        raise ValueError("a time is in none of the years 1 to 9999")
    return column
