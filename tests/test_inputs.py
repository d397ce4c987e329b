"""What is read: files, folders, archives, standard input, Python objects; bad input as rejects."""

from __future__ import annotations

import gzip
import io
import os
import random
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from reading import DATA, A, B, lines, read_rows, table_of, write

import linker
from linker.articles import SCHEMA
from linker.errors import LinkerError
from linker.readers import Reject, RejectLog, read, read_python


def test_folders_globs_and_repeated_files(tmp_path: Path) -> None:
    write(tmp_path / "b/x.txt", "Bee\nText")
    write(tmp_path / "a.jsonl.gz", gzip.compress(lines(A).encode()))
    write(tmp_path / ".hidden.jsonl", lines(B))
    write(tmp_path / "photo.jpg", b"\xff\xd8")
    rows, rejects = read_rows(tmp_path, tmp_path / "a.jsonl.gz", str(tmp_path / "**/*.txt"))
    assert [row["title"] for row in rows] == ["A", "Bee"]
    assert rows[1]["id"] == "b/x"
    assert [reject.reason for reject in rejects] == ["skipped: .jpg is no known file type"]


def test_a_glob_reads_the_folders_it_matches_beside_files(tmp_path: Path) -> None:
    write(tmp_path / "a.jsonl", lines(A))
    write(tmp_path / "sub/b.jsonl", lines(B))
    for pattern in ("*", "**"):
        rows, rejects = read_rows(str(tmp_path / pattern))
        assert [row["title"] for row in rows] == ["A", "B"]
        assert not rejects


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    class Input:
        buffer = io.BytesIO(gzip.compress(lines(A, B).encode()))

    monkeypatch.setattr(sys, "stdin", Input())
    rows, _ = read_rows("-")
    assert [row["title"] for row in rows] == ["A", "B"]


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ([], "no input given"),
        (["nowhere.jsonl"], "nowhere.jsonl: no such file or folder"),
        (["nowhere*.jsonl"], "no file matches this pattern"),
        (["{tmp}"], "the folder holds no file"),
    ],
)
def test_nothing_to_read_is_one_clear_line(tmp_path: Path, inputs: list[str], message: str) -> None:
    named = [name.format(tmp=tmp_path) for name in inputs]
    with pytest.raises(LinkerError, match=message):
        read(named, RejectLog())


@pytest.mark.parametrize(
    "name", ["a.jsonl", "a.json", "a.csv", "a.parquet", "a.txt", "a.html", "a"]
)
def test_empty_files(tmp_path: Path, name: str) -> None:
    with pytest.raises(LinkerError, match="the file is empty"):
        read_rows(write(tmp_path / name, b""))


