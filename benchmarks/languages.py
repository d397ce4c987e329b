"""Made-up languages: words in several scripts, drawn as often as Zipf's law says."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

VOCABULARY = 30_000
_DRAWN_AT_ONCE = 1 << 16


@dataclass(frozen=True, slots=True)
class Script:
    """How a language is written: its letters, lengths of words, what joins words, what ends."""

    letters: str
    lengths: tuple[int, int]
    joiner: str
    stop: str


SCRIPTS = {
    "en": Script("eeeaaooiittnnssrrhhldcumfpgwybvk", (2, 10), " ", "."),
    "ar": Script("اااللليييمموونننرتبسعدفقكهجحشصطخذضغثزظءآةى", (2, 8), " ", "."),
    "zh": Script("".join(map(chr, range(0x4E00, 0x4E00 + 3000))), (1, 2), "", "。"),
    "ru": Script("оооееааиинтсрвлкмдпуяыьгзбчйхжшюцщэф", (2, 11), " ", "."),
    "hi": Script("ककरतनमहलसदपवयजबगाािीेोंुू", (2, 8), " ", "।"),
}
SHARES = {"en": 0.5, "ar": 0.15, "zh": 0.15, "ru": 0.15, "hi": 0.05}
"""Share of each language in a pile of several."""


class Language:
    """Draws words and sentences of one made-up language; the same ones for the same seed."""

    def __init__(self, name: str, seed: int) -> None:
        self.name = name
        self.script = SCRIPTS[name]
        self.words = np.array(_vocabulary(self.script, random.Random(f"{name} {seed}")), object)
        # A Zipf-Mandelbrot law: the word of rank r is drawn in proportion to 1 / (r + 2.7).
        weights = np.cumsum(1 / (np.arange(len(self.words)) + 2.7))
        self._chances = weights / weights[-1]
        self._source = np.random.default_rng([seed, *name.encode()])
        self._drawn: list[str] = []
        self._lengths: list[int] = []

    def draw(self, count: int) -> list[str]:
        """So many words, frequent ones often."""
        while len(self._drawn) < count:
            ranks = np.searchsorted(self._chances, self._source.random(_DRAWN_AT_ONCE))
            self._drawn += self.words[ranks].tolist()
        taken = self._drawn[-count:]
        del self._drawn[-count:]
        return taken

    def sentence(self, about: str | None = None) -> str:
        """One sentence of 8 to 30 words; about: a word that stands in it."""
        words = self.draw(self._length())
        if about is not None:
            words[len(words) // 3] = about
        joined = self.script.joiner.join(words)
        return joined[:1].upper() + joined[1:] + self.script.stop

    def rare(self, chance: random.Random, count: int) -> list[str]:
        """Words from the rarer half of the vocabulary."""
        half = len(self.words) // 2
        return [self.words[half + chance.randrange(half)] for _ in range(count)]

    def _length(self) -> int:
        if not self._lengths:
            self._lengths = self._source.integers(8, 31, 4096).tolist()
        return self._lengths.pop()


def _vocabulary(script: Script, chance: random.Random) -> list[str]:
    """Distinct words; short ones come first, as frequent words are short."""
    shortest, longest = script.lengths
    found: dict[str, None] = {}
    while len(found) < VOCABULARY:
        span = shortest + 1 + (longest - shortest) * len(found) // VOCABULARY
        length = chance.randint(shortest, min(span, longest))
        found["".join(chance.choices(script.letters, k=length))] = None
    return list(found)


def chooser(languages: dict[str, Language], chance: random.Random) -> Callable[[], Language]:
    """Picks one language after another, as often as SHARES says."""
    weights = [SHARES[name] for name in languages]
    choices = list(languages.values())
    return lambda: chance.choices(choices, weights)[0]
