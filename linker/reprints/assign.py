"""Each article joins the earlier representative that it is most like, if the two are alike.

Other copies, excerpts and versions, are settled afterwards, by groups (see merge.py).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from linker.arrays import FloatArray, IntArray
from linker.jit import bare, njit
from linker.reprints.facts import UNDATED, Facts
from linker.reprints.kernels import Similarity, compare, member
from linker.reprints.kinds import EXCERPT, NONE, REPRINT, VERSION
from linker.reprints.shingles import Shingles
from linker.reprints.verifier import Verifier, compare_held, hold

CONTAINED = 0.8
"""Least containment of an excerpt, or of a representative in a copy with additions.

A higher threshold for Jaccard raises it too, so that a strict run is strict for both.
"""
WHOLE_SHINGLES = 46
"""Shingles (of 50 words) from which on CONTAINED is enough."""
BRIEF_CONTAINED = 0.9
BRIEF_SHINGLES = 20
"""A smaller text must be contained to BRIEF_CONTAINED, and needs this many shingles at least."""
CLEARLY_SHORTER = 0.8
"""An excerpt has at most this share of the words of its representative."""
ADDITIONS = 0.4
"""Least Jaccard of a later, longer article that holds the representative, for one report.

Below it the article is mostly new text: it quotes the representative, and is no copy of it.
"""
SHORT = 20
"""Texts of fewer words are one report only with equal titles and a Jaccard of SHORT_JACCARD.

