"""Tables on disk, and output that is whole or absent."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from linker.errors import LinkerError
from linker.folder import OutputFolder, replacing
from linker.output import ROWS, find_table, read_table, write_table
from linker.tables import ARTICLES, LINKS

AWKWARD = 'quote " comma , newline \n tab \t <b> é 中 \u200f'


def awkward_articles() -> pa.Table:
    row = {
        "id": AWKWARD,
        "story_id": "s-1",
        "topic_id": "t-1",
        "reprint_of": None,
        "reprint_kind": None,
        "jaccard": None,
        "containment": 0.1,
        "confidence": 1.0,
        "nearest_id": "",
        "lang": "und",
        "published": datetime(2024, 2, 29, 12, 0, 0, 123456, UTC),
        "source": "",
        "title": AWKWARD,
        "url": "",
        "precision": "exact",
        "text": "",
        "cut": [{"rule": "share", "text": AWKWARD}],
        "extra": "{}",
    }
    empty = dict(row, id="b", published=None, cut=[], reprint_of="a", nearest_id=None)
    return pa.Table.from_pylist([row, empty], schema=ARTICLES)


@pytest.mark.parametrize("file_format", ["parquet", "jsonl", "csv"])
def test_every_format_reads_back_to_the_same_table(tmp_path: Path, file_format: str) -> None:
    table = awkward_articles()
    write_table(table, tmp_path, "articles", file_format)
    assert read_table(find_table(tmp_path, "articles"), ARTICLES).equals(table)


@pytest.mark.parametrize("file_format", ["parquet", "jsonl", "csv"])
def test_empty_tables_keep_their_columns(tmp_path: Path, file_format: str) -> None:
    path = write_table(ARTICLES.empty_table(), tmp_path, "articles", file_format)
    assert read_table(path, ARTICLES).schema.names == ARTICLES.names


@pytest.mark.parametrize("file_format", ["parquet", "jsonl", "csv"])
def test_evidence_columns_are_float32_in_every_format(tmp_path: Path, file_format: str) -> None:
    columns = {"a": ["x"], "b": ["y"], "probability": [0.5], "cosine": [0.1], "gap_days": [None]}
    types = [*LINKS, pa.field("cosine", pa.float32()), pa.field("gap_days", pa.float32())]
    table = pa.table(columns, schema=pa.schema(types))
    path = write_table(table, tmp_path, "links", file_format)
    assert read_table(path, LINKS).equals(table)


def test_parquet_bytes_do_not_depend_on_chunks(tmp_path: Path) -> None:
    whole = pa.table({"a": pa.array(range(ROWS + 10)), "b": ["x"] * (ROWS + 10)})
    chunked = pa.concat_tables([whole.slice(0, 7), whole.slice(7, 5000), whole.slice(5007)])
    first = write_table(whole, tmp_path, "whole", "parquet")
    second = write_table(chunked, tmp_path, "chunked", "parquet")
    assert first.read_bytes() == second.read_bytes()


def test_unknown_format_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(LinkerError, match="unknown format"):
        write_table(LINKS.empty_table(), tmp_path, "links", "xml")


def put(folder: OutputFolder, text: str) -> None:
    (folder.path / "run.json").write_text(text)
    (folder.path / "articles.jsonl").write_text(text)


def test_commit_replaces_an_output_and_leaves_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "out"
    for text in ("one", "two"):
        with OutputFolder(target) as folder:
            put(folder, text)
            folder.commit()
        assert (target / "run.json").read_text() == text
    assert os.listdir(target.parent) == ["out"]


def test_without_commit_the_old_output_stays(tmp_path: Path) -> None:
    with OutputFolder(tmp_path / "out") as folder:
        put(folder, "old")
        folder.commit()
    with pytest.raises(ZeroDivisionError), OutputFolder(tmp_path / "out") as folder:
        put(folder, "new")
        raise ZeroDivisionError
    assert (tmp_path / "out" / "run.json").read_text() == "old"
    assert os.listdir(tmp_path) == ["out"]


@pytest.mark.parametrize("names", [["thesis.doc"], ["run.json", "thesis.doc"], ["articles.csv"]])
def test_folders_with_other_files_are_refused(tmp_path: Path, names: list[str]) -> None:
    for name in names:
        (tmp_path / name).write_text("mine")
    with pytest.raises(LinkerError, match="linker"), OutputFolder(tmp_path):
        pass
    assert sorted(os.listdir(tmp_path)) == sorted(names)


def test_a_file_in_the_way_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    with pytest.raises(LinkerError, match="is a file"), OutputFolder(tmp_path / "out"):
        pass
    with pytest.raises(LinkerError, match="cannot make"), OutputFolder(tmp_path / "out" / "deep"):
        pass


def test_long_names_work(tmp_path: Path) -> None:
    with OutputFolder(tmp_path / ("é" * 120)) as folder:
        put(folder, "x")
        folder.commit()
    assert (tmp_path / ("é" * 120) / "run.json").exists()


def test_replacing_writes_whole_files_only(tmp_path: Path) -> None:
    target = tmp_path / "scores.jsonl"
    with replacing(target) as path:
        path.write_text("one")
    with pytest.raises(ZeroDivisionError), replacing(target) as path:
        path.write_text("half")
        raise ZeroDivisionError
    assert target.read_text() == "one"
    assert os.listdir(tmp_path) == ["scores.jsonl"]
    with pytest.raises(LinkerError, match="is a folder"), replacing(tmp_path):
        pass
    with pytest.raises(LinkerError, match="no ordinary file"), replacing("-"):
        pass


@pytest.mark.skipif(os.name == "nt", reason="needs links and pipes")
def test_replacing_leaves_devices_and_links_what_they_are(tmp_path: Path) -> None:
    pipe, target, link = tmp_path / "pipe", tmp_path / "target", tmp_path / "link"
    os.mkfifo(pipe)
    with pytest.raises(LinkerError, match="no ordinary file"), replacing(pipe):
        pass
    assert pipe.is_fifo()
    target.write_text("old")
    link.symlink_to(target)
    with replacing(link) as path:
        path.write_text("new")
    assert link.is_symlink()
    assert target.read_text() == "new"


def test_the_current_folder_and_mounted_disks_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(LinkerError, match=r"current folder, .* inside it"), OutputFolder("."):
        pass
    (tmp_path / "disk").mkdir()
    monkeypatch.setattr(Path, "is_mount", lambda path: path.name == "disk")
    with pytest.raises(LinkerError, match=r"mounted disk, .* inside it"), OutputFolder("disk"):
        pass
    assert os.listdir(tmp_path) == ["disk"]


_REWRITE = """
import sys
from linker.folder import OutputFolder
n = 0
while True:
    n += 1
    with OutputFolder(sys.argv[1]) as folder:
        for name in ("articles.jsonl", "links.jsonl", "run.json"):
            (folder.path / name).write_text(str(n) * 1000)
        folder.commit()
    if n == 1:
        print("ready", flush=True)
"""


@pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL")
def test_a_run_killed_at_any_moment_leaves_whole_output(tmp_path: Path) -> None:
    target = tmp_path / "out"
    moments = random.Random(3)
    for _ in range(10):
        process = subprocess.Popen(
            [sys.executable, "-c", _REWRITE, str(target)], stdout=subprocess.PIPE
        )
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(moments.uniform(0, 0.03))
        process.send_signal(signal.SIGKILL)
        process.wait()
        with OutputFolder(target):  # removes, or puts back, what the killed run left
            texts = {path.read_text() for path in target.iterdir()}
            assert len(texts) == 1
            assert len(list(target.iterdir())) == 3
        assert os.listdir(tmp_path) == ["out"]
