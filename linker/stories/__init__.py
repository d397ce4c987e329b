"""Stories: which articles report the same event, and which stories share a topic."""

from __future__ import annotations

from linker.stories.describe import describe
from linker.stories.evidence import FEATURES
from linker.stories.linking import (
    LEVELS,
    Linked,
    LinkSettings,
    compare_pairs,
    link_stories,
    link_topics,
    stories_by_level,
)
from linker.stories.rivals import count_rivals
from linker.stories.vectors import Vectors, embed_articles
from linker.stories.windows import days_of

__all__ = [
    "FEATURES",
    "LEVELS",
    "LinkSettings",
    "Linked",
    "Vectors",
    "compare_pairs",
    "count_rivals",
    "days_of",
    "describe",
    "embed_articles",
    "link_stories",
    "link_topics",
    "stories_by_level",
]