Tables, dividend notices and "watch the video" lines differ in a name or a number at most, and
that is what they are about.
"""
BRIEF = 50
"""Texts of fewer words and like length are one report when their Jaccard is SHORT_JACCARD, or when
they have the same numbers and came within BRIEF_HOURS, as far as is known: one may be undated.
"""
BRIEF_HOURS = 24
SHORT_JACCARD = 0.9
SAME_URL = 0.3
"""Least containment between two states of one url."""
SAME_TITLE = 0.5
"""Least containment between versions under nearly the same title, at most VERSION_DAYS apart."""
TITLE_JACCARD = 0.7
"""Least Jaccard of the words of titles that are nearly the same."""
VERSION_DAYS = 3
_HOUR = 3_600_000_000
_UNKNOWN = -1


class Joined(NamedTuple):
    """By member: its representative (itself when none), kind, and the verified similarity."""

    representative: IntArray
    kind: NDArray[np.int8]
    jaccard: FloatArray
    containment: FloatArray


@bare
def reaches(share: np.float32, least: float) -> bool:
    """Whether a share is at or above a limit.

    Both in float32: 7 of 10 rounds to less than the float64 0.7, and reaches it all the same.
    """
    return bool(share >= np.float32(least))


@njit
def _same_title(facts: Facts, a: int, b: int) -> bool:
    if facts.sources[a] == 0 or facts.sources[a] != facts.sources[b]:
        return False
    shared = compare(member(facts.title_sets, a), member(facts.title_sets, b))
    return reaches(shared.jaccard, TITLE_JACCARD)


@bare
def _microseconds_apart(facts: Facts, a: int, b: int) -> int:
    """The time between two articles, _UNKNOWN when one is undated."""
    if facts.times[a] == UNDATED or facts.times[b] == UNDATED:
        return _UNKNOWN
    return int(abs(facts.times[a] - facts.times[b]))


@bare
def _long_enough(facts: Facts, a: int, b: int, jaccard: np.float32) -> bool:
    """Whether texts so long and so alike can be one report: short ones may be forms filled in."""
    size = min(facts.sizes[a], facts.sizes[b])
    if size >= BRIEF:
        return True
    if size < SHORT:
        return bool(reaches(jaccard, SHORT_JACCARD) and facts.titles[a] == facts.titles[b])
    longer = max(facts.sizes[a], facts.sizes[b])
    if reaches(jaccard, SHORT_JACCARD) or size <= CLEARLY_SHORTER * longer:
        return True
    soon = _microseconds_apart(facts, a, b) <= BRIEF_HOURS * _HOUR
    return bool(soon and facts.numbers[a] == facts.numbers[b])


@bare
def judge(
    facts: Facts,
    later: int,
    earlier: int,
    shared: Similarity,
    threshold: float,
    of_reports: bool,
    linked: bool,
) -> int:
    """The kind of copy that the later article is of the earlier one, NONE when it is none.

    of_reports: whether `Rule.REPORTS` holds, else `Rule.TEXTS` does. linked: whether their groups
    are known to hold two articles that are alike.
    """
    same_url = facts.urls[later] != 0 and facts.urls[later] == facts.urls[earlier]
    if same_url and shared.containment >= SAME_URL:
        return VERSION
    long_enough = _long_enough(facts, later, earlier, shared.jaccard)
    if of_reports and not long_enough:
        return NONE
    alike = reaches(shared.jaccard, threshold)
    apart = _microseconds_apart(facts, later, earlier)
    soon = apart != _UNKNOWN and apart <= VERSION_DAYS * 24 * _HOUR
    if alike or (soon and long_enough and shared.containment >= SAME_TITLE):
        if _same_title(facts, later, earlier):
            return VERSION
        if alike:
            return REPRINT
    if not _contained(shared, threshold, linked):
        return NONE
    if facts.sizes[later] <= CLEARLY_SHORTER * facts.sizes[earlier]:
        return EXCERPT
    return REPRINT if not of_reports or shared.jaccard >= ADDITIONS else NONE


@bare
def _contained(shared: Similarity, threshold: float, linked: bool) -> bool:
    """Whether nearly all of the smaller text stands in the other.

    Of a small text that says little by itself; less is asked where there is other evidence.
    """
    if shared.smaller < BRIEF_SHINGLES and not linked:
        return False
    enough = linked or shared.smaller >= WHOLE_SHINGLES
    return reaches(shared.containment, max(CONTAINED if enough else BRIEF_CONTAINED, threshold))


class Pairs(NamedTuple):
    """Candidate pairs of members, ascending by later, and where each member's shingles are.

    Members are numbered in the order in which they may represent. places: int64, by member its
    number in shingles.
    """

    later: IntArray
    earlier: IntArray
    places: IntArray
    shingles: Shingles


@njit
def join(
    pairs: Pairs,
    room: Verifier,
    facts: Facts,
    threshold: float,
    joined: Joined,
    of_reports: bool = True,
) -> int:
    """Fill joined, which must begin with every member alone; the number of verified pairs.

    Joined is what reaches the threshold. A candidate stands for its representative, so that an
    article that is like a copy is compared with the original: the best by Jaccard, then
    containment, then order wins.
    """
    verified = 0
    held = -1
    compared = np.full(len(joined.kind), -1, np.int64)
    for index in range(len(pairs.later)):
        later = pairs.later[index]
        other = joined.representative[pairs.earlier[index]]
        if compared[other] == later:
            continue
        compared[other] = later
        verified += 1
        if held != later:
            hold(room, pairs.shingles, pairs.places[later])
            held = later
        places = pairs.places[later], pairs.places[other]
        shared = compare_held(room, pairs.shingles, places[0], places[1])
        kind = judge(facts, later, other, shared, threshold, of_reports, False)
        alike = kind != NONE and reaches(shared.jaccard, threshold)
        if alike and better(joined, later, other, shared):
            put(joined, later, other, kind, shared)
    return verified


@bare
def put(joined: Joined, later: int, other: int, kind: int, shared: Similarity) -> None:
    """Let a member be a copy of another one."""
    joined.representative[later] = other
    joined.kind[later] = kind
    joined.jaccard[later] = shared.jaccard
    joined.containment[later] = shared.containment


@bare
def better(joined: Joined, later: int, other: int, shared: Similarity) -> bool:
    """Whether a verified representative is better than the one that the article has so far."""
    if joined.representative[later] == later:
        return True
    if shared.jaccard != joined.jaccard[later]:
        return bool(shared.jaccard > joined.jaccard[later])
    if shared.containment != joined.containment[later]:
        return bool(shared.containment > joined.containment[later])
    return bool(other < joined.representative[later])
