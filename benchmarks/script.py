"""`linker group` beside the script a user would write, whole programs on the same articles."""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks import child, machine

_SCRIPT = ("-m", "benchmarks.userscript")
_WRITE = ("-m", "benchmarks.programs", "resample")
_SCORE = ("-m", "benchmarks.programs", "score")
_OURS = "linker group --no-report"
MODEL = machine.ROOT / "linker" / "embedding" / "model"


def measure(
    paths: Sequence[Path], labelled: Sequence[Path], *, count: int, rounds: int
) -> dict[str, Any]:
    """Time and memory on `count` articles made from some files; BCubed F1 on labelled ones."""
    with tempfile.TemporaryDirectory(prefix="linker-benchmark-") as name:
        folder = Path(name)
        articles = folder / "articles.jsonl"
        what = child.run(
            [*_WRITE, str(count), str(articles), *map(str, paths)], folder / "log"
        ).output.strip()
        rows = _times(articles, count, folder, rounds)
        quality = [_quality(path, folder) for path in labelled]
    return machine.describe("script") | {
        "rounds": rounds,
        "articles": what,
        "rows": rows,
        "quality": quality,
    }


def _times(articles: Path, count: int, folder: Path, rounds: int) -> list[dict[str, Any]]:
    """Programs take turns; before them linker runs once, so that its inner loops are compiled."""
    programs = {
        _OURS: lambda turn: [*_group(articles, folder / f"bare{turn}"), "--no-report"],
        "linker group": lambda turn: _group(articles, folder / f"out{turn}"),
        "the script": lambda turn: [
            *_SCRIPT, "group", str(articles), str(MODEL), str(folder / "stories.jsonl")
        ],
    }  # fmt: skip
    child.run(programs[_OURS](-1), folder / "log")
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


def _quality(path: Path, folder: Path) -> dict[str, Any]:
    """Both on labelled articles: linker as it is, the script at its best threshold for these."""
    name = path.name.split(".")[0]
    print(name, file=sys.stderr)
    out, sweep = folder / f"{name}-linker", folder / f"{name}-script.json"
    child.run(_group(path, out), folder / "log")
    child.run([*_SCRIPT, "sweep", str(path), str(MODEL), str(sweep)], folder / "log")
    scored = child.run([*_SCORE, str(path), str(out), str(sweep)], folder / "log")
    return {"corpus": name} | json.loads(scored.output.splitlines()[-1])
