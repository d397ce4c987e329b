"""The ways in which an article can be a copy of another."""

from __future__ import annotations

NONE = 0
"""No copy: its own representative."""
EXACT = 1
"""The same folded words in the same order."""
REPRINT = 2
"""An edited copy: Jaccard at or above the threshold, or nearly all of one text in the other."""
EXCERPT = 3
"""A shorter article, nearly all of which stands in the representative."""
VERSION = 4
"""Another state of the same page: the same url, or the same source and nearly the same title."""

KIND_NAMES = ("", "exact", "reprint", "excerpt", "version")
"""Names of the kinds, by number; NONE has none."""
