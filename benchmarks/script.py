"""`linker group` beside the script a user would write, whole programs on the same articles."""

from __future__ import annotations

import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks import child, machine

_SCRIPT = ("-m", "benchmarks.userscript")
_WRITE = ("-m", "benchmarks.programs", "resample")
_OURS = "linker group --no-report"
MODEL = machine.ROOT / "linker" / "embedding" / "model"


def measure(paths: Sequence[Path], *, count: int, rounds: int) -> dict[str, Any]:
    """Time and memory on `count` articles made from some files."""
    with tempfile.TemporaryDirectory(prefix="linker-benchmark-") as name:
        folder = Path(name)
        articles = folder / "articles.jsonl"
        what = child.run(
            [*_WRITE, str(count), str(articles), *map(str, paths)], folder / "log"
        ).output.strip()
        rows = _times(articles, count, folder, rounds)
    return machine.describe("script") | {"rounds": rounds, "articles": what, "rows": rows}


def _times(articles: Path, count: int, folder: Path, rounds: int) -> list[dict[str, Any]]:
    """Programs take turns; before them linker runs once, so that its inner loops are compiled."""
    programs = {
        _OURS: lambda turn: [*_group(articles, folder / f"bare{turn}"), "--no-report"],
        "linker group": lambda turn: _group(articles, folder / f"out{turn}"),
        "the script": lambda turn: [
            *_SCRIPT, str(articles), str(MODEL), str(folder / "stories.jsonl")
        ],
    }  # fmt: skip
    child.run(_group(articles, folder / "first"), folder / "log")
    usages: dict[str, list[child.Usage]] = {name: [] for name in programs}
    for turn in range(rounds):
        for name, arguments in programs.items():
            print(f"{name}, round {turn + 1}", file=sys.stderr)
            usages[name].append(child.run(arguments(turn), folder / "log"))
    ours = statistics.median(usage.wall for usage in usages[_OURS])
    return [_row(name, count, found, ours) for name, found in usages.items()]


def _group(articles: Path, out: Path) -> list[str]:
    return ["-m", "linker", "group", str(articles), "--out", str(out), "--quiet"]


def _row(program: str, count: int, usages: Sequence[child.Usage], ours: float) -> dict[str, Any]:
    wall = statistics.median(usage.wall for usage in usages)
    return {
        "program": program,
        **child.medians(usages, 2),
        "articles_a_second": round(count / wall),
        "ratio": round(wall / ours, 2),
    }
