"""Cleaning: page furniture, repeated lines and headline decoration, by rules and by counting."""

from __future__ import annotations

from linker.cleaning.article import Cleaned, clean_article
from linker.cleaning.counts import LineCounts
from linker.cleaning.looking import FirstLook, Looked, count_lines, look, screen
from linker.cleaning.table import clean, clean_batch

__all__ = [
    "Cleaned",
    "FirstLook",
    "LineCounts",
    "Looked",
    "clean",
    "clean_article",
    "clean_batch",
    "count_lines",
    "look",
    "screen",
]
