"""Outputs that somebody edited: what is harmless is read, what is not is one clear line."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from test_cli import Command

import linker
from linker.output import write_table
from linker.result import load
from linker.tables import ARTICLES
from tests.conftest import write_lines

ONE, OTHER, COPY = "courier-01", "quillport-01", "islander-01"
TABLES = ("articles", "stories", "links")

Change = Callable[[pa.ChunkedArray], Any]


@pytest.fixture
def edited(demo_folder: Path, tmp_path: Path) -> Callable[..., Path]:
    """Makes an output of the bundled articles with one column of a table changed or left out."""

    def edit(table: str, column: str, change: Change | None, file_format: str = "parquet") -> Path:
        folder = tmp_path / "edited"
        shutil.copytree(demo_folder, folder)
        for name in TABLES:
            held = pq.read_table(folder / f"{name}.parquet")
            (folder / f"{name}.parquet").unlink()
            if name == table:
                place = held.column_names.index(column)
                changed = change(held[column]) if change else None
                held = held.remove_column(place)
                held = held if changed is None else held.add_column(place, column, changed)
            write_table(held, folder, name, file_format)
        return folder

    return edit


def values(change: Callable[[list[Any]], list[Any]], kind: pa.DataType | None = None) -> Change:
    return lambda column: pa.array(change(column.to_pylist()), kind or column.type)


def said(command: Command, *words: str | Path) -> str:
    outcome = command(*words)
    assert outcome.exit_code == 2 and outcome.stderr.count("\n") == 1
    return outcome.stderr


@pytest.mark.parametrize("file_format", ["parquet", "jsonl", "csv"])
@pytest.mark.parametrize(
    ("table", "column"), [("articles", "text"), ("stories", "keywords"), ("links", "probability")]
)
def test_a_missing_column_is_named(
    edited: Callable[..., Path], command: Command, table: str, column: str, file_format: str
) -> None:
    folder = edited(table, column, None, file_format)
    lacks = f"{folder / table}.{file_format} lacks the column {column}; group the articles anew"
    for words in (["report", folder], ["explain", folder, ONE], ["explain", folder, ONE, OTHER]):
        assert lacks in said(command, *words)


def test_what_nothing_asks_for_may_be_missing(edited: Callable[..., Path]) -> None:
    assert load(edited("articles", "cut", None)).explain(ONE, OTHER).facts["same_story"]


@pytest.mark.parametrize(
    ("table", "column", "change", "reason"),
    [
        ("articles", "published", lambda c: pa.array([17] * len(c)), "is not timestamp"),
        ("articles", "published", lambda c: pa.array(["soon"] * len(c)), "'soon'"),
        ("articles", "title", lambda c: pa.array([{"a": 1}] * len(c)), "is not string"),
        ("articles", "confidence", values(lambda rows: [*rows[1:], None]), "has no confidence"),
        ("articles", "story_id", values(lambda rows: [None, *rows[1:]]), "row 1 of"),
        ("stories", "keywords", lambda c: pa.array(range(len(c))), "is not list"),
        ("links", "probability", values(lambda rows: [*rows[1:], float("nan")]), "has no prob"),
    ],
)
@pytest.mark.parametrize("file_format", ["parquet", "jsonl"])
def test_a_column_of_another_type_is_named(
    edited: Callable[..., Path],
    command: Command,
    table: str,
    column: str,
    change: Change,
    reason: str,
    file_format: str,
) -> None:
    folder = edited(table, column, change, file_format)
    for words in (["report", folder], ["explain", folder, ONE], ["explain", folder, ONE, OTHER]):
        line = said(command, *words)
        assert column in line and reason in line and "group the articles anew" in line


@pytest.mark.parametrize(
    ("column", "change"),
    [
        ("title", lambda c: c.dictionary_encode()),
        ("id", lambda c: c.cast(pa.string())),
        ("confidence", lambda c: c.cast(pa.float64())),
        ("published", lambda c: c.cast(pa.timestamp("ns", "Europe/Berlin"))),
        ("published", values(lambda rows: [t and t.isoformat() for t in rows], pa.string())),
        ("cut", lambda c: c.cast(pa.large_list(c.type.value_type))),
    ],
)
def test_a_column_of_a_like_type_is_read_as_it_was_written(
    edited: Callable[..., Path], demo_result: linker.Result, column: str, change: Change
) -> None:
    found = load(edited("articles", column, change)).articles
    assert found.schema.equals(ARTICLES) and found.equals(demo_result.articles)


def test_ids_that_became_numbers_are_ids(edited: Callable[..., Path]) -> None:
    folder = edited("articles", "id", lambda c: pa.array(range(len(c))))
    assert load(folder).explain(7).facts["article"]["id"] == "7"


def test_a_file_of_nothing_is_no_output(edited: Callable[..., Path], command: Command) -> None:
    folder = edited("articles", "cut", None, "jsonl")
    for table in ("stories", "articles"):
        (folder / f"{table}.jsonl").write_bytes(b"")
        assert f"{table}.jsonl holds nothing" in said(command, "report", folder)


def test_one_value_of_another_type_is_told(edited: Callable[..., Path], command: Command) -> None:
    folder = edited("articles", "cut", None, "jsonl")
    lines = (folder / "articles.jsonl").read_text("utf-8").splitlines()
    first = json.loads(lines[0]) | {"published": 17}
    write_lines(folder / "articles.jsonl", [first, *map(json.loads, lines[1:])])
    line = said(command, "report", folder)
    assert "the column published of" in line and "got a 'int' object" in line


@pytest.mark.parametrize("line", ["[1,2]", "17", "{", '{"id": "a"'])
def test_a_line_that_is_no_row_is_named(
    edited: Callable[..., Path], command: Command, line: str
) -> None:
    folder = edited("articles", "cut", None, "jsonl")
    with (folder / "articles.jsonl").open("a") as file:
        file.write(line)
    assert "articles.jsonl, line 138: not" in said(command, "report", folder)


@pytest.mark.parametrize(
    "row",
    [
        {"x": 1},
        {"file": None, "line": 1, "reason": "a", "record": ""},
        {"file": "a", "line": "1", "reason": "a", "record": ""},
        {"file": "a", "line": 1, "reason": ["a"], "record": ""},
    ],
)
def test_a_line_that_is_no_reject_is_named(
    edited: Callable[..., Path], command: Command, row: dict[str, Any]
) -> None:
    folder = edited("articles", "cut", None)
    (folder / "rejects.jsonl").write_text(json.dumps(row))
    assert "rejects.jsonl, line 1: no reject of linker's" in said(command, "report", folder)


def test_text_that_is_none_is_met_at_once(edited: Callable[..., Path], command: Command) -> None:
    def broken(column: pa.ChunkedArray) -> pa.Array:
        texts = pa.array([b"\xff"] * len(column), pa.large_binary())
        return pa.Array.from_buffers(pa.large_string(), len(texts), texts.buffers())

    folder = edited("articles", "title", broken)
    assert "Invalid UTF8 sequence" in said(command, "explain", folder, ONE)


def test_a_story_that_is_gone_is_named(edited: Callable[..., Path], command: Command) -> None:
    folder = edited("stories", "story_id", values(lambda rows: [f"{row}x" for row in rows]))
    assert "the table of stories lacks s-" in said(command, "explain", folder, ONE)
    assert command("report", folder, "--format", "graphml").exit_code == 0


@pytest.mark.parametrize("column", ["reprint_of", "nearest_id"])
@pytest.mark.parametrize("named", ["itself", "nobody", "next"])
def test_references_may_lead_nowhere_or_around(
    edited: Callable[..., Path],
    command: Command,
    demo_result: linker.Result,
    column: str,
    named: str,
) -> None:
    ids = demo_result.articles["id"].to_pylist()
    ends = {"itself": ids, "nobody": ["x"] * len(ids), "next": [*ids[1:], ids[0]]}
    folder = edited("articles", column, values(lambda _: ends[named]))
    for words in (["report", folder], ["explain", folder, ONE], ["explain", folder, ONE, COPY]):
        assert command(*words).exit_code == 0


def test_links_to_articles_that_are_gone_are_left_out(
    edited: Callable[..., Path], command: Command
) -> None:
    folder = edited("links", "b", values(lambda rows: ["x"] * len(rows)))
    assert command("explain", folder, ONE).exit_code == 0
    assert command("report", folder).exit_code == 0


def test_evidence_that_is_no_number_counts_for_nothing(edited: Callable[..., Path]) -> None:
    folder = edited("links", "cosine", lambda c: pc.if_else(pc.greater(c, 0), float("inf"), c))
    assert load(folder).links["cosine"].null_count
    shutil.rmtree(folder)
    folder = edited("links", "cosine", lambda c: pa.array(["high"] * len(c)), "jsonl")
    assert "cosine" not in load(folder).links.column_names
    load(folder).explain(ONE)


@pytest.mark.parametrize(
    "run",
    [[1], {}, {"settings": None, "inputs": 7, "evidence": {"same": 3}}, {"settings": [], "cut": 1}],
)
def test_a_record_of_anything_is_read(
    edited: Callable[..., Path], command: Command, run: object
) -> None:
    folder = edited("articles", "cut", None)
    (folder / "run.json").write_text(json.dumps(run))
    assert command("report", folder, "--format", "atom").exit_code == 0
    assert command("explain", folder, ONE, COPY).exit_code == 0


def test_tables_that_a_spreadsheet_saved_again_are_read(
    edited: Callable[..., Path], command: Command, demo_result: linker.Result
) -> None:
    """With a mark before the first column, and without the quotes that empty text has."""
    folder = edited("articles", "title", values(lambda rows: ["NA", *rows[1:]]), "csv")
    for table in TABLES:
        path = folder / f"{table}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows(rows)
    found, written = load(folder), demo_result.articles
    assert found.articles["title"].to_pylist() == ["NA", *written["title"].to_pylist()[1:]]
    for name in ("url", "source", "published", "reprint_of", "confidence"):
        assert found.articles[name].equals(written[name])
    assert command("explain", folder, ONE, COPY).exit_code == 0
    assert command("report", folder).exit_code == 0
