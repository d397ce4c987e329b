"""Half of a labelled corpus: half of its stories, or of its pairs."""

from __future__ import annotations

from dataclasses import replace
from hashlib import blake2b

import numpy as np
from labelled import Corpus

from linker.stories.evidence import Evidence


def half_of(corpus: Corpus, seed: int, other: bool) -> Corpus:
    """The stories (or pairs) that chance chooses, or the other ones, as a corpus of their own.

    Candidates are those of the whole corpus that lie inside, and words are as rare as in the whole.
    """
    rng = np.random.default_rng(seed)
    if not corpus.clustered:
        chosen = (rng.random(len(corpus.pairs)) < 0.5) != other
        return replace(
            corpus,
            pairs=corpus.pairs[chosen],
            features=corpus.features[chosen],
            target=corpus.target[chosen],
        )
    # By name, so that a story is on one side wherever it is met.
    drawn = [blake2b(f"{seed} {story}".encode()).digest()[0] & 1 for story in corpus.stories]
    chosen = (np.array(drawn) == 1) != other
    kept = chosen[corpus.story]
    number = np.cumsum(kept) - 1
    inside = kept[corpus.pairs].all(axis=1)
    articles = chosen[corpus.gold]
    # A reprint is the row of its representative, which may have another gold story.
    articles &= kept[corpus.every]
    left = np.unique(corpus.part[articles & (corpus.part >= 0)])
    parts = np.full(len(corpus.parts) + 1, -1)  # the last place is that of -1
    parts[left] = np.arange(len(left))
    return replace(
        corpus,
        evidence=_rows(corpus.evidence, np.flatnonzero(kept)),
        pairs=number[corpus.pairs[inside]],
        features=corpus.features[inside],
        target=corpus.target[inside],
        story=corpus.story[kept],
        every=number[corpus.every[articles]],
        gold=corpus.gold[articles],
        part=parts[corpus.part[articles]],
        parts=tuple(corpus.parts[place] for place in left),
    )


def _rows(own: Evidence, rows: np.ndarray) -> Evidence:
    return replace(
        own,
        vectors=own.vectors[rows],
        documents=own.documents.take(rows),
        names=own.names.take(rows),
        numbers=own.numbers.take(rows),
        days=own.days.take(rows),
        lang=own.lang[rows],
        day=own.day[rows],
        brevity=own.brevity[rows],
        crowd=own.crowd[rows],
        rivals=own.rivals[rows],
        series=own.series[rows],
        recurrence=own.recurrence[rows],
    )
