"""The keywords of stories: their heaviest terms, as headlines write them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from linker.arrays import Int32Array, IntArray
from linker.jit import njit
from linker.stories.added import added_rows
from linker.stories.background import Background
from linker.stories.places import pages, place
from linker.stories.standing import spellings, standing
from linker.stories.surfaces import Surfaces
from linker.stories.tally import SYLLABIC
from linker.stories.terms import Terms
from linker.text.compiled import Text
from linker.text.utf8 import points_of
from linker.threads import ordered_map

KEYWORDS = 8
#: Terms that are tried: some have no form that stands in the story, some are usual words.
_TRIED = 3 * KEYWORDS
#: Articles of a story that are read for its keywords, the first ones.
READ = 40
#: Sums of weights are compared to so many parts of 1, so that their last bits decide nothing.
_EXACT = 1e9

#: Words that so many sentences of a language hold say nothing of a story in it.
USUAL = 0.025
#: In these the background counts syllables and characters, of which names consist as well.
_NO_WORDS = frozenset((*SYLLABIC, "zh", "ja", "th", "lo", "km", "my"))
#: Characters that a piece of Chinese grows to, and how often it must stand there for that.
LONGEST_GROWN, OFTEN_GROWN = 5, 3

_HAN = re.compile("[\u3400-\u9fff]+")


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


class Beginnings(NamedTuple):
    """What there is to read of some stories: story s has the `texts` `begin[s]:begin[s + 1]`."""

    texts: pa.LargeStringArray
    begin: IntArray


def keywords(
    documents: Terms,
    rows: IntArray,
    begin: IntArray,
    known: Surfaces,
    texts: Iterable[Beginnings],
    usual: Iterable[Collection[int]],
    threads: int = 1,
) -> list[list[str]]:
    """The KEYWORDS heaviest terms of each story, the heaviest first, as its own text has them.

    Story s has the rows `rows[begin[s]:begin[s + 1]]` of `documents`, of which the first READ
    count, `texts` gives what there is to read of all stories, and `usual` which places among
    `known` are none of a story's keywords. The weight of a term is the sum of its values, and of
    equals the smaller id comes first. A term is written as headlines do most often, among the ways
    that stand in the story: without one it is left out.
    """
    start, ids, values = documents.start, documents.ids, documents.values
    among, written = pages(known.ids), spellings(known)

    def work(item: tuple[IntArray, list[Collection[int]], Beginnings]) -> list[list[str]]:
        edges, common, read = item
        terms, ends = _heaviest(start, ids, values, rows, edges, among)
        found = standing(Text(*points_of(read.texts)), read.begin, terms, ends, written.table)
        return _as_written(terms, found, ends, common, written.words, read)

    return [*itertools.chain(*ordered_map(work, _parts(begin, usual, texts), threads))]


def _parts(
    begin: IntArray, usual: Iterable[Collection[int]], texts: Iterable[Beginnings]
) -> Iterator[tuple[IntArray, list[Collection[int]], Beginnings]]:
    """What belongs to the same stories: their edges, usual words and texts."""
    first, left = 0, iter(usual)
    for read in texts:
        last = first + len(read.begin) - 1
        yield begin[first : last + 1], [*itertools.islice(left, last - first)], read
        first = last


def _as_written(
    terms: IntArray,
    found: Int32Array,
    ends: IntArray,
    usual: Sequence[Collection[int]],
    words: Sequence[str],
    read: Beginnings,
) -> list[list[str]]:
    """The keywords of some stories: which spelling of each term stands there is `found`."""
    stand = np.flatnonzero(found >= 0)
    edges = np.searchsorted(stand, ends).tolist()
    places, spelled = terms[stand].tolist(), found[stand].tolist()
    chosen = []
    for story, ((low, high), common) in enumerate(
        zip(itertools.pairwise(edges), usual, strict=True)
    ):
        pairs = zip(places[low:high], spelled[low:high], strict=True)
        forms = (words[which] for place, which in pairs if place not in common)
        chosen.append(_chosen(forms, read, story))
    return chosen


def _chosen(forms: Iterator[str], read: Beginnings, story: int) -> list[str]:
    """The first KEYWORDS of a story; a piece of Chinese as far as it grows in the story's texts."""
    chosen: list[str] = []
    text = ""
    for form in forms:
        keyword = form
        if _is_han(form):
            first, last = read.begin[story : story + 2]
            text = text or "\n".join(read.texts.slice(first, last - first).to_pylist())
            keyword = _grown(form, text)
        if _is_new(keyword, chosen):
            chosen.append(keyword)
            if len(chosen) == KEYWORDS:
                break
    return chosen


def _is_han(form: str) -> bool:
    return not form.isascii() and _HAN.fullmatch(form) is not None


def _grown(piece: str, text: str) -> str:
    """A piece of Chinese with all that it never stands without in a text.

    So "际象" becomes "国际象棋"; what stands there less than OFTEN_GROWN times shows nothing of its
    word, nor does what grows beyond a word.
    """
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
    if not _is_han(keyword):
        return True
    grown = filter(_HAN.fullmatch, found)
    return not any(keyword in other or other in keyword for other in grown)


def _occurrences(form: str, text: str) -> Iterator[int]:
    """Where a form stands in a text, each one beyond the end of the one before."""
    at = text.find(form)
    while at >= 0:
        yield at
        at = text.find(form, at + len(form))


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
