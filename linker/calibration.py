"""The level at which stories fit a user's own labels best, and what that is worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from linker.arrays import BoolArray, DoubleArray, IntArray
from linker.errors import LinkerError
from linker.evaluation import bcubed
from linker.json_lines import json_lines
from linker.labels import as_id, column_of

if TYPE_CHECKING:
    from linker.readers.rejects import RejectLog
    from linker.settings import Settings
    from linker.stages import Stages


#: The levels that are tried, in log-odds.
LEVELS = tuple((np.arange(-10, 13) / 4).tolist())
BALANCED = LEVELS.index(0.0)
#: A level is judged with the one below and the one above, so that it is no lucky peak.
NEIGHBOURS = 1
FEWEST = 10
#: A gain of so many standard errors is more than chance.
TRUSTED = 2.0
#: The spread of fewer stories or pairs than these is a matter of chance itself.
FEWEST_UNITS = 5


@dataclass(frozen=True, slots=True)
class Calibration:
    """The best level for some labels, and whether it is better than the default by more than luck.

    f1: at the level that is best for all labels. held_out: with each label judged at the level
    that is best for the half of them that it is not in, so what to expect of articles without
    labels. balanced: at the default level. spread: the standard error of what held_out gains on
    balanced. use: the level to take. curve: each level with its F1. labels: how many articles or
    pairs were labelled. All F1 are over all labels: BCubed for labelled stories, that of pairs for
    labelled pairs.
    """

    level: float
    f1: float
    balanced: float
    held_out: float
    spread: float
    use: float
    labels: int
    curve: tuple[tuple[float, float], ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers, for JSON."""
        return asdict(self)


class _Stories:
    """Articles with the story that each belongs to, int64 (n,), numbered from 0.

    half: 0 or 1, whole stories on either side. unit: what is left out at a time, a story.
    """

    def __init__(self, rows: IntArray, story: IntArray) -> None:
        self.rows, self.unit, self.half = rows, story, story % 2

    def judged(self, found: IntArray) -> DoubleArray:
        """Precision and recall of each article, and one: float64 (n, 3)."""
        precision, recall = bcubed(found[self.rows], self.unit)
        return np.stack([precision, recall, np.ones(len(precision))], axis=1)

    @staticmethod
    def f1(sums: DoubleArray) -> DoubleArray:
        """BCubed F1 of sums (..., 3) of what was judged."""
        precision, recall, number = np.moveaxis(sums, -1, 0)
        return _shares(2 * precision * recall, (precision + recall) * number)


class _Pairs:
    """Pairs of articles, int64 (n, 2), each of one story or of two.

    half: 0 or 1, as many of either kind on either side, in whatever order they are listed.
    unit: what is left out at a time, a pair.
    """

    def __init__(self, rows: IntArray, same: BoolArray) -> None:
        self.rows, self.same, self.unit = rows, same, np.arange(len(rows))
        self.half = np.where(same, np.cumsum(same), np.cumsum(~same)) % 2

    def judged(self, found: IntArray) -> DoubleArray:
        """Of each pair whether it is rightly, is said and is of one story: float64 (n, 3)."""
        said = found[self.rows[:, 0]] == found[self.rows[:, 1]]
        return np.stack([said & self.same, said, self.same], axis=1).astype(np.float64)

    @staticmethod
    def f1(sums: DoubleArray) -> DoubleArray:
        """F1 of sums (..., 3) of what was judged."""
        both, said, same = np.moveaxis(sums, -1, 0)
        return _shares(2 * both, said + same)


def run_calibrate(
    source: object, gold: Path, settings: Settings, stages: Stages, folder: Path | None
) -> tuple[Calibration, RejectLog]:
    """Group the articles at every level and hold the stories against the labels.

    Returns what was found, and the records that could not be used.

    `gold` is JSONL: lines with `id` and `story`, or with `a`, `b` and `same` (true, false; or
    `label`, 1 or 0). Raises LinkerError when a pair says neither, when labels contradict each other
    or are of both kinds of lines, or when too few of them, or only of one kind, are of articles in
    the input.
    """
    from linker.pipeline import clean_input, load_model, reprints_among
    from linker.readers.rejects import RejectLog
    from linker.stories import LinkSettings, embed_articles, stories_by_level

    choice = LinkSettings(settings.window, threads=settings.workers)
    lines = json_lines(gold)
    encoder = load_model(settings.model, settings.device, settings.cache)
    rejects = RejectLog()
    table = clean_input(source, rejects, stages, folder, settings.workers)
    labels = _labels(lines, table["id"].to_pylist())
    reprints = reprints_among(table, settings, stages)
    with stages.stage("embed"):
        vectors = embed_articles(table, encoder, settings.workers, rows=reprints.originals)
    with stages.stage("link"):
        found = stories_by_level(table, reprints, vectors, choice, LEVELS)
    return _chosen(labels, found), rejects


