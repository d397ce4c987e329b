"""The search for the weights that make the best stories."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from evolution import Strategy
from labelled import Corpus, agreement, f1s, odds_of
from weights import NAMES, PLACE, STEPS, UNIT_NAME, to_model, within_bounds

from linker.stories.evidence import FEATURES, SPARSE, Model

Floats = npt.NDArray[np.float64]

#: Levels on both sides of the border, so that it lies on a broad hill and not on a peak.
AROUND = (-0.25, 0.25)
#: Pairs with log-odds this near to 0 are at the border, where there are enough of them.
BORDER, FEWEST = 0.9, 20
#: So many pairs of one language or two are a task of their own.
ENOUGH = 50
#: A task that gets worse is not made up for by another that gets better by as much.
SHORT = 3.0
#: What a corpus among others weighs as a task, beside one by itself.
MIXED = 0.5
#: What a step beyond the bounds costs, squared.
BEYOND = 5e-4
#: Weights that are tried at a time.
DRAWN = 10


@dataclass(frozen=True)
class Search:
    """A search over `corpora`; what is not fitted is as in `start`.

    `reached` is what earlier weights reached, by task.
    """

    corpora: Sequence[Corpus]
    start: Model
    reached: Mapping[str, float] = field(default_factory=dict)

    def improve(self, weights: Floats, generations: int, seed: int = 0) -> Floats:
        """Move to where the stories of the corpora are better.

        Where a story ends is a choice that pairs alone do not settle: an even chance becomes the
        border of a story. All weights move at once, in units of STEPS; the result is the middle
        of those that did well, and no single best, which would owe more to chance.
        """
        weights = within_bounds(weights)
        directions = self.directions(weights)
        strategy = Strategy(len(directions), DRAWN, 1.0, seed)

        def value(point: Floats) -> float:
            wanted = weights + point @ directions
            moved = within_bounds(wanted)
            beyond = (wanted - moved) / STEPS
            return self.value(moved) - BEYOND * float(beyond @ beyond)

        for generation in range(generations):
            values = strategy.step(value)
            print(f"{generation + 1}: {np.mean(values):.4f}, best {max(values):.4f}", flush=True)
        return within_bounds(weights + strategy.mean @ directions)

    def value(self, weights: Floats) -> float:
        """The mean over all tasks; what one lacks of what it `reached` before counts SHORT more."""
        found = self.tasks(to_model(weights, self.start))
        mixed = {part for corpus in self.corpora if corpus.mixed for part in corpus.parts}
        weight = [MIXED if name in mixed else 1.0 for name in found]
        lacks = [max(0.0, self.reached.get(name, 0.0) - value) for name, value in found.items()]
        values = np.array(list(found.values())) - SHORT * np.array(lacks)
        return float(np.average(values, weights=weight))

    def tasks(self, model: Model) -> dict[str, float]:
        """What is to be high, around the border, by task.

        Of stories it is the BCubed F1, of labelled pairs the agreement, by languages.
        """

        def one(corpus: Corpus) -> dict[str, float]:
            if corpus.clustered:
                scores = np.mean(f1s(corpus, model, AROUND), axis=0).tolist()
                return dict(zip(corpus.parts, scores, strict=True))
            agreed = agreement(corpus, model, AROUND)
            return {
                f"{corpus.name} {name}": value for name, value, pairs in agreed if pairs >= ENOUGH
            }

        with ThreadPoolExecutor(2) as pool:
            parts = pool.map(one, self.corpora)
            return {name: value for part in parts for name, value in part.items()}

    def directions(self, weights: Floats) -> Floats:
        """One step of each weight but the unit, (directions, weights).

        With the weight of some evidence goes the intercept, so that the border of a story stays
        where it is on average and both can be looked for one by one.
        """
        added = self._border(weights)
        rows = []
        for name in NAMES:
            row = np.zeros(len(NAMES))
            row[PLACE[name]] = STEPS[PLACE[name]]
            if name in added:
                side = "cross" if name == "ratio" else name.split(maxsplit=1)[0]
                row[PLACE[f"{side} intercept"]] -= added[name] * STEPS[PLACE[name]]
            if name != UNIT_NAME:
                rows.append(row)
        return np.array(rows)

    def _border(self, weights: Floats) -> dict[str, float]:
        """What one more of each weight adds to a pair at the border, on average over the corpora.

        `ratio` moves the cross intercept by what the sparse evidence adds there, and the sparse
        weights that of one language only: between languages they are mostly the ratio's.
        """
        model = to_model(weights, self.start)
        added: dict[str, list[float]] = {}
        for corpus in self.corpora:
            _, odds = odds_of(corpus, model)
            near = np.abs(odds) < BORDER
            for side, cross in (("same", False), ("cross", True)):
                rows = corpus.features[near & (corpus.cross == cross)]
                if len(rows) < FEWEST:
                    continue
                for column, feature in enumerate(FEATURES):
                    if f"{side} {feature}" in PLACE:
                        known = rows[~np.isnan(rows[:, column]), column]
                        if len(known):
                            mean = float(known.mean())
                            added.setdefault(f"{side} {feature}", []).append(mean)
                if cross:
                    sparse = rows[:, 1 : 1 + len(SPARSE)] @ [model.same[name] for name in SPARSE]
                    added.setdefault("ratio", []).append(float(sparse.mean()))
        return {name: float(np.mean(values)) for name, values in added.items()}
