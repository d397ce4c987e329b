"""What changed from one result to another, and by how much more than noise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from benchmarks.grid import Result, table

# What a row is about; everything else in it is measured.
_NAMES = (
    "corpus", "tool", "measure", "program", "edit", "what", "unit", "setting", "model",
    "articles",
)  # fmt: skip
_HIGHER = (
    "texts_a_second", "recall", "cosine", "alike_found", "contained_found", "equal", "f1",
    "precision", "fixed", "value", "rate",
)  # fmt: skip
_LOWER = ("seconds", "build", "peak_mb", "others", "broken")
_QUALITY = (
    "recall", "cosine", "alike_found", "contained_found", "equal", "f1", "precision", "fixed",
    "value", "others", "broken",
)  # fmt: skip
_LEAST_NOISE = 0.02
"""Share below which no difference of times is believed, however alike the rounds were."""


@dataclass(frozen=True, slots=True)
class Change:
    """One figure in two results. noise: the share within which it could be chance."""

    where: str
    figure: str
    before: float
    after: float
    noise: float

    @property
    def share(self) -> float:
        """By how much it grew, as a share of what it was."""
        if self.before == self.after:
            return 0.0
        return (self.after - self.before) / abs(self.before) if self.before else float("inf")

    @property
    def verdict(self) -> str:
        """slower, faster, worse, better, or an empty string within the noise."""
        if abs(self.share) <= self.noise:
            return ""
        gained = (self.share > 0) == (self.figure in _HIGHER)
        words = ("better", "worse") if self.figure in _QUALITY else ("faster", "slower")
        if self.figure == "peak_mb":
            words = ("smaller", "larger")
        return words[not gained]


def compare(before: Result, after: Result) -> list[Change]:
    """The changes of all figures that both have. Raises SystemExit for different benchmarks."""
    if before["benchmark"] != after["benchmark"]:
        raise SystemExit(f"{before['benchmark']} and {after['benchmark']} measure other things")
    known = dict(_rows(before))
    return [
        change
        for where, row in _rows(after)
        if where in known
        for change in _changes(where, known[where], row)
    ]


def _rows(result: Result) -> Iterator[tuple[str, dict[str, Any]]]:
    for part in ("rows", "judged", "stages", "limits", "corpora"):
        for row in result.get(part, []):
            named = [str(row[name]) for name in _NAMES if name in row]
            yield ", ".join(named or [str(row.get("name"))]), row


def _changes(where: str, before: dict[str, Any], after: dict[str, Any]) -> Iterator[Change]:
    spread = _spread(before) + _spread(after)
    for figure in (*_HIGHER, *_LOWER):
        if before.get(figure) is None or after.get(figure) is None:
            continue
        noise = 0.0 if figure in _QUALITY else max(spread, _LEAST_NOISE)
        yield Change(where, figure, float(before[figure]), float(after[figure]), noise)


def _spread(row: dict[str, Any]) -> float:
    """Half of what lies between the rounds of one result, as a share of their median."""
    middle = row.get("texts_a_second") or row.get("seconds")
    if not middle or "fastest" not in row:
        return 0.0
    return abs(row["fastest"] - row["slowest"]) / 2 / float(middle)


def report(changes: list[Change], *, everything: bool = False) -> str:
    """A table of the changes beyond noise, the worst first, and how many others there are."""
    shown = [change for change in changes if everything or change.verdict]
    bad = ("slower", "worse", "larger")
    shown.sort(key=lambda change: (change.verdict not in bad, -abs(change.share)))
    rows = [
        [
            change.where,
            change.figure,
            f"{change.before:,g}",
            f"{change.after:,g}",
            f"{change.share:+.1%}",
            f"±{change.noise:.1%}",
            change.verdict or "-",
        ]
        for change in shown
    ]
    quiet = sum(not change.verdict for change in changes)
    found = table(["where", "figure", "before", "after", "change", "noise", "verdict"], rows)
    return f"{found if rows else ''}{quiet} of {len(changes)} figures are within the noise."
