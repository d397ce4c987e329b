"""Pairs of articles judged one by one: the probability of one story, and the share of one text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from linker.corpus import Folded, fold_articles

if TYPE_CHECKING:
    from linker.embedding import Encoder

# Every kind of reprint shares more than this of the shorter text; below it none is looked for.
LEAST_CONTAINMENT = 0.25


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for and against two articles reporting the same event.

    probability: 0 to 1. reprint: exact, reprint, excerpt or version when one is a copy of the
    other, else None. jaccard, containment: of the five-word shingles of the two bodies, 0 to 1.
    features: each feature of the evidence model by name; None where it is not known.
    """

    a: str
    b: str
    probability: float
    reprint: str | None
    jaccard: float
    containment: float
    features: dict[str, float | None] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """One flat row, as `linker compare` writes it."""
        return {
            "a": self.a,
            "b": self.b,
            "probability": self.probability,
            "reprint": self.reprint is not None,
            "reprint_kind": self.reprint,
            "jaccard": self.jaccard,
            "containment": self.containment,
        } | self.features


def judge(
    articles: pa.Table, pairs: Sequence[tuple[int, int]], encoder: Encoder, *, threads: int
) -> list[Evidence]:
    """Judge pairs of rows of `articles` (CLEANED, or an output's articles), in their order.

    How rare a word is, and what is usual in a language, is counted over all of `articles`.
    """
    from linker.reprints import pair_similarity
    from linker.stories import compare_pairs, embed_articles

    if not pairs:
        return []
    rows = np.sort(np.array(pairs, dtype=np.int64), axis=1)
    folded = fold_articles(articles, threads)
    vectors = embed_articles(articles, encoder, threads)
    table = compare_pairs(articles, folded.bodies, folded.titles, vectors, rows)
    jaccard, containment = pair_similarity(folded.bodies, rows)
    facts = articles.select(["title", "url", "source", "published"]).combine_chunks()
    kinds = [
        _kind(facts, folded, row) if share >= LEAST_CONTAINMENT else None
        for row, share in zip(rows, containment.tolist(), strict=True)
    ]
    ids = articles["id"]
    return [
        Evidence(
            a=ids[a].as_py(),
            b=ids[b].as_py(),
            probability=features.pop("probability"),
            reprint=kind,
            jaccard=share,
            containment=part,
            features={name: value for name, value in features.items() if name not in {"a", "b"}},
        )
        for (a, b), features, kind, share, part in zip(
            pairs, table.to_pylist(), kinds, jaccard.tolist(), containment.tolist(), strict=True
        )
    ]


def overlap(two: pa.Table) -> tuple[float, float, str | None]:
    """Jaccard, containment and kind of reprint of a table's two articles."""
    from linker.reprints import pair_similarity

    folded, rows = fold_articles(two, threads=1), np.array([[0, 1]])
    jaccard, containment = pair_similarity(folded.bodies, rows)
    return float(jaccard[0]), float(containment[0]), _kind(two, folded, rows[0])


def _kind(facts: pa.Table, folded: Folded, rows: npt.NDArray[np.int64]) -> str | None:
    """The kind of copy that one of two articles would be if there were only these two."""
    from linker.reprints import KIND_NAMES, group_reprints

    if rows[0] == rows[1]:
        return None
    two = facts.select(["title", "url", "source", "published"]).take(pa.array(rows))
    reprints = group_reprints(folded.bodies.take(rows), two)
    kind = int(reprints.kind.max())
    return KIND_NAMES[kind] or None
