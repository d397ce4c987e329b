"""Files of articles for tests: made, and read as a run reads them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from linker.articles import SCHEMA, table_of
from linker.readers import Reject, RejectLog, read

DATA = Path(__file__).parent / "data"
Row = dict[str, Any]
A, B = {"title": "A"}, {"title": "B"}


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
