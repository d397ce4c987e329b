"""What commands say at their end of records that they left out or renamed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from test_cli import Command

from linker.demo import articles_path, gold_path
from linker.ending import finish
from linker.readers import Reject, RejectLog
from tests.conftest import write_lines

SAME_IDS = [
    {"id": "a", "title": "Harbour clock of Brine stops", "published": "2024-05-02"},
    {"id": "a", "title": "Goat wins the mayoral race", "published": "2024-05-03"},
]


def test_renamed_ids_are_told_unless_quiet(command: Command, tmp_path: Path) -> None:
    news, out = write_lines(tmp_path / "news.jsonl", SAME_IDS), tmp_path / "out"
    loud = command("dedup", news, "--out", out)
    assert loud.exit_code == 0
    assert "warning: 1 article has the id of an earlier one" in loud.stderr
    assert command("dedup", news, "--out", out, "--quiet").stderr == ""


def test_calibrate_tells_what_it_rejected(command: Command, tmp_path: Path) -> None:
    news = tmp_path / "news.jsonl"
    news.write_text("not JSON\n" + articles_path().read_text("utf-8"), "utf-8")
    words = ["calibrate", news, "--gold", gold_path(), "--json", "--quiet"]
    told = command(*words)
    assert told.exit_code == 0 and json.loads(told.stdout)["labels"] > 0
    assert told.stderr.startswith("linker: 1 record was rejected, the first: not JSON")
    assert f"({news}, line 1)" in told.stderr
    assert command(*words, "--strict-input").exit_code == 2


def test_a_comparison_of_no_known_pair_is_an_error(command: Command, tmp_path: Path) -> None:
    news = write_lines(tmp_path / "news.jsonl", SAME_IDS)
    pairs = write_lines(tmp_path / "pairs.jsonl", [{"a": "a", "b": "gone"}])
    out = tmp_path / "scores.jsonl"
    failed = command("compare", news, "--pairs", pairs, "--out", out, "--quiet")
    assert failed.exit_code == 2 and "no pair to compare" in failed.stderr
    assert "'gone'" in failed.stderr and not out.exists()


def test_the_first_reject_stands_for_those_without_a_file(
    capsys: pytest.CaptureFixture[str],
) -> None:
    rejects = RejectLog()
    rejects.add(Reject("news.txt", None, "the file is empty"))
    rejects.add(Reject("news.jsonl", 7, "not JSON"))
    finish(rejects, None, strict=False, quiet=True)
    told = capsys.readouterr().err
    assert told == "linker: 2 records were rejected, the first: the file is empty (news.txt)\n"