def test_a_folder_without_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "ok.jsonl", lines(A))
    closed = tmp_path / "closed"
    closed.mkdir()
    scan = os.scandir

    def refuse(path: Any) -> Any:
        if str(path) == str(closed):
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    rows, rejects = read_rows(tmp_path)
    assert len(rows) == 1
    assert [reject.reason for reject in rejects] == ["cannot be read: Permission denied"]


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
def test_truncated_archives_keep_what_came_before(
    tmp_path: Path, pack: Callable[[bytes], bytes]
) -> None:
    chance = random.Random(3)
    records = [{"title": f"{i}", "text": chance.randbytes(400).hex()} for i in range(2000)]
    data = pack(lines(*records).encode())
    rows, rejects = read_rows(write(tmp_path / "a.jsonl.x", data[: len(data) // 2]))
    assert 500 < len(rows) < 1100
    assert any("cannot be read to its end" in reject.reason for reject in rejects)


def test_a_thousand_random_files_are_a_thousand_rejects(tmp_path: Path) -> None:
    chance = random.Random(7)
    suffixes = [".jsonl", ".json", ".csv", ".tsv", ".parquet", ".txt", ".html", ".xml", ".warc", ""]
    suffixes += [f"{suffix}.gz" for suffix in suffixes[:4]]
    write(tmp_path / "ok.jsonl", lines(A))
    for i in range(1000):
        data = chance.randbytes(chance.choice([8, 100, 1000, 3000]))
        write(tmp_path / f"r{i}{suffixes[i % len(suffixes)]}", data)
    rows, rejects = read_rows(tmp_path)
    assert [row["title"] for row in rows] == ["A"]
    assert len({reject.file for reject in rejects}) == 1000


def test_batches_are_bounded_and_their_size_changes_nothing(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", lines(*({"title": f"{i}"} for i in range(10))))
    sizes = [batch.num_rows for batch in read(path, RejectLog(), batch_rows=4)]
    assert sizes == [4, 4, 2]
    assert read_rows(path, batch_rows=1) == read_rows(path)


# Python objects


def objects() -> Iterator[Any]:
    import polars as pl

    records = [{"id": 1, "headline": "A", "body": "X"}, {"id": 2, "headline": "B", "body": None}]
    yield records
    yield (record for record in records)
    yield pd.DataFrame(records, index=[5, 9])
    yield pl.DataFrame(records)
    yield pa.Table.from_pylist(records)
    yield {"id": [1, 2], "headline": ["A", "B"], "body": ["X", None]}


@pytest.mark.parametrize("place", range(6))
def test_python_objects(place: int) -> None:
    held = list(objects())[place]
    rejects = RejectLog()
    rows = table_of(read_python(held, rejects)).to_pylist()
    assert [(row["id"], row["title"], row["text"]) for row in rows] == [
        ("1", "A", "X"),
        ("2", "B", ""),
    ]
    assert [row["extra"] for row in rows] == ["", ""] and len(rejects) == 0


def test_python_objects_that_are_no_articles() -> None:
    for wrong in (5, "text", {"a": [1], "b": [1, 2]}):
        with pytest.raises(LinkerError, match="articles"):
            list(read_python(wrong, RejectLog()))
    rejects = RejectLog()
    assert table_of(read_python([A, 5, None], rejects)).num_rows == 1 and len(rejects) == 2


def test_the_output_of_a_run_reads_back(tmp_path: Path) -> None:
    first, _ = read_rows(DATA / "lantern_ar.txt", DATA / "lantern.rss", DATA / "articles.csv")
    pq.write_table(pa.Table.from_pylist(first, schema=SCHEMA), tmp_path / "out.parquet")
    assert read_rows(tmp_path / "out.parquet")[0] == first


def test_reject_log_is_ordered_printable_and_bounded() -> None:
    log = RejectLog()
    log.add(Reject("b", 2, "why", "x" * 999))
    log.add(Reject("b", 1, "why\n", "\x00\ud800"))
    log.add(Reject("a", None, "why"))
    assert len(log) == 3 and log.first is not None and log.first.file == "b"
    assert [(reject.file, reject.line) for reject in log] == [("a", None), ("b", 1), ("b", 2)]
    assert [len(reject.record) for reject in log] == [0, 2, 200]
    assert list(log) == list(log) and list(log)[1].record == " \ufffd"


def test_a_frame_of_mixed_types_is_one_clear_line() -> None:
    frame = pd.DataFrame({"title": ["Harbour clock stops"], "note": [1]}, dtype=object)
    frame.loc[1] = ["Ferry sails", "two"]
    with pytest.raises(LinkerError, match="list of dicts"):
        list(read_python(frame, RejectLog()))


def test_one_article_is_no_table_of_columns() -> None:
    with pytest.raises(LinkerError, match="one dict is one article"):
        linker.group({"title": "Ferry sinks"})


def test_names_of_columns_are_no_texts() -> None:
    for texts in (pd.DataFrame({"title": ["A"]}), {"title": "A"}):
        with pytest.raises(LinkerError, match="list of strings"):
            linker.minhash(texts)  # type: ignore[arg-type]
