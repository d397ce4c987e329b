"""Files of articles for tests: made, and read as a run reads them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa

from linker.arrangement import arrangement
from linker.articles import SCHEMA
from linker.readers import Reject, RejectLog, read

DATA = Path(__file__).parent / "data"
Row = dict[str, Any]
A, B = {"title": "A"}, {"title": "B"}


def table_of(batches: Iterable[pa.RecordBatch]) -> pa.Table:
    """Record batches of one schema as a table; SCHEMA when there are none."""
    held = list(batches)
    return pa.Table.from_batches(held, held[0].schema if held else SCHEMA)


def arrange(table: pa.Table, rejects: RejectLog) -> pa.Table:
    """The table in canonical order, each id once."""
    rows, ids = arrangement(table, rejects)
    place = table.schema.get_field_index("id")
    return table.take(pa.array(rows)).set_column(place, table.schema.field(place), ids)


def read_rows(*inputs: str | Path, batch_rows: int = 4096) -> tuple[list[Row], list[Reject]]:
    rejects = RejectLog()
    table = table_of(read(inputs, rejects, batch_rows=batch_rows))
    assert table.schema.equals(SCHEMA)
    return table.to_pylist(), list(rejects)


def write(path: Path, data: bytes | str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def lines(*records: Any) -> str:
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
