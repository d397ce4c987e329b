"""The figures that the page states: counts of the whole run, its stages and what it left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from linker.dates import EPOCH

if TYPE_CHECKING:
    from linker.readers.rejects import Reject

KIND_WORDS = {
    "exact": "exact copies",
    "reprint": "edited reprints",
    "excerpt": "excerpts",
    "version": "later versions",
}
REASONS_AT_MOST = 8
FIRST, LAST = datetime(1000, 1, 1, tzinfo=UTC), datetime(2999, 12, 31, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts over all articles of a run, whether the page shows each of them or not."""

    articles: int
    independent: int
    reprints: int
    stories: int
    shared: int  # stories of two or more independent reports
    crossing: int  # stories in two or more languages
    topics: int
    wide: int  # topics of two or more stories
    languages: int
    sources: int
    undated: int
    span: str
    kinds: list[tuple[str, int]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of the run: seconds, its share of the whole in percent, peak memory in MB."""

    name: str
    seconds: float
    share: float
    peak_mb: float | None


def summarise(articles: pa.Table, stories: pa.Table) -> Summary:
    """Return the counts of a run from its output tables."""
    reprints = articles.num_rows - articles["reprint_of"].null_count
    kinds, topics = _counts(articles["reprint_kind"]), _counts(stories["topic_id"])
    return Summary(
        articles=articles.num_rows,
        independent=articles.num_rows - reprints,
        reprints=reprints,
        stories=stories.num_rows,
        shared=_above_one(stories["independent"]),
        crossing=_above_one(pc.list_value_length(stories["languages"])),
        topics=len(topics),
        wide=sum(number > 1 for number in topics.values()),
        languages=len(_counts(articles["lang"]).keys() - {"", "und"}),
        sources=len(_counts(articles["source"]).keys() - {""}),
        undated=articles["published"].null_count,
        span=_span(articles["published"]),
        kinds=[(words, kinds[kind]) for kind, words in KIND_WORDS.items() if kind in kinds],
    )


def stages(run: Mapping[str, object]) -> list[Stage]:
    """Return the stages of run.json in their order; entries without a number are left out."""
    entries = run.get("stages")
    rows = [row for row in _items(entries) if isinstance(row.get("seconds"), int | float)]
    total = sum(float(row["seconds"]) for row in rows) or 1.0
    return [
        Stage(
            name=str(row.get("name", "")),
            seconds=float(row["seconds"]),
            share=100 * float(row["seconds"]) / total,
            peak_mb=float(row["peak_mb"]) if isinstance(row.get("peak_mb"), int | float) else None,
        )
        for row in rows
    ]


def facts(run: Mapping[str, object], *parts: str) -> list[tuple[str, object]]:
    """Return the named parts of run.json as (words, value) rows, in the order they have there.

    The first part's entries go by their own names, those of later ones under the part's:
    {"counts": {"links": 3}, "reprints": {"exact": 1}} is [("links", 3), ("reprints · exact", 1)].
    """
    rows: list[tuple[str, object]] = []
    for part in parts:
        value = run.get(part)
        if isinstance(value, Mapping):
            rows += _flat(value, "" if part == parts[0] else f"{part} · ")
        elif isinstance(value, list | tuple) and value:
            rows.append((part, value))
    return rows


def rejections(rejects: Iterable[Reject]) -> list[tuple[str, int]]:
    """Return the reasons why records were left out and how many each, most frequent first.

    Beyond REASONS_AT_MOST the rest is one row.
    """
    counts = Counter(reject.reason for reject in rejects)
    rows = sorted(counts.items(), key=lambda row: (-row[1], row[0]))
    rest = sum(number for _, number in rows[REASONS_AT_MOST:])
    return rows[:REASONS_AT_MOST] + ([("for other reasons", rest)] if rest else [])


def _flat(value: Mapping[str, Any], prefix: str) -> list[tuple[str, object]]:
    rows: list[tuple[str, object]] = []
    for key, inner in value.items():
        name = f"{prefix}{str(key).replace('_', ' ')}"
        rows += _flat(inner, f"{name} · ") if isinstance(inner, Mapping) else [(name, inner)]
    return rows


def _items(value: object) -> list[Mapping[str, Any]]:
    if not isinstance(value, Sequence) or isinstance(value, str):
        return []
    return [item for item in value if isinstance(item, Mapping)]


def _counts(column: pa.ChunkedArray) -> dict[str, int]:
    pairs = pc.value_counts(column.drop_null()).to_pylist()
    return {pair["values"]: pair["counts"] for pair in pairs}


def _above_one(column: pa.ChunkedArray) -> int:
    return pc.sum(pc.greater(column, 1)).as_py() or 0


def _span(published: pa.ChunkedArray) -> str:
    """Return the days of the first and last article in words; '' when none has a usable date."""
    times = published.cast(pa.timestamp("s", tz="UTC"), safe=False).cast(pa.int64()).drop_null()
    first, last = ((edge - EPOCH).total_seconds() for edge in (FIRST, LAST))
    usable = times.filter(pc.and_(pc.greater_equal(times, first), pc.less_equal(times, last)))
    if not len(usable):
        return ""
    edges = pc.min_max(usable).as_py()
    start, end = _day(edges["min"]), _day(edges["max"])
    return start if start == end else f"{start} to {end}"


def _day(moment: int) -> str:
    day = EPOCH + timedelta(seconds=moment)
    return f"{day.day} {day:%B} {day.year}"
