"""The keywords of stories: their heaviest terms, as headlines write them."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from linker.arrays import IntArray, Uint32Array
from linker.jit import njit
from linker.stories.added import added_rows
from linker.stories.background import Background
from linker.stories.forms import stem_hashes
from linker.stories.places import pages, place
from linker.stories.tally import SYLLABIC
from linker.stories.terms import Terms, count_terms
from linker.threads import mapped

KEYWORDS = 8
#: Terms that are tried: some have no form that stands in the story, some are usual words.
_TRIED = 3 * KEYWORDS
#: Articles of a story that are read for its keywords, the first ones.
READ = 40
#: Stories whose heaviest terms are found at a time.
STORIES = 1024
#: Sums of weights are compared to so many parts of 1, so that their last bits decide nothing.
_EXACT = 1e9

#: Words that so many sentences of a language hold say nothing of a story in it.
USUAL = 0.025
#: In these the background counts syllables and characters, of which names consist as well.
_NO_WORDS = frozenset((*SYLLABIC, "zh", "ja", "th", "lo", "km", "my"))
#: Characters that a piece of Chinese grows to, and how often it must stand there for that.
LONGEST_GROWN, OFTEN_GROWN = 5, 3

# Kana, Han, Thai and Lao.
_UNSEGMENTED = re.compile("[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0eff]")
_HAN = re.compile("[\u3400-\u9fff]+")
_MARKS = ("Mn", "Mc", "Me")


class _Patterns(NamedTuple):
    word: re.Pattern[str]
    letter: re.Pattern[str]


@lru_cache(maxsize=1)
def _patterns() -> _Patterns:
    """A word as it is written, and a letter with its marks.

    `\\w` is letters without the vowel signs of Hindi or Thai, whose words would fall to pieces.
    Signs that cannot be seen, such as joiners, belong to a word between two of its letters.
    """
    kinds: dict[str, list[str]] = {"marks": [], "unseen": []}
    for char in map(chr, range(1 << 16)):
        category = unicodedata.category(char)
        if category in _MARKS or category == "Cf":
            kinds["unseen" if category == "Cf" else "marks"].append(char)
    marks, unseen = ("".join(kinds[name]) for name in ("marks", "unseen"))
    letter = r"[^\W\d_]"
    word = rf"{letter}+(?:(?:[{marks}]+|[{unseen}]+(?={letter})){letter}*)*"
    return _Patterns(
        re.compile(rf"{word}(?:['’-]{word})*"), re.compile(rf"{letter}[{marks}{unseen}]*")
    )


@dataclass(frozen=True)
class Surfaces:
    """Words as headlines write them, by their terms `ids`, uint32 ascending.

    Term i is written as any of `words[start[i]:start[i + 1]]`, the most frequent first, among
    equals by code points. `home[i]` is the language that writes the first of these most often.
    """

    words: list[str]
    ids: Uint32Array
    start: list[int]
    home: npt.NDArray[np.str_]


def surfaces(headlines: Iterable[str], languages: Iterable[str]) -> Surfaces:
    """What stands behind the hashed terms: the words of these headlines, each in a language."""
    spoken: dict[str, Counter[str]] = {}
    for language, lines in _by_language(headlines, languages).items():
        spoken[language] = Counter(written("\n".join(lines)))
    counts: Counter[str] = Counter()
    most: dict[str, tuple[int, str]] = {}
    for language in sorted(spoken):
        counts.update(spoken[language])
        for word, times in spoken[language].items():
            if word not in most or times > most[word][0]:
                most[word] = times, language
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
    forms = words.take(pa.array(single[order])).to_pylist()
    home = np.array([most[forms[place]][1] for place in first.tolist()], np.str_)
    return Surfaces(forms, ids, [*first.tolist(), len(single)], home)


def _by_language(headlines: Iterable[str], languages: Iterable[str]) -> dict[str, list[str]]:
    lines: dict[str, list[str]] = {}
    for line, language in zip(headlines, languages, strict=True):
        lines.setdefault(language, []).append(line)
    return lines


def written(text: str) -> list[str]:
    """Words as they are written; runs without spaces between words as pairs of letters."""
    words: list[str] = _patterns().word.findall(text)
    if not _UNSEGMENTED.search(text):
        return words
    found: list[str] = []
    for word in words:
        if _UNSEGMENTED.search(word):
            letters = _patterns().letter.findall(word)
            found.extend("".join(letters[i : i + 2]) for i in range(max(1, len(letters) - 1)))
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
    Among several languages a word counts in the one that writes it most often: German "war" is no
    English war.
    """
    alone, beside = [], []
    for code in languages:
        share = background.shares(code, known.ids, 0.0) * (code not in _NO_WORDS)
        alone.append(frozenset(np.flatnonzero(share >= USUAL).tolist()))
        beside.append(alone[-1] & frozenset(np.flatnonzero(known.home == code).tolist()))
    together = {frozenset((code,)): words for code, words in enumerate(alone)}
    for first, last in itertools.pairwise(begin.tolist()):
        spoken = frozenset(lang[first:last].tolist())
        if spoken not in together:
            together[spoken] = frozenset().union(*(beside[code] for code in spoken))
        yield together[spoken]


