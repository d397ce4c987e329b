"""All corpora in one stream: what has nothing to do with each other must not become one story.

A corpus by itself is kinder than news are: its articles lie years apart or share one theme, and
whoever is near in time and meaning tells the same story. In a week of everything, most who are near
are strangers. So the stories of all corpora are dated into one week, those with graded pairs only
beside them as strangers, and each corpus is scored in that company.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from labelled import Corpus, clustered, read_lines, story_name

from linker.articles import PRECISIONS
from linker.dates import parse_date

NAME = "pool"
#: Articles of one corpus at most; whole stories are drawn by chance.
MOST = 600
#: Days in which stories begin, and the mean delay of an article where no time of day is known.
SPAN, DELAY = 6.0, 0.4
BEGIN = datetime(2024, 3, 4)

Line = dict[str, Any]


def read_pool(folder: Path, names: Sequence[str], seed: int) -> Corpus:
    """The corpora of these names in one stream; its parts are those that have stories."""
    rng = np.random.default_rng(seed)
    lines: list[Line] = []
    stories: dict[str, str] = {}
    parts: dict[str, str] = {}
    for name in names:
        for story, articles in _drawn(name, list(read_lines(folder / f"{name}.jsonl.gz")), rng):
            begin = rng.uniform(0.0, SPAN)
            for article, delay in zip(articles, _delays(articles, rng), strict=True):
                published = BEGIN + timedelta(days=begin + delay)
                key = f"{name} {article['id']}"
                kept = {field: article.get(field) for field in ("title", "text", "lang")}
                lines.append(kept | {"id": key, "published": f"{published:%Y-%m-%dT%H:%M:%SZ}"})
                stories[key] = story
                if "story" in article:
                    parts[key] = f"{NAME} {name}"
    return clustered(NAME, lines, stories, parts)


def _drawn(
    name: str, lines: list[Line], rng: np.random.Generator
) -> Iterator[tuple[str, list[Line]]]:
    """Some stories of a corpus; an article without one is a story of its own, and all are drawn."""
    stories: dict[str, list[Line]] = {}
    for line in lines:
        story = story_name(name, line if "story" in line else {"story": line["id"]})
        stories.setdefault(story, []).append(line)
    room = MOST if "story" in lines[0] else len(lines)
    ordered = sorted(stories)
    for place in rng.permutation(len(ordered)).tolist():
        articles = stories[ordered[place]]
        if len(articles) <= room:
            room -= len(articles)
            yield ordered[place], articles


def _delays(articles: list[Line], rng: np.random.Generator) -> list[float]:
    """Days after the story's beginning: as they were, where all have a time of day."""
    known = [parse_date(article.get("published")) for article in articles]
    times = [time.timestamp() for time, precision in known if time and precision == PRECISIONS[0]]
    if len(times) == len(articles):
        return [(time - min(times)) / 86_400 for time in times]
    return [float(delay) for delay in rng.exponential(DELAY, len(articles))]
