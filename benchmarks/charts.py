"""Charts of results: throughput beside other tools, time and memory against size."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks import svg
from benchmarks.grid import Result

_TITLES = {
    "signatures": "Texts a second from strings to MinHash signatures, 128 permutations",
    "encoder": "Texts a second from strings to vectors",
}
_PROGRAMS = {"linker dedup": "ours", "orjson only": "theirs"}


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
    """Seconds and peak memory against the number of articles, all on logarithmic scales."""
    rows = [row for row in result["rows"] if row["program"] in _PROGRAMS]
    panels = (
        ("seconds", 0, lambda row: row["seconds"]),
        ("peak MB", 380, lambda row: row["peak_mb"]),
    )
    shapes = [shape for panel in panels for shape in _panel(rows, *panel)]
    title = "linker dedup, and only parsing the same file: seconds and memory against articles"
    return svg.drawing(740, 330, title, shapes)


def _panel(
    rows: Sequence[dict[str, Any]], name: str, left: float, value: Callable[[Any], float]
) -> list[str]:
    counts = sorted({row["articles"] for row in rows})
    values = [value(row) for row in rows]
    across = _scale(counts[0], counts[-1], left + 55, left + 330)
    lowest, highest = _decades(values)
    up = _scale(lowest, highest, 270, 40)
    shapes = [svg.text(left, 16, name, "head")]
    decade = lowest
    while decade <= highest * 1.001:
        shapes.append(svg.rule(left + 50, up(decade), left + 340, up(decade)))
        shapes.append(svg.text(left + 44, up(decade) + 4, f"{decade:,g}", "small", "end"))
        decade *= 10
    shapes += [svg.text(across(count), 288, _short(count), "small", "middle") for count in counts]
    for position, (program, kind) in enumerate(_PROGRAMS.items()):
        own = sorted((row["articles"], value(row)) for row in rows if row["program"] == program)
        shapes.append(svg.curve([(across(count), up(found)) for count, found in own], kind))
        x = left + 55 + 130 * position
        shapes.append(svg.bar(x, 306, 14, 4, f"{kind}-dot"))
        shapes.append(svg.text(x + 20, 312, program, "small"))
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
}
