"""What two articles both give, as written: their numbers and the rare words that weigh most.

The evidence of a link says how much two articles have in common; this says what. It looks at the
headline and the first `BEGINNING` characters of each text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from linker.jit import njit
from linker.passages import word_spans
from linker.stories.background import load_background, rarity
from linker.stories.forms import stem_hashes
from linker.stories.places import places
from linker.stories.tally import SYLLABIC
from linker.stories.terms import Terms, count_terms, word_ids
from linker.stories.tfidf import weigh
from linker.text import CHARACTER, Words, word_hashes

Rows = npt.NDArray[np.int64]
Ids = npt.NDArray[np.uint32]
Floats = npt.NDArray[np.float32]
Form = tuple[str, bool]
"""A term as written, and whether it is a piece: two characters of a script without spaces."""
PIECE = 2

BEGINNING = 3_000
WORDS = 6
NUMBERS = 4
LEAST = 0.006
"""A word that adds less than this to the TF-IDF cosine (0 to 1) of two articles is not named."""
RARE = 3.0
"""Nor is one whose inverse document frequency is less: it stands in one text of twenty or more."""
USUAL = 0.1
"""A number in more than this share of many articles says nothing: the year, most of the time."""
MANY = 20

# A number with its separators, so that 3,000 is one and not two. Digits of any script.
_NUMBER = re.compile(r"\d+(?:[.,:٫٬’'\u00a0\u202f]\d+)*")
_GROUPED = re.compile(r"\d{1,3}(?:[.,٬’'\u00a0\u202f]\d{3})+")
_HALF, _LOW = np.uint64(32), np.uint64(0xFFFFFFFF)
_EDGES = "".join(chr(point) for point in range(0x21, 0x80) if not chr(point).isalnum())
_EDGES += "«»“”„‘’‚…–—·•،؛؟。、，：；！？「」『』（）《》〈〉【】।॥"


@dataclass(frozen=True, slots=True)
class Shared:
    """What two articles both give, the most telling first."""

    numbers: tuple[str, ...]
    words: tuple[str, ...]


def shared_terms(articles: pa.Table, pairs: Rows, threads: int = 1) -> list[Shared]:
    """What each pair (p, 2) of rows of `articles` has in common, as it is written in them.

    How rare a word is is counted over the rows that `pairs` names and the shipped background.
    Words of scripts without spaces are pieces of two characters or more.
    """
    rows, places = np.unique(pairs, return_inverse=True)
    pairs = places.reshape(-1, 2)
    chosen = articles.select(["title", "text", "lang"]).take(pa.array(rows))
    texts = [
        f"{title}\n{text}"
        for title, text in zip(
            pc.fill_null(chosen["title"], "").to_pylist(),
            pc.utf8_slice_codeunits(pc.fill_null(chosen["text"], ""), 0, BEGINNING).to_pylist(),
            strict=True,
        )
    ]
    documents = _documents(texts, pc.fill_null(chosen["lang"], "").to_pylist(), threads)
    ids = strongest_terms(documents, pairs)
    written = _written(texts, np.unique(ids[ids > 0]))
    numbers = _Numbers(texts)
    return [
        Shared(numbers.shared(a, b), _named(row, written))
        for (a, b), row in zip(pairs.tolist(), ids.tolist(), strict=True)
    ]


def _documents(texts: Sequence[str], lang: Sequence[str], threads: int) -> Terms:
    """TF-IDF rows of unit length of the words of the texts; what is not RARE weighs nothing.

    A word is as rare as its stem, which is what the evidence counts: of two articles only a word
    that stands in both in one form can be named, though.
    """
    languages = sorted(set(lang))
    number = {code: i for i, code in enumerate(languages)}
    codes = np.array([number[code] for code in lang], np.int64)
    syllabic = np.isin(codes, [number[code] for code in SYLLABIC if code in number])
    words, stems = word_hashes(texts, threads=threads), stem_hashes(texts, threads=threads)
    counted, stemmed = count_terms(words, syllabic), count_terms(stems, syllabic)
    rare = rarity(stemmed, codes, languages, load_background())
    idf = _of_stems(counted, _stem_of(words, stems)(counted.ids), stemmed, rare)
    documents = weigh(counted, idf)
    return replace(documents, values=np.where(idf >= RARE, documents.values, np.float32(0.0)))


def _stem_of(words: Words, stems: Words) -> Callable[[Ids], Ids]:
    """The ids of the stems of words by their own; a pair of words keeps its id."""
    packed = _with_places(word_ids(words.hashes))
    packed.sort()  # by id, which is much quicker than an order of the ids
    new = np.ones(len(packed), np.bool_)
    new[1:] = packed[1:] >> _HALF != packed[:-1] >> _HALF
    ids = (packed[new] >> _HALF).astype(np.uint32)
    own = word_ids(stems.hashes[packed[new] & _LOW])

    def stem_ids(wanted: Ids) -> Ids:
        if not len(ids):
            return wanted
        at = places(wanted, ids)
        return np.where(at >= 0, own[at], wanted)

    return stem_ids


def _with_places(ids: Ids) -> npt.NDArray[np.uint64]:
    """Each id, and its place in the lower half: no run of texts has 2**32 words."""
    return (ids.astype(np.uint64) << _HALF) | np.arange(len(ids), dtype=np.uint64)


def _of_stems(counted: Terms, ids: Ids, stemmed: Terms, values: Floats) -> Floats:
    """The value of each entry's stem in the same row, float32; 0 where the row lacks it."""
    keys = (counted.rows().astype(np.uint64) << _HALF) | ids
    at = places(keys, stemmed.keys())
    found = np.zeros(len(ids), np.float32)
    found[at >= 0] = values[at[at >= 0]]
    return found


