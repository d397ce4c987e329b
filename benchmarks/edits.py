"""What editors do to a text that they reprint. A text is a list of its sentences."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

Sentences = list[str]
Fresh = Callable[[], str]
"""Gives one new sentence after another."""
Edit = Callable[[Sentences, Fresh, random.Random], Sentences]

_BETWEEN_SENTENCES = re.compile(r"(?<=[.!?؟।])\s+|(?<=[。！？])\s*|\n+")


def split(text: str) -> Sentences:
    """The sentences of a text, roughly: cut at full stops and at the ends of lines."""
    return [part.strip() for part in _BETWEEN_SENTENCES.split(text) if part.strip()]


def unchanged(sentences: Sentences, fresh: Fresh, chance: random.Random) -> Sentences:
    """An exact copy."""
    return list(sentences)


def word_replaced(sentences: Sentences, fresh: Fresh, chance: random.Random) -> Sentences:
    """Another word (or, without spaces, character) in the middle of one sentence."""
    changed = list(sentences)
    place = chance.randrange(len(changed))
    joiner = " " if " " in changed[place] else ""
    words, others = _words(changed[place]), _words(fresh())
    words[len(words) // 2] = others[len(others) // 2]
    changed[place] = joiner.join(words)
    return changed


def byline_added(sentences: Sentences, fresh: Fresh, chance: random.Random) -> Sentences:
    """A short line before the text, as of an author and an agency."""
    line = fresh()
    words = _words(line)[:5]
    return [("By " + " ".join(words)) if " " in line else "".join(words), *sentences]


def first_sentence_cut(sentences: Sentences, fresh: Fresh, chance: random.Random) -> Sentences:
    """All but the first sentence."""
    return sentences[1:] or sentences


def fifth_replaced(sentences: Sentences, fresh: Fresh, chance: random.Random) -> Sentences:
    """One sentence in five, at least one, is another."""
    changed = list(sentences)
    for place in chance.sample(range(len(changed)), max(1, len(changed) // 5)):
        changed[place] = fresh()
    return changed


def first_half(sentences: Sentences, fresh: Fresh, chance: random.Random) -> Sentences:
    """The first half, at least one sentence."""
    return sentences[: max(1, len(sentences) // 2)]


def extended(sentences: Sentences, fresh: Fresh, chance: random.Random) -> Sentences:
    """Three sentences more."""
    return [*sentences, fresh(), fresh(), fresh()]


PLANTED: dict[str, Edit] = {
    "a word replaced": word_replaced,
    "a byline added": byline_added,
    "the first sentence cut": first_sentence_cut,
    "20 % of the sentences replaced": fifth_replaced,
    "the first half only": first_half,
}
"""The edits whose recall is measured."""


def _words(sentence: str) -> list[str]:
    return sentence.split(" ") if " " in sentence else list(sentence)
