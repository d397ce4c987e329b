"""Charts of results: throughput beside other tools, time and memory against size."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import svg
from benchmarks.grid import Result

_TITLES = {
    "signatures": "Texts a second from strings to MinHash signatures, 128 permutations",
    "encoder": "Texts a second from strings to vectors",
}
_DEDUP = {"linker dedup": "ours", "orjson only": "theirs"}
_GROUP = {"linker group --no-report": "ours"}

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Curve:
    """Values by numbers of articles; kind: the style of the line."""

    name: str
    kind: str
    points: list[Point]


def draw(results: Sequence[Result], folder: Path) -> list[Path]:
    """Write the charts that these results have; returns their paths."""
    written = []
    for result in results:
        if make := _CHARTS.get(result["benchmark"]):
            path = folder / f"benchmark-{result['benchmark']}.svg"
            path.write_text(make(result))
            written.append(path)
    return written


def throughput(result: Result) -> str:
    """A panel a corpus, a bar a tool; every panel has a scale of its own."""
    names = [corpus["name"] for corpus in result["corpora"]]
    tools = list(dict.fromkeys(row["tool"] for row in result["rows"]))
    height = 30 + 18 * len(tools) + 14
    shapes: list[str] = []
    for position, name in enumerate(names):
        rows = [row for row in result["rows"] if row["corpus"] == name]
        shapes += _bars(name, rows, height * position)
    title = _TITLES[result["benchmark"]]
    return svg.drawing(720, height * len(names), title, shapes)


def _bars(name: str, rows: Sequence[dict[str, Any]], top: float) -> list[str]:
    shapes = [svg.text(0, top + 16, f"{name}: texts a second", "head")]
    longest = max(row["texts_a_second"] for row in rows)
    for position, row in enumerate(rows):
        y = top + 26 + 18 * position
        width = 420 * row["texts_a_second"] / longest
        kind = "ours" if row["tool"].startswith("linker") else "theirs"
        shapes.append(svg.text(205, y + 11, row["tool"], "", "end"))
        shapes.append(svg.bar(212, y, width, 13, kind))
        shapes.append(svg.text(218 + width, y + 11, f"{row['texts_a_second']:,}", "small"))
    return shapes


def sizes(result: Result) -> str:
    """Seconds and peak memory of whole commands against the number of articles."""
    title = "linker dedup, and only parsing the same file: seconds and memory against articles"
    return svg.drawing(740, 330, title, [*_whole(result, _DEDUP), *_legend(_DEDUP)])


def stages(result: Result) -> str:
    """The same of `linker group`, and the seconds of each of its stages."""
    found: dict[str, list[Point]] = {}
    for row in result["stages"]:
        found.setdefault(row["what"], []).append((row["articles"], max(row["seconds"], 0.01)))
    lines = [Curve(name, "theirs", points) for name, points in found.items()]
    shapes = [*_whole(result, _GROUP), *_panel("seconds of each stage", 760, lines)]
    title = "linker group: seconds, memory and seconds of each stage against articles"
    return svg.drawing(1200, 330, title, [*shapes, *_names(760, lines), *_legend(_GROUP)])


def _whole(result: Result, programs: dict[str, str]) -> list[str]:
    shapes = []
    for name, left, key in (("seconds", 0, "seconds"), ("peak MB", 380, "peak_mb")):
        curves = [
            Curve(
                program,
                kind,
                [
                    (row["articles"], row[key])
                    for row in result["rows"]
                    if row["program"] == program
                ],
            )
            for program, kind in programs.items()
        ]
        shapes += _panel(name, left, curves)
    return shapes


def _panel(name: str, left: float, curves: Sequence[Curve]) -> list[str]:
    """Both scales are logarithmic."""
    across, up, decades = _scales(left, curves)
    shapes = [svg.text(left, 16, name, "head")]
    for decade in decades:
        shapes.append(svg.rule(left + 50, up(decade), left + 340, up(decade)))
        shapes.append(svg.text(left + 44, up(decade) + 4, f"{decade:,g}", "small", "end"))
    for count in sorted({count for curve in curves for count, _ in curve.points}):
        shapes.append(svg.text(across(count), 288, _short(count), "small", "middle"))
    for curve in curves:
        points = [(across(count), up(value)) for count, value in sorted(curve.points)]
        shapes.append(svg.curve(points, curve.kind))
    return shapes


def _names(left: float, curves: Sequence[Curve]) -> list[str]:
    """The name of each curve at its right end, pushed down where two would overlap."""
    across, up, _ = _scales(left, curves)
    shapes, free = [], 0.0
    for y, x, name in sorted(
        (up(value), across(count), curve.name)
        for curve in curves
        for count, value in [max(curve.points)]
    ):
        free = max(y + 4, free + 12)
        shapes.append(svg.text(x + 8, free, name, "small"))
    return shapes


def _scales(
    left: float, curves: Sequence[Curve]
) -> tuple[Callable[[float], float], Callable[[float], float], list[float]]:
    """Places across and up, and the powers of ten between the lowest and the highest value."""
    points = [point for curve in curves for point in curve.points]
    counts, values = zip(*points, strict=True)
    lowest, highest = _decades(values)
    steps = round(math.log10(highest / lowest))
    across = _scale(min(counts), max(counts), left + 55, left + 330)
    return across, _scale(lowest, highest, 270, 40), [lowest * 10**n for n in range(steps + 1)]


def _legend(programs: dict[str, str]) -> list[str]:
    shapes = []
    for position, (program, kind) in enumerate(programs.items()):
        x = 55 + 180 * position
        shapes += [svg.bar(x, 306, 14, 4, f"{kind}-dot"), svg.text(x + 20, 312, program, "small")]
    return shapes


def _decades(values: Sequence[float]) -> tuple[float, float]:
    """The powers of ten around the values."""
    lowest = 10.0 ** math.floor(math.log10(min(values)))
    return lowest, max(10.0 ** math.ceil(math.log10(max(values))), lowest * 10)


def _scale(low: float, high: float, start: float, stop: float) -> Callable[[float], float]:
    """A logarithmic scale from values to places."""
    width = math.log(high / low) or 1.0
    return lambda value: start + (stop - start) * math.log(value / low) / width


def _short(count: int) -> str:
    return f"{count // 1_000_000}M" if count >= 1_000_000 else f"{count / 1000:g}k"


_CHARTS: dict[str, Callable[[Result], str]] = {
    "signatures": throughput,
    "encoder": throughput,
    "dedup": sizes,
    "scale": stages,
}
