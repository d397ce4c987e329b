"""The tables of whole commands at several sizes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from benchmarks.grid import Result, seconds, table

_HEAD = ("articles", "program", "s", "from", "to", "user s", "sys s", "peak MB", "articles/s")


def dedup(result: Result) -> str:
    """A row a program and size, then the seconds of every stage."""
    rows = sorted(result["rows"], key=lambda row: (row["articles"], row["ratio"]))
    main = table([*_HEAD, "times orjson"], [[*_whole(row), f"{row['ratio']:.2f}"] for row in rows])
    stages = {
        (name, row["articles"]): value
        for row in rows
        for name, value in row.get("stages", {}).items()
    }
    grown = ""
    if result["growth"] is not None:
        grown = (
            f"Time grows as size to the power of {result['growth']:.2f}, "
            f"between the two largest sizes of {result['last_growth']:.2f}.\n"
        )
    return f"{main}\n{_stages(stages, {})}\n{grown}Input: {result['source']}, {_sizes(rows)}.\n"


def scale(result: Result) -> str:
    """A row a program and size, then the seconds of every stage and how they grow."""
    rows = result["rows"]
    main = table(
        [*_HEAD, "stories", "links"],
        [[*_whole(row), f"{row['stories']:,}", f"{row['links']:,}"] for row in rows],
    )
    plain = rows[0]["program"]
    times = {
        (plain, row["articles"]): row["seconds"] for row in rows if row["program"] == plain
    } | {(row["what"], row["articles"]): row["seconds"] for row in result["stages"]}
    stages = _stages(times, result["growth"])
    return f"{main}\n{stages}\nInput: {result['source']}, {_sizes(rows)}.\n"


def _whole(row: dict[str, Any]) -> list[str]:
    times = (seconds(row[key]) for key in ("seconds", "fastest", "slowest", "user", "system"))
    speed = f"{row['articles_a_second']:,}"
    return [f"{row['articles']:,}", row["program"], *times, f"{row['peak_mb']:,.0f}", speed]


def _stages(times: dict[tuple[str, int], float], growth: dict[str, Any]) -> str:
    """A row a stage, a column a size, and if it is known how each grows."""
    names, sizes = (list(dict.fromkeys(part)) for part in zip(*times, strict=True))
    head = ["grows as", "at the end as"] if growth else []
    return table(
        ["stage, seconds", *(f"{size:,}" for size in sizes), *head],
        [
            [name, *(seconds(times.get((name, size), 0)) for size in sizes), *_grows(growth, name)]
            for name in names
        ],
    )


def _grows(growth: dict[str, Any], name: str) -> list[str]:
    if not growth:
        return []
    found = (growth[name][key] for key in ("growth", "last_growth"))
    return ["-" if value is None else f"n^{value:.2f}" for value in found]


def _sizes(rows: Sequence[dict[str, Any]]) -> str:
    return ", ".join(dict.fromkeys(f"{row['input_mb']:,} MB" for row in rows))
