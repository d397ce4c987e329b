"""The whole command `linker dedup`, beside only parsing the same file, at several sizes."""

from __future__ import annotations

import json
import math
import statistics
import sys
import tempfile
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks import child, machine

SIZES = (10_000, 30_000, 100_000, 300_000, 1_000_000)
_PROGRAMS = ("-m", "benchmarks.programs")


def measure(
    sizes: Sequence[int], *, source: Path | None, rounds: int, script_up_to: int, data: Path
) -> dict[str, Any]:
    """Time and memory of whole commands, each in a process of its own.

    source: a JSONL file whose first lines are the input, None for made-up articles. data: the
    folder in which inputs are kept for the next time. script_up_to: the largest size at which
    the datasketch script runs too.
    """
    data.mkdir(parents=True, exist_ok=True)
    result = machine.describe("dedup") | {"rounds": rounds, "rows": []}
    result["source"] = source.name if source else "made up"
    for size in sorted(sizes):
        print(f"{size:,} articles", file=sys.stderr)
        with tempfile.TemporaryDirectory(prefix="linker-benchmark-") as folder:
            path = _input(size, source, data, Path(folder))
            result["rows"] += _measure_size(
                size, path, rounds, script_up_to, Path(folder), warm_up=not result["rows"]
            )
    ours = [row for row in result["rows"] if row["program"] == "linker dedup"]
    # The start of Python, the same at every size, flatters the slope through all of them.
    return result | {"growth": growth(ours), "last_growth": growth(ours[-2:])}


def growth(rows: Sequence[dict[str, Any]]) -> float | None:
    """The exponent of the time in the size: the slope of a line through their logarithms."""
    if len(rows) < 2:
        return None
    sizes = [math.log(row["articles"]) for row in rows]
    seconds = [math.log(row["seconds"]) for row in rows]
    return round(statistics.linear_regression(sizes, seconds).slope, 2)


def _input(size: int, source: Path | None, data: Path, folder: Path) -> Path:
    """The JSONL file with this many articles; made in another process, to keep this one small."""
    if source and count_lines(source) == size:
        return source
    name = f"{source.stem}-{source.stat().st_size}" if source else f"articles-{_version()}"
    path = data / f"{name}-{size}.jsonl"
    if not path.exists():
        count = f"{size}:{source}" if source else str(size)
        child.run([*_PROGRAMS, "write", str(path), count], folder / "log")
    return path


def count_lines(path: Path) -> int:
    """How many lines a file has, read piece by piece."""
    with path.open("rb") as file:
        return sum(1 for _ in file)


def _version() -> str:
    """Names the state of the code that makes articles, so that no older ones are taken."""
    here = Path(__file__).parent
    code = b"".join((here / f"{n}.py").read_bytes() for n in ("articles", "edits", "languages"))
    return f"{zlib.crc32(code):08x}"


def _measure_size(
    size: int, path: Path, rounds: int, script_up_to: int, folder: Path, *, warm_up: bool
) -> list[dict[str, Any]]:
    """The rows of one size. Every round runs all programs.

    Before the rounds, one parse warms the page cache, and at the first size one run of linker
    compiles what the machine has not compiled yet.
    """
    programs: dict[str, Callable[[int], list[str]]] = {
        "orjson only": lambda _: [*_PROGRAMS, "parse", str(path)],
        "linker dedup": lambda turn: [
            "-m", "linker", "dedup", str(path), "--out", str(folder / f"out{turn}"), "--quiet"
        ],
    }  # fmt: skip
    if size <= script_up_to:
        programs["datasketch script"] = lambda _: [*_PROGRAMS, "script", str(path)]
    parsed = child.run(programs["orjson only"](0), folder / "log")
    lines = int(parsed.output)
    if lines != size:
        raise SystemExit(f"{path} holds {lines:,} articles, not {size:,}")
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
