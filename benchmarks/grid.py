"""Markdown tables that read well in a terminal too, and the numbers in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Result = dict[str, Any]


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table, padded; columns of numbers are set to the right."""
    lines = [list(head), *map(list, rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    numeric = [all(_is_number(line[column]) for line in rows) for column in range(len(head))]

    def line(cells: Sequence[str]) -> str:
        padded = (
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(cells, widths, numeric, strict=True)
        )
        return f"| {' | '.join(padded)} |"

    rule = "|".join(
        "-" * (width + 1) + (":" if right else "-")
        for width, right in zip(widths, numeric, strict=True)
    )
    return "\n".join((line(head), f"|{rule}|", *map(line, rows))) + "\n"


def seconds(value: float) -> str:
    """Seconds with as many digits as are worth reading."""
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def speed(row: dict[str, Any] | None, absent: str = "-") -> str:
    """The median, half the spread, and how many times as fast linker is."""
    return absent if row is None else f"{speed_alone(row)} (×{row['ratio']:.1f})"


def speed_alone(row: dict[str, Any]) -> str:
    """The median and half the spread."""
    spread = (row["fastest"] - row["slowest"]) / 2 / row["texts_a_second"]
    return f"{row['texts_a_second']:,} ±{spread:.0%}"


def missing(result: Result) -> str:
    """Which tools were passed over, and how to install them."""
    if not result.get("missing"):
        return ""
    skipped = "; ".join(f"{name} (`{how}`)" for name, how in result["missing"].items())
    return f"Skipped, as not installed: {skipped}.\n"


def _is_number(cell: str) -> bool:
    return cell.replace(",", "").replace(".", "").isdigit()
