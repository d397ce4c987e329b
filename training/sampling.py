"""Draws batches of translation pairs: a source, a row of it, then two of the row's languages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from cells import Cells
from tables import SOURCE_WEIGHTS

ENGLISH = 0.6  # how often one side is English, where the row has it
ARABIC = 0.4  # how often one side is Arabic, where the row has it
TEMPER = 0.35  # languages and rows are drawn by (number of texts) ** -TEMPER
JOINED = 0.06  # share of pairs that are joined to longer texts, up to four to one
POOL = 131_072  # pairs drawn at a time; batches are cut from it
BLOCK = 512  # pairs of like topic that stay together, once topics are known


@dataclass(frozen=True)
class Batch:
    """Token ids of both sides, all left texts first: uint32 (tokens,), int64 (2 * pairs + 1,)."""

    ids: np.ndarray
    offsets: np.ndarray

    @property
    def pairs(self) -> int:
        return (len(self.offsets) - 1) // 2


class PairSampler:
    """An endless, seeded stream of batches."""

    def __init__(self, cells: Cells, seed: int) -> None:
        self.cells = cells
        self.rng = np.random.default_rng(seed)
        counts = np.maximum((cells.places >= 0).sum(axis=0), 1)
        self.tempered = (counts / counts.mean()) ** -TEMPER
        self.rows, self.cumulative = self._row_weights()
        self.topics: np.ndarray | None = None  # of each row, once they are known

    def batches(self, size: int) -> Iterator[Batch]:
        """Batches of at most `size` pairs; no text and no row occurs in a batch twice."""
        while True:
            left, right, rows = self._draw(max(POOL, 8 * size))
            order = np.arange(len(rows)) if self.topics is None else self._by_topic(rows)
            for start in range(0, len(order) - size + 1, size):
                cut = order[start : start + size]
                keep = cut[self._distinct(left[cut], right[cut], rows[cut])]
                yield self._assemble(left[keep], right[keep])

    def _by_topic(self, rows: np.ndarray) -> np.ndarray:
        """The drawn pairs in blocks of like topic, the blocks in random order."""
        assert self.topics is not None
        order = np.lexsort((self.rng.random(len(rows)), self.topics[rows]))
        blocks = order[: len(order) // BLOCK * BLOCK].reshape(-1, BLOCK)
        return self.rng.permutation(blocks).ravel()

    def _row_weights(self) -> tuple[np.ndarray, np.ndarray]:
        """Rows with two texts or more, and the running sum of their weights."""
        cells = self.cells
        present = cells.places >= 0
        rows = np.flatnonzero(present.sum(axis=1) > 1)
        present = present[rows]
        weight = (present * self.tempered).sum(axis=1) / present.sum(axis=1)
        owner = cells.sources[rows]
        total = np.bincount(owner, weight, minlength=len(cells.source_names))
        wanted = np.array([SOURCE_WEIGHTS[name] for name in cells.source_names])
        weight *= (wanted / np.maximum(total, 1e-9))[owner]
        return rows, np.cumsum(weight)

    def _draw(self, size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Left cell, right cell and row of `size` pairs, without pairs of equal texts."""
        point = self.rng.random(size) * self.cumulative[-1]
        rows = self.rows[np.searchsorted(self.cumulative, point, side="right")]
        places = self.cells.places[rows]
        first = self._first_language(places >= 0)
        open_ = places >= 0
        open_[np.arange(size), first] = False
        second = self._any_language(open_)
        left, right = places[np.arange(size), first], places[np.arange(size), second]
        keys = self.cells.keys
        differ = keys[left] != keys[right]
        return left[differ], right[differ], rows[differ]

    def _first_language(self, present: np.ndarray) -> np.ndarray:
        chosen = self._any_language(present)
        for language, share in (("en", ENGLISH), ("ar", ARABIC)):
            column = self.cells.languages.index(language)
            take = present[:, column] & (self.rng.random(len(present)) < share)
            chosen[take] = column
        return chosen

    def _any_language(self, present: np.ndarray) -> np.ndarray:
        """One of the languages that are there, by tempered weight (the smallest exponential)."""
        waits = self.rng.exponential(size=present.shape) / self.tempered
        waits[~present] = np.inf
        return waits.argmin(axis=1)

    def _distinct(self, left: np.ndarray, right: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """The pairs whose row and texts come first: a repeated text would be a false negative."""
        keep = np.ones(len(rows), bool)
        for values in (rows, self.cells.keys[left], self.cells.keys[right]):
            first = np.zeros(len(rows), bool)
            first[np.unique(values, return_index=True)[1]] = True
            keep &= first
        return np.flatnonzero(keep)

    def _assemble(self, left: np.ndarray, right: np.ndarray) -> Batch:
        """Gather the ids; the last pairs of the batch are joined in runs of two to four."""
        single = int(len(left) * (1 - JOINED))
        starts = np.arange(single + 1)
        runs = self.rng.integers(2, 5, size=(len(left) - single) // 2)
        joined = single + np.cumsum(runs)
        edges = np.unique(np.concatenate([starts, joined[joined < len(left)], [len(left)]]))
        ids, offsets = [], [np.zeros(1, np.int64)]
        for side in (left, right):
            flat, lengths = self._gather(side)
            ids.append(flat)
            ends = np.concatenate([[0], np.cumsum(lengths)])[edges[1:]]
            offsets.append(ends + offsets[-1][-1])
        return Batch(np.concatenate(ids), np.concatenate(offsets))

    def _gather(self, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        offsets = self.cells.offsets
        lengths = offsets[chosen + 1] - offsets[chosen]
        shift = offsets[chosen] - np.concatenate([[0], np.cumsum(lengths)[:-1]])
        return self.cells.ids[np.repeat(shift, lengths) + np.arange(lengths.sum())], lengths
