"""A seeded pile of made-up articles: stories, reprints of several kinds, dates, sources."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from benchmarks import edits
from benchmarks.languages import SCRIPTS, Language, chooser

REPRINTED = 0.25
"""Share of the articles that are copies of another."""

_KINDS: dict[str, tuple[edits.Edit, float]] = {
    "exact": (edits.unchanged, 0.32),
    "word": (edits.word_replaced, 0.12),
    "byline": (edits.byline_added, 0.10),
    "first sentence": (edits.first_sentence_cut, 0.10),
    "sentences": (edits.fifth_replaced, 0.12),
    "excerpt": (edits.first_half, 0.16),
    "extended": (edits.extended, 0.08),
}
_START = datetime(2025, 1, 1, tzinfo=UTC)
_DAYS = 365
_SOURCES = 2000
_REMEMBERED = 20_000  # an article is reprinted from among so many others


@dataclass(frozen=True, slots=True)
class Original:
    """An article that others may reprint, in sentences."""

    number: int
    language: Language
    story: str
    title: str
    sentences: list[str]
    published: datetime


class Pile:
    """Makes one article after another: the same ones, whatever the count, for the same seed."""

    def __init__(self, seed: int = 0, languages: Sequence[str] = tuple(SCRIPTS)) -> None:
        self._chance = random.Random(seed)
        self._next_language = chooser({n: Language(n, seed) for n in languages}, self._chance)
        self._originals: list[Original] = []
        self._stories: list[tuple[str, Language, list[str], datetime]] = []
        self._count = 0

    def articles(self, count: int) -> Iterator[dict[str, Any]]:
        """The next articles as the records of a JSONL file.

        Beside linker's keys: story, and of a reprint copy_of and edit, which linker passes over.
        """
        for _ in range(count):
            self._count += 1
            if self._originals and self._chance.random() < REPRINTED:
                yield self._reprint(self._chance.choice(self._originals))
            else:
                yield self._original()

    def _original(self) -> dict[str, Any]:
        story, language, words, begun = self._story()
        count = max(4, round(self._chance.gauss(16, 6)))
        text = [language.sentence(self._chance.choice(words)) for _ in range(count)]
        title = language.sentence(words[0])[:60].rsplit(" ", 1)[0]
        published = begun + timedelta(hours=self._chance.expovariate(1 / 12))
        original = Original(self._count, language, story, title, text, published)
        if len(self._originals) < _REMEMBERED:
            self._originals.append(original)
        else:
            self._originals[self._chance.randrange(_REMEMBERED)] = original
        return self._record(original, text, published)

    def _reprint(self, original: Original) -> dict[str, Any]:
        kinds = list(_KINDS)
        kind = self._chance.choices(kinds, [_KINDS[name][1] for name in kinds])[0]
        text = _KINDS[kind][0](original.sentences, original.language.sentence, self._chance)
        published = original.published + timedelta(minutes=self._chance.uniform(5, 2160))
        record = self._record(original, text, published)
        return record | {"copy_of": _name(original.number), "edit": kind}

    def _story(self) -> tuple[str, Language, list[str], datetime]:
        """A new story, or one of the last thousand: about three original articles a story."""
        if self._stories and self._chance.random() < 0.67:
            return self._chance.choice(self._stories)
        language = self._next_language()
        begun = _START + timedelta(days=self._chance.random() * _DAYS)
        words = language.rare(self._chance, 8)
        self._stories = self._stories[-999:]
        self._stories.append((f"s{self._count}", language, words, begun))
        return self._stories[-1]

    def _record(self, what: Original, text: list[str], published: datetime) -> dict[str, Any]:
        source = f"paper{self._chance.randrange(_SOURCES)}.example"
        gap = what.language.script.joiner
        paragraphs = (gap.join(text[start : start + 3]) for start in range(0, len(text), 3))
        return {
            "id": _name(self._count),
            "title": what.title,
            "text": "\n\n".join(paragraphs),
            "url": f"https://{source}/{self._count}",
            "source": source,
            "published": published.isoformat(),
            "lang": what.language.name,
            "story": what.story,
        }


def write_articles(path: Path, count: int, seed: int = 0) -> None:
    """Write a pile as JSON lines; it appears whole or not at all."""
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        for record in Pile(seed).articles(count):
            file.write(orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE))
    part.replace(path)


def _name(number: int) -> str:
    return f"a{number:08d}"
