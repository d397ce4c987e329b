"""Which planted copies each tool finds, and how long it takes."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks import edits, machine
from benchmarks.finders import THRESHOLD, Find, Matches, load_finders
from benchmarks.rounds import interleave
from benchmarks.shingling import shingles
from benchmarks.texts import Texts, load_texts

_FEWEST_SENTENCES = 5


def measure(
    paths: Sequence[Path], *, count: int, rounds: int, only: Sequence[str] = ()
) -> dict[str, Any]:
    """Share of planted pairs found, for every corpus (or only some), edit and tool.

    Each edit is measured alone: the texts and one copy of each, so that a copy cannot be found
    through another.
    """
    finders, missing = load_finders()
    result = machine.describe("recall") | {"rounds": rounds, "missing": missing, "rows": []}
    for corpus in load_texts(paths, count):
        if only and corpus.name not in only:
            continue
        split = (edits.split(text) for text in _unlike(corpus.texts))
        sentences = [text for text in split if len(text) >= _FEWEST_SENTENCES]
        for name, edit in edits.PLANTED.items():
            result["rows"] += _rows(corpus, name, edit, sentences, finders, rounds)
    return result


def _rows(
    corpus: Texts,
    name: str,
    edit: edits.Edit,
    sentences: Sequence[list[str]],
    finders: dict[str, Find],
    rounds: int,
) -> list[dict[str, Any]]:
    chance = random.Random(name)

    def fresh() -> str:
        return chance.choice(chance.choice(sentences))

    gap = "" if corpus.name == "zh" else " "
    texts = [gap.join(text) for text in sentences]
    copies = [gap.join(edit(text, fresh, chance)) for text in sentences]
    similar = list(map(_jaccard, texts, copies))
    scores = {tool: score(find(texts, copies)) for tool, find in finders.items()}
    jobs = {tool: partial(find, texts, copies) for tool, find in finders.items()}
    timings = interleave(jobs, rounds, warm=True)
    rows = []
    for tool, (found, others) in scores.items():
        rows.append(
            {
                "corpus": corpus.name,
                "edit": name,
                "tool": tool,
                "pairs": len(texts),
                "jaccard": round(sum(similar) / len(similar), 3),
                "alike": sum(value >= THRESHOLD for value in similar),
                "recall": round(found / len(texts), 4),
                "others": others,
                "texts_a_second": round(2 * len(texts) / timings[tool].median),
            }
        )
    return rows


def score(matches: Matches) -> tuple[int, int]:
    """How many copies were traced to their text, and how many other texts were named."""
    found = sum(number in match for number, match in enumerate(matches))
    return found, sum(map(len, matches)) - found


def _unlike(texts: Iterable[str]) -> Iterator[str]:
    """Texts without those of which a tenth stood in earlier ones: only planted copies remain."""
    seen: set[str] = set()
    for text in texts:
        own = set(shingles(text))
        if len(own & seen) * 10 < len(own):
            yield text
        seen |= own


def _jaccard(text: str, copy: str) -> float:
    first, second = set(shingles(text)), set(shingles(copy))
    return len(first & second) / max(1, len(first | second))
