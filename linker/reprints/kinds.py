"""The ways in which an article can be a copy of another."""

from __future__ import annotations

from enum import Enum

NONE = 0
"""No copy: its own representative."""
EXACT = 1
"""The same folded words in the same order."""
REPRINT = 2
"""An edited copy: Jaccard at or above the threshold, or nearly all of one text in the other.

Where two articles are compared, also an article that another outlet rewrote (see rewrites.py).
"""
EXCERPT = 3
"""A shorter article, nearly all of which stands in the representative."""
VERSION = 4
"""Another state of the same page: the same url, or the same source and nearly the same title."""

KIND_NAMES = ("", "exact", "reprint", "excerpt", "version")
"""Names of the kinds, by number; NONE has none."""


class Rule(Enum):
    """What the search for copies is about: it decides what becomes of short and formulaic texts.

    TEXTS asks whether two texts are nearly the same: at or above the threshold they are, whatever
    their length, date or title. Only an empty text equals nothing.

    REPORTS asks whether two articles are one report, because copies are one from there on: "the
    Fed added 1.5 billion" returns every week in the same words, and is another report each time.
    Texts under 50 words must be more alike, or have the same numbers on the same day, and under 20
    the same title too, unless one has none; a piece
    that holds an earlier one among mostly new text is a report of its own.
    """

    TEXTS = "texts"
    REPORTS = "reports"
