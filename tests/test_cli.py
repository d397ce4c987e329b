"""The commands: what they write, print and exit with."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import Result as Outcome

import linker
from linker.demo import articles_path, gold_path
from linker.output import read_table
from linker.tables import ARTICLES
from tests.conftest import write_lines

Command = Callable[..., Outcome]

COMMANDS = ["group", "dedup", "compare", "explain", "evaluate", "report", "embed", "demo"]
FILES = ["articles.parquet", "links.parquet", "rejects.jsonl", "report.html", "run.json"]
FEW = [
    {"id": "a", "title": "Harbour clock of Brine stops", "published": "2024-05-02"},
    {"id": "b", "title": "The harbour clock of Brine has stopped", "published": "2024-05-03"},
    {"id": "c", "title": "Goat wins the mayoral race of Upper Fennel"},
]


def python(*words: str, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # type: ignore[call-overload,no-any-return]
        [sys.executable, *words], capture_output=True, text=True, timeout=120, **options
    )


def test_help_names_the_commands_and_shows_an_example_each(command: Command) -> None:
    outcome = command("--help")
    assert outcome.exit_code == 0
    for name in COMMANDS:
        assert name in outcome.stdout
        assert f"linker {name}" in command(name, "--help").stdout


def test_start_up_loads_nothing_heavy() -> None:
    heavy = "{'numpy', 'pyarrow', 'numba', 'llvmlite', 'torch', 'rich', 'faiss', 'datasketch'}"
    script = f"import sys, linker, linker.cli; print(sorted({heavy} & set(sys.modules)))"
    assert python("-c", script).stdout.strip() == "[]"


def test_a_command_does_without_pandas_and_a_program_has_it(tmp_path: Path) -> None:
    """pyarrow would import it; afterwards whoever else asks for it finds it."""
    pytest.importorskip("pandas")
    written = tmp_path / "a.jsonl"
    written.write_text(json.dumps(FEW[0]))
    words = ["linker", "group", str(written), "--out", str(tmp_path / "out"), "--quiet"]
    ends = "import os, sys\nos._exit = lambda code: print('pandas' in sys.modules)\n"
    run = f"import linker.__main__\nsys.argv = {words!r}\nlinker.__main__.main()\n"
    assert "False" in python("-c", ends + run).stdout
    hidden = "from linker.command import no_pandas\nno_pandas.begin_command()\n"
    hidden += "no_pandas.hide_from_pyarrow()\nimport pandas, pyarrow\n"
    hidden += "print(pyarrow.array(pandas.Series(['a']))[0])"
    assert python("-c", hidden).stdout == "a\n"
    frame = "import linker, pandas\nframe = pandas.DataFrame({'title': ['Goat wins race']})\n"
    frame += "print(len(linker.group(frame).articles.to_pandas()))"
    assert python("-c", frame).stdout == "1\n"


def test_version(command: Command) -> None:
    assert command("--version").stdout == f"linker {linker.__version__}\n"
    assert python("-m", "linker", "--version").stdout == f"linker {linker.__version__}\n"


def test_group_writes_the_promised_files(command: Command, tmp_path: Path) -> None:
    outcome = command("group", articles_path(), "--out", tmp_path / "out")
    assert outcome.exit_code == 0
    assert outcome.stdout == ""
    assert "stories" in outcome.stderr
    assert "seconds" in outcome.stderr
    assert sorted(os.listdir(tmp_path / "out")) == sorted([*FILES, "stories.parquet"])
    assert os.listdir(tmp_path) == ["out"]
    run = json.loads((tmp_path / "out" / "run.json").read_text())
    assert [stage["name"] for stage in run["stages"]][-2:] == ["write", "report"]


@pytest.mark.parametrize("file_format", ["jsonl", "csv"])
def test_other_formats_work_with_the_other_commands(
    command: Command, tmp_path: Path, file_format: str
) -> None:
    source, out = write_lines(tmp_path / "in.jsonl", FEW), tmp_path / "out"
    options = ["--format", file_format, "--no-report", "--quiet"]
    outcome = command("group", source, "--out", out, *options)
    assert (outcome.exit_code, outcome.output) == (0, "")
    assert not (out / "report.html").exists()
    assert (out / f"stories.{file_format}").exists()
    assert command("report", out).exit_code == 0
    assert (out / "report.html").exists()
    assert "Brine" in command("explain", out, "a").stdout
    assert "Evidence" in command("explain", out, "a", "b").stdout
    assert json.loads(command("explain", out, "a", "b", "--json").stdout)["a"]["id"] == "a"
    assert command("group", source, "--out", out, "--quiet").exit_code == 0


def test_standard_input(command: Command, tmp_path: Path) -> None:
    lines = "".join(json.dumps(record) + "\n" for record in FEW)
    out = tmp_path / "out"
    assert command("group", "-", "--out", out, "--no-report", stdin=lines).exit_code == 0
    assert read_table(out / "articles.parquet").num_rows == 3


def test_rejects_are_counted_and_can_be_strict(command: Command, tmp_path: Path) -> None:
    source = write_lines(tmp_path / "in.jsonl", [*FEW, {"id": "empty"}, ["no object"]])
    for options, code in (([], 0), (["--strict-input"], 2)):
        outcome = command("dedup", source, "--out", tmp_path / "out", *options)
        assert outcome.exit_code == code
        assert "2 records were rejected" in outcome.stderr
        rejects = [json.loads(s) for s in (tmp_path / "out/rejects.jsonl").open()]
        assert [reject["line"] for reject in rejects] == [4, 5]
        assert set(rejects[0]) == {"file", "line", "reason", "record"}


def test_dedup_writes_reprints(command: Command, tmp_path: Path) -> None:
    outcome = command("dedup", articles_path(), "--out", tmp_path / "out", "--threshold", "0.6")
    assert outcome.exit_code == 0
    table = read_table(tmp_path / "out" / "articles.parquet", ARTICLES)
    assert "story_id" not in table.column_names
    assert table["reprint_of"].null_count < table.num_rows


def test_compare_keeps_the_order_of_the_pairs(command: Command, tmp_path: Path) -> None:
    rows = [{"a": "c", "b": "a", "score": 1}, {"a": "b", "b": "a"}, {"a": "a", "b": "gone"}]
    pairs, out = write_lines(tmp_path / "pairs.jsonl", rows), tmp_path / "scores.jsonl"
    source = write_lines(tmp_path / "in.jsonl", FEW)
    outcome = command("compare", source, "--pairs", pairs, "--out", out)
    assert outcome.exit_code == 0
    scores = [json.loads(line) for line in out.open()]
    assert [(score["a"], score["b"]) for score in scores] == [("c", "a"), ("b", "a")]
    assert scores[0]["probability"] < scores[1]["probability"]
    assert {"reprint", "jaccard", "containment", "cosine", "tfidf"} <= set(scores[0])
    assert "score" not in scores[0]
    assert "1 record was rejected" in outcome.stderr
    assert "gone" in (tmp_path / "scores.jsonl.rejects.jsonl").read_text()


def test_embed_keeps_the_order_of_the_input(command: Command, tmp_path: Path) -> None:
    records = [{"title": "Goat wins"}, {"title": "…"}, {"title": "Clock stops"}]
    for name, rows in (("one", records), ("two", records[::-1])):
        source = write_lines(tmp_path / f"{name}.jsonl", rows)
        assert command("embed", source, "--out", tmp_path / f"{name}.npy").exit_code == 0
    one, two = np.load(tmp_path / "one.npy"), np.load(tmp_path / "two.npy")
    assert one.dtype == np.float32
    assert np.allclose(np.linalg.norm(one, axis=1)[[0, 2]], 1, atol=1e-3)
    assert np.array_equal(one, two[::-1])


def test_evaluate_prints_a_table_or_json(command: Command, demo_folder: Path) -> None:
    outcome = command("evaluate", demo_folder, gold_path())
    assert outcome.exit_code == 0
    assert "BCubed" in outcome.stdout
    scores = json.loads(command("evaluate", demo_folder, gold_path(), "--json").stdout)
    assert 0 < scores["bcubed_f1"] <= 1
    assert "ar" in scores["languages"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["group", "absent.jsonl", "--out", "{out}"], "absent.jsonl"),
        (["group", "{in}", "--out", "{in}"], "is a file"),
        (["group", "{in}", "--out", "{out}", "--window", "-1"], "window"),
        (["group", "{in}", "--out", "{out}", "--window", "x"], "'--window'"),
        (["group", "{in}", "--out", "{out}", "--seed", str(1 << 64)], "seed"),
        (["group", "{in}", "--out", "{out}", "--format", "x"], "'--format'"),
        (["group", "{in}"], "'--out'"),
        (["group", "", "--out", "{out}"], "'': no such file"),
        (["grup"], "'grup'"),
        (["--nope"], "--nope"),
        (["dedup", "{in}", "--out", "{out}", "--memory", "nan"], "memory"),
        (["dedup", "{in}", "--out", "{out}", "--memory", "1e-12"], "memory is 0.001 GB or more"),
        (["group", "{in}", "--out", "{out}", "--model", "/no/such"], "/no/such"),
        (["dedup", "{in}", "--out", "{out}", "--threshold", "7"], "threshold"),
        (["explain", "{out}", "a"], "no folder"),
        (["report", "{out}"], "no folder"),
        (["evaluate", "{in}", "absent.jsonl"], "absent.jsonl"),
        (["compare", "{in}", "--pairs", "{in}", "--out", "{out}"], "line 1: pair 1 needs"),
        (["embed", "{in}", "--out", "{folder}"], "is a folder"),
    ],
)
def test_mistakes_are_one_clear_line(
    command: Command, tmp_path: Path, arguments: list[str], message: str
) -> None:
    source = write_lines(tmp_path / "in.jsonl", FEW)
    places = {"in": source, "out": tmp_path / "out", "folder": tmp_path}
    outcome = command(*(word.format(**places) for word in arguments))
    assert outcome.exit_code == 2
    assert outcome.stdout == ""
    [*_, last] = outcome.stderr.splitlines()
    assert last.startswith("linker: ")
    assert "Usage" not in outcome.stderr
    assert message in last
    assert os.listdir(tmp_path) == ["in.jsonl"]


@pytest.mark.skipif(os.name == "nt", reason="needs a shell")
@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-"])
def test_closed_standard_streams_are_no_error(tmp_path: Path, closed: str) -> None:
    (tmp_path / "a.txt").write_text("The harbour clock has stopped again.")
    words = f"group {tmp_path / 'a.txt'} --out {tmp_path / 'out'} --threads 1 --no-report"
    done = subprocess.run(
        f"'{sys.executable}' -m linker {words} {closed}", shell=True, capture_output=True, text=True
    )
    assert (done.returncode, "Traceback" in done.stderr) == (0, False)
    assert (tmp_path / "out" / "run.json").exists()


def run_and_stop(source: Path, out: Path, kind: signal.Signals, after: float) -> tuple[int, str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "linker", "group", str(source), "--out", str(out)],
        stderr=subprocess.PIPE,
        text=True,
    )
    time.sleep(after)
    process.send_signal(kind)
    _, stderr = process.communicate(timeout=60)
    return process.returncode, stderr


@pytest.mark.skipif(os.name == "nt", reason="needs signals")
def test_ctrl_c_is_one_line(tmp_path: Path) -> None:
    source = tmp_path / "pipe.jsonl"
    os.mkfifo(source)  # nothing is ever written to it, so the run waits in its first stage
    code, stderr = run_and_stop(source, tmp_path / "out", signal.SIGINT, after=4)
    assert code == 130
    assert stderr.splitlines()[-1] == "linker: interrupted; nothing was written"
    assert os.listdir(tmp_path) == ["pipe.jsonl"]


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="needs signals")
def test_a_killed_run_leaves_the_old_output_or_none(tmp_path: Path) -> None:
    out = tmp_path / "out"
    begun = time.monotonic()
    assert python("-m", "linker", "group", str(articles_path()), "--out", str(out)).returncode == 0
    whole = time.monotonic() - begun
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    for step in range(10):
        run_and_stop(articles_path(), out, signal.SIGKILL, after=whole * (step + 1) / 11)
        for name in before:
            assert (out / name).stat().st_size > 0 or name == "rejects.jsonl"
        assert len(list(out.iterdir())) == len(before)
    assert python("-m", "linker", "group", str(articles_path()), "--out", str(out)).returncode == 0
    assert os.listdir(tmp_path) == ["out"]


def test_progress_that_nobody_reads_is_no_reason_to_lose_the_output(tmp_path: Path) -> None:
    words = ["-m", "linker", "group", str(write_lines(tmp_path / "news.jsonl", FEW))]
    with subprocess.Popen(
        [sys.executable, *words, "--out", str(tmp_path / "out")], stderr=subprocess.PIPE
    ) as run:
        assert run.stderr is not None
        run.stderr.close()
        assert run.wait(timeout=120) == 0
    assert {file.name for file in (tmp_path / "out").iterdir()} >= set(FILES)


def test_a_disk_that_refuses_the_progress_is_none_either(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("there is no full disk here")
    words = ["-m", "linker", "group", str(write_lines(tmp_path / "news.jsonl", FEW))]
    with Path("/dev/full").open("w") as full:
        run = subprocess.run(
            [sys.executable, *words, "--out", str(tmp_path / "out")], stderr=full, timeout=120
        )
    assert run.returncode == 0 and (tmp_path / "out" / "run.json").exists()


@pytest.mark.parametrize("words", [["--help"], ["group", "--help"], ["--version"]])
def test_help_that_cannot_be_written_is_no_traceback(words: list[str]) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("there is no full disk here")
    with Path("/dev/full").open("w") as full:
        run = subprocess.run(
            [sys.executable, "-m", "linker", *words],
            stdout=full, stderr=subprocess.PIPE, text=True, timeout=60,
        )  # fmt: skip
    assert (run.returncode, run.stderr) == (2, "linker: No space left on device\n")


@pytest.mark.parametrize("name", ["group", "dedup"])
def test_an_output_does_not_replace_its_own_input(
    command: Command, name: str, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    news = write_lines(tmp_path / "news.jsonl", FEW)
    assert command("group", str(news), "--out", str(out)).exit_code == 0
    before = (out / "articles.parquet").read_bytes()
    for given in (out, out / "articles.parquet"):
        run = command(name, str(given), "--out", str(out))
        assert run.exit_code == 2 and "would be replaced" in run.stderr
    assert (out / "articles.parquet").read_bytes() == before


def test_a_quiet_demo_says_nothing(command: Command, tmp_path: Path) -> None:
    run = command("demo", "--out", str(tmp_path / "demo"), "--quiet")
    assert (run.exit_code, run.stdout, run.stderr) == (0, "", "")
