"""The tables of how good stories and judged pairs are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from benchmarks.grid import Result, missing, seconds, table


def quality(result: Result) -> str:
    """F1 of every tool on every corpus, then the details; then the same of judged pairs."""
    parts = []
    if result["rows"]:
        rows = result["rows"]
        parts += [
            _overview("F1, each at its best for this corpus", rows, "f1", ("corpus",)),
            _overview("F1, each at one setting for all", rows, "fixed", ("corpus",)),
            f"The one setting for all: {_fixed(result)}.\n",
            _details(result),
        ]
    if result["judged"]:
        names = ("corpus", "measure")
        parts += [_overview("judged pairs", result["judged"], "value", names), _pairs(result)]
    if result["left_out"]:
        limit = f"{result['slow_up_to']:,} characters for slow tools"
        parts.append(f"Left out as too large ({limit}): {', '.join(result['left_out'])}.\n")
    return "\n".join((*parts, missing(result)))


def _overview(what: str, rows: Sequence[dict[str, Any]], figure: str, names: Sequence[str]) -> str:
    """A row a corpus, a column a tool; the highest figure of a row is bold."""
    tools = list(dict.fromkeys(row["tool"] for row in rows))
    groups: dict[tuple[str, ...], dict[str, float]] = {}
    for row in rows:
        groups.setdefault(tuple(row[name] for name in names), {})[row["tool"]] = row[figure]
    lines = []
    for named, cells in groups.items():
        top = max(cells.values())
        found = (cells.get(tool) for tool in tools)
        lines.append([", ".join(named), *(_cell(value, top) for value in found)])
    return table([what, *tools], lines)


def _fixed(result: Result) -> str:
    settings = {row["tool"]: row["fixed_at"] for row in result["rows"]}
    return "; ".join(f"{tool} {setting}" for tool, setting in settings.items())


def _cell(value: float | None, top: float) -> str:
    if value is None:
        return "-"
    return f"**{value:.3f}**" if value == top else f"{value:.3f}"


def _details(result: Result) -> str:
    return table(
        ["corpus", "articles", "tool", "P", "R", "F1", "setting", "of", "s"],
        [
            [
                row["corpus"],
                f"{row['articles']:,}",
                row["tool"],
                *(f"{row[key]:.3f}" for key in ("precision", "recall", "f1")),
                row["at"],
                str(row["tried"]),
                seconds(row["seconds"]),
            ]
            for row in result["rows"]
        ],
    )


def _pairs(result: Result) -> str:
    """One row a corpus and tool: all of its figures are of one run."""
    rows = {(row["corpus"], row["tool"]): row for row in result["judged"]}
    counts: dict[str, int] = {}
    for row in result["judged"]:
        if row["tool"] == result["judged"][0]["tool"]:
            counts[row["corpus"]] = counts.get(row["corpus"], 0) + row["pairs"]
    return table(
        ["corpus", "articles", "pairs", "tool", "one story", "s"],
        [
            [
                corpus,
                f"{row['articles']:,}",
                f"{counts[corpus]:,}",
                tool,
                row["at"],
                seconds(row["seconds"]),
            ]
            for (corpus, tool), row in rows.items()
        ],
    )
