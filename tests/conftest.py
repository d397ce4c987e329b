"""What several rooms' tests share: the bundled articles, grouped once, and the command line."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from browsing import chromium
from click.testing import Result as Outcome
from hypothesis import settings
from report_tables import make_tables
from typer.testing import CliRunner

import linker
from linker.cli import app
from linker.demo import articles_path
from linker.report import write_report

# A first example may compile a loop, and a machine may be busy: how long things take is measured by
# the benchmarks.
settings.register_profile("linker", deadline=None)
settings.load_profile("linker")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--pictures DIR` keeps the pictures that the tests take of the report."""
    parser.addoption("--pictures", metavar="DIR", help="where to keep pictures of the report")


@pytest.fixture(scope="session")
def demo_records() -> list[dict[str, Any]]:
    """The bundled articles, as they stand in their file."""
    lines = articles_path().read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.fixture(scope="session")
def demo_result() -> linker.Result:
    """The bundled articles, grouped."""
    return linker.group(articles_path())


@pytest.fixture(scope="session")
def demo_folder(demo_result: linker.Result, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output of the bundled articles; not to be changed."""
    return demo_result.save(tmp_path_factory.mktemp("demo") / "out")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium without a window; for tests that skip where it is missing."""
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a report of 400 made-up articles."""
    path = tmp_path_factory.mktemp("report") / "report.html"
    write_report(*make_tables(400), path)
    return path.as_uri()


@pytest.fixture
def command() -> Callable[..., Outcome]:
    """Runs one `linker` command in this process; its outcome has exit_code, stdout and stderr."""

    def run(*arguments: str | Path, stdin: str | bytes | None = None) -> Outcome:
        words: Sequence[str] = [str(argument) for argument in arguments]
        outcome = CliRunner().invoke(app, words, input=stdin)
        assert "Traceback" not in outcome.output
        if outcome.exception is not None and not isinstance(outcome.exception, SystemExit):
            raise outcome.exception
        return outcome

    return run


def write_lines(path: Path, records: Sequence[object]) -> Path:
    """Write records as JSONL and return the path."""
    path.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    return path