def _labels(lines: list[dict[str, Any]], ids: list[str]) -> _Stories | _Pairs:
    row = {name: i for i, name in enumerate(ids)}
    paired = [line for line in lines if {"a", "b"} <= line.keys()]
    story = column_of(lines, "story")
    if not paired:
        return _labelled_stories(story, row)
    if story:
        raise LinkerError(
            "the gold file holds pairs (a, b, same) and stories (id, story); give it of one kind"
        )
    return _labelled_pairs(paired, row)


def _labelled_stories(story: Mapping[str, str], row: Mapping[str, int]) -> _Stories:
    known = {name: label for name, label in story.items() if name in row}
    _enough(len(known), len(story), "articles")
    number = {label: i for i, label in enumerate(sorted(set(known.values())))}
    nothing = "no two of the labelled articles in the input are"
    _of_both_kinds(len(number) < len(known), len(number) > 1, nothing)
    return _Stories(
        np.array([row[name] for name in known], np.int64),
        np.array([number[label] for label in known.values()], np.int64),
    )


def _labelled_pairs(lines: list[dict[str, Any]], row: Mapping[str, int]) -> _Pairs:
    same: dict[tuple[int, int], bool] = {}
    for line in lines:
        ends = [row.get(as_id(line[side]), -1) for side in ("a", "b")]
        if min(ends) >= 0 and same.setdefault((min(ends), max(ends)), _same(line)) != _same(line):
            raise LinkerError(f"{_pair(line)} of the gold file is of one story and of two")
    _enough(len(same), len(lines), "pairs")
    nothing = "no labelled pair in the input is"
    _of_both_kinds(any(same.values()), not all(same.values()), nothing)
    return _Pairs(np.array(list(same), np.int64), np.array(list(same.values()), np.bool_))


def _same(line: Mapping[str, Any]) -> bool:
    said = line.get("same", line.get("label"))
    if said not in (0, 1):  # which True and False are equal to
        raise LinkerError(f'{_pair(line)} of the gold file needs "same": true or false')
    return bool(said)


def _pair(line: Mapping[str, Any]) -> str:
    return f"the pair {line['a']}, {line['b']}"


def _enough(known: int, named: int, what: str) -> None:
    if known < FEWEST:
        raise LinkerError(
            f"the gold file labels {named} {what}, {known} of them in the input;"
            f" at least {FEWEST} are needed, as rows with id and story, or with a, b and same"
        )


def _of_both_kinds(together: bool, apart: bool, nothing: str) -> None:
    """Raise LinkerError for labels of which the broadest or the strictest level is the best."""
    if not (together and apart):
        lacking = "one story" if apart else "two stories"
        raise LinkerError(f"{nothing} of {lacking}; labels of both kinds are needed")


def _chosen(labels: _Stories | _Pairs, found: Sequence[IntArray]) -> Calibration:
    judged = np.stack([labels.judged(stories) for stories in found])
    curve = labels.f1(judged.sum(axis=1))
    best = _best(curve)
    # Each label at the level that the other half chose: errors between the halves count too.
    other = [_best(labels.f1(judged[:, labels.half != side].sum(axis=1))) for side in (0, 1)]
    held_out = judged[np.array(other)[labels.half], np.arange(len(labels.half))]
    gain, spread = _gain(labels, held_out, judged[BALANCED])
    is_sure = gain > TRUSTED * spread and len(np.unique(labels.unit)) >= FEWEST_UNITS
    return Calibration(
        level=LEVELS[best],
        f1=float(curve[best]),
        balanced=float(curve[BALANCED]),
        held_out=float(labels.f1(held_out.sum(axis=0))),
        spread=spread,
        use=LEVELS[best if is_sure else BALANCED],
        labels=len(labels.rows),
        curve=tuple(zip(LEVELS, curve.tolist(), strict=True)),
    )


def _gain(labels: _Stories | _Pairs, one: DoubleArray, other: DoubleArray) -> tuple[float, float]:
    """How much more F1 `one` has than `other`, as judged (n, 3), and the standard error of that.

    The jackknife: the spread of the gains without one unit each (Tukey 1958).
    """
    units = np.unique(labels.unit, return_inverse=True)[1]
    parts = np.zeros((2, int(units.max()) + 1, one.shape[1]))
    for side, judged in enumerate((one, other)):
        np.add.at(parts[side], units, judged)
    sums = parts.sum(axis=1)
    gain = np.subtract(*labels.f1(sums))
    without = np.subtract(*labels.f1(sums[:, None] - parts))
    n = len(without)
    return float(gain), float(np.sqrt((n - 1) * np.var(without)))


def _shares(part: DoubleArray, whole: DoubleArray) -> DoubleArray:
    """part / whole, 0 where the whole is."""
    shares: DoubleArray = np.divide(part, whole, out=np.zeros_like(whole), where=whole > 0)
    return shares


def _best(curve: Sequence[float] | DoubleArray) -> int:
    """The place of the highest mean with its neighbours; of equals the nearest to balanced."""
    inner = range(NEIGHBOURS, len(curve) - NEIGHBOURS)
    around = {i: float(np.mean(curve[i - NEIGHBOURS : i + NEIGHBOURS + 1])) for i in inner}
    return max(inner, key=lambda i: (round(around[i], 9), -abs(i - BALANCED)))