def strongest_terms(documents: Terms, pairs: Rows) -> Ids:
    """The terms that add most to the cosine of each pair (p, 2), uint32 (p, WORDS * 2), 0 for none.

    The heaviest first; among equals the smaller id.
    """
    return _strongest(documents.start, documents.ids, documents.values, pairs, WORDS * 2)  # type: ignore[no-any-return]


@njit(cache=True, nogil=True)
def _strongest(start: Any, ids: Any, values: Any, pairs: Any, most: int) -> Any:
    found = np.zeros((len(pairs), most), np.uint32)
    weight = np.zeros((len(pairs), most), np.float32)
    for p in range(len(pairs)):
        i, end = start[pairs[p, 0]], start[pairs[p, 0] + 1]
        j, stop = start[pairs[p, 1]], start[pairs[p, 1] + 1]
        while i < end and j < stop:
            if ids[i] < ids[j]:
                i += 1
            elif ids[i] > ids[j]:
                j += 1
            else:
                part = values[i] * values[j]
                at = most
                if part >= np.float32(LEAST):
                    while at > 0 and part > weight[p, at - 1]:
                        at -= 1
                for k in range(most - 1, at, -1):
                    found[p, k] = found[p, k - 1]
                    weight[p, k] = weight[p, k - 1]
                if at < most:
                    found[p, at] = ids[i]
                    weight[p, at] = part
                i += 1
                j += 1
    return found


