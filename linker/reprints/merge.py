"""A group becomes part of an earlier one, if each of its members verifies against that one's head.

So an excerpt takes its own copies with it into the group of the long article, or stays with them:
two articles that are alike are never parted because only one of them is contained in a third.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from linker.arrays import IntArray
from linker.jit import bare, njit
from linker.reprints.assign import CONTAINED, Joined, Pairs, better, judge, put, reaches
from linker.reprints.facts import Facts
from linker.reprints.kernels import Similarity
from linker.reprints.kinds import NONE
from linker.reprints.verifier import Verifier, compare_held, hold


class Links(NamedTuple):
    """Candidate pairs between groups, ascending by the later head, then by the earlier one.

    heads, others: int64 (p,), the later and the earlier head. pairs: int64 (p,), which candidate
    pair it is. followers: int64 (n,), the members by group, and those of the group of head h are
    followers[bounds[h]:bounds[h + 1]], the head among them.
    """

    heads: IntArray
    others: IntArray
    pairs: IntArray
    followers: IntArray
    bounds: IntArray


def links_between(pairs: Pairs, representative: IntArray) -> Links:
    """The candidate pairs whose two members have not the same representative."""
    left, right = representative[pairs.later], representative[pairs.earlier]
    chosen = np.flatnonzero(left != right)
    heads, others = np.maximum(left, right)[chosen], np.minimum(left, right)[chosen]
    order = np.lexsort((others, heads))
    sizes = np.bincount(representative, minlength=len(representative))
    return Links(
        heads[order],
        others[order],
        chosen[order],
        np.argsort(representative, kind="stable"),
        np.concatenate(([0], np.cumsum(sizes))),
    )


class Search(NamedTuple):
    """What pairs are judged with."""

    pairs: Pairs
    room: Verifier
    facts: Facts
    threshold: float
    of_reports: bool


@bare
def merge(search: Search, links: Links, joined: Joined) -> int:
    """Change joined, where groups become part of earlier ones; the number of verified pairs.

    A group is tried with the one earlier representative that its head is most like, so that the
    work grows as the candidate pairs do. That one is settled: its turn was earlier. Where copies
    are of texts, less containment is asked of groups that two alike articles link (see `judge`).
    """
    verified = start = 0
    while start < len(links.heads):
        head, eased = links.heads[start], False
        while start < len(links.heads) and links.heads[start] == head:
            stop = _end(links, start)
            other = joined.representative[links.others[start]]
            shared, linked = _compare(search, head, other), False
            verified += 1
            if not search.of_reports and reaches(shared.containment, CONTAINED):
                linked, tried = _linked(search, links.pairs[start:stop])
                verified += tried
            kind = _judge(search, head, other, shared, linked)
            if kind != NONE and better(joined, head, other, shared):
                put(joined, head, other, kind, shared)
                eased = False
            eased = eased or (linked and joined.representative[head] == other)
            start = stop
        if joined.representative[head] != head:
            followers = links.followers[links.bounds[head] : links.bounds[head + 1]]
            verified += _follow(search, joined, head, followers, eased)
    return verified


@bare
def _end(links: Links, start: int) -> int:
    """The end of the links between the two groups of the link at start."""
    stop = start + 1
    while stop < len(links.heads):
        if links.heads[stop] != links.heads[start] or links.others[stop] != links.others[start]:
            break
        stop += 1
    return stop


@bare
def _compare(search: Search, one: int, other: int) -> Similarity:
    places = search.pairs.places
    hold(search.room, search.pairs.shingles, places[one])
    return compare_held(search.room, search.pairs.shingles, places[one], places[other])


@bare
def _judge(search: Search, later: int, earlier: int, shared: Similarity, linked: bool) -> int:
    return judge(search.facts, later, earlier, shared, search.threshold, search.of_reports, linked)


@bare
def _linked(search: Search, chosen: IntArray) -> tuple[bool, int]:
    """Whether one of these candidate pairs is alike, and how many were compared."""
    for tried in range(len(chosen)):
        pair = chosen[tried]
        shared = _compare(search, search.pairs.later[pair], search.pairs.earlier[pair])
        if reaches(shared.jaccard, search.threshold):
            return True, tried + 1
    return False, len(chosen)


@njit
def _follow(search: Search, joined: Joined, head: int, followers: IntArray, linked: bool) -> int:
    """Let followers go where their head went, or head and all stay; the number of verified pairs.

    followers: the members of the group, the head among them.
    """
    other = joined.representative[head]
    places = search.pairs.places
    kinds = np.empty(len(followers), np.int8)
    shares = np.empty((len(followers), 2), np.float32)
    hold(search.room, search.pairs.shingles, places[other])
    for number in range(len(followers)):
        follower = followers[number]
        shared = compare_held(search.room, search.pairs.shingles, places[other], places[follower])
        kinds[number] = _judge(search, follower, other, shared, linked)
        shares[number] = shared.jaccard, shared.containment
        if kinds[number] == NONE:
            put(joined, head, head, NONE, Similarity(np.float32(1), np.float32(1), 0))
            return number + 1
    for number in range(len(followers)):
        shared = Similarity(shares[number, 0], shares[number, 1], 0)
        put(joined, followers[number], other, int(kinds[number]), shared)
    return len(followers)
