"""Puts tables into a Markdown page, between the marks that name them."""

from __future__ import annotations

import re
from pathlib import Path

from benchmarks.grid import Result
from benchmarks.tables import render


def write(results: list[Result], path: Path) -> None:
    """Fill the page's places for these results, and leave the rest of it as it is.

    A place is what stands between <!-- begin NAME --> and <!-- end NAME -->. Raises SystemExit
    for a result without a place.
    """
    text = path.read_text()
    for result in results:
        text = fill(text, result["benchmark"], render(result))
    path.write_text(text)


def fill(text: str, name: str, tables: str) -> str:
    """The page with new tables in one place."""
    place = re.compile(f"(<!-- begin {name} -->\n).*?(<!-- end {name} -->)", re.DOTALL)
    filled, count = place.subn(lambda found: f"{found[1]}\n{tables}\n{found[2]}", text)
    if not count:
        raise SystemExit(f"the page has no place for {name}: <!-- begin {name} -->")
    return filled