def _written(texts: Sequence[str], wanted: Ids) -> dict[int, Form]:
    """How each wanted term is written most often; numbers are left out.

    So are terms that no single token holds: two syllables with a space between them.
    """
    split = pc.utf8_split_whitespace(pa.array(texts, pa.large_string()))
    tokens, times = pc.value_counts(pc.list_flatten(split)).flatten()
    stripped: Counter[str] = Counter()
    for token, count in zip(tokens.to_pylist(), times.to_pylist(), strict=True):
        stripped[token.strip(_EDGES)] += count
    # The most frequent first: what is less so than the form that a term has is passed over.
    names = sorted(stripped, key=lambda name: (-stripped[name], name))
    words = word_hashes(names)
    counts = words.counts.tolist()
    best: dict[int, tuple[int, bool, str, bool]] = {}
    for term, place, first, size in _occurrences(words, wanted):
        name = names[place]
        if term in best and stripped[name] < best[term][0]:
            continue
        surface = name if counts[place] == size else _part(name, first, size)
        # The most frequent form; of two as frequent the one in lower case is no headline's.
        form = (stripped[name], surface.lower() == surface, surface, size == PIECE)
        if surface and (term not in best or form > best[term]):
            best[term] = form
    return {
        term: (surface, piece)
        for term, (_, _, surface, piece) in best.items()
        if not any(char.isdecimal() for char in surface)
    }


def _part(token: str, first: int, size: int) -> str:
    """Some of a token's words, as written; '' where its words cannot be told apart."""
    spans = list(word_spans(token))[first : first + size]
    return token[spans[0][1] : spans[-1][2]] if len(spans) == size else ""


def _occurrences(words: Words, wanted: Ids) -> Iterator[tuple[int, int, int, int]]:
    """Where wanted terms stand: (term, text, its first word there, how many words it spans)."""
    text = np.repeat(np.arange(len(words)), words.counts)
    single = (words.kinds & CHARACTER) != 0
    paired = np.zeros(len(text), np.bool_)
    paired[:-1] = single[:-1] & single[1:] & (text[:-1] == text[1:])
    joined = words.hashes * np.uint64(31) + np.append(words.hashes[1:], np.uint64(0))
    everywhere = np.ones(len(text), np.bool_)
    for size, hashes, usable in ((1, words.hashes, everywhere), (PIECE, joined, paired)):
        ids = word_ids(hashes)
        for at in np.flatnonzero(np.isin(ids, wanted) & usable).tolist():
            yield int(ids[at]), int(text[at]), int(at - words.offsets[text[at]]), size


def _named(ids: Sequence[int], written: dict[int, Form]) -> tuple[str, ...]:
    """The written forms of terms, 0 being none; pieces that overlap are put together."""
    words: list[str] = []
    runs: list[str] = []
    for term in ids:
        if term == 0:
            break
        word, piece = written.get(term, ("", False))
        if piece:
            _join(runs, word)
        elif word:
            words.append(word)
    return tuple((words + runs)[:WORDS])


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


class _Numbers:
    """The numbers of each text: value to written form; one digit alone and usual ones left out."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.of = [_numbers(text) for text in texts]
        self.texts = Counter(value for found in self.of for value in found)
        most = USUAL * len(texts) if len(texts) >= MANY else len(texts)
        usual = {value for value, times in self.texts.items() if times > most}
        for found in self.of:
            for value in usual & found.keys():
                del found[value]

    def shared(self, a: int, b: int) -> tuple[str, ...]:
        """The numbers that both texts give, as the first writes them; the rarest first."""
        if not (self.of[a] and self.of[b]):
            return ()
        both = sorted(
            self.of[a].keys() & self.of[b].keys(),
            key=lambda value: (self.texts[value], -len(value), value),
        )
        return tuple(self.of[a][value] for value in both[:NUMBERS])


def _numbers(text: str) -> dict[str, str]:
    """Each number of a text of two digits or more: its value, and how it is written first."""
    written = (number for number in reversed(_NUMBER.findall(text)) if len(number) > 1)
    return {_value(number): number for number in written}


@lru_cache(maxsize=1 << 16)
def _value(number: str) -> str:
    """A number in ASCII digits, without the marks between thousands.

    >>> _value("3,000"), _value("2:14")
    ('3000', '2.14')
    """
    separated = re.sub(r"\D", "" if _GROUPED.fullmatch(number) else ".", number)
    return "".join(str(int(char)) if char.isdecimal() else char for char in separated)