def keywords(
    documents: Terms,
    rows: IntArray,
    begin: IntArray,
    known: Surfaces,
    texts: Iterable[str],
    usual: Iterable[Collection[int]],
    threads: int = 1,
) -> list[list[str]]:
    """The KEYWORDS heaviest terms of each story, the heaviest first, as its own text has them.

    Story s has the rows `rows[begin[s]:begin[s + 1]]` of `documents`, of which the first READ
    count, `texts` gives what there is to read of each, and `usual` which places among `known` are
    none of its keywords. The weight of a term is the sum of its values, and of equals the smaller
    id comes first. A term is written as headlines do most often, among the ways that stand in the
    story: without one it is left out.
    """
    start, ids, values = documents.start, documents.ids, documents.values
    among = pages(known.ids)

    def heaviest(first: int) -> list[list[int]]:
        edges = begin[first : first + STORIES + 1]
        found, ends = _heaviest(start, ids, values, rows, edges, among)
        places = found.tolist()
        return [places[low:high] for low, high in itertools.pairwise(ends.tolist())]

    heavy = itertools.chain(*mapped(heaviest, range(0, len(begin) - 1, STORIES), threads))
    return [
        _as_written([term for term in terms if term not in common], known, text)
        for terms, text, common in zip(heavy, texts, usual, strict=True)
    ]


def _as_written(terms: list[int], known: Surfaces, text: str) -> list[str]:
    found: list[str] = []
    for term in terms:
        form = _standing(known.words[known.start[term] : known.start[term + 1]], text)
        if form is not None:
            whole = _grown(form, text)
            if _is_new(whole, found):
                found.append(whole)
                if len(found) == KEYWORDS:
                    break
    return found


def _standing(forms: list[str], text: str) -> str | None:
    """The first of some forms that stands in a text, else in lower case, else none.

    Headlines in capitals may be all that there is.
    """
    for form in forms:
        if _stands_in(form, text):
            return form
    for form in forms:
        lower = form.lower()
        if lower != form and _stands_in(lower, text):
            return lower
    return None


def _grown(piece: str, text: str) -> str:
    """A piece of Chinese, with all that it never stands without in a text; else the piece itself.

    So "际象" becomes "国际象棋"; what stands there less than OFTEN_GROWN times shows nothing of its
    word, nor does what grows beyond a word.
    """
    if piece.isascii() or not _HAN.fullmatch(piece):
        return piece
    at = list(_occurrences(piece, text))
    whole = piece
    while len(at) >= OFTEN_GROWN and len(whole) <= LONGEST_GROWN:
        before = {text[max(place - 1, 0) : place] for place in at}
        after = {text[place + len(whole) : place + len(whole) + 1] for place in at}
        if len(before) == 1 and _HAN.fullmatch(min(before)):
            whole, at = before.pop() + whole, [place - 1 for place in at]
        elif len(after) == 1 and _HAN.fullmatch(min(after)):
            whole += after.pop()
        else:
            return whole
    return piece


def _is_new(keyword: str, found: list[str]) -> bool:
    """Whether no other is the same, or a part of it, or it a part of that, which grew from it."""
    if keyword in found:
        return False
    if keyword.isascii() or not _HAN.fullmatch(keyword):
        return True
    grown = filter(_HAN.fullmatch, found)
    return not any(keyword in other or other in keyword for other in grown)


def _occurrences(form: str, text: str) -> Iterator[int]:
    """Where a form stands in a text, each one beyond the end of the one before."""
    at = text.find(form)
    while at >= 0:
        yield at
        at = text.find(form, at + len(form))


def _stands_in(form: str, text: str) -> bool:
    """Whether a form stands somewhere as a word; in scripts without spaces, anywhere."""
    at = text.find(form)
    if at >= 0 and not form.isascii() and _UNSEGMENTED.search(form):
        return True
    while at >= 0:
        end = at + len(form)
        # Most words have a space on either side; one look at each is all that takes.
        before, after = text[at - 1 : at], text[end : end + 1]
        if not (before.isalpha() or after.isalpha()) and (
            (before.isascii() and after.isascii())
            or not (_goes_on(text, at - 1, -1) or _goes_on(text, end, 1))
        ):
            return True
        at = text.find(form, at + 1)
    return False


def _goes_on(text: str, at: int, step: int) -> bool:
    """Whether a word goes on at a place, in a direction; what cannot be seen is passed over."""
    while 0 <= at < len(text):
        char = text[at]
        if char.isascii() or char.isalpha():
            return char.isalpha()
        category = unicodedata.category(char)
        if category != "Cf":
            return category in _MARKS
        at += step
    return False


@njit
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
