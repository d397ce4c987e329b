"""One training step: mean pooling, symmetric InfoNCE with in-batch negatives, sparse Adagrad."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from composition import Composition
from sampling import Batch
from torch.nn import functional

SCALE = 10.0  # of the cosine, inside the softmax
SPREAD = 0.02  # of the first weights: tokens that are never seen stay near zero
EPSILON = 1e-8


class Learner:
    """The weights of all parts, their Adagrad sums, and the step that moves them."""

    def __init__(self, composition: Composition, tokens: int, dimension: int, seed: int) -> None:
        generator = torch.Generator().manual_seed(seed)
        self.composition = composition
        self.tokens = tokens
        self.weights = torch.empty(composition.size, dimension).normal_(
            0, SPREAD, generator=generator
        )
        self.squares = torch.zeros_like(self.weights)
        self.contrast = Contrast()
        self.step_number = 0

    def step(self, batch: Batch, rate: float) -> float:
        """Learn from one batch; only the rows that occur in it are read and written."""
        used, places = _unique(batch.ids, self.tokens)
        parts, starts, scales = self.composition.select(used)
        rows, part_places = _unique(parts, len(self.weights))
        index = torch.from_numpy(rows)
        local = self.weights[index].requires_grad_()
        table = _pool(local, part_places, starts, torch.from_numpy(scales))
        texts = _mean(table, places, batch.offsets)
        units = functional.normalize(texts, dim=1)
        loss, gradient = self.contrast(units.detach())
        units.backward(gradient)
        self._adagrad(index, local.detach(), local.grad, rate)
        self.step_number += 1
        return loss

    def _adagrad(
        self, index: torch.Tensor, local: torch.Tensor, gradient: torch.Tensor, rate: float
    ) -> None:
        squares = self.squares[index].addcmul_(gradient, gradient)
        self.squares[index] = squares
        self.weights[index] = local.addcdiv_(gradient, squares.sqrt_().add_(EPSILON), value=-rate)

    def matrix(self) -> np.ndarray:
        """The finished token matrix, float32 (tokens, dimension)."""
        parts, starts, scales = self.composition.select(np.arange(self.tokens))
        return _pool(self.weights, parts, starts, torch.from_numpy(scales)).numpy()

    def save(self, path: Path, minutes: float) -> None:
        """Write a checkpoint, at once or not at all."""
        state = {
            "weights": self.weights,
            "squares": self.squares,
            "step": self.step_number,
            "minutes": minutes,
        }
        partial = path.with_suffix(".partial")
        torch.save(state, partial)
        partial.replace(path)

    def load(self, path: Path) -> float:
        """Go on from a checkpoint; returns the minutes trained so far."""
        state = torch.load(path)
        self.weights, self.squares = state["weights"], state["squares"]
        self.step_number = state["step"]
        return state["minutes"]


class Contrast:
    """Symmetric InfoNCE (van den Oord et al. 2018) with its gradient written out.

    The loss is the cross-entropy of finding each text's pair among the batch, mean of both
    directions. Both softmaxes share one exponential of the score matrix, which stays in one
    buffer: three times faster on a CPU than two calls of `cross_entropy`. Cosines are at most 1,
    so subtracting the scale keeps the exponential in range.
    """

    def __init__(self) -> None:
        self.buffers = torch.empty(2, 0)

    def __call__(self, units: torch.Tensor) -> tuple[float, torch.Tensor]:
        """Loss, and its gradient by `units`: float32 (2 * pairs, d), left texts first."""
        left, right = units.chunk(2)
        pairs = len(left)
        scores, shares = self._square(pairs)
        torch.mm(left, right.T, out=scores)
        own = scores.diagonal().mean().item()
        odds = scores.sub_(1).mul_(SCALE).exp_()
        forth, back = odds.sum(1, keepdim=True), odds.sum(0, keepdim=True)
        loss = (forth.log().mean() + back.log().mean()).item() / 2 + SCALE * (1 - own)
        torch.add(forth.reciprocal(), back.reciprocal(), out=shares)
        odds.mul_(shares)  # the sum of both softmaxes
        strength = SCALE / (2 * pairs)
        to_left = (odds @ right).sub_(right, alpha=2).mul_(strength)
        to_right = (odds.T @ left).sub_(left, alpha=2).mul_(strength)
        return loss, torch.cat([to_left, to_right])

    def _square(self, pairs: int) -> torch.Tensor:
        """Two matrices (pairs, pairs) in memory that is kept from step to step."""
        if self.buffers.shape[1] < pairs * pairs:
            self.buffers = torch.empty(2, pairs * pairs)
        return self.buffers[:, : pairs * pairs].view(2, pairs, pairs)


def _unique(values: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Sorted distinct values below `size`, and the place of each value among them."""
    seen = np.zeros(size, bool)
    seen[values] = True
    distinct = np.flatnonzero(seen)
    place = np.empty(size, np.int64)
    place[distinct] = np.arange(len(distinct))
    return distinct, place[values]


def _pool(
    table: torch.Tensor, rows: np.ndarray, starts: np.ndarray, scales: torch.Tensor
) -> torch.Tensor:
    """Weighted sums of the parts of each token."""
    return functional.embedding_bag(
        torch.from_numpy(rows),
        table,
        torch.from_numpy(starts),
        mode="sum",
        per_sample_weights=scales,
    )


def _mean(table: torch.Tensor, rows: np.ndarray, offsets: np.ndarray) -> torch.Tensor:
    """Mean of the token vectors of each text."""
    return functional.embedding_bag(
        torch.from_numpy(rows),
        table,
        torch.from_numpy(offsets),
        mode="mean",
        include_last_offset=True,
    )
