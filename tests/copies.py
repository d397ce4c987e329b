"""Articles that copy one another for tests, and their plain similarity."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pyarrow as pa

from linker.reprints import (
    Reprints,
    Rule,
    group_reprints,
    shingle_hash,
)
from linker.reprints.shingles import (
    shingles,
)
from linker.text import word_hashes, words

VOCABULARY = [f"word{number}" for number in range(3000)]
START = datetime(2021, 3, 1, tzinfo=UTC)
Pile = Callable[[int], list[dict[str, object]]]


def prose(seed: int, length: int = 300) -> list[str]:
    return random.Random(seed).choices(VOCABULARY, k=length)


def article(text: str | list[str], hours: float | None = 0, **fields: str) -> dict[str, object]:
    body = text if isinstance(text, str) else " ".join(text)
    published = None if hours is None else START + timedelta(hours=hours)
    empty = {"title": "", "url": "", "source": ""}
    return empty | fields | {"text": body, "published": published}


def table(articles: list[dict[str, object]]) -> pa.Table:
    strings = {
        name: pa.array([one[name] for one in articles], pa.large_string())
        for name in ("title", "text", "url", "source")
    }
    moments = pa.array([one["published"] for one in articles], pa.timestamp("us", "UTC"))
    return pa.table(strings | {"published": moments})


def group(
    *articles: dict[str, object],
    threshold: float = 0.7,
    rule: Rule = Rule.REPORTS,
    threads: int = 1,
) -> Reprints:
    rows = table(list(articles))
    batch = word_hashes(rows["text"].to_pylist())
    return group_reprints(batch, rows, threshold=threshold, rule=rule, threads=threads)


def shingle_set(text: str) -> set[int]:
    return {shingle_hash(data) for data in shingles(words(text))}


def similarity(left: set[int], right: set[int]) -> tuple[float, float]:
    """The plain twin of compare."""
    common = len(left & right)
    if not left or not right:
        return 0.0, 0.0
    return common / len(left | right), common / min(len(left), len(right))
