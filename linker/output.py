"""The tables of a result on disk: Parquet, JSONL or CSV, each read back to the same table."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from linker.errors import LinkerError
from linker.folder import EXPORTS, FORMATS, arrow_name
from linker.json_lines import json_lines
from linker.schema import fit_column, misfit

# A spreadsheet takes a cell that begins with one of these for a formula, and a formula in a
# stranger's headline can send the sheet away (OWASP, CSV Injection). Such text gets an apostrophe
# before it, and so does text that has one before such a mark already: what reading takes off is
# then exactly what writing put on.
_FORMULA = "^'*[=+@\\-\t\r\n\uff1d\uff0b\uff20\uff0d]"
_GUARDED = f"^'({_FORMULA.removeprefix('^')})"
# Columns of text in which values hardly repeat: a dictionary of them takes more time and room.
_UNIQUE = frozenset(["id", "title", "url", "text"])
ROWS = 16384  # rows a Parquet row group and a text block: fixed, so equal tables are equal bytes


def write_table(table: pa.Table, folder: Path, name: str, file_format: str) -> Path:
    """Write `table` as `folder/name.<format>` and return the path.

    The bytes depend on the table alone, not on how it is cut into chunks. CSV and JSONL hold times
    as ISO 8601 and, in CSV, lists as JSON; text that a spreadsheet would take for a formula has an
    apostrophe before it there, which `read_table` takes off.
    Raises LinkerError for an unknown format.
    """
    writers = {"parquet": _write_parquet, "jsonl": _write_jsonl, "csv": _write_csv}
    if file_format not in writers:
        known = ", ".join((*FORMATS, *EXPORTS))
        raise LinkerError(f"unknown format {file_format!r}: one of {known}")
    path = folder / f"{name}.{file_format}"
    writers[file_format](table, path)
    return path


def find_table(folder: Path, name: str) -> Path:
    """The file of the table `name` in `folder`, whatever its format.

    Raises LinkerError when there is none.
    """
    for file_format in FORMATS:
        path = folder / f"{name}.{file_format}"
        if path.is_file():
            return path
    raise LinkerError(f"{folder} holds no {name} table; it is not an output of linker group")


def read_table(path: Path, schema: pa.Schema | None = None) -> pa.Table:
    """Read a table that `write_table` wrote. `schema` types the text formats' columns.

    Columns that the schema does not name are float32 (the evidence of links) where all their
    values are numbers, else as they are or text.
    Raises LinkerError when the file cannot be read.
    """
    readers = {".parquet": _read_parquet, ".jsonl": _read_jsonl, ".csv": _read_csv}
    try:
        return readers[path.suffix](path, schema or pa.schema([]))
    except (pa.ArrowException, OSError, ValueError, KeyError) as error:
        raise LinkerError(f"cannot read {path}: {' '.join(str(error).split())[:200]}") from error


def blocks(table: pa.Table) -> Iterator[pa.Table]:
    """The table in contiguous pieces of ROWS rows; one empty piece when it has none."""
    for start in range(0, max(table.num_rows, 1), ROWS):
        yield table.slice(start, ROWS).combine_chunks()


def _write_parquet(table: pa.Table, path: Path) -> None:
    import pyarrow.parquet as pq

    plain = table.replace_schema_metadata(None)
    # Numbers of evidence hardly repeat either.
    repeated = [
        f"{field.name}.list.element" if pa.types.is_nested(field.type) else field.name
        for field in plain.schema
        if not pa.types.is_floating(field.type) and field.name not in _UNIQUE
    ]
    with (
        pa.OSFile(arrow_name(path), "wb") as file,
        pq.ParquetWriter(
            file, plain.schema, compression="zstd", compression_level=3, use_dictionary=repeated
        ) as writer,
    ):
        for block in blocks(plain):
            writer.write_table(block, row_group_size=ROWS)


def _write_jsonl(table: pa.Table, path: Path) -> None:
    import orjson

    with path.open("wb") as file:
        for block in blocks(table):
            for row in block.to_pylist():
                file.write(orjson.dumps(times_as_text(row)) + b"\n")


def _write_csv(table: pa.Table, path: Path) -> None:
    from pyarrow import csv

    with path.open("wb") as file:
        for number, block in enumerate(blocks(table)):
            options = csv.WriteOptions(include_header=number == 0)
            csv.write_csv(_flat(block), file, options)


def times_as_text(row: dict[str, Any]) -> dict[str, Any]:
    """A row of a table with its times in ISO 8601."""
    return {
        key: value.isoformat().replace("+00:00", "Z") if hasattr(value, "isoformat") else value
        for key, value in row.items()
    }


def _flat(block: pa.Table) -> pa.Table:
    """The block with lists as JSON text, times as ISO 8601 text and no text that is a formula."""
    columns = {}
    for name, column in zip(block.column_names, block.columns, strict=True):
        nested = pa.types.is_nested(column.type)
        timed = pa.types.is_timestamp(column.type)
        text = pa.types.is_string(column.type) or pa.types.is_large_string(column.type)
        plain = _guarded(column) if text else column
        columns[name] = _text_column(column) if nested or timed else plain
    return pa.table(columns)


def _guarded(column: pa.ChunkedArray) -> pa.ChunkedArray:
    risky = pc.match_substring_regex(column, _FORMULA)
    if not pc.any(risky).as_py():
        return column
    apostrophe, nothing = (pa.scalar(text, column.type) for text in ("'", ""))
    return pc.if_else(risky, pc.binary_join_element_wise(apostrophe, column, nothing), column)


def _unguarded(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.replace_substring_regex(column, _GUARDED, "\\1")


def _text_column(column: pa.ChunkedArray) -> pa.Array:
    import orjson

    def text(value: Any) -> str | None:
        if value is None:
            return None
        if hasattr(value, "isoformat"):
            return str(value.isoformat()).replace("+00:00", "Z")
        return orjson.dumps(value).decode()

    return pa.array([text(value) for value in column.to_pylist()], pa.large_string())


def _read_parquet(path: Path, schema: pa.Schema) -> pa.Table:
    import pyarrow.parquet as pq

    with pa.OSFile(arrow_name(path)) as file:
        table = pq.read_table(file)
    table.validate(full=True)  # or text that is none would be met much later
    return table.rename_columns(table.column_names)  # which raises for names that are none


def _read_jsonl(path: Path, schema: pa.Schema) -> pa.Table:
    rows = json_lines(path)
    names = list(dict.fromkeys(name for row in rows for name in row)) or schema.names
    columns = {name: [row.get(name) for row in rows] for name in names}
    return pa.table(
        {
            name: _typed(values, schema.field(name), path)
            if name in schema.names
            else _untyped(values)
            for name, values in columns.items()
        }
    )


def _read_csv(path: Path, schema: pa.Schema) -> pa.Table:
    from pyarrow import csv

    with pa.OSFile(arrow_name(path)) as file:
        table = csv.read_csv(
            file,
            parse_options=csv.ParseOptions(newlines_in_values=True),
            convert_options=csv.ConvertOptions(
                column_types={field.name: _written(field.type) for field in schema},
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
            ),
            read_options=csv.ReadOptions(block_size=1 << 28),
        )
    columns = [
        _from_csv(column, schema.field(name), path) if name in schema.names else _number(column)
        for name, column in zip(table.column_names, table.columns, strict=True)
    ]
    return pa.table(columns, names=table.column_names)


def _written(kind: pa.DataType) -> pa.DataType:
    """The type that CSV has for another one: lists and times are text."""
    text = pa.types.is_nested(kind) or pa.types.is_timestamp(kind)
    return pa.large_string() if text else kind


def _from_csv(column: pa.ChunkedArray, field: pa.Field, path: Path) -> Any:
    import orjson

    if pa.types.is_nested(field.type):
        values = [None if text is None else orjson.loads(text) for text in column.to_pylist()]
        return _typed(values, field, path)
    if pa.types.is_timestamp(field.type):
        return fit_column(column, field, path)
    return _unguarded(column) if field.type in (pa.string(), pa.large_string()) else column


def _number(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column that no schema names, as evidence is where its values are numbers."""
    kind = column.type
    plain = pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_null(kind)
    return column.cast(pa.float32(), safe=False) if plain else column


def _typed(values: list[Any], field: pa.Field, path: Path) -> pa.Array:
    kind = pa.large_string() if pa.types.is_timestamp(field.type) else field.type
    try:
        column = pa.array(values, kind)
    except (pa.ArrowException, OverflowError) as error:
        try:
            column = pa.array(values)  # all of another type, as ids that became numbers
        except (pa.ArrowException, OverflowError):
            raise misfit(path, field, error) from error
    return fit_column(column, field, path)


def _untyped(values: list[Any]) -> pa.Array:
    """The values of a column that no schema names: numbers, as evidence is, or text."""
    import orjson

    try:
        return pa.array(values, pa.float32())
    except (pa.ArrowException, OverflowError):
        texts = [
            text if text is None or isinstance(text, str) else orjson.dumps(text).decode()
            for text in values
        ]
        return pa.array(texts, pa.large_string())
