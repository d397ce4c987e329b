"""How terms are written: what stands behind their numbers in the texts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from linker.arrays import IntArray, Uint32Array, Uint64Array
from linker.shared_terms.tokens import Tokens
from linker.stories.places import places
from linker.stories.terms import word_ids
from linker.text import CHARACTER, Words, hash_column
from linker.text.spans import Span, word_spans

PIECE = 2
_EDGES = "".join(chr(point) for point in range(0x21, 0x80) if not chr(point).isalnum())
_EDGES += "«»“”„‘’‚…–—·•،؛؟。、，：；！？「」『』（）《》〈〉【】।॥"


@dataclass(frozen=True, slots=True)
class Form:
    """A term as written, and whether it is a piece: two characters of a script without spaces."""

    text: str
    piece: bool


def written_forms(tokens: Tokens, words: Words, wanted: Uint32Array) -> dict[int, Form]:
    """How the terms `wanted` (k,), ascending, are written most often, by their places there.

    Left out are numbers, and terms that no single token holds: two syllables with a space between
    them. `words` are those of the strings of `tokens`.
    """
    names, times = _names(tokens, np.unique(_occurrences(words, wanted)[1]))
    words = hash_column(names)
    terms, rows, first, size = _occurrences(words, wanted)
    # The most frequent first: what is less so than the form that a term has is passed over. Of one
    # text all together, so that its words are told apart once.
    order = np.lexsort((rows, -times[rows]))
    texts, counts, often = names.to_pylist(), words.counts.tolist(), times.tolist()
    best: dict[int, tuple[int, bool, str, bool]] = {}
    for term, row, begin, length in zip(
        *(part[order].tolist() for part in (terms, rows, first, size)), strict=True
    ):
        held = best.get(term)
        if held and often[row] < held[0]:
            continue
        text = texts[row]
        surface = text if counts[row] == length else _part(text, begin, length)
        # The most frequent form; of two as frequent the one in lower case is no headline's.
        form = (often[row], surface.lower() == surface, surface, length == PIECE)
        if surface and (not held or form > held):
            best[term] = form
    return {
        term: Form(surface, piece)
        for term, (_, _, surface, piece) in best.items()
        if not any(char.isdecimal() for char in surface)
    }


def _names(tokens: Tokens, rows: IntArray) -> tuple[pa.LargeStringArray, IntArray]:
    """Some tokens without the marks around them, and how often each of these stands there."""
    split = pc.utf8_split_whitespace(tokens.strings.take(pa.array(rows)))
    times = np.repeat(tokens.counts[rows], pc.list_value_length(split).to_numpy())
    names = pc.utf8_trim(pc.list_flatten(split), characters=_EDGES).dictionary_encode()
    return names.dictionary, np.bincount(names.indices, times, len(names.dictionary)).astype(int)


def _occurrences(
    words: Words, wanted: Uint32Array
) -> tuple[IntArray, IntArray, IntArray, IntArray]:
    """Where wanted terms stand: their places in `wanted`, the text, the first word there, how many.

    All int64.
    """
    parts = [_standing(words, words.hashes, wanted, 1)]
    if (words.kinds & CHARACTER).any():
        joined = words.hashes * np.uint64(31) + np.append(words.hashes[1:], np.uint64(0))
        parts.append(_standing(words, joined, wanted, PIECE))
    terms, rows, first, size = (np.concatenate(column) for column in zip(*parts, strict=True))
    return terms, rows, first, size


def _standing(
    words: Words, hashes: Uint64Array, wanted: Uint32Array, size: int
) -> tuple[IntArray, IntArray, IntArray, IntArray]:
    term = places(word_ids(hashes), wanted)
    at = np.flatnonzero(term >= 0)
    rows = np.searchsorted(words.offsets, at, "right") - 1
    if size == PIECE:
        single = np.append(words.kinds & CHARACTER != 0, False)
        within = single[at] & single[at + 1] & (at + 1 < words.offsets[rows + 1])
        at, rows = at[within], rows[within]
    return term[at].astype(np.int64), rows, at - words.offsets[rows], np.full(len(at), size)


def _part(token: str, first: int, size: int) -> str:
    """Some of a token's words, as written; '' where its words cannot be told apart."""
    spans = _spans(token)[first : first + size]
    return token[spans[0][1] : spans[-1][2]] if len(spans) == size else ""


@lru_cache(maxsize=1)
def _spans(token: str) -> list[Span]:
    return list(word_spans(token))
