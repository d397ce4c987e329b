"""The neighbours of articles by meaning: linker's search beside FAISS's indexes, with recall."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks import machine
from benchmarks.searches import LINKER, SEARCHES, Index, Pairs, Search, Vectors
from benchmarks.texts import all_texts
from linker.embedding import load_encoder
from linker.stories.by_meaning import NEAREST
from linker.stories.nearest import load_faiss
from linker.stories.vectors import LONGEST_TEXT
from linker.stories.windows import Window

WINDOW = 3.0
SPAN = 60.0
_BLOCK = 512
_FEW = 500
_EQUAL = 1e-5  # similarities that differ by no more may stand for one another


@dataclass(frozen=True, slots=True)
class Wanted:
    """The truth: how many neighbours each vector has, NEAREST at most, and the least similar."""

    counts: NDArray[np.int64]
    least: NDArray[np.float32]


def measure(paths: Sequence[Path], *, count: int, rounds: int) -> dict[str, Any]:
    """Seconds and recall of every search, on vectors of articles dated at random within SPAN."""
    load_faiss().omp_set_num_threads(1)  # with the same linear algebra for all
    texts = [text[:LONGEST_TEXT] for text in all_texts(paths, count)]
    vectors = load_encoder().encode(texts)
    vectors = vectors[np.linalg.norm(vectors, axis=1) > 0]
    days = np.sort(np.random.default_rng(0).uniform(0, SPAN, len(vectors)))
    window = Window(days, WINDOW)
    wanted = nearest_inside(vectors, window)
    rows = [_row(search, vectors, window, rounds, wanted) for search in SEARCHES]
    ours = next(row["build"] + row["seconds"] for row in rows if row["tool"] == LINKER)
    for row in rows:
        row["ratio"] = round((row["build"] + row["seconds"]) / ours, 2)
    return machine.describe("neighbours") | {
        "rounds": rounds,
        "vectors": len(vectors),
        "dimension": vectors.shape[1],
        "span": SPAN,
        "nearest": NEAREST,
        "window": WINDOW,
        "pairs": int(wanted.counts.sum()),
        "rows": rows,
    }


def _row(
    search: Search, vectors: Vectors, window: Window, rounds: int, wanted: Wanted
) -> dict[str, Any]:
    few, its_window = vectors[:_FEW], Window(window.day[:_FEW], WINDOW)
    search.find(search.build(few, its_window), few, its_window)  # so that its code is loaded
    index, build = _timed(search.build, vectors, window)
    times = []
    for _ in range(rounds):
        pairs, wall = _timed(search.find, index, vectors, window)
        times.append(wall)
    return {
        "tool": search.name,
        "setting": search.setting,
        "build": round(build, 3),
        "seconds": round(statistics.median(times), 3),
        "fastest": round(min(times), 3),
        "slowest": round(max(times), 3),
        "recall": round(recall(pairs, vectors, wanted), 4),
    }


def _timed(job: Any, *arguments: Index) -> tuple[Any, float]:
    started = time.perf_counter()
    result = job(*arguments)
    return result, time.perf_counter() - started


def nearest_inside(vectors: Vectors, window: Window) -> Wanted:
    """The truth, from all products: no index, no blocks of days."""
    counts = np.zeros(len(vectors), np.int64)
    least = np.zeros(len(vectors), np.float32)
    for begin in range(0, len(vectors), _BLOCK):
        rows = np.arange(begin, min(begin + _BLOCK, len(vectors)))
        similar = vectors[rows] @ vectors.T
        apart = np.abs(window.day[rows, None] - window.day) > window.days
        similar[apart] = -np.inf
        similar[np.arange(len(rows)), rows] = -np.inf
        most = min(NEAREST, len(vectors) - 1)
        best = -np.partition(-similar, most - 1, axis=1)[:, :most]
        counts[rows] = np.isfinite(best).sum(axis=1)
        least[rows] = np.where(np.isfinite(best), best, np.inf).min(axis=1)
    return Wanted(counts, least)


def recall(pairs: Pairs, vectors: Vectors, wanted: Wanted) -> float:
    """Share of the true neighbours among pairs within the window; equals stand for one another."""
    pairs = np.unique(pairs, axis=0)
    similar = np.concatenate(
        [
            np.einsum("ij,ij->i", vectors[part[:, 0]], vectors[part[:, 1]])
            for part in np.array_split(pairs, len(pairs) // 100_000 + 1)
        ]
    )
    near = pairs[similar >= wanted.least[pairs[:, 0]] - _EQUAL]
    found = np.bincount(near[:, 0], minlength=len(vectors))
    return float(np.minimum(found, wanted.counts).sum() / max(wanted.counts.sum(), 1))
