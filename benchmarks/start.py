"""How long linker takes to be there: its help, its first use after installation, later uses."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks import child, machine

_SIGN = ("-m", "benchmarks.programs", "sign")
_ENCODE = ("-m", "benchmarks.programs", "encode")


def measure(*, runs: int, first_runs: int) -> dict[str, Any]:
    """Seconds of whole processes. The first use compiles; it finds empty cache folders."""
    with tempfile.TemporaryDirectory(prefix="linker-benchmark-") as folder:
        log = Path(folder) / "log"
        child.run(["-m", "linker", "--help"], log)  # so that the files are in the page cache
        caches = _caches(Path(folder) / "0")
        found = {
            "python -c pass": [child.run(["-c", "pass"], log) for _ in range(runs)],
            "linker --help": [child.run(["-m", "linker", "--help"], log) for _ in range(runs)],
            "linker.minhash of ten texts, first use": [
                child.run(_SIGN, log, _caches(Path(folder) / str(turn)))
                for turn in range(first_runs)
            ],
            "linker.minhash of ten texts, later": [
                child.run(_SIGN, log, caches) for _ in range(runs)
            ],
            "import numba, a loop compiled before": [
                child.run(["-m", "benchmarks.programs", "loop"], log, caches) for _ in range(runs)
            ],
            "vectors of ten texts, first use": [
                child.run(_ENCODE, log, _caches(Path(folder) / str(turn)))
                for turn in range(first_runs)
            ],
            "vectors of ten texts, later": [child.run(_ENCODE, log, caches) for _ in range(runs)],
        }
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
