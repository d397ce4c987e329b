"""The whole command `linker group` at several sizes: time, memory, and the growth of each stage."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks import child, machine
from benchmarks.growth import growths
from benchmarks.inputs import articles

SIZES = (10_000, 30_000, 100_000, 300_000, 1_000_000)
PLAIN, WITH_REPORT = "linker group --no-report", "linker group"

Row = dict[str, Any]


def measure(
    sizes: Sequence[int], *, source: Path | None, rounds: int, report_up_to: int, data: Path
) -> dict[str, Any]:
    """Time and memory of whole commands, each in a process of its own, on all cores.

    source and data: as `inputs.articles` takes them. report_up_to: the largest size at which the
    report is made in another run, as most of what it costs does not go with the size.
    """
    rows: list[Row] = []
    stages: list[Row] = []
    for size in sorted(sizes):
        print(f"{size:,} articles", file=sys.stderr)
        with articles(size, source, data) as (path, folder):
            programs = [PLAIN] + [WITH_REPORT] * (size <= report_up_to)
            if not rows:
                # Compiles the loops of all that follows, those of the report among them.
                child.run(_command(WITH_REPORT, path, folder / "first"), folder / "log")
            for program in programs:
                row, found = _measure(program, size, path, folder, rounds)
                rows.append(row | {"input_mb": round(path.stat().st_size / 1e6, 1)})
                stages += found if program == PLAIN else []
    ours = [row for row in rows if row["program"] == PLAIN]
    names = list(dict.fromkeys(row["what"] for row in stages))
    return machine.describe("scale") | {
        "source": source.name if source else "made up",
        "rounds": rounds,
        "rows": rows,
        "stages": stages,
        "growth": {PLAIN: growths(ours)}
        | {name: growths([row for row in stages if row["what"] == name]) for name in names},
    }


def _command(program: str, path: Path, out: Path) -> list[str]:
    bare = ["--no-report"] if program == PLAIN else []
    return ["-m", "linker", "group", str(path), "--out", str(out), "--quiet", *bare]


def _measure(
    program: str, size: int, path: Path, folder: Path, rounds: int
) -> tuple[Row, list[Row]]:
    """One program at one size; of the stages the seconds of the last round."""
    usages = []
    for turn in range(rounds):
        out = folder / f"{len(program)}-{turn}"
        usages.append(child.run(_command(program, path, out), folder / "log"))
    row = {"program": program, "articles": size, **child.medians(usages, 2)}
    row["articles_a_second"] = round(size / row["seconds"])
    run = json.loads((out / "run.json").read_text())
    row["stories"] = run["counts"]["stories"]
    row["links"] = run["counts"]["links"]
    stages = [
        {"what": stage["name"], "articles": size, "seconds": stage["seconds"]}
        | {"peak_mb": stage["peak_mb"]}
        for stage in run["stages"]
    ]
    return row, stages
