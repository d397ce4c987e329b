"""Strings to MinHash signatures: linker beside other tools, in one process, in turns."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

from benchmarks import machine
from benchmarks.equality import equal_rows
from benchmarks.installed import load_installed
from benchmarks.peers import LINKER, PEERS, Peer, Sign
from benchmarks.rounds import Timing, interleave
from benchmarks.texts import Texts, load_texts
from linker import minhash

_TIMES_FOR_THREADS: Final = 5
"""Times the texts, as threads begin and end within a thousandth of a second, and times the rounds,
as two processors are disturbed more often than one."""


def measure(
    paths: Sequence[Path],
    *,
    count: int,
    rounds: int,
    chosen: Sequence[str] = (),
    only: Sequence[str] = (),
) -> dict[str, Any]:
    """Texts a second of every tool that is installed, on every corpus or only on some."""
    loaded, missing = load_installed(PEERS, chosen)
    result = machine.describe("signatures") | {
        "rounds": rounds,
        "missing": missing,
        "corpora": [],
        "rows": [],
        "threads": [],
    }
    for corpus in load_texts(paths, count, recombine=True):
        if only and corpus.name not in only:
            continue
        equal, compared = equal_rows(corpus.texts)
        result["corpora"].append(
            {
                "name": corpus.name,
                "origin": corpus.origin,
                "texts": len(corpus.texts),
                "distinct": corpus.distinct,
                "characters": sum(map(len, corpus.texts)) // len(corpus.texts),
                "equal": equal,
                "compared": compared,
            }
        )
        result["rows"] += _rows(corpus, loaded, rounds)
        result["threads"] += _threads(corpus, rounds)
    return result


def _rows(corpus: Texts, loaded: Sequence[tuple[Peer, Sign]], rounds: int) -> list[dict[str, Any]]:
    able = [(peer, sign) for peer, sign in loaded if corpus.name != "zh" or not peer.at_spaces]
    timings = interleave({peer.name: partial(sign, corpus.texts) for peer, sign in able}, rounds)
    ours = timings[LINKER].median
    return [_row(corpus, peer, timings[peer.name], ours) for peer, _ in able]


def _threads(corpus: Texts, rounds: int) -> list[dict[str, Any]]:
    """linker by itself, with one thread and with one for each processor."""
    texts = corpus.texts * _TIMES_FOR_THREADS
    counts = sorted({1, os.cpu_count() or 1})
    jobs = {str(n): partial(minhash, texts, threads=n) for n in counts}
    timings = interleave(jobs, rounds * _TIMES_FOR_THREADS)
    alone = timings["1"].median
    return [
        {"corpus": corpus.name, "what": f"threads: {threads}", "texts": len(texts)}
        | timings[str(threads)].speeds(len(texts))
        | {"ratio": round(alone / timings[str(threads)].median, 2)}
        for threads in counts
    ]


def _row(corpus: Texts, peer: Peer, timing: Timing, ours: float) -> dict[str, Any]:
    """ratio: how many times as long as linker on one thread it takes."""
    return {
        "corpus": corpus.name,
        "tool": peer.name,
        "unit": peer.unit,
        "threads": peer.threads,
        **timing.speeds(len(corpus.texts)),
        "megabytes_a_second": round(corpus.megabytes / timing.median, 1),
        "busy": round(timing.busy, 2),
        "ratio": round(timing.median / ours, 2),
    }
