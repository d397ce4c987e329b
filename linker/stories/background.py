"""What is usual in a language: how many texts hold a word, and where its vectors lie on average.

Five articles say nothing about which words are common. The shipped table does; a run blends it
with its own counts, as if `PSEUDO_ARTICLES` articles of each language had been read before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from linker.arrays import DoubleArray, FloatArray, IntArray, Uint32Array, Uint64Array
from linker.stories.lexicon import lexicon
from linker.stories.terms import Terms

PSEUDO_ARTICLES = 500.0
PSEUDO_VECTORS = 200.0
RAREST_SHARE = 1e-4


@dataclass(frozen=True)
class Background:
    """One row a language: `languages` sorted, `words_per_text` float32, `centres` float32 (l, d).

    The texts of language i that hold a term are `share[start[i]:start[i + 1]]` of all, for the
    terms `ids` (uint32, ascending), stems of words. `encoder` names the model of the centres.
    """

    languages: tuple[str, ...]
    words_per_text: FloatArray
    start: IntArray
    ids: Uint32Array
    share: FloatArray
    encoder: str
    centres: FloatArray

    def shares(self, lang: str, ids: Uint32Array, words: float) -> DoubleArray:
        """The share of texts of `words` words in `lang` that hold each of the terms, float64.

        A text of several times the length is taken for as many independent texts.
        """
        if lang not in self.languages:
            return np.full(len(ids), RAREST_SHARE)
        i = self.languages.index(lang)
        known = self.ids[self.start[i] : self.start[i + 1]]
        at = np.minimum(np.searchsorted(known, ids), len(known) - 1)
        one = np.where(known[at] == ids, self.share[self.start[i] : self.start[i + 1]][at], 0.0)
        times = max(1.0, words / float(self.words_per_text[i]))
        return np.maximum(1.0 - (1.0 - one.astype(np.float64)) ** times, RAREST_SHARE)

    def centre(self, lang: str, encoder: str) -> FloatArray | None:
        """The mean unit vector of the language under this encoder, or None when not known."""
        if encoder != self.encoder or lang not in self.languages:
            return None
        centre: FloatArray = self.centres[self.languages.index(lang)]
        return centre

    def save(self, path: Path) -> None:
        """Write the table as compressed NumPy arrays."""
        np.savez_compressed(
            path,
            languages=np.array(self.languages),
            words_per_text=self.words_per_text,
            start=self.start,
            ids=self.ids,
            share=self.share.astype(np.float16),
            encoder=np.array(self.encoder),
            centres=self.centres.astype(np.float16),
        )


@lru_cache(maxsize=1)
def load_background() -> Background:
    """The table that is shipped with the package."""
    with np.load(Path(__file__).with_name("background.npz")) as table:
        return Background(
            languages=tuple(str(lang) for lang in table["languages"]),
            words_per_text=table["words_per_text"],
            start=table["start"],
            ids=table["ids"],
            share=table["share"].astype(np.float32),
            encoder=str(table["encoder"]),
            centres=table["centres"].astype(np.float32),
        )


def numbered(values: Sequence[str]) -> tuple[list[str], IntArray]:
    """The different values, ascending, and the place among them of each, int64 (n,)."""
    names = sorted(set(values))
    number = {name: place for place, name in enumerate(names)}
    return names, np.array([number[value] for value in values], np.int64)


def rarity(
    documents: Terms,
    lang: IntArray,
    languages: list[str],
    background: Background,
    lengths: IntArray | None = None,
    threads: int = 1,
) -> FloatArray:
    """Inverse document frequency of each entry of `documents`, float32, within its language.

    `lang` int64 (n,) numbers `languages`. The frequency is that of this run and of the background
    together (log((N + 1) / (df + 1/2)), Spärck Jones 1972 with the run's counts smoothed).
    `lengths` is how many words each row has; without it the values of its terms are their counts.
    """
    known = lexicon(documents.start, documents.ids, lang, threads)
    articles = np.bincount(lang, minlength=len(languages))
    if lengths is None:
        words = np.bincount(lang[documents.rows()], documents.values, minlength=len(languages))
    else:
        words = np.bincount(lang, lengths, minlength=len(languages))
    rare = rarity_of(known.keys, known.frequency, articles, words, languages, background)
    return rare[known.number]


def rarity_of(
    keys: Uint64Array,
    frequency: IntArray,
    articles: IntArray,
    words: npt.NDArray[Any],
    languages: Sequence[str],
    background: Background,
) -> FloatArray:
    """Inverse document frequency of the terms of each language, float32 (k,); see `rarity`.

    A key (k,), ascending, is a language's number times 2**32, plus a term; `frequency` is how many
    of its language's `articles` (l,) hold the term. These have `words` (l,) altogether.
    """
    out = np.empty(len(keys), np.float64)
    edges = np.searchsorted(keys >> np.uint64(32), np.arange(len(languages) + 1))
    for i, code in enumerate(languages):
        part = slice(edges[i], edges[i + 1])
        ids = keys[part].astype(np.uint32)
        usual = background.shares(code, ids, words[i] / max(1, articles[i]))
        held = frequency[part] + PSEUDO_ARTICLES * usual
        out[part] = np.log((articles[i] + PSEUDO_ARTICLES + 1.0) / (held + 0.5))
    return np.maximum(out, 0.0).astype(np.float32)
