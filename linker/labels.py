"""Labels that say which article is of which story, from whatever holds them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from linker.errors import LinkerError, kind_of
from linker.json_lines import json_lines

if TYPE_CHECKING:
    import pyarrow as pa

_COLUMNS = ("id", "story", "story_id", "lang")

Labels = Mapping[Any, Any] | list[dict[str, Any]]
"""A mapping id -> story, or rows with both."""


def as_id(given: object) -> str:
    """An id as the articles' are read: 1.0, which pandas writes for numbers, is "1"."""
    from linker.readers.fields import as_text, tidy_id

    return tidy_id(as_text(given))


def _label(given: object) -> str:
    """A label as text, "" for none; 1.0, which pandas writes for numbers, is "1"."""
    from linker.readers.fields import as_text

    return (str(given) if isinstance(given, (Mapping, list, tuple)) else as_text(given)).strip()


def read_labels(source: object) -> Labels:
    """Any accepted source, read once: it may be a pipe."""
    return source if isinstance(source, Mapping) else _rows(source)


def stories_of(source: Labels) -> dict[str, str]:
    """id -> story; rows without either are passed over."""
    if isinstance(source, Mapping):
        rows = [{"id": id, "story": story} for id, story in source.items()]
        return column_of(rows, "story")
    stories = column_of(source, "story_id")
    return stories or column_of(source, "story")


def column_of(source: Labels, name: str) -> dict[str, str]:
    """id -> the value of a column, for the rows that have both; one value an id.

    What is blank or NaN is not there, as in an empty cell. Raises LinkerError for two values.
    """
    found: dict[str, str] = {}
    for row in () if isinstance(source, Mapping) else source:
        id, value = as_id(row.get("id")), _label(row.get(name))
        if not id or not value:
            continue
        if found.setdefault(id, value) != value:
            raise LinkerError(f"article {id[:200]} has two values of {name}: {found[id]}, {value}")
    return found


def _rows(source: object) -> list[dict[str, Any]]:
    if isinstance(source, str | Path):
        return _rows_of_path(Path(source))
    table = getattr(source, "articles", source)
    if isinstance(table, list):
        odd = next((row for row in table if not isinstance(row, Mapping)), None)
        if odd is not None:
            raise LinkerError(f"labels are dicts with the keys id and story, not {kind_of(odd)}")
        return table
    return _short(_as_arrow(table)).to_pylist()  # type: ignore[no-any-return]


def _as_arrow(table: Any) -> pa.Table:
    import pyarrow as pa

    if isinstance(table, pa.Table):
        return table
    try:
        return pa.table(table)
    except (TypeError, ValueError, pa.ArrowException) as error:
        raise LinkerError(f"cannot read stories from a {type(table).__name__}") from error


def _short(table: pa.Table) -> pa.Table:
    """Only the columns that matter: the texts stay where they are."""
    import pyarrow as pa

    names = [name for name in table.column_names if name in _COLUMNS]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise LinkerError(f"there are two columns {twice}")
    table = table.select(names)
    try:
        table.validate(full=True)  # that text is UTF-8, too
    except pa.ArrowException as error:
        raise LinkerError(f"cannot read labels: {' '.join(str(error).split())[:200]}") from error
    return table


def _rows_of_path(path: Path) -> list[dict[str, Any]]:
    from linker.output import find_table
    from linker.saved import saved_articles

    if path.is_dir():
        find_table(path, "stories")  # which an output of dedup lacks
        return _short(saved_articles(path, ("id", "story_id"))).to_pylist()  # type: ignore[no-any-return]
    if not path.exists():
        raise LinkerError(f"there is no file or folder {path}")
    if path.suffix in {".parquet", ".csv"}:
        return _short(_read_plain(path)).to_pylist()  # type: ignore[no-any-return]
    return json_lines(path)


def _read_plain(path: Path) -> pa.Table:
    import pyarrow as pa

    from linker.folder import arrow_name

    try:
        if path.suffix == ".parquet":
            from pyarrow.parquet import read_table

            with pa.OSFile(arrow_name(path)) as file:
                return read_table(file)
        from pyarrow.csv import ConvertOptions, read_csv

        # What looks like a number need not be one: 0007 is no 7.
        as_written = ConvertOptions(column_types=dict.fromkeys(_COLUMNS, pa.large_string()))
        with pa.OSFile(arrow_name(path)) as file:
            return read_csv(file, convert_options=as_written)
    except (pa.ArrowException, OSError) as error:
        message = " ".join(str(error).split())
        raise LinkerError(f"cannot read {path}: {message[:200]}") from error
