"""Which words of two texts stand opposite each other: runs that both hold, in one order."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

ANCHOR = 5
"""Words of a run that stands once in each text and so ties the two together there."""

# What the exact comparison between anchors may take, in pairs of words: one bit of memory each,
# 50 MB. It is met only by texts of 20,000 words and more without an anchor in them.
_MOST_PAIRS = 400_000_000


class Run(NamedTuple):
    """`size` equal words, from a in one text and from b in the other."""

    a: int
    b: int
    size: int


def shared_runs(left: Sequence[str], right: Sequence[str]) -> list[Run]:
    """The runs of words that both texts hold, ascending in both, never touching in both.

    First the runs of ANCHOR words that are unique in each text are matched, in the longest
    sequence that keeps the order (Bram Cohen's patience diff); between two anchors follows a
    longest common subsequence. Runs of fewer words than ANCHOR, and than the differences on both
    sides of them, are chance, "the" or "of", and are left out. Of two paragraphs that changed
    places only one is matched.
    """
    found: list[Run] = []
    begin = (0, 0)
    for anchor in [*_anchors(left, right), Run(len(left), len(right), 0)]:
        found += _between(left, right, begin, (anchor.a, anchor.b))
        found.append(anchor)
        begin = (anchor.a + anchor.size, anchor.b + anchor.size)
    return _without_chance(_joined(found), len(left), len(right))


def _anchors(left: Sequence[str], right: Sequence[str]) -> list[Run]:
    """Single-word runs at the begin of every unique common run of ANCHOR words, in one order."""
    ours, theirs = _unique_runs(left), _unique_runs(right)
    pairs = [(place, theirs[run]) for run, place in ours.items() if run in theirs]
    chosen = _longest_ascending([b for _, b in pairs])
    return [Run(*pairs[index], 1) for index in chosen]


def _unique_runs(words: Sequence[str]) -> dict[tuple[str, ...], int]:
    """Where each run of ANCHOR words that occurs once begins, in the order of the text."""
    runs = list(zip(*(words[start:] for start in range(ANCHOR)), strict=False))
    counts = Counter(runs)
    return {run: place for place, run in enumerate(runs) if counts[run] == 1}


def _longest_ascending(values: Sequence[int]) -> list[int]:
    """Places of a longest ascending subsequence of distinct values (patience sorting)."""
    tops: list[int] = []
    places: list[int] = []
    before = [-1] * len(values)
    for place, value in enumerate(values):
        pile = bisect_left(tops, value)
        before[place] = places[pile - 1] if pile else -1
        tops[pile : pile + 1] = [value]
        places[pile : pile + 1] = [place]
    chain = []
    place = places[-1] if places else -1
    while place >= 0:
        chain.append(place)
        place = before[place]
    return chain[::-1]


def _between(
    left: Sequence[str], right: Sequence[str], begin: tuple[int, int], end: tuple[int, int]
) -> Iterator[Run]:
    """The runs between two anchors: what is equal at either end, then the exact comparison."""
    (a, b), (last_a, last_b) = begin, end
    while a < last_a and b < last_b and left[a] == right[b]:
        yield Run(a, b, 1)
        a, b = a + 1, b + 1
    tail = 0
    while a < last_a and b < last_b and left[last_a - 1] == right[last_b - 1]:
        last_a, last_b, tail = last_a - 1, last_b - 1, tail + 1
    for i, j in _common_words(left[a:last_a], right[b:last_b]):
        yield Run(a + i, b + j, 1)
    if tail:
        yield Run(last_a, last_b, tail)


def _common_words(left: Sequence[str], right: Sequence[str]) -> list[tuple[int, int]]:
    """The places of a longest common subsequence, in order.

    Bit-parallel (Hyyrö 2004): a row of the table of lengths is one integer whose bit i is 0 where
    the length rises at left word i, and a word of `right` makes the next row in four operations.
    The rows are kept and walked backwards.
    """
    if not left or not right or len(left) * len(right) > _MOST_PAIRS:
        return []
    where: dict[str, int] = {}
    for place, word in enumerate(left):
        where[word] = where.get(word, 0) | 1 << place
    full = (1 << len(left)) - 1
    rows = [full]
    for word in right:
        row = rows[-1]
        met = row & where.get(word, 0)
        rows.append((row + met | row - met) & full)
    return _walk_back(rows, len(left))


def _walk_back(rows: list[int], width: int) -> list[tuple[int, int]]:
    """The matches behind the rises of the last row.

    Where the length of i left and j right words rises with the last left word, but would not
    without the last right word, these two match. Where it would, the last right word adds nothing.
    """
    matches = []
    i, j = width, len(rows) - 1
    while i and j:
        if rows[j] >> (i - 1) & 1:
            i -= 1
        elif not rows[j - 1] >> (i - 1) & 1:
            j -= 1
        else:
            i, j = i - 1, j - 1
            matches.append((i, j))
    return matches[::-1]


def _joined(runs: Sequence[Run]) -> list[Run]:
    """Runs that go on in both texts as one; without empty ones."""
    joined: list[Run] = []
    for run in runs:
        if joined and (joined[-1].a + joined[-1].size, joined[-1].b + joined[-1].size) == run[:2]:
            joined[-1] = joined[-1]._replace(size=joined[-1].size + run.size)
        elif run.size:
            joined.append(run)
    return joined


def _without_chance(runs: Sequence[Run], left: int, right: int) -> list[Run]:
    """Leave out the short runs that are not longer than the differences before and after them.

    A run that goes makes the difference around it longer, so those before it are asked again.
    """
    kept = [Run(0, 0, 0)]
    waiting = [*runs, Run(left, right, 0)]
    for run, after in pairwise(waiting):
        kept.append(run)
        while len(kept) > 1 and _is_chance(kept[-2], kept[-1], after):
            kept.pop()
    return [run for run in kept if run.size]


def _is_chance(before: Run, run: Run, after: Run) -> bool:
    return run.size < ANCHOR and run.size <= min(_apart(before, run), _apart(run, after))


def _apart(first: Run, second: Run) -> int:
    """Words of the longer difference between two runs."""
    return max(second.a - first.a - first.size, second.b - first.b - first.size)
