"""Input that is broken or meant to harm: a clear line or a reject row, never more."""

from __future__ import annotations

import gzip
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result as Outcome

from linker.output import read_table
from tests.conftest import write_lines

Command = Callable[..., Outcome]

NOBODY = 65534
GOOD = {"id": "good", "title": "Harbour clock of Brine stops", "text": "It stopped at noon."}


def articles_of(folder: Path) -> dict[str, dict[str, Any]]:
    rows = read_table(folder / "articles.parquet").to_pylist()
    return {row["id"]: row for row in rows}


def rejects_of(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "rejects.jsonl").open(encoding="utf-8")]


def test_a_thousand_files_of_random_bytes(command: Command, tmp_path: Path) -> None:
    noise = random.Random(11)
    source = tmp_path / "in"
    source.mkdir()
    endings = ["", ".jsonl", ".csv", ".tsv", ".parquet", ".txt", ".html", ".xml", ".warc"]
    for number in range(1000):
        ending = endings[number % len(endings)] + ("", ".gz", ".zst")[number % 7 % 3]
        (source / f"{number}{ending}").write_bytes(noise.randbytes(noise.randrange(400)))
    write_lines(source / "good.jsonl", [GOOD])
    outcome = command("dedup", source, "--out", tmp_path / "out", "--quiet")
    assert outcome.exit_code == 0
    assert "good" in articles_of(tmp_path / "out")
    assert len(rejects_of(tmp_path / "out")) > 300
    assert "rejected" in outcome.stderr


