"""Many articles from fewer: the real ones, and others made of their sentences."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson

from benchmarks import edits
from benchmarks.texts import read_records

SPAN_DAYS = 30
_START = datetime(2025, 1, 1, tzinfo=UTC)
_DONORS = 3


def write_resampled(paths: Sequence[Path], count: int, out: Path) -> str:
    """Write so many articles as JSON lines, evenly from all files; returns what they are.

    Where there are fewer, the rest are made of sentences of three articles in one language. Dates
    are drawn anew, as those of the files lie decades apart.
    """
    chance = random.Random(0)
    known = [record for record in read_records(paths) if record.get("text") or record.get("title")]
    real = min(len(known), max(count // 2, count - 4 * len(known)), count)
    chosen = [known[number * len(known) // real] for number in range(real)]
    by_language = defaultdict(list)
    for record in known:
        if len(edits.split(record.get("text") or "")) > _DONORS:
            by_language[record.get("lang")].append(record)
    languages = list(by_language)
    shares = [len(by_language[name]) for name in languages]
    with out.open("wb") as file:
        for number in range(count):
            if number < real:
                record = dict(chosen[number])
            else:
                language = chance.choices(languages, shares)[0]
                record = _mixed(by_language[language], chance)
            published = _START + timedelta(days=chance.random() * SPAN_DAYS)
            record |= {"id": f"a{number:07d}", "published": published.isoformat()}
            record.pop("story", None)
            file.write(orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE))
    return (
        f"{real:,} real ones and {count - real:,} made of sentences of three others, "
        f"{SPAN_DAYS} days"
    )


def _mixed(records: Sequence[dict[str, str]], chance: random.Random) -> dict[str, str]:
    donors = [chance.choice(records) for _ in range(_DONORS)]
    sentences = [chance.choice([edits.split(d["text"]) for d in donors]) for _ in range(14)]
    text = " ".join(chance.choice(parts) for parts in sentences)
    return {
        "title": donors[0].get("title") or "",
        "text": text,
        "lang": donors[0].get("lang") or "",
    }
