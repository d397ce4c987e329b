"""The files of an output folder, read back and held against what they were written as."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from linker.errors import LinkerError
from linker.folder import MARK
from linker.json_lines import numbered_lines
from linker.output import find_table, read_table
from linker.schema import ANEW, fit_table
from linker.tables import ARTICLES, LINKS, STORIES

if TYPE_CHECKING:
    from linker.readers.rejects import RejectLog

NEEDED = frozenset(ARTICLES.names) - {"precision", "cut", "extra"}
"""The columns of articles that something asks for which reads an output back."""
# Columns that are never null. Some programs make of an empty string nothing: that is mended.
_ALWAYS = ("id", "story_id", "topic_id", "confidence", "articles", "independent", *LINKS.names)
_TEXTS = ("lang", "source", "title", "url", "text")


def saved_articles(folder: Path, needed: Collection[str] = NEEDED) -> pa.Table:
    """The articles of an output folder, with at least the columns `needed`.

    Raises LinkerError when there are none, or not as linker writes them.
    """
    table = _saved(folder, "articles", ARTICLES, needed)
    for place, name in enumerate(table.column_names):
        if name in _TEXTS:
            table = table.set_column(place, name, pc.fill_null(table.column(place), ""))
    return table


def saved_stories(folder: Path) -> pa.Table:
    """The stories of an output folder. Raises as saved_articles."""
    return _saved(folder, "stories", STORIES, STORIES.names)


def saved_links(folder: Path) -> pa.Table:
    """The links of an output folder, with columns of evidence that are numbers or null.

    There may be none. Raises LinkerError when they are not as linker writes them.
    """
    table = _saved(folder, "links", LINKS, LINKS.names)
    evidence = {
        name: _finite(table[name].cast(pa.float32(), safe=False))
        for name in table.column_names
        if name not in LINKS.names and _is_number(table[name].type)
    }
    return pa.table({name: table[name] for name in LINKS.names} | evidence)


def saved_run(folder: Path) -> dict[str, Any]:
    """What run.json of an output folder holds. Raises LinkerError when it cannot be read."""
    import orjson

    path = folder / MARK
    try:
        run = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError) as error:
        raise LinkerError(f"cannot read {path}: {error}") from error
    return run if isinstance(run, dict) else {}


def saved_rejects(folder: Path) -> RejectLog:
    """The rejects of an output folder, none where it has no such file.

    Raises LinkerError naming the line that is no reject.
    """
    from linker.readers.rejects import Reject, RejectLog

    log, path = RejectLog(), folder / "rejects.jsonl"
    for number, row in numbered_lines(path) if path.is_file() else ():
        words = [row.get(name) for name in ("file", "reason", "record")]
        line = row.get("line")
        counted = line is None or (type(line) is int and line > 0)
        if not all(isinstance(word, str) for word in words) or not counted:
            raise LinkerError(f"{path}, line {number}: no reject of linker's; {ANEW}")
        log.add(Reject(row["file"], line, row["reason"], row["record"]))
    return log


def _saved(folder: Path, name: str, schema: pa.Schema, needed: Collection[str]) -> pa.Table:
    """A table of columns of the types of `schema`; of those it has no gap where none can be."""
    path = find_table(folder, name)
    table = fit_table(read_table(path, schema), schema, needed, path)
    if schema is not LINKS and not table.num_rows:
        raise LinkerError(f"{path} holds nothing; {ANEW}")
    for column in table.column_names:
        if column in _ALWAYS and column in schema.names:
            gap = _first_gap(table[column])
            if gap >= 0:
                raise LinkerError(f"row {gap + 1} of {path} has no {column}; {ANEW}")
    return table


def _first_gap(column: pa.ChunkedArray) -> int:
    """The first row without a value, -1 where there is none."""
    known = _finite(column) if pa.types.is_floating(column.type) else column
    return pc.index(known.is_null(), True).as_py()  # type: ignore[no-any-return]


def _finite(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Numbers with null for those that are none or without end."""
    return pc.if_else(pc.is_finite(column), column, None)


def _is_number(kind: pa.DataType) -> bool:
    tests = (pa.types.is_integer, pa.types.is_floating, pa.types.is_null)
    return any(test(kind) for test in tests)
