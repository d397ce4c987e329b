"""Pairs of articles judged one by one: the probability of one story, and the share of one text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from linker.arrays import FloatArray, IntArray
from linker.corpus import fold_articles

if TYPE_CHECKING:
    from linker.embedding import Encoder
    from linker.text import Words

# Every kind of reprint shares more than this of the shorter text; below it none is looked for.
LEAST_CONTAINMENT = 0.25


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for and against two articles reporting the same event.

    probability: 0 to 1. reprint: exact, reprint, excerpt or version when one is a copy of the
    other, else None; an article that another outlet rewrote is a reprint. jaccard, containment: of
    the five-word shingles of the two bodies, 0 to 1. features: each feature of the evidence model
    by name; None where it is not known. derivation: how much of the later article is the earlier
    one's text, in order but edited, 0 (chance) to 1; None where it was not measured.
    """

    a: str
    b: str
    probability: float
    reprint: str | None
    jaccard: float
    containment: float
    features: dict[str, float | None] = field(default_factory=dict)
    derivation: float | None = None

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
            "derivation": self.derivation,
        } | self.features


def judge(
    articles: pa.Table,
    pairs: Sequence[tuple[int, int]],
    encoder: Encoder,
    *,
    threads: int,
    report: Callable[[str, float], None] | None = None,
    rivals: FloatArray | None = None,
) -> list[Evidence]:
    """Judge pairs of rows of `articles` (CLEANED, or an output's articles), in their order.

    How rare a word is, and what is usual in a language, is counted over all of `articles`.
    `rivals` float32 (n,) says how many articles there are around each (`count_rivals`); without it
    they are taken for a usual number.
    `report` is told how far their embedding has come, and which part of it is done.
    """
    from linker.reprints import find_rewrites, pair_similarity
    from linker.stories import compare_pairs, embed_articles

    if not pairs:
        return []
    rows = np.sort(np.array(pairs, dtype=np.int64), axis=1)
    words = fold_articles(articles, threads)
    vectors = embed_articles(articles, encoder, threads, report)
    table = compare_pairs(articles, vectors, rows, threads, rivals)
    jaccard, containment = pair_similarity(words, rows)
    facts = articles.select(["title", "url", "source", "published"]).combine_chunks()
    rewrites = find_rewrites(words, facts, rows)
    kinds = [
        _kind(facts, words, row, rewritten, share)
        for row, share, rewritten in zip(
            rows, containment.tolist(), rewrites.rewritten.tolist(), strict=True
        )
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
            derivation=derived,
        )
        for (a, b), features, kind, share, part, derived in zip(
            pairs,
            table.to_pylist(),
            kinds,
            jaccard.tolist(),
            containment.tolist(),
            rewrites.derivation.tolist(),
            strict=True,
        )
    ]


def complete(
    two: pa.Table, pair: tuple[str, str], probability: float, features: dict[str, float | None]
) -> Evidence:
    """The evidence of a table's two articles, of which probability and features are known."""
    from linker.reprints import find_rewrites, pair_similarity

    words, rows = fold_articles(two, threads=1), np.array([[0, 1]])
    [jaccard], [share] = (found.tolist() for found in pair_similarity(words, rows))
    [derived], [rewritten] = (found.tolist() for found in find_rewrites(words, two, rows))
    kind = _kind(two, words, rows[0], rewritten, share)
    return Evidence(*pair, probability, kind, jaccard, share, features, derived)


def _kind(
    facts: pa.Table,
    words: Words,
    rows: IntArray,
    rewritten: bool,
    containment: float,
) -> str | None:
    """The kind of copy that one of two articles would be if there were only these two."""
    from linker.reprints import KIND_NAMES, NONE, REPRINT, group_reprints

    if rows[0] == rows[1]:
        return None
    kind = NONE
    if containment >= LEAST_CONTAINMENT:
        two = facts.select(["title", "url", "source", "published"]).take(pa.array(rows))
        kind = int(group_reprints(words.take(rows), two).kind.max())
    if kind == NONE and rewritten:
        kind = REPRINT
    return KIND_NAMES[kind] or None