def test_truncated_gzip_keeps_what_came_before(command: Command, tmp_path: Path) -> None:
    noise = random.Random(12)
    records = [{"id": str(i), "title": f"Goat {noise.getrandbits(200)}"} for i in range(5000)]
    whole = gzip.compress("".join(json.dumps(record) + "\n" for record in records).encode())
    (tmp_path / "cut.jsonl.gz").write_bytes(whole[: len(whole) // 2])
    outcome = command("dedup", tmp_path / "cut.jsonl.gz", "--out", tmp_path / "out", "--quiet")
    assert outcome.exit_code == 0
    assert 1000 < len(articles_of(tmp_path / "out")) < 4000
    assert rejects_of(tmp_path / "out")


def test_strange_strings(command: Command, tmp_path: Path) -> None:
    lines = [
        json.dumps(GOOD),
        json.dumps({"id": "nul", "title": "a\x00b\x1b[31m", "text": "c\x00d"}),
        '{"id": "surrogate", "title": "half \\ud83d of a pair", "text": "\\udfff"}',
        json.dumps({"id": "../../etc/passwd", "title": "Path that climbs"}),
        json.dumps({"id": "/etc/passwd", "title": "Path from the root"}),
        json.dumps({"id": "x" * 10_000, "title": "Id that does not end"}),
        json.dumps({"id": "script", "title": "</script><script>alert(1)</script> in the news"}),
        json.dumps({"id": "url", "title": "Address that acts", "url": "javascript:alert(1)"}),
        json.dumps({"id": "year0", "title": "Before time", "published": "0000-01-01"}),
        json.dumps({"id": "year99999", "title": "After time", "published": "99999-01-01T00:00Z"}),
        json.dumps({"id": "epoch", "title": "Numbers as dates", "published": 1e300}),
        json.dumps({"id": ["list"], "title": {"an": "object"}, "text": 5}),
        "[" * 100_000,
        '{"title": NaN}',
        "\ufeff{}",
        json.dumps({"title": "", "text": " \n "}),
    ]
    source, out = tmp_path / "in.jsonl", tmp_path / "out"
    source.write_text("\n".join(lines), "utf-8")
    outcome = command("group", source, "--out", out, "--quiet")
    assert outcome.exit_code == 0
    found = articles_of(out)
    expected = {"good", "nul", "surrogate", "../../etc/passwd", "/etc/passwd", "script", "url"}
    assert expected | {"year0", "year99999", "epoch"} <= set(found)
    [long] = [name for name in found if name.startswith("xxx")]
    assert "\x00" not in found["nul"]["title"] + found["nul"]["text"]
    assert found["year0"]["published"] is None
    assert found["year99999"]["published"] is None
    assert len(rejects_of(out)) >= 4
    report = (out / "report.html").read_text("utf-8")
    assert "<script>alert" not in report
    assert 'href="javascript:' not in report
    assert sorted(os.listdir(tmp_path)) == ["in.jsonl", "out"]
    explained = command("explain", out, "../../etc/passwd", long)
    assert explained.exit_code == 0


def test_csv_with_wrong_column_counts(command: Command, tmp_path: Path) -> None:
    rows = ["id,title,text", "a,Clock stops,At noon", "b,Too few", "c,Too,many,by,far", '"d,Open']
    (tmp_path / "in.csv").write_text("\n".join(rows))
    outcome = command("dedup", tmp_path / "in.csv", "--out", tmp_path / "out", "--quiet")
    assert outcome.exit_code == 0
    assert "a" in articles_of(tmp_path / "out")
    assert rejects_of(tmp_path / "out")


def test_ten_thousand_identical_articles(command: Command, tmp_path: Path) -> None:
    text = "The harbour clock of Brine stopped at noon on Friday and nobody can say why. " * 3
    record = {"title": "Harbour clock stops", "text": text, "published": "2024-05-02"}
    source = write_lines(tmp_path / "in.jsonl", [record] * 10_000)
    out = tmp_path / "out"
    assert command("group", source, "--out", out, "--quiet").exit_code == 0
    rows = articles_of(out).values()
    assert len(rows) == 10_000
    assert len({row["story_id"] for row in rows}) == 1
    assert sum(row["reprint_kind"] == "exact" for row in rows) == 9_999


@pytest.mark.slow
def test_a_line_of_200_megabytes(command: Command, tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    with source.open("w") as file:
        file.write(json.dumps(GOOD) + '\n{"id": "long", "title": "Long", "text": "')
        for _ in range(200):
            file.write("word " * 200_000)
        file.write('"}\n' + json.dumps(GOOD | {"id": "after"}) + "\n")
    outcome = command("dedup", source, "--out", tmp_path / "out", "--quiet")
    assert outcome.exit_code == 0
    assert {"good", "after"} <= set(articles_of(tmp_path / "out"))


def test_an_empty_folder_and_an_empty_file(command: Command, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "empty.jsonl").write_bytes(b"")
    for name in ("folder", "empty.jsonl"):
        outcome = command("group", tmp_path / name, "--out", tmp_path / "out", "--quiet")
        assert outcome.exit_code == 2
        assert len(outcome.stderr.splitlines()) == 1
    assert not (tmp_path / "out").exists()


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user can reach and write to; pytest's own are closed to others."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o777)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.skipif(os.name == "nt", reason="needs Unix permissions")
def test_a_folder_without_permission(command: Command, open_folder: Path) -> None:
    write_lines(open_folder / "good.jsonl", [GOOD])
    closed = open_folder / "closed"
    closed.mkdir()
    write_lines(closed / "in.jsonl", [GOOD])
    command("dedup", open_folder / "good.jsonl", "--out", open_folder / "out")  # loads the code
    closed.chmod(0o000)
    root = os.geteuid() == 0
    if root:  # who may read everything
        os.seteuid(NOBODY)
    try:
        reading = command("dedup", closed, "--out", open_folder / "other", "--quiet")
        writing = command("dedup", open_folder / "good.jsonl", "--out", closed / "x", "--quiet")
    finally:
        if root:
            os.seteuid(0)
        closed.chmod(0o700)
    for outcome in (reading, writing):
        assert outcome.exit_code == 2
        assert len(outcome.stderr.splitlines()) == 1
        assert "closed" in outcome.stderr


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 1 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("a tmpfs cannot be mounted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def noisy(path: Path) -> Path:
    noise = random.Random(13)
    texts = (f"Goat {noise.randbytes(800).hex()}" for _ in range(2000))
    return write_lines(path, [{"title": "Goat", "text": text} for text in texts])


def test_a_full_disk(command: Command, small_disk: Path, tmp_path: Path) -> None:
    source = noisy(tmp_path / "in.jsonl")
    for arguments in (["dedup"], ["group", "--format", "jsonl"], ["embed"]):
        outcome = command(*arguments, source, "--out", small_disk / "out", "--quiet")
        assert outcome.exit_code == 2
        assert len(outcome.stderr.splitlines()) == 1
        assert "No space left" in outcome.stderr
        assert os.listdir(small_disk) == []


@pytest.mark.skipif(os.name == "nt", reason="needs Unix limits")
def test_files_that_may_not_grow(command: Command, tmp_path: Path) -> None:
    source = noisy(tmp_path / "in.jsonl")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        outcome = command("dedup", source, "--out", tmp_path / "out", "--quiet")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert outcome.exit_code == 2
    assert "too large" in outcome.stderr
    assert os.listdir(tmp_path) == ["in.jsonl"]


def test_output_to_a_closed_pipe(demo_folder: Path, demo_records: list[dict[str, Any]]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    words = ["explain", str(demo_folder), demo_records[0]["id"]]
    process = subprocess.run(
        [sys.executable, "-m", "linker", *words], stdout=writer, stderr=subprocess.PIPE, text=True
    )
    os.close(writer)
    assert "Traceback" not in process.stderr
