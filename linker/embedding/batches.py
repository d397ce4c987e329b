"""Batches of like length, whose shape depends on nothing but the length of a text.

A matrix product rounds by its shape. Were a batch as wide as its longest text and as tall as there
are texts left, the last bits of a vector would depend on the company it was computed in. Here a
text of so many tokens always goes into a batch of the same width and height; a batch that lacks
texts is filled up with its first. That rows of one product do not touch each other is no promise
of torch's, but held wherever it was tried (tests/test_transformer.py tries).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from linker.arrays import IntArray

STEPS = 8  # widths to a doubling: a long text is padded by an eighth at most, a 20th on average
LEAST = 8  # tokens; shorter texts are padded to it


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of text number `place`: each feature of the model, int64 (length,)."""

    place: int
    features: dict[str, IntArray]
    length: int


@dataclass(frozen=True, slots=True)
class Batch:
    """Features int64 (height, width); row i is of text places[i], rows beyond are filling."""

    places: list[int]
    features: dict[str, IntArray]


@dataclass(frozen=True, slots=True)
class Layout:
    """How batches are laid out.

    tokens: about so many a batch; longest: no text has more; padding: the value of each feature
    beyond a text's end (0 where it names none); left: that end is its beginning.
    """

    tokens: int
    longest: int | None
    padding: dict[str, int]
    left: bool = False

    def width(self, length: int) -> int:
        """The width of the batch that a text of so many tokens goes into."""
        step = max(LEAST, (1 << max(length - 1, 1).bit_length() - 1) // STEPS)
        width = -(-length // step) * step
        return width if self.longest is None else max(length, min(width, self.longest))

    def height(self, width: int) -> int:
        """Texts a batch."""
        return max(1, self.tokens // width)

    def lay(self, texts: Iterable[Tokens]) -> Iterator[Batch]:
        """Batches of the texts; those of nearly sorted texts need little room meanwhile."""
        waiting: dict[int, list[Tokens]] = defaultdict(list)
        for text in texts:
            width = self.width(text.length)
            waiting[width].append(text)
            if len(waiting[width]) == self.height(width):
                yield self._batch(waiting.pop(width), width)
        for width in sorted(waiting):
            yield self._batch(waiting[width], width)

    def _batch(self, texts: list[Tokens], width: int) -> Batch:
        height = self.height(width)
        features = {}
        for name in texts[0].features:
            grid = np.full((height, width), self.padding.get(name, 0), np.int64)
            for row, text in zip(grid, texts, strict=False):
                part = slice(width - text.length, width) if self.left else slice(text.length)
                row[part] = text.features[name]
            grid[len(texts) :] = grid[0]
            features[name] = grid
        return Batch([text.place for text in texts], features)
