"""The whole command `linker dedup`, beside only parsing the same file, at several sizes."""

from __future__ import annotations

import json
import statistics
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks import child, machine
from benchmarks.growth import growths
from benchmarks.inputs import PROGRAMS, articles

SIZES = (10_000, 30_000, 100_000, 300_000, 1_000_000)


def measure(
    sizes: Sequence[int], *, source: Path | None, rounds: int, script_up_to: int, data: Path
) -> dict[str, Any]:
    """Time and memory of whole commands, each in a process of its own.

    source and data: as `inputs.articles` takes them. script_up_to: the largest size at which the
    datasketch script runs too.
    """
    result = machine.describe("dedup") | {"rounds": rounds, "rows": []}
    result["source"] = source.name if source else "made up"
    for size in sorted(sizes):
        print(f"{size:,} articles", file=sys.stderr)
        with articles(size, source, data) as (path, folder):
            result["rows"] += _measure_size(
                size, path, rounds, script_up_to, folder, warm_up=not result["rows"]
            )
    ours = [row for row in result["rows"] if row["program"] == "linker dedup"]
    return result | growths(ours)


def _measure_size(
    size: int, path: Path, rounds: int, script_up_to: int, folder: Path, *, warm_up: bool
) -> list[dict[str, Any]]:
    """The rows of one size. Every round runs all programs.

    Before the rounds, at the first size, one run of linker compiles what the machine has not
    compiled yet.
    """
    programs: dict[str, Callable[[int], list[str]]] = {
        "orjson only": lambda _: [*PROGRAMS, "parse", str(path)],
        "linker dedup": lambda turn: [
            "-m", "linker", "dedup", str(path), "--out", str(folder / f"out{turn}"), "--quiet"
        ],
    }  # fmt: skip
    if size <= script_up_to:
        programs["datasketch script"] = lambda _: [*PROGRAMS, "script", str(path)]
    if warm_up:
        child.run(programs["linker dedup"](-1), folder / "log")
    usages: dict[str, list[child.Usage]] = {name: [] for name in programs}
    for turn in range(rounds):
        for name, arguments in programs.items():
            usages[name].append(child.run(arguments(turn), folder / "log"))
    base = statistics.median(usage.wall for usage in usages["orjson only"])
    rows = [_row(name, size, found, base) for name, found in usages.items()]
    rows[1] |= _record(folder / f"out{rounds - 1}" / "run.json")
    for row in rows:
        row["input_mb"] = round(path.stat().st_size / 1e6, 1)
    return rows


def _row(program: str, size: int, usages: Sequence[child.Usage], base: float) -> dict[str, Any]:
    """Medians of the rounds; ratio: to the time of only parsing the file."""
    wall = statistics.median(usage.wall for usage in usages)
    return {
        "program": program,
        "articles": size,
        **child.medians(usages, 3),
        "articles_a_second": round(size / wall),
        "ratio": round(wall / base, 2),
    }


def _record(path: Path) -> dict[str, Any]:
    """What run.json of the last round says: seconds of every stage, copies found, threads."""
    run = json.loads(path.read_text())
    return {
        "stages": {stage["name"]: stage["seconds"] for stage in run["stages"]},
        "threads": run["settings"]["threads"],
        "reprints": run["counts"]["reprints"],
    }
