"""Strings to vectors: linker's encoder beside other tools, in one process, in turns."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import machine
from benchmarks.encoders import LINKER, PEERS, REFERENCE, SAME, Encode, Peer
from benchmarks.installed import load_installed
from benchmarks.rounds import Timing, interleave
from benchmarks.texts import Texts, load_texts
from linker.embedding.plain import MAX_CHARACTERS


def measure(
    paths: Sequence[Path],
    *,
    count: int,
    rounds: int,
    chosen: Sequence[str] = (),
    only: Sequence[str] = (),
) -> dict[str, Any]:
    """Texts a second of every tool that is installed, and how near its vectors are."""
    loaded, missing = load_installed(PEERS, chosen)
    result = machine.describe("encoder") | {
        "rounds": rounds,
        "missing": missing,
        "corpora": [],
        "rows": [],
    }
    for corpus in load_texts(paths, count, recombine=True):
        if only and corpus.name not in only:
            continue
        # linker reads no more of a text than this, so that no tool is given more.
        texts = [text[:MAX_CHARACTERS] for text in corpus.texts]
        result["corpora"].append(
            {
                "name": corpus.name,
                "origin": corpus.origin,
                "texts": len(texts),
                "distinct": corpus.distinct,
                "characters": sum(map(len, texts)) // len(texts),
            }
        )
        result["rows"] += _rows(corpus, texts, loaded, rounds)
    return result


def _rows(
    corpus: Texts, texts: list[str], loaded: Sequence[tuple[Peer, Encode]], rounds: int
) -> list[dict[str, Any]]:
    vectors = {peer.name: encode(texts[:: peer.every]) for peer, encode in loaded}
    jobs = {peer.name: partial(encode, texts[:: peer.every]) for peer, encode in loaded}
    timings = interleave(jobs, rounds, warm=True)
    ours = len(texts) / timings[LINKER].median
    rows = []
    for peer, _ in loaded:
        row = _row(peer, len(texts[:: peer.every]), timings[peer.name], ours)
        near = None
        if REFERENCE in vectors and peer.model == SAME and peer.name != REFERENCE:
            near = round(least_cosine(vectors[peer.name], vectors[REFERENCE]), 7)
        rows.append({"corpus": corpus.name} | row | {"cosine": near})
    return rows


def _row(peer: Peer, count: int, timing: Timing, ours: float) -> dict[str, Any]:
    """ratio: how many times as many texts a second linker encodes on one thread."""
    return {
        "tool": peer.name,
        "model": peer.model,
        "threads": peer.threads,
        "texts": count,
        **timing.speeds(count),
        "busy": round(timing.busy, 2),
        "ratio": round(ours * timing.median / count, 2),
    }


def least_cosine(vectors: Any, others: Any) -> float:
    """The least cosine of two vectors in one place; of two that are 0 it is 1, of one, 0."""
    left, right = np.asarray(vectors, np.float64), np.asarray(others, np.float64)
    norms = np.linalg.norm(left, axis=1), np.linalg.norm(right, axis=1)
    product, length = (left * right).sum(axis=1), norms[0] * norms[1]
    cosine = np.where(length > 0, product / np.where(length > 0, length, 1), norms[0] == norms[1])
    return float(cosine.min(initial=1.0))
