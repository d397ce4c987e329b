"""Groups of copies around a representative, the same whatever the order of the input."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from linker.arrays import FloatArray, IntArray, Uint64Array
from linker.errors import LinkerError
from linker.reprints.bands import BucketCounts
from linker.reprints.candidates import Members, candidate_pairs
from linker.reprints.excerpts import MEMORY, unpack
from linker.reprints.facts import Facts, describe, lend_titles, take
from linker.reprints.kinds import EXACT, KIND_NAMES, NONE, Rule
from linker.reprints.shingles import Shingles, hash_shingles
from linker.reprints.sketches import Sketches, sketch_all
from linker.text import Words

if TYPE_CHECKING:
    import pyarrow as pa

    from linker.reprints.assign import Joined


ShinglesOf = Callable[[IntArray], Shingles]


@dataclass(frozen=True, slots=True)
class Reprints:
    """Which articles are copies of which.

    representative: int64 (n,), the article that this one is a copy of, its own number when it is
    none. kind: int8 (n,), see KIND_NAMES. jaccard, containment: float32 (n,), verified against the
    representative, 1 for an article that represents itself. counts: how many of each kind, and
    what the search for candidates met.
    """

    representative: IntArray
    kind: NDArray[np.int8]
    jaccard: FloatArray
    containment: FloatArray
    counts: dict[str, int]

    @property
    def originals(self) -> IntArray:
        """The articles that are copies of none, int64, ascending."""
        return np.flatnonzero(self.representative == np.arange(len(self.representative)))


def group_reprints(
    words: Words,
    articles: pa.Table,
    *,
    threshold: float = 0.7,
    rule: Rule = Rule.REPORTS,
    threads: int = 1,
) -> Reprints:
    """Find the copies among articles and what they are copies of.

    words: of the body of each article. articles: the columns title, url, source and published,
    row for row. threshold: least Jaccard of the five-word shingles of a reprint. rule: whether
    copies are of texts or of reports.

    The representative of a group is its earliest article, then the longest, then the one first in
    the table; undated articles come last. Every member is verified against it, so similarity does
    not chain. A short text that a later one quotes in a much longer piece is no group: both stay.
    Raises LinkerError for a threshold outside 0 to 1.
    """
    if not 0 < threshold <= 1:
        raise LinkerError(f"the threshold must be above 0 and at most 1, not {threshold}")
    sketches = sketch_all(words, threshold, threads)

    def shingles_of(rows: IntArray) -> Shingles:
        return hash_shingles(words.take(rows))

    return group_sketches(sketches, shingles_of, articles, threshold, rule, threads=threads)


def group_sketches(
    sketches: Sketches,
    shingles_of: ShinglesOf,
    articles: pa.Table,
    threshold: float,
    rule: Rule,
    *,
    threads: int = 1,
    memory: int = MEMORY,
) -> Reprints:
    """group_reprints of texts that are sketched for this threshold already.

    shingles_of: gives the shingles of some texts; asked once, for those that may be copies.
    memory: bytes to sort in, about.
    """
    from linker.reprints.exact import first_copies

    facts = describe(sketches, articles, threads)
    order = np.lexsort((-facts.sizes, facts.times))
    if rule is Rule.REPORTS:
        facts = lend_titles(facts, sketches.bodies, order)
    first = first_copies(_exact_keys(sketches.bodies, facts, rule), facts.sizes, order)
    rows = order[(first[order] == order) & (facts.sizes[order] > 0)]
    members = Members(sketches.take(rows), take(facts, rows))
    buckets = BucketCounts()
    pairs = candidate_pairs(members, buckets, threads=threads, memory=memory)
    joined, verified = join_pairs(
        members, pairs, lambda chosen: shingles_of(rows[chosen]), threshold, rule
    )
    reprints = _spread(joined, rows, first)
    reprints.counts.update(_kind_counts(reprints))
    reprints.counts.update(candidates=len(pairs), verified=verified)
    reprints.counts.update(large_buckets=buckets.large, largest_bucket=buckets.largest)
    return reprints


def join_pairs(
    members: Members,
    pairs: Uint64Array,
    shingles_of: ShinglesOf,
    threshold: float,
    rule: Rule = Rule.REPORTS,
) -> tuple[Joined, int]:
    """Verify candidate pairs and let each member join its best representative.

    Returns what each member joined, and the number of verified pairs.
    """
    from linker.reprints.assign import Joined, Pairs, join
    from linker.reprints.merge import Search, links_between, merge
    from linker.reprints.verifier import verifier

    joined = Joined(
        np.arange(len(members)),
        np.full(len(members), NONE, np.int8),
        np.ones(len(members), np.float32),
        np.ones(len(members), np.float32),
    )
    later, earlier = unpack(pairs)
    met = np.zeros(len(members), bool)
    met[later] = met[earlier] = True
    involved = np.flatnonzero(met)
    places = np.cumsum(met) - 1
    shingles = shingles_of(involved)
    candidates = Pairs(later, earlier, places, shingles)
    room, of_reports = verifier(shingles), rule is Rule.REPORTS
    verified = join(candidates, room, members.facts, threshold, joined, of_reports)
    links = links_between(candidates, joined.representative)
    search = Search(candidates, room, members.facts, threshold, of_reports)
    verified += merge(search, links, joined)
    return joined, verified


def _spread(joined: Joined, rows: IntArray, first: IntArray) -> Reprints:
    """From members to all articles: an exact copy shares what its first copy joined."""
    everyone = np.arange(len(first))
    representative = everyone.copy()
    representative[rows] = rows[joined.representative]
    kind = np.full(len(first), NONE, np.int8)
    kind[rows] = joined.kind
    jaccard, containment = np.ones(len(first), np.float32), np.ones(len(first), np.float32)
    jaccard[rows], containment[rows] = joined.jaccard, joined.containment
    kind = kind[first]
    kind[(kind == NONE) & (first != everyone)] = EXACT
    return Reprints(representative[first], kind, jaccard[first], containment[first], {})


def _kind_counts(reprints: Reprints) -> dict[str, int]:
    """Articles of each kind, and groups of more than one article."""
    counts = {
        name: int((reprints.kind == kind).sum()) for kind, name in enumerate(KIND_NAMES) if name
    }
    heads = np.unique(reprints.representative[reprints.kind != NONE])
    return counts | {"groups": len(heads)}


def _exact_keys(bodies: Uint64Array, facts: Facts, rule: Rule) -> Uint64Array:
    """What exact copies have in common: the body, and for a short report the title too."""
    if rule is Rule.TEXTS:
        return bodies
    from linker.reprints.assign import SHORT

    titled = bodies * np.uint64(3) + facts.titles
    return np.where(facts.sizes < SHORT, titled, bodies)
