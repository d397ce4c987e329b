"""CMA-ES, the evolution strategy that learns which directions matter (Hansen 2016, 1604.00772)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Rates:
    """How fast a strategy of `n` numbers with `drawn` points a generation learns; his defaults."""

    n: int
    drawn: int

    @property
    def shares(self) -> Floats:
        """What each of the better half counts, best first; the sum is 1."""
        half = self.drawn // 2
        shares: Floats = np.log(half + 0.5) - np.log(np.arange(1, half + 1))
        return shares / shares.sum()

    @property
    def effective(self) -> float:
        return float(1.0 / (self.shares**2).sum())

    @property
    def path(self) -> float:
        share = self.effective / self.n
        return (4.0 + share) / (self.n + 4.0 + 2.0 * share)

    @property
    def width_path(self) -> float:
        return (self.effective + 2.0) / (self.n + self.effective + 5.0)

    @property
    def one(self) -> float:
        return 2.0 / ((self.n + 1.3) ** 2 + self.effective)

    @property
    def many(self) -> float:
        all_but_one = self.effective - 2.0 + 1.0 / self.effective
        return min(1.0 - self.one, 2.0 * all_but_one / ((self.n + 2.0) ** 2 + self.effective))

    @property
    def damping(self) -> float:
        wide = np.sqrt(max(0.0, (self.effective - 1.0) / (self.n + 1.0))) - 1.0
        return float(1.0 + 2.0 * max(0.0, wide) + self.width_path)


class Strategy:
    """A normal distribution over points of `n` numbers that moves to where `value` is high."""

    def __init__(self, n: int, drawn: int, width: float, seed: int) -> None:
        self.rates = Rates(n, drawn)
        self.mean, self.width, self.shape = np.zeros(n), width, np.eye(n)
        self.path, self.width_path = np.zeros(n), np.zeros(n)
        self.generation = 0
        self.rng = np.random.default_rng(seed)

    def step(self, value: Callable[[Floats], float]) -> list[float]:
        """One generation: draw, look, move; returns the values of what was drawn."""
        spread, axes = np.linalg.eigh(self.shape)
        root = axes * np.sqrt(np.maximum(spread, 1e-12))
        drawn = self.rng.standard_normal((self.rates.drawn, len(self.mean))) @ root.T
        values = [value(self.mean + self.width * each) for each in drawn]
        best = drawn[np.argsort(-np.array(values), kind="stable")[: self.rates.drawn // 2]]
        self._move(best, np.linalg.solve(root, self.rates.shares @ best), axes)
        return values

    def _move(self, best: Floats, whitened: Floats, axes: Floats) -> None:
        rates, n = self.rates, len(self.mean)
        self.generation += 1
        moved = rates.shares @ best
        self.mean = self.mean + self.width * moved
        slow = rates.width_path
        # What is whitened lies along the axes; turned back, paths of all generations compare.
        self.width_path = (1 - slow) * self.width_path + np.sqrt(
            slow * (2 - slow) * rates.effective
        ) * (axes @ whitened)
        usual = np.sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n))
        length = float(np.linalg.norm(self.width_path))
        early = np.sqrt(1 - (1 - slow) ** (2 * self.generation))
        steady = length / early < (1.4 + 2 / (n + 1)) * usual
        slow = rates.path
        self.path = (1 - slow) * self.path
        if steady:
            self.path = self.path + np.sqrt(slow * (2 - slow) * rates.effective) * moved
        kept = 1 - rates.one - rates.many
        self.shape = (
            kept * self.shape
            + rates.one * np.outer(self.path, self.path)
            + rates.many * (best.T * rates.shares) @ best
        )
        self.width *= float(np.exp(rates.width_path / rates.damping * (length / usual - 1)))
