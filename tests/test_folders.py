"""Which files inputs name: folders and links in them, outputs of linker's, what cannot be asked."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from reading import A, B, lines, read_rows, write

import linker
from linker.cli import app
from linker.readers import RejectLog
from linker.readers.inputs import find_sources

C = {"title": "C"}
linked = pytest.mark.skipif(os.name == "nt", reason="links need rights there")


@linked
def test_linked_folders_are_read_once(tmp_path: Path) -> None:
    write(tmp_path / "in/b/b.txt", "Bee\nText")
    write(tmp_path / "far/c.jsonl", lines(C))
    (tmp_path / "in/a").symlink_to(tmp_path / "in/b")
    (tmp_path / "in/far").symlink_to(tmp_path / "far")
    (tmp_path / "in/farther").symlink_to(tmp_path / "far")
    rows, rejects = read_rows(tmp_path / "in")
    assert [row["title"] for row in rows] == ["Bee", "C"] and not rejects
    assert rows[0]["id"] == "b/b"


@linked
def test_links_that_lead_round_are_followed_once(tmp_path: Path) -> None:
    write(tmp_path / "in/sub/a.jsonl", lines(A))
    write(tmp_path / "other.jsonl", lines(B))
    (tmp_path / "in/sub/up").symlink_to(tmp_path / "in")
    (tmp_path / "in/self").symlink_to(tmp_path / "in/self")
    (tmp_path / "in/out").symlink_to(tmp_path)
    rows, rejects = read_rows(tmp_path / "in")
    assert [row["title"] for row in rows] == ["A"]
    assert {reject.file: reject.reason for reject in rejects} == {
        str(tmp_path / "in/out"): "skipped: a link to a folder that this one is in",
        str(tmp_path / "in/self"): "cannot be read: Too many levels of symbolic links",
    }


def test_of_an_output_with_other_files_its_other_tables_are_not_read(
    demo_result: linker.Result, demo_folder: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    shutil.copytree(demo_folder, folder)
    write(folder / ".DS_Store", b"\0\1")
    write(folder / "more.jsonl", lines(A))
    rows, rejects = read_rows(folder)
    assert len(rows) == demo_result.articles.num_rows + 1 and not rejects


def test_an_output_without_texts_is_a_reject(tmp_path: Path) -> None:
    write(tmp_path / "in/a.jsonl", lines(A))
    write(tmp_path / "b.jsonl", lines(B))
    out = tmp_path / "in/found"
    app(["dedup", str(tmp_path / "b.jsonl"), "--out", str(out)], standalone_mode=False)
    write(out / "more.jsonl", lines(C))
    rows, [reject] = read_rows(tmp_path / "in")
    assert [row["title"] for row in rows] == ["A", "C"]
    assert reject.file == str(out) and "`linker dedup` holds no texts" in reject.reason


def test_what_is_named_again_is_rejected_once(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "twice/a.pdf", "x")
    write(tmp_path / "twice/a.jsonl", lines(A))
    named = ["twice", "twice", "./twice", "gone", "./gone"]
    _, rejects = read_rows(*named)
    assert sorted(reject.reason for reject in rejects) == [
        "no such file or folder",
        "skipped: .pdf is no known file type",
    ]
    _, rejects = read_rows(*named, "twice/*")
    assert [reject.file for reject in rejects] == ["gone", "twice/a.pdf"]


@pytest.mark.parametrize("name", ["x" * 300, "x" * 300 + "*", "a\0b", ""])
def test_a_name_that_cannot_be_one_is_a_reject(name: str, tmp_path: Path) -> None:
    rows, [reject] = read_rows(write(tmp_path / "a.jsonl", lines(A)), name)
    assert len(rows) == 1
    said = ("cannot be read: File name too long", "no file matches this pattern", "no such file or")
    assert reject.reason.startswith(said)


def test_a_file_in_a_closed_folder_is_a_reject(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Any, **_: Any) -> Any:
        raise PermissionError(13, "Permission denied", path)

    log = RejectLog()
    monkeypatch.setattr(os, "stat", refuse)
    assert find_sources(["closed/a.jsonl"], log) == []
    assert [reject.reason for reject in log] == ["cannot be read: Permission denied"]
