"""How well predicted stories match gold ones: BCubed, pairwise and ARI, overall and by language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np

from linker.arrays import DoubleArray, IntArray
from linker.errors import LinkerError
from linker.labels import Labels, column_of, read_labels, stories_of


@dataclass(frozen=True, slots=True)
class Scores:
    """Agreement of two clusterings over the articles that gold names.

    BCubed: Bagga & Baldwin 1998, averaged an article as in Amigo et al. 2009. Pairwise: precision
    and recall of the pairs in one story. ARI: Hubert & Arabie 1985. F1 is the harmonic mean. An
    article that the prediction lacks (`missing`) counts as a story of its own. `languages` scores
    the articles of each language by themselves.
    """

    articles: int
    missing: int
    bcubed_precision: float
    bcubed_recall: float
    bcubed_f1: float
    pairwise_precision: float
    pairwise_recall: float
    pairwise_f1: float
    ari: float
    stories: int
    gold_stories: int
    largest_story: int
    largest_gold_story: int
    languages: dict[str, Scores] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The scores as plain numbers, for JSON."""
        return asdict(self)


def evaluate(predicted: object, gold: object) -> Scores:
    """Score predicted stories against gold ones.

    Each is a mapping id -> story, rows with `id` and `story` (or `story_id`), a table, a Result,
    or a path: a JSONL, CSV or Parquet file of such rows or, for `predicted`, an output folder.
    A label or an id that is blank or NaN is none.
    Raises LinkerError when gold names no article, or none that the prediction holds, when that
    holds no story, when an article stands in two stories, or a file cannot be read.

        >>> evaluate({"a": 1, "b": 1, "c": 2}, {"a": "x", "b": "x", "c": "x"}).bcubed_precision
        1.0
    """
    predicted, gold = read_labels(predicted), read_labels(gold)
    wanted = stories_of(gold)
    if not wanted:
        raise LinkerError("the gold file names no article with a story: rows need id and story")
    found = stories_of(predicted)
    if not found:
        raise LinkerError(
            "no article of the output has a story: its rows need id and story_id, or id and story"
        )
    predicted_labels, gold_labels = _labels(wanted, found)
    missing = sum(id not in found for id in wanted)
    if missing == len(wanted):
        raise LinkerError(
            f"none of the {missing:,} articles of the gold file is in the output (one of them is"
            f" {next(iter(wanted))[:200]!r}); its ids must be those of the articles"
        )
    total = replace(score(predicted_labels, gold_labels), missing=missing)
    return replace(total, languages=_by_language(predicted, wanted, predicted_labels, gold_labels))


def score(predicted: IntArray, gold: IntArray) -> Scores:
    """Score two clusterings given as one label an article; int64 (n,), n > 0."""
    n = len(gold)
    _, sizes_p = np.unique(predicted, return_counts=True)
    _, sizes_g = np.unique(gold, return_counts=True)
    _, counts = np.unique(np.stack([predicted, gold]), axis=1, return_counts=True)
    precision, recall = (float(of_each.mean()) for of_each in bcubed(predicted, gold))
    both, pairs_p, pairs_g = _pairs(counts), _pairs(sizes_p), _pairs(sizes_g)
    pair_precision = both / pairs_p if pairs_p else 1.0
    pair_recall = both / pairs_g if pairs_g else 1.0
    return Scores(
        articles=n,
        missing=0,
        bcubed_precision=precision,
        bcubed_recall=recall,
        bcubed_f1=harmonic(precision, recall),
        pairwise_precision=pair_precision,
        pairwise_recall=pair_recall,
        pairwise_f1=harmonic(pair_precision, pair_recall),
        ari=_adjusted_rand(both, pairs_p, pairs_g, n * (n - 1) // 2),
        stories=len(sizes_p),
        gold_stories=len(sizes_g),
        largest_story=int(sizes_p.max()),
        largest_gold_story=int(sizes_g.max()),
    )


def bcubed(predicted: IntArray, gold: IntArray) -> tuple[DoubleArray, DoubleArray]:
    """BCubed precision and recall of each article, float64 (n,) (Bagga and Baldwin 1998).

    The share of an article's predicted story that is of its gold story, and the other way round;
    itself counts. Labels are int64 (n,).
    """
    _, in_p, sizes_p = np.unique(predicted, return_inverse=True, return_counts=True)
    _, in_g, sizes_g = np.unique(gold, return_inverse=True, return_counts=True)
    _, cell, counts = np.unique(in_p * len(sizes_g) + in_g, return_inverse=True, return_counts=True)
    both = counts[cell]
    return both / sizes_p[in_p], both / sizes_g[in_g]


def harmonic(a: float, b: float) -> float:
    """The harmonic mean, 0 where both are: F1 of precision and recall."""
    return 2 * a * b / (a + b) if a + b else 0.0


def _pairs(sizes: IntArray) -> int:
    return int(np.sum(sizes * (sizes - 1)) // 2)


def _adjusted_rand(both: int, predicted: int, gold: int, total: int) -> float:
    expected = predicted * gold / total if total else 0.0
    highest = (predicted + gold) / 2
    return 1.0 if highest == expected else (both - expected) / (highest - expected)


def _labels(wanted: Mapping[str, str], found: Mapping[str, str]) -> tuple[IntArray, IntArray]:
    """One number an article of gold; an article that was not found is alone."""
    stories = [("story", found[id]) if id in found else ("missing", id) for id in wanted]
    return _numbers(stories), _numbers(wanted.values())


def _numbers(values: Iterable[object]) -> IntArray:
    numbers: dict[object, int] = {}
    return np.array([numbers.setdefault(value, len(numbers)) for value in values], dtype=np.int64)


def _by_language(
    predicted: Labels, wanted: Mapping[str, str], labels: IntArray, gold: IntArray
) -> dict[str, Scores]:
    known = column_of(predicted, "lang")
    languages = np.array([known.get(id, "") for id in wanted])
    names = sorted(set(languages.tolist()) - {""})
    return {name: score(labels[languages == name], gold[languages == name]) for name in names}
