"""The notice that a first run compiles: once, and never when it does not."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from test_cli import Command

from linker.jit import shelf
from linker.result import load
from tests.conftest import write_lines

NEWS = [{"id": "a", "title": "Harbour clock of Brine stops"}, {"id": "b", "title": "Goat wins"}]


def test_a_first_run_says_so_unless_quiet(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    news, out = write_lines(tmp_path / "news.jsonl", NEWS), tmp_path / "out"
    monkeypatch.setattr(shelf, "is_kept", lambda *_: False)
    assert "first run: compiling" in command("dedup", news, "--out", out).stderr
    assert "first run" not in command("dedup", news, "--out", out, "--quiet").stderr


def test_nothing_is_said_of_compiling_where_there_is_nothing_to_read(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, demo_folder: Path
) -> None:
    monkeypatch.setattr(shelf, "is_kept", lambda *_: False)
    outcome = command("group", tmp_path / "typo.jsonl", "--out", tmp_path / "out")
    assert outcome.exit_code == 2 and "typo.jsonl" in outcome.stderr
    assert "first run" not in outcome.stderr
    outcome = command("explain", demo_folder, "typo")
    assert outcome.exit_code == 2 and "first run" not in outcome.stderr


def test_explain_and_report_compile_too(
    command: Command, monkeypatch: pytest.MonkeyPatch, demo_folder: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(demo_folder, tmp_path / "demo")
    article = load(folder).articles["id"][0].as_py()
    for words in (["explain", folder, article], ["report", folder]):
        assert "first run" not in command(*words).stderr
    monkeypatch.setattr(shelf, "is_kept", lambda *_: False)
    for words in (["explain", folder, article], ["report", folder]):
        assert "first run: compiling" in command(*words).stderr
    assert "first run" not in command("explain", folder, article, "--json").stderr


@pytest.mark.parametrize("name", ["group", "dedup", "embed", "compare"])
def test_a_second_run_says_nothing_of_it(command: Command, tmp_path: Path, name: str) -> None:
    words = [name, write_lines(tmp_path / "news.jsonl", NEWS), "--out", tmp_path / "out"]
    if name == "compare":
        words += ["--pairs", write_lines(tmp_path / "pairs.jsonl", [{"a": "a", "b": "b"}])]
    assert command(*words, "--quiet").exit_code == 0
    second = command(*words)
    assert second.exit_code == 0 and "first run" not in second.stderr
