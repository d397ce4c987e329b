"""Cleaning: page furniture, repeated lines and headline decoration, by rules and by counting."""

from __future__ import annotations

from linker.cleaning.article import Cleaned, clean_article
from linker.cleaning.counts import LineCounter, LineCounts, count_lines
from linker.cleaning.screening import screen
from linker.cleaning.table import CUT, clean, clean_batch

__all__ = [
    "CUT",
    "Cleaned",
    "LineCounter",
    "LineCounts",
    "clean",
    "clean_article",
    "clean_batch",
    "count_lines",
    "screen",
]
