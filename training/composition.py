"""Tokens as sums of shared parts while training.

A row of the token matrix that is seen seldom would stay poor on its own. So while training a
token's vector is the sum of its own vector and of vectors that it shares with tokens of a similar
spelling: the same letters inside a word (`x` and `##x`), character n-grams, single ideographs.
After training the sum is written out as an ordinary token matrix, so inference knows nothing of it.
The idea is that of Bojanowski et al. 2017, "Enriching Word Vectors with Subword Information".
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

N_GRAMS = (3, 5)
SHARED_BY = 3  # tokens at least that share a part


@dataclass(frozen=True)
class Composition:
    """Which parts make up each token, and how much each counts.

    parts: int64 (sum,), a token's own part first; offsets: int64 (tokens + 1,); weights: float32
    (sum,); own, shared: names of the parts, those of the tokens first.
    """

    parts: np.ndarray
    offsets: np.ndarray
    weights: np.ndarray
    own: list[str]
    shared: list[str]

    @property
    def size(self) -> int:
        return len(self.own) + len(self.shared)

    def own_scale(self, token: int) -> np.float32:
        """How much a token's own part counts."""
        return self.weights[self.offsets[token]]

    def select(self, tokens: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Parts, starts and weights of the given tokens only."""
        starts = self.offsets[tokens]
        lengths = self.offsets[tokens + 1] - starts
        begin = np.concatenate([[0], np.cumsum(lengths)[:-1]])
        take = np.repeat(starts - begin, lengths) + np.arange(lengths.sum())
        return self.parts[take], begin, self.weights[take]


def compose(vocabulary: dict[str, int]) -> Composition:
    """Part 0..V-1 is the token's own; the shared parts follow."""
    spellings = [token for token, _ in sorted(vocabulary.items(), key=lambda item: item[1])]
    wished = [_pieces(token) for token in spellings]
    counts = Counter(piece for pieces in wished for piece in set(pieces))
    kept = sorted(
        piece
        for piece, count in counts.items()
        if count >= SHARED_BY or (piece[0] == "=" and count > 1)
    )
    number = {piece: len(spellings) + place for place, piece in enumerate(kept)}
    parts: list[int] = []
    offsets, weights = [0], []
    for token, pieces in enumerate(wished):
        own = [token, *sorted({number[piece] for piece in pieces if piece in number})]
        parts += own
        weights += [len(own) ** -0.5] * len(own)
        offsets.append(len(parts))
    return Composition(
        np.array(parts), np.array(offsets), np.array(weights, np.float32), spellings, kept
    )


def _pieces(token: str) -> list[str]:
    """The spelling as a whole ('=' in front), its n-grams, and its ideographs."""
    if token.startswith("[") and len(token) > 1:
        return []
    letters = token.removeprefix("##")
    pieces = ["=" + letters]
    pieces += [letters[i : i + n] for n in N_GRAMS for i in range(len(letters) - n + 1)]
    if len(letters) > 1:
        pieces += [letter for letter in letters if "\u3400" <= letter <= "\u9fff"]
    return pieces
