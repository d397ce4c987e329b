"""What two articles both give, as written: their numbers and the rare words that weigh most.

The evidence of a link says how much two articles have in common; this says what. It looks at the
headline and the first `BEGINNING` characters of each text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from linker.arrays import BoolArray, Int32Array, IntArray
from linker.shared_terms.numbers import numbers_of
from linker.shared_terms.tokens import Tokens, tokens_of
from linker.shared_terms.weights import rare_terms, strongest_terms
from linker.shared_terms.written import written_forms
from linker.stories.background import numbered
from linker.stories.forms import word_forms
from linker.text import hash_column

BEGINNING = 3_000
WORDS = 6


@dataclass(frozen=True, slots=True)
class Shared:
    """What two articles both give, the most telling first."""

    numbers: tuple[str, ...]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SharedTerms:
    """What the articles of p pairs both give, the most telling first.

    numbers: int32 (p, 4), words: int32 (p, 6), places in `forms`, -1 for none, which comes last.
    """

    forms: list[str]
    numbers: Int32Array
    words: Int32Array

    def of(self, pair: int) -> Shared:
        """What the articles of one pair both give."""
        numbers, words = (
            tuple(self.forms[place] for place in row if place >= 0)
            for row in (self.numbers[pair].tolist(), self.words[pair].tolist())
        )
        return Shared(numbers, words)


def shared_terms(articles: pa.Table, pairs: IntArray, threads: int = 1) -> SharedTerms:
    """What each pair (p, 2) of rows of `articles` has in common, as it is written in them.

    How rare a word is is counted over the rows that `pairs` names and the shipped background.
    Words of scripts without spaces are pieces of two characters or more.
    """
    rows, at = np.unique(pairs, return_inverse=True)
    pairs = at.reshape(-1, 2)
    chosen = articles.select(["title", "text", "lang"]).take(pa.array(rows))
    lang = pc.fill_null(chosen["lang"], "").to_pylist()
    tokens = tokens_of(_beginnings(chosen), numbered(lang)[1])
    numbers = numbers_of(tokens)
    words, forms = _shared_words(tokens, lang, pairs, threads)
    places = numbers.shared(pairs)
    return SharedTerms(forms + numbers.forms, np.where(places < 0, -1, places + len(forms)), words)


def _beginnings(articles: pa.Table) -> pa.LargeStringArray:
    """The headline and the beginning of the text of each article, a line each."""
    title, text = (
        pc.fill_null(articles[name].cast(pa.large_string()), "") for name in ("title", "text")
    )
    line = pa.scalar("\n", pa.large_string())
    both = pc.binary_join_element_wise(title, pc.utf8_slice_codeunits(text, 0, BEGINNING), line)
    return pa.concat_arrays(both.chunks or [pa.array([], pa.large_string())])


def _shared_words(
    tokens: Tokens, lang: Sequence[str], pairs: IntArray, threads: int
) -> tuple[Int32Array, list[str]]:
    """The words that the articles of each pair share, int32 (p, WORDS), and what is written so."""
    words = hash_column(tokens.strings, threads=threads)
    stems = word_forms(pa.chunked_array([tokens.strings]), threads).stems
    documents, own = rare_terms(tokens, words, stems, lang)
    found = strongest_terms(documents, pairs)
    # Ids count from 1; the form of 0, which is none, is none.
    wanted = np.flatnonzero(np.bincount(found.ravel(), minlength=1)[1:])
    written = written_forms(tokens, words, own[wanted])
    form = np.full(len(own) + 1, -1, np.int32)
    piece = np.zeros(len(own) + 1, np.bool_)
    at = wanted[list(written)] + 1
    form[at] = np.arange(len(at))
    piece[at] = [name.piece for name in written.values()]
    return _named(form[found], piece[found], [name.text for name in written.values()])


def _named(found: Int32Array, piece: BoolArray, forms: list[str]) -> tuple[Int32Array, list[str]]:
    """The first WORDS of the forms found, pieces that overlap put together and last.

    found (p, t): places in `forms`, -1 for none; piece (p, t): whether one is a piece. Also returns
    the forms, those that are put together among them.
    """
    order = np.argsort((found < 0) | piece, axis=1, kind="stable")[:, :WORDS]
    whole = np.where(piece, np.int32(-1), found)
    words = np.take_along_axis(whole, order, axis=1)
    at = {form: place for place, form in enumerate(forms)}
    for pair in np.flatnonzero(piece.any(axis=1)).tolist():
        runs: list[str] = []
        for place in found[pair][piece[pair]].tolist():
            _join(runs, forms[place])
        known = int((words[pair] >= 0).sum())
        for k, run in enumerate(runs[: WORDS - known], known):
            words[pair, k] = at.setdefault(run, len(at))
    return words, list(at)


def _join(runs: list[str], piece: str) -> None:
    """Put a piece of two characters to the run that it continues, else to the end of the list."""
    for at, run in enumerate(runs):
        if piece in run:
            return
        if run[-1] == piece[0]:
            runs[at] = run + piece[1:]
            return
        if run[0] == piece[-1]:
            runs[at] = piece[:-1] + run
            return
    runs.append(piece)
