"""What commands say at their end of records that they left out or renamed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from test_cli import Command

from linker.command.ending import finish
from linker.demo import articles_path, gold_path
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


def test_equal_articles_without_ids_are_told_in_true_words(
    command: Command, tmp_path: Path
) -> None:
    record = {"title": "Harbour clock of Brine stops"}
    news = write_lines(tmp_path / "news.jsonl", [record, record])
    told = command("dedup", news, "--out", tmp_path / "out").stderr
    assert "the id of an earlier one, given or made from the same address or text, and a" in told


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


def test_an_output_never_replaces_what_is_read(command: Command, tmp_path: Path) -> None:
    news = write_lines(tmp_path / "news.jsonl", SAME_IDS)
    pairs = write_lines(tmp_path / "pairs.jsonl", [{"a": "a", "b": "a~2"}])
    (tmp_path / "link.jsonl").symlink_to(news)
    before = news.read_bytes(), pairs.read_bytes()
    for out in ("news.jsonl", "pairs.jsonl", "link.jsonl"):
        outcome = command("compare", news, "--pairs", pairs, "--out", tmp_path / out)
        assert outcome.exit_code == 2 and "would be replaced" in outcome.stderr
    assert command("embed", tmp_path, "--out", news).exit_code == 2
    rejects = write_lines(tmp_path / "out.rejects.jsonl", SAME_IDS)
    assert command("embed", rejects, "--out", tmp_path / "out").exit_code == 2
    beside = pairs.rename(tmp_path / "scores.rejects.jsonl")
    outcome = command("compare", news, "--pairs", beside, "--out", tmp_path / "scores")
    assert outcome.exit_code == 2 and "would be replaced" in outcome.stderr
    pairs = beside.rename(pairs)
    assert (news.read_bytes(), pairs.read_bytes()) == before


def test_a_reject_of_a_pair_names_its_file_and_the_pair(command: Command, tmp_path: Path) -> None:
    news = write_lines(tmp_path / "news.jsonl", SAME_IDS)
    pairs = write_lines(tmp_path / "wanted.jsonl", [{"a": "a", "b": "a~2"}, {"a": "a", "b": "c"}])
    assert command("compare", news, "--pairs", pairs, "--out", tmp_path / "out").exit_code == 0
    reject = json.loads((tmp_path / "out.rejects.jsonl").read_text("utf-8"))
    assert reject["file"] == str(pairs) and reject["line"] == 2
    assert json.loads(reject["record"]) == {"a": "a", "b": "c"}


def test_a_reject_of_a_pair_is_in_its_line(command: Command, tmp_path: Path) -> None:
    news = write_lines(tmp_path / "news.jsonl", SAME_IDS)
    pairs = tmp_path / "pairs.jsonl"
    pairs.write_text('\n{"a": "a", "b": "a~2"}\n\n\n{"a": "a", "b": "c"}\n')
    assert command("compare", news, "--pairs", pairs, "--out", tmp_path / "out").exit_code == 0
    reject = json.loads((tmp_path / "out.rejects.jsonl").read_text("utf-8"))
    assert reject["line"] == 5
    pairs.write_text('\n\n{"a": "a"}\n')
    failed = command("compare", news, "--pairs", pairs, "--out", tmp_path / "out")
    assert failed.exit_code == 2 and "line 3: pair 1 needs" in failed.stderr


def test_rejects_of_an_earlier_run_are_gone(command: Command, tmp_path: Path) -> None:
    news, rejects = tmp_path / "news.jsonl", tmp_path / "out.rejects.jsonl"
    for line, left in (("not JSON\n", True), ("", False)):
        news.write_text(line + json.dumps(SAME_IDS[0]))
        assert command("embed", news, "--out", tmp_path / "out", "--quiet").exit_code == 0
        assert rejects.exists() == left


def test_a_window_without_end_is_told_as_it_was_asked_for(command: Command, tmp_path: Path) -> None:
    news, out = write_lines(tmp_path / "news.jsonl", SAME_IDS), tmp_path / "out"
    assert command("group", news, "--out", out, "--window", "inf", "--quiet").exit_code == 0
    settings = json.loads((out / "run.json").read_text("utf-8"))["settings"]
    assert settings["window"] == "inf" and settings["memory"] == 1.0


def test_ids_mean_the_same_in_all_files(command: Command, tmp_path: Path) -> None:
    numbered = [record | {"id": number} for number, record in enumerate(SAME_IDS, 1)]
    news = write_lines(tmp_path / "news.jsonl", numbered)
    pairs = write_lines(tmp_path / "pairs.jsonl", [{"a": 1.0, "b": 2.0}])  # as pandas writes them
    gold = write_lines(tmp_path / "gold.jsonl", [{"id": 1.0, "story": 1}, {"id": " 2", "story": 2}])
    assert command("compare", news, "--pairs", pairs, "--out", tmp_path / "out").exit_code == 0
    assert command("group", news, "--out", tmp_path / "grouped", "--no-report").exit_code == 0
    scores = json.loads(command("evaluate", tmp_path / "grouped", gold, "--json").stdout)
    assert scores["articles"] == 2 and scores["missing"] == 0


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_labels_may_come_through_a_pipe(
    command: Command, tmp_path: Path, demo_folder: Path
) -> None:
    pipe = tmp_path / "gold"
    os.mkfifo(pipe)
    writer = threading.Thread(target=lambda: pipe.write_bytes(gold_path().read_bytes()))
    writer.start()
    told = command("evaluate", demo_folder, pipe, "--json")
    writer.join()
    assert json.loads(told.stdout)["articles"] > 0


def test_an_output_of_dedup_has_no_stories_to_evaluate(command: Command, tmp_path: Path) -> None:
    assert command("dedup", articles_path(), "--out", tmp_path / "out").exit_code == 0
    outcome = command("evaluate", tmp_path / "out", gold_path())
    assert outcome.exit_code == 2 and "not an output of linker group" in outcome.stderr


@pytest.mark.skipif(os.name == "nt", reason="there names are in an encoding")
def test_a_name_in_no_encoding_is_a_name(tmp_path: Path) -> None:
    out = os.fsencode(tmp_path) + b"/out\xff"
    news = os.fsencode(tmp_path) + b"/news\xff.jsonl"
    shutil.copy(articles_path(), news)
    linker = [sys.executable, "-m", "linker"]
    for options in ([], ["--format", "csv"], ["--format", "jsonl"]):
        words = [*linker, "group", news, "--out", out, "--no-report", *options]
        assert subprocess.run(words, capture_output=True, check=False).returncode == 0
        words = [*linker, "evaluate", out, gold_path()]
        assert subprocess.run(words, capture_output=True, check=False).returncode == 0


def test_a_locale_without_the_letters_loses_only_those(demo_folder: Path) -> None:
    words = [sys.executable, "-m", "linker", "explain", demo_folder, "courier-01", "quillport-01"]
    environment = os.environ | {"PYTHONIOENCODING": "ascii"}
    told = subprocess.run(words, capture_output=True, check=True, env=environment)
    assert b"lighthouse" in told.stdout
    told = subprocess.run([*words, "--json"], capture_output=True, check=True, env=environment)
    assert json.loads(told.stdout)["a"]["id"] == "courier-01"
