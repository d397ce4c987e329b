"""The level at which stories fit a user's own labels best, and what that is worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from linker.arrays import BoolArray, IntArray
from linker.errors import LinkerError
from linker.evaluation import score
from linker.json_lines import json_lines
from linker.labels import as_id

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


@dataclass(frozen=True, slots=True)
class Calibration:
    """The best level for some labels.

    f1: at that level; balanced: at the default level; held_out: at the level that the other half
    of the labels would have chosen, over both halves: what to expect of articles without labels.
    curve: each level with its F1. labels: how many articles or pairs were labelled. The F1 is
    BCubed for labelled stories, and that of pairs for labelled pairs.
    """

    level: float
    f1: float
    balanced: float
    held_out: float
    labels: int
    curve: tuple[tuple[float, float], ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers, for JSON."""
        return asdict(self)


class _Stories:
    """Articles with the story that each belongs to."""

    def __init__(self, rows: IntArray, story: IntArray) -> None:
        self.rows, self.story = rows, story

    def __len__(self) -> int:
        return len(self.rows)

    def halves(self) -> list[_Stories]:
        """Whole stories on either side."""
        return [
            _Stories(self.rows[self.story % 2 == side], self.story[self.story % 2 == side])
            for side in (0, 1)
        ]

    def f1(self, found: IntArray) -> float:
        return score(found[self.rows], self.story).bcubed_f1


class _Pairs:
    """Pairs of articles, each of one story or of two."""

    def __init__(self, rows: IntArray, same: BoolArray) -> None:
        self.rows, self.same = rows, same

    def __len__(self) -> int:
        return len(self.rows)

    def halves(self) -> list[_Pairs]:
        return [_Pairs(self.rows[side::2], self.same[side::2]) for side in (0, 1)]

    def f1(self, found: IntArray) -> float:
        said = found[self.rows[:, 0]] == found[self.rows[:, 1]]
        both = int((said & self.same).sum())
        return 2 * both / max(1, int(said.sum()) + int(self.same.sum()))


def run_calibrate(
    source: object, gold: Path, settings: Settings, stages: Stages, folder: Path | None
) -> tuple[Calibration, RejectLog]:
    """Group the articles at every level and hold the stories against the labels.

    Returns what was found, and the records that could not be used.

    `gold` is JSONL: lines with `id` and `story`, or with `a`, `b` and `same` (true, false; or
    `label`, 1 or 0). Raises LinkerError when a pair says neither, or when too few of the labels are
    of articles in the input.
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
        vectors = embed_articles(table, encoder, settings.workers)
    with stages.stage("link"):
        found = stories_by_level(table, reprints, vectors, choice, LEVELS)
    return _chosen(labels, found), rejects


def _labels(lines: Sequence[dict[str, Any]], ids: list[str]) -> _Stories | _Pairs:
    row = {name: i for i, name in enumerate(ids)}
    paired = [line for line in lines if {"a", "b"} <= line.keys()]
    if paired:
        known = [line for line in paired if as_id(line["a"]) in row and as_id(line["b"]) in row]
        rows = [(row[as_id(line["a"])], row[as_id(line["b"])]) for line in known]
        same = np.array([_same(line) for line in known], np.bool_)
        _enough(len(known), len(paired), "pairs")
        return _Pairs(np.array(rows, np.int64), same)
    named = [line for line in lines if line.get("id") is not None and line.get("story") is not None]
    known = [line for line in named if as_id(line["id"]) in row]
    _enough(len(known), len(named), "articles")
    stories = {story: i for i, story in enumerate(sorted({str(line["story"]) for line in known}))}
    return _Stories(
        np.array([row[as_id(line["id"])] for line in known], np.int64),
        np.array([stories[str(line["story"])] for line in known], np.int64),
    )


def _same(line: Mapping[str, Any]) -> bool:
    said = line.get("same", line.get("label"))
    if said not in (0, 1):  # which True and False are equal to
        raise LinkerError(
            f'the pair {line["a"]}, {line["b"]} of the gold file needs "same": true or false'
        )
    return bool(said)


def _enough(known: int, named: int, what: str) -> None:
    if known < FEWEST:
        raise LinkerError(
            f"the gold file labels {named} {what}, {known} of them in the input;"
            f" at least {FEWEST} are needed, as rows with id and story, or with a, b and same"
        )


def _chosen(labels: _Stories | _Pairs, found: Sequence[IntArray]) -> Calibration:
    curve = [labels.f1(stories) for stories in found]
    best = _best(curve)
    halves = labels.halves()
    held_out = [
        halves[1 - side].f1(found[_best([halves[side].f1(stories) for stories in found])])
        for side in (0, 1)
    ]
    return Calibration(
        level=LEVELS[best],
        f1=curve[best],
        balanced=curve[BALANCED],
        held_out=float(np.mean(held_out)),
        labels=len(labels),
        curve=tuple(zip(LEVELS, curve, strict=True)),
    )


def _best(curve: Sequence[float]) -> int:
    """The place of the highest mean with its neighbours; of equals the nearest to balanced."""
    inner = range(NEIGHBOURS, len(curve) - NEIGHBOURS)
    around = {i: float(np.mean(curve[i - NEIGHBOURS : i + NEIGHBOURS + 1])) for i in inner}
    return max(inner, key=lambda i: (round(around[i], 9), -abs(i - BALANCED)))
