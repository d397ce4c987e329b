"""The keywords of stories: their heaviest terms, as headlines write them."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from linker.jit import njit
from linker.stories.added import added_rows
from linker.stories.background import Background
from linker.stories.forms import stem_hashes
from linker.stories.places import pages, place
from linker.stories.terms import Terms, count_terms

IntArray = npt.NDArray[np.int64]

KEYWORDS = 8
#: Terms that are tried: some have no form that stands in the story.
_TRIED = 2 * KEYWORDS
#: Articles of a story that are read for its keywords, the first ones.
READ = 40
#: Sums of weights are compared to so many parts of 1, so that their last bits decide nothing.
_EXACT = 1e9

#: Characters that a piece of a script without spaces grows to.
LONGEST_GROWN = 6
#: Words that so many sentences of a language hold say nothing of a story in it.
USUAL = 0.025
# Accents, vowel signs, joiners: linker.text, too, takes what they are in for one word.
_WITHIN = ("Mn", "Mc", "Me", "Cf")
# Kana, Han, Thai and Lao.
_UNSEGMENTED = re.compile("[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0eff]")


@lru_cache(maxsize=1)
def _surface() -> re.Pattern[str]:
    """A word as it is written: letters, with whatever marks and invisible signs are among them.

    `\\w` is letters without the vowel signs of Hindi or Thai, which would fall to pieces.
    """
    within = [chr(c) for c in range(1 << 16) if unicodedata.category(chr(c)) in _WITHIN]
    word = rf"[^\W\d_]+(?:[{''.join(within)}]+[^\W\d_]*)*"
    return re.compile(rf"{word}(?:['’-]{word})*")


@dataclass(frozen=True)
class Surfaces:
    """Words as headlines write them, by their terms `ids`, uint32 ascending.

    Term i is written as any of `words[start[i]:start[i + 1]]`, the most frequent first, among
    equals by code points.
    """

    words: list[str]
    ids: npt.NDArray[np.uint32]
    start: list[int]


def surfaces(headlines: Iterable[str]) -> Surfaces:
    """What stands behind the hashed terms: the words of these headlines."""
    counts: Counter[str] = Counter()
    for line in headlines:
        counts.update(written(line))
    both = pa.table(
        {"word": pa.array(counts.keys(), pa.large_string()), "times": list(counts.values())}
    )
    by_frequency = [("times", "descending"), ("word", "ascending")]
    words = both["word"].combine_chunks().take(pc.sort_indices(both, sort_keys=by_frequency))
    terms = count_terms(stem_hashes(words.to_pylist()))
    single = np.flatnonzero(np.diff(terms.start) == 1)
    ids = terms.ids[terms.start[:-1][single]]
    order = np.argsort(ids, kind="stable")
    ids, first = np.unique(ids[order], return_index=True)
    return Surfaces(
        words.take(pa.array(single[order])).to_pylist(), ids, [*first.tolist(), len(single)]
    )


def written(line: str) -> list[str]:
    """Words as they are written; runs without spaces between words as pairs of characters."""
    words: list[str] = _surface().findall(line)
    if not _UNSEGMENTED.search(line):
        return words
    found: list[str] = []
    for word in words:
        if _UNSEGMENTED.search(word):
            found.extend(word[i : i + 2] for i in range(max(1, len(word) - 1)))
        else:
            found.append(word)
    return found


def usual_terms(
    known: Surfaces,
    lang: IntArray,
    begin: IntArray,
    languages: Sequence[str],
    background: Background,
) -> Iterator[frozenset[int]]:
    """For each story the places among `known` of words that are usual in one of its languages.

    Story s has articles in the languages `lang[begin[s]:begin[s + 1]]`, which number `languages`.
    """
    own = [
        frozenset(np.flatnonzero(background.shares(code, known.ids, 0.0) >= USUAL).tolist())
        for code in languages
    ]
    together: dict[frozenset[int], frozenset[int]] = {}
    for first, last in itertools.pairwise(begin.tolist()):
        spoken = frozenset(lang[first:last].tolist())
        if spoken not in together:
            together[spoken] = frozenset().union(*(own[code] for code in spoken))
        yield together[spoken]


def keywords(
    documents: Terms,
    rows: IntArray,
    begin: IntArray,
    known: Surfaces,
    texts: Iterable[str],
    usual: Iterable[Collection[int]],
) -> list[list[str]]:
    """The KEYWORDS heaviest terms of each story, the heaviest first, as its own text has them.

    Story s has the rows `rows[begin[s]:begin[s + 1]]` of `documents`, of which the first READ
    count, `texts` gives what there is to read of each, and `usual` which places among `known` are
    none of its keywords. The weight of a term is the sum of its values, and of equals the smaller
    id comes first. A term is written as headlines do most often, among the ways that stand in the
    story: without one it is left out.
    """
    found, ends = _heaviest(
        documents.start, documents.ids, documents.values, rows, begin, pages(known.ids)
    )
    places, stops = found.tolist(), ends.tolist()
    return [
        _as_written([term for term in places[first:last] if term not in common], known, text)
        for (first, last), text, common in zip(itertools.pairwise(stops), texts, usual, strict=True)
    ]


def _as_written(terms: list[int], known: Surfaces, text: str) -> list[str]:
    found: list[str] = []
    for term in terms:
        forms = known.words[known.start[term] : known.start[term + 1]]
        # Headlines in capitals may be all that there is.
        for form in itertools.chain(forms, map(str.lower, forms)):
            if _stands_in(form, text):
                whole = _grown(form, text) if _is_unsegmented(form) else form
                if whole not in found:
                    found.append(whole)
                break
        if len(found) == KEYWORDS:
            break
    return found


def _grown(piece: str, text: str) -> str:
    """A piece of a script without spaces, with all that it never stands without in a text.

    So "际象" becomes "国际象棋"; a piece that stands there once shows nothing of its word.
    """
    at = [match.start() for match in re.finditer(re.escape(piece), text)]
    while len(at) > 1 and len(piece) < LONGEST_GROWN:
        before = {text[max(place - 1, 0) : place] for place in at}
        after = {text[place + len(piece) : place + len(piece) + 1] for place in at}
        if len(before) == 1 and _is_unsegmented(*before):
            piece, at = before.pop() + piece, [place - 1 for place in at]
        elif len(after) == 1 and _is_unsegmented(*after):
            piece += after.pop()
        else:
            break
    return piece


def _is_unsegmented(form: str) -> bool:
    return not form.isascii() and _UNSEGMENTED.search(form) is not None


def _stands_in(form: str, text: str) -> bool:
    """Whether a form stands somewhere as a word; in scripts without spaces, anywhere."""
    at = text.find(form)
    if at >= 0 and _is_unsegmented(form):
        return True
    while at >= 0:
        end = at + len(form)
        if not (_is_within(text[at - 1 : at]) or _is_within(text[end : end + 1])):
            return True
        at = text.find(form, at + 1)
    return False


def _is_within(char: str) -> bool:
    """Whether a word goes on with this character."""
    return char.isalpha() or (not char.isascii() and unicodedata.category(char) in _WITHIN)


@njit(cache=True, nogil=True)
def _heaviest(start: Any, ids: Any, values: Any, rows: Any, begin: Any, known: Any) -> Any:
    """The places among `known` of each story's heaviest terms, end to end, and where they end."""
    stories = len(begin) - 1
    found = np.empty(stories * _TRIED, np.int64)
    ends = np.zeros(stories + 1, np.int64)
    weight = np.empty(_TRIED, np.float64)
    for story in range(stories):
        last = min(begin[story] + READ, begin[story + 1])
        count, terms, sums = added_rows(start, ids, values, rows, begin[story], last)
        first = ends[story]
        held = 0
        for i in range(count):
            own = np.rint(sums[i] * _EXACT) / _EXACT
            if held == _TRIED and own <= weight[held - 1]:
                continue
            at = place(terms[i], known)
            if at < 0:
                continue
            held = min(held + 1, _TRIED)
            k = held - 1
            while k > 0 and weight[k - 1] < own:
                weight[k] = weight[k - 1]
                found[first + k] = found[first + k - 1]
                k -= 1
            weight[k] = own
            found[first + k] = at
        ends[story + 1] = first + held
    return found[: ends[-1]], ends
