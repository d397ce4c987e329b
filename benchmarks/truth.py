"""Against the exact truth: all pairs of a corpus that are alike, and which of them are grouped."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy import sparse

import linker
from benchmarks import machine
from linker.corpus import fold_articles
from linker.pipeline import clean_input
from linker.readers import RejectLog
from linker.reprints import pair_similarity
from linker.reprints.shingles import hash_shingles, shingle_sets
from linker.stages import Stages
from linker.text import Words

JACCARD, CONTAINED, WORDS = 0.7, 0.8, 50
SAME_PAGE = 0.3
"""What `version` promises: least containment of two states of one page."""
_NEARLY = 1e-6
_ROWS = 2000

Pairs = NDArray[np.int64]


def measure(paths: Sequence[Path]) -> dict[str, Any]:
    """Recall of `linker.find_reprints` among all alike pairs of each file, and broken promises."""
    return machine.describe("truth") | {"rows": [_row(path) for path in paths]}


def _row(path: Path) -> dict[str, Any]:
    articles = clean_input(str(path), RejectLog(), Stages(), None)
    words = fold_articles(articles, threads=1)
    found = linker.find_reprints(str(path), JACCARD)
    if found["id"].to_pylist() != articles["id"].to_pylist():
        raise SystemExit(f"{path}: find_reprints has other articles than the truth")
    heads = _representatives(found)
    pairs = sharing_pairs(words)
    jaccard, containment = pair_similarity(words, pairs)
    together = heads[pairs[:, 0]] == heads[pairs[:, 1]]
    alike = jaccard >= JACCARD - _NEARLY
    contained = containment >= CONTAINED - _NEARLY
    contained &= words.counts[pairs].min(axis=1) >= WORDS
    return {
        "corpus": path.name.split(".")[0],
        "articles": len(heads),
        "alike": int(alike.sum()),
        "alike_found": int((alike & together).sum()),
        "contained": int(contained.sum()),
        "contained_found": int((contained & together).sum()),
        "members": int((heads != np.arange(len(heads))).sum()),
        "broken": broken_promises(words, heads, found["reprint_kind"].to_pylist()),
    }


def sharing_pairs(words: Words) -> Pairs:
    """Every pair of texts that could be alike or contained, int64 (p, 2).

    By products of rows of the matrix of texts and shingles: no sketch, no sample, no band.
    """
    sets = shingle_sets(hash_shingles(words))
    _, columns = np.unique(sets.values, return_inverse=True)
    shape = (len(sets.counts), int(columns.max(initial=0)) + 1)
    bounds = np.concatenate((sets.starts, sets.stops[-1:]))
    matrix = sparse.csr_matrix((np.ones(len(columns), np.int32), columns, bounds), shape)
    parts = [np.empty((0, 2), np.int64)]
    for start in range(0, shape[0], _ROWS):
        common = (matrix[start : start + _ROWS] @ matrix.T).tocoo()
        left, right = common.row.astype(np.int64) + start, common.col.astype(np.int64)
        smaller = np.minimum(sets.counts[left], sets.counts[right])
        kept = (left < right) & (common.data >= 0.69 * smaller)  # either share is at most this one
        parts.append(np.stack((left[kept], right[kept]), axis=1))
    return np.concatenate(parts)


def broken_promises(words: Words, heads: Pairs, kinds: list[str | None]) -> int:
    """How many members are not to their representative what their kind says."""
    members = np.flatnonzero(heads != np.arange(len(heads)))
    jaccard, containment = pair_similarity(words, np.stack((members, heads[members]), axis=1))
    broken = 0
    for member, alike, contained in zip(members, jaccard, containment, strict=True):
        kept = {
            "exact": alike >= 1,
            "reprint": alike >= JACCARD - _NEARLY or contained >= CONTAINED - _NEARLY,
            "excerpt": contained >= CONTAINED - _NEARLY,
            "version": contained >= SAME_PAGE - _NEARLY,
        }
        broken += not kept[str(kinds[member])]
    return broken


def _representatives(found: pa.Table) -> Pairs:
    rows = {name: row for row, name in enumerate(found["id"].to_pylist())}
    return np.array(
        [
            rows[head or name]
            for name, head in zip(rows, found["reprint_of"].to_pylist(), strict=True)
        ]
    )
