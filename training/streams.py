"""All corpora in one stream: what has nothing to do with each other must not become one story.

A corpus by itself is kinder than news are: its articles lie years apart or share one theme, and
whoever is near in time and meaning tells the same story. In news, most who are near are strangers.
So the stories of all corpora are dated into one stream, those with graded pairs only beside them as
strangers, and each corpus is scored in that company: in one busy week, and in many quiet days, far
apart, of a hundred articles each.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np
from labelled import Corpus, make_corpus, read_lines, story_name

from linker.dates import parse_date

#: Articles of one corpus at most; whole stories are drawn by chance.
MOST = 600
#: The mean delay of an article, in days, where no time of day is known.
DELAY = 0.4
BEGIN = datetime(2024, 3, 4)
SECONDS = 86_400  # of a day

Line = dict[str, Any]


class Stream(NamedTuple):
    """When stories begin: on one of so many days, each so many days after the one before it."""

    name: str
    days: int
    apart: float

    def begin(self, rng: np.random.Generator) -> float:
        """A time in days."""
        return float(rng.integers(self.days) * self.apart + rng.uniform())


BUSY, QUIET = Stream("busy", 6, 1.0), Stream("quiet", 50, 10.0)


def read_stream(folder: Path, names: Sequence[str], stream: Stream, seed: int) -> Corpus:
    """The corpora of these names in one stream; its parts are those that have stories."""
    lines: list[Line] = []
    story_of: dict[str, str] = {}
    part_of: dict[str, str] = {}
    for name in names:
        rng = np.random.default_rng([seed, crc32(name.encode())])
        for story, articles in _drawn(name, list(read_lines(folder / f"{name}.jsonl.gz")), rng):
            begin = stream.begin(rng)
            for article, delay in zip(articles, _delays(articles, rng), strict=True):
                published = BEGIN + timedelta(days=begin + delay)
                key = f"{name} {article['id']}"
                kept = {field: article.get(field) for field in ("title", "text", "lang")}
                lines.append(kept | {"id": key, "published": f"{published:%Y-%m-%dT%H:%M:%SZ}"})
                story_of[key] = story
                if article.get("story"):
                    part_of[key] = f"{stream.name} {name}"
    return make_corpus(stream.name, lines, story_of, part_of)


def _drawn(
    name: str, lines: list[Line], rng: np.random.Generator
) -> Iterator[tuple[str, list[Line]]]:
    """Some stories of a corpus; an article without one is a story of its own, and all are drawn."""
    stories: dict[str, list[Line]] = {}
    for line in lines:
        story = story_name(name, line if line.get("story") else {"story": line["id"]})
        stories.setdefault(story, []).append(line)
    room = MOST if any(line.get("story") for line in lines) else len(lines)
    ordered = sorted(stories)
    for place in rng.permutation(len(ordered)).tolist():
        articles = stories[ordered[place]]
        if len(articles) <= room:
            room -= len(articles)
            yield ordered[place], articles


def _delays(articles: list[Line], rng: np.random.Generator) -> list[float]:
    """Days after the story's beginning: as they were, where all have a time of day."""
    known = [parse_date(article.get("published")) for article in articles]
    times = [time.timestamp() for time, precision in known if time and precision == "exact"]
    if len(times) == len(articles):
        return [(time - min(times)) / SECONDS for time in times]
    return [float(delay) for delay in rng.exponential(DELAY, len(articles))]
