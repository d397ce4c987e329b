"""How long linker takes to be there: its help, its first use after installation, later uses."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks import child, machine

_PROGRAM = ("-m", "benchmarks.programs")
_USES = {"linker.minhash": "sign", "vectors": "encode"}
_COUNTS = {"ten": "10", "5,000": "5000"}
"""Texts: a few, for which nothing is compiled (linker.worth), and many."""


def measure(*, runs: int, first_runs: int) -> dict[str, Any]:
    """Seconds of whole processes. The first use compiles; it finds empty cache folders."""
    with tempfile.TemporaryDirectory(prefix="linker-benchmark-") as folder:
        log = Path(folder) / "log"
        child.run(["-m", "linker", "--help"], log)  # so that the files are in the page cache
        kept = _caches(Path(folder) / "kept")
        found = {
            "python -c pass": [child.run(["-c", "pass"], log) for _ in range(runs)],
            "linker --help": [child.run(["-m", "linker", "--help"], log) for _ in range(runs)],
        }
        for what, program in _USES.items():
            for number, count in _COUNTS.items():
                words = (*_PROGRAM, program, count)
                fresh = [Path(folder) / f"{program}{count}-{turn}" for turn in range(first_runs)]
                found[f"{what} of {number} texts, first use"] = [
                    child.run(words, log, _caches(place)) for place in fresh
                ]
                child.run(words, log, kept)
                found[f"{what} of {number} texts, later"] = [
                    child.run(words, log, kept) for _ in range(runs)
                ]
        child.run((*_PROGRAM, "loop"), log, kept)
        found["numba, a loop from its cache"] = [
            child.run((*_PROGRAM, "loop"), log, kept) for _ in range(runs)
        ]
    return machine.describe("start") | {"rows": [_row(what, used) for what, used in found.items()]}


def _caches(folder: Path) -> Mapping[str, str]:
    return {"NUMBA_CACHE_DIR": str(folder / "numba"), "XDG_CACHE_HOME": str(folder / "cache")}


def _row(what: str, usages: Sequence[child.Usage]) -> dict[str, Any]:
    walls = [usage.wall for usage in usages]
    return {
        "what": what,
        "runs": len(walls),
        "seconds": round(statistics.median(walls), 3),
        "fastest": round(min(walls), 3),
        "slowest": round(max(walls), 3),
        "peak_mb": round(max(usage.peak_mb for usage in usages), 1),
    }
