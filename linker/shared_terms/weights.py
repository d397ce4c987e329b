"""How much each term weighs in each text, and the terms that weigh most in both of two texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from linker.arrays import BoolArray, Int32Array, IntArray, Uint32Array, Uint64Array
from linker.distinct import distinct
from linker.jit import bare, njit
from linker.shared_terms.tokens import Tokens, gathered
from linker.stories.background import load_background, numbered, rarity_of
from linker.stories.places import places
from linker.stories.tally import SYLLABIC
from linker.stories.terms import Terms, word_ids, word_terms
from linker.text import CHARACTER, Words

TERMS = 12
"""So many of the terms of a pair are found: of some there is no form to be shown."""
LEAST = 0.006
"""A word that adds less than this to the TF-IDF cosine (0 to 1) of two articles is not named."""
RARE = 3.0
"""Nor is one whose inverse document frequency is less: it stands in one text of twenty or more."""

_HALF, _LOW = np.uint64(32), np.uint64(0xFFFFFFFF)


def rare_terms(
    tokens: Tokens, words: Words, stems: Words, lang: Sequence[str]
) -> tuple[Terms, Uint32Array]:
    """The terms of the texts (n,) that are RARE, and what their ids stand for.

    `words` and `stems` are those of the strings of `tokens`, whose groups are the languages. The
    weights are those of TF-IDF rows of unit length over all terms. An id is 1 more than the place
    of the term in the second part of the answer, uint32 (k,), ascending.

    A word is as rare as its stem, which is what the evidence counts: of two articles only a word
    that stands in both in one form can be named, though.
    """
    languages, codes = numbered(lang)
    syllabic = np.isin(lang, SYLLABIC)
    texts = _count_off(tokens, words, stems, codes, syllabic)
    # From here on the terms of each language apart, ascending by language, then id.
    order = np.argsort(texts.keys)
    keys = texts.keys[order]
    rank = np.empty(len(order), np.int32)
    rank[order] = np.arange(len(order))
    start, rows = _postings(rank, texts.numbers, texts.ends, texts.rows)

    stem_keys, stem = np.unique(texts.stem_keys[order], return_inverse=True)
    frequency = _frequencies(start, rows, np.argsort(stem), np.sort(stem), len(codes))
    articles = np.bincount(codes, minlength=len(languages))
    lengths = np.diff(texts.ends, prepend=0)
    total = np.bincount(codes[texts.rows], lengths, minlength=len(languages))
    idf = rarity_of(stem_keys, frequency, articles, total, languages, load_background())[stem]
    idf[_without_stem(keys, stem_keys[stem], words)] = 0.0

    own, place = np.unique((keys & _LOW).astype(np.uint32), return_inverse=True)
    logs = np.log1p(np.arange(lengths.max(initial=0) + 1, dtype=np.float32))
    begin, ids, values = _weigh(start, rows, idf, logs, place, len(codes))
    return Terms(begin, ids, values), own


@dataclass(frozen=True, slots=True)
class _Texts:
    """Texts as the numbers of their terms, int32, those of text rows[i] up to ends[i].

    Term t has the id keys[t], uint64, and its stem the id stem_keys[t]; the upper half of both is
    the number of the language.
    """

    keys: Uint64Array
    stem_keys: Uint64Array
    numbers: Int32Array
    ends: IntArray
    rows: IntArray


def _count_off(
    tokens: Tokens, words: Words, stems: Words, codes: IntArray, syllabic: BoolArray
) -> _Texts:
    """Number the terms of texts: most are words of tokens, and some texts have pairs of words."""
    language = codes.astype(np.uint64) << _HALF
    of_token = np.repeat(np.arange(len(words)), words.counts)
    single = np.bincount(of_token, words.kinds & CHARACTER, len(words)) > 0
    paired = syllabic | tokens.holding(single)
    plain, others = np.flatnonzero(~paired), np.flatnonzero(paired)
    places, ends = tokens.take(others)
    at = np.arange(len(of_token), dtype=np.int32)
    at, bounds = gathered(at, words.offsets[:-1], words.offsets[1:], places, ends)
    offsets = np.append(0, bounds)
    ids, lengths = word_terms(Words(words.hashes[at], words.kinds[at], offsets), syllabic[others])
    there = Words(stems.hashes[at], stems.kinds[at], offsets)
    stem_ids, _ = word_terms(there, syllabic[others])  # in the same order

    above = np.concatenate([language[tokens.first][of_token], np.repeat(language[others], lengths)])
    keys = above | np.concatenate([word_ids(words.hashes), ids])
    stem_keys = above | np.concatenate([word_ids(stems.hashes), stem_ids])
    numbers, first = distinct(keys)

    places, ends = tokens.take(plain)
    own, ends = gathered(numbers, words.offsets[:-1], words.offsets[1:], places, ends)
    return _Texts(
        keys[first],
        stem_keys[first],
        np.concatenate([own, numbers[len(of_token) :]]),
        np.concatenate([ends, len(own) + np.cumsum(lengths)]),
        np.concatenate([plain, others]),
    )


def _without_stem(keys: Uint64Array, stem_keys: Uint64Array, words: Words) -> BoolArray:
    """Which terms are pairs of syllables one of which is longer than its stem."""
    own = np.unique(word_ids(words.hashes))
    changed: BoolArray = keys != stem_keys
    changed[changed] = places((keys[changed] & _LOW).astype(np.uint32), own) < 0
    return changed


@njit
def _postings(rank: Any, numbers: Any, ends: Any, texts: Any) -> Any:
    """The texts of each term, those of rank r from start[r] to start[r + 1].

    A text is there as often as the term stands in it, one time after the other. `numbers` are the
    terms of the texts end to end, those of texts[i] up to ends[i]. A counting sort.
    """
    start = np.zeros(len(rank) + 1, np.int64)
    for number in numbers:
        start[rank[number] + 1] += 1
    for r in range(len(rank)):
        start[r + 1] += start[r]
    following = start[:-1].copy()
    rows = np.empty(len(numbers), np.int32)
    at = 0
    for i in range(len(ends)):
        while at < ends[i]:
            r = rank[numbers[at]]
            rows[following[r]] = texts[i]
            following[r] += 1
            at += 1
    return start, rows


@njit
def _frequencies(start: Any, rows: Any, order: Any, stem: Any, texts: int) -> Any:
    """How many texts have a term of each stem. order: the terms by stem; stem: theirs, sorted."""
    frequency = np.zeros(stem[-1] + 1 if len(stem) else 0, np.int64)
    met = np.full(texts, -1, np.int64)
    for k in range(len(order)):
        for at in range(start[order[k]], start[order[k] + 1]):
            if met[rows[at]] != stem[k]:
                met[rows[at]] = stem[k]
                frequency[stem[k]] += 1
    return frequency


@njit
def _weigh(start: Any, rows: Any, idf: Any, logs: Any, place: Any, texts: int) -> Any:
    """The weights of RARE terms as rows: where each begins, ids, values.

    Term by term, so that no row has to be sorted.
    """
    norm = np.zeros(texts, np.float64)
    begin = np.zeros(texts + 1, np.int64)
    for term in range(len(idf)):
        at = start[term]
        while at < start[term + 1]:
            text, end = rows[at], _run_end(rows, at, start[term + 1])
            norm[text] += np.float64(logs[end - at] * idf[term]) ** 2
            begin[text + 1] += int(idf[term] >= RARE)
            at = end
    for text in range(texts):
        norm[text] = np.sqrt(norm[text]) if norm[text] > 0.0 else 1.0
        begin[text + 1] += begin[text]
    ids, values = np.empty(begin[-1], np.uint32), np.empty(begin[-1], np.float32)
    following = begin[:-1].copy()
    for term in range(len(idf)):
        if idf[term] >= RARE:
            at = start[term]
            while at < start[term + 1]:
                text, end = rows[at], _run_end(rows, at, start[term + 1])
                ids[following[text]] = place[term] + 1
                values[following[text]] = np.float64(logs[end - at] * idf[term]) / norm[text]
                following[text] += 1
                at = end
    return begin, ids, values


@bare(inline="always")
def _run_end(rows: Any, begin: Any, stop: Any) -> Any:
    """Where the run of equal numbers that begins at a place ends."""
    end = begin + 1
    while end < stop and rows[end] == rows[begin]:
        end += 1
    return end


def strongest_terms(documents: Terms, pairs: IntArray) -> Uint32Array:
    """The terms that add most to the cosine of each pair (p, 2), uint32 (p, TERMS), 0 for none.

    The heaviest first; among equals the smaller id.
    """
    return _strongest(documents.start, documents.ids, documents.values, pairs, TERMS)  # type: ignore[no-any-return]


@njit
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
