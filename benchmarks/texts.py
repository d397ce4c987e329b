"""The texts to sign: English, Arabic, Chinese and a mix, from files or made up."""

from __future__ import annotations

import gzip
import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import cycle, islice, zip_longest
from pathlib import Path

import orjson

from benchmarks import edits
from benchmarks.articles import Pile

LANGUAGES = ("en", "ar", "zh")
MIX = "mix"
_SHORTEST = 300  # characters: shorter texts of a file, such as headlines, are joined to this
_FEWEST = 100  # with fewer texts of a language, there is too little to choose from


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts of one kind. origin: where they are from; distinct: how many there are unrepeated."""

    name: str
    texts: list[str]
    origin: str
    distinct: int

    @property
    def megabytes(self) -> float:
        """Size in UTF-8, in MB of 10**6 bytes."""
        return sum(len(text.encode("utf-8", "surrogatepass")) for text in self.texts) / 1e6


def load_texts(paths: Sequence[Path], count: int, *, recombine: bool = False) -> list[Texts]:
    """So many texts in each language and mixed.

    paths: JSONL files with the keys title, text and lang. Where they hold fewer texts than count,
    these come round again. A language with only a handful of texts is made up instead; with
    recombine, its texts are made of the sentences that there are.
    """
    by_language: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        for record in _records(path):
            text = "\n".join(filter(None, (record.get("title"), record.get("text"))))
            by_language[record.get("lang") or ""].append(text)
    given = {name: _joined(texts) for name, texts in sorted(by_language.items())}
    found = []
    for name in LANGUAGES:
        texts = given.get(name, [])
        if len(texts) >= _FEWEST:
            found.append(_sized(name, texts, "files", count))
        elif texts and recombine:
            found.append(_sized(name, _recombined(texts, count), "files, recombined", count))
        else:
            found.append(_sized(name, _made_up(count, (name,)), "made up", count))
    if given:
        mixed = _in_turn(given.values())[:count]
        found.append(_sized(MIX, mixed, f"files, {len(given)} languages", count))
    else:
        found.append(_sized(MIX, _made_up(count), "made up, 5 languages", count))
    return found


def all_texts(paths: Sequence[Path], count: int) -> list[str]:
    """The texts of files with their titles, evenly so many of all, or made-up ones."""
    if not paths:
        return _made_up(count)
    texts = ["\n".join(filter(None, (r.get("title"), r.get("text")))) for r in read_records(paths)]
    texts = list(filter(None, texts))
    count = min(count, len(texts))
    return [texts[number * len(texts) // count] for number in range(count)]


def read_records(paths: Iterable[Path]) -> Iterable[dict[str, str]]:
    """The records of JSONL files, also .gz."""
    for path in paths:
        yield from _records(path)


def _sized(name: str, texts: list[str], origin: str, count: int) -> Texts:
    """Count texts, evenly from the whole list if it is longer, repeated if it is shorter."""
    if len(texts) > count:
        chosen = [texts[number * len(texts) // count] for number in range(count)]
        return Texts(name, chosen, origin, count)
    return Texts(name, list(islice(cycle(texts), count)), origin, len(texts))


def _made_up(count: int, languages: Sequence[str] | None = None) -> list[str]:
    pile = Pile(seed=1, languages=languages) if languages else Pile(seed=1)
    return [record["text"] for record in pile.articles(count)]


def _records(path: Path) -> Iterable[dict[str, str]]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rb") as file:
        for line in file:
            yield orjson.loads(line)


def _joined(texts: Iterable[str]) -> list[str]:
    """The texts, neighbours put together until each has at least _SHORTEST characters."""
    found, open_text = [], ""
    for text in texts:
        open_text = f"{open_text}\n{text}" if open_text else text
        if len(open_text) >= _SHORTEST:
            found.append(open_text)
            open_text = ""
    return found or [open_text]


def _recombined(texts: Iterable[str], count: int) -> list[str]:
    """Texts of sentences drawn at random from these."""
    chance = random.Random(0)
    sentences = [sentence for text in texts for sentence in edits.split(text)]
    return _joined(chance.choice(sentences) for _ in range(count * 20))[:count]


def _in_turn(languages: Iterable[list[str]]) -> list[str]:
    """The first text of every language, the second of every language, and so on."""
    return [text for texts in zip_longest(*languages) for text in texts if text is not None]
