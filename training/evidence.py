"""Fit linker/stories/weights.json on labelled articles: python training/evidence.py --help.

A corpus is NAME.jsonl.gz with a `story` in each line, or with NAME.pairs.jsonl.gz beside it whose
lines have `a`, `b` and a `score` from 0 to 3 (or a `label` 0 or 1). All corpora weigh the same,
whatever their size, and one set of weights and thresholds is made for all of them.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from labelled import Corpus, agreement, f1s, odds_of, read_corpus, recall_of_candidates
from scipy.optimize import minimize

from linker.stories.evidence import FEATURES, GAP, SPARSE, Model, load_model

Floats = npt.NDArray[np.float64]

#: What is fitted, in this order; `ratio` is what SPARSE counts across languages.
NAMES = (
    *(f"same {name}" for name in ("intercept", "cosine", *SPARSE, "brevity")),
    *(f"cross {name}" for name in ("intercept", "cosine", "brevity")),
    "ratio",
    "near",
    "gap",
    "crowd",
)
PLACE = {name: i for i, name in enumerate(NAMES)}
STARTS = {"same intercept": -3.0, "same cosine": 5.0, "same tfidf": 6.0, "same names": 1.0} | {
    "same numbers": 0.3, "same days": 1.0, "cross intercept": -3.0, "cross cosine": 6.0
} | {"ratio": 0.8, "near": 0.5, "gap": 0.5, "crowd": 0.5}  # fmt: skip
#: Weights of evidence are not negative; SPARSE needs a root. Others within reason.
LIMITS = {name: (1e-3, None) for name in NAMES if name.split()[-1] in SPARSE} | {
    "same intercept": (None, None), "cross intercept": (None, None),
    "same brevity": (-0.5, 1.5), "cross brevity": (-0.5, 0.5), "ratio": (0.1, 2.5),
    "near": (0.0, 1.5), "crowd": (0.0, 1.0),
}  # fmt: skip
STEPS = {"same intercept": 0.35, "same cosine": 0.8, "same tfidf": 1.0, "same names": 0.3} | {
    "same numbers": 0.3, "same days": 0.4, "same brevity": 0.5, "cross intercept": 0.4
} | {"cross cosine": 1.0, "cross brevity": 0.5, "ratio": 0.12, "near": 0.4, "gap": 0.6} | {
    "crowd": 0.15
}  # fmt: skip
RIDGE = 1e-5
#: So many pairs of a corpus are enough to fit on.
ENOUGH = 8000
#: The cosine that one in a hundred pairs of unrelated headlines reaches, within a language and
#: across two (of 98,000 pairs of headlines from five corpora), and the shortness of such a pair:
#: so much by itself, in one hour, is no story.
CHANCE = {"same": 0.28, "cross": 0.21}
BREVITY_OF_BOTH = 1.4
LEAST_GAIN = 1e-4
AROUND = (-0.2, 0.2)
#: Pairs with log-odds this near to 0 are at the border, where there are enough of them.
BORDER, FEWEST = 0.9, 20
PAIRED = 0.6
LEVELS = (-0.9, -0.6, -0.3, -0.15, 0.0, 0.15, 0.3, 0.6, 0.9)


def main() -> None:
    """Fit or improve the weights, print how each corpus fares, write them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of labelled corpora")
    parser.add_argument("--out", type=Path, default=Path("linker/stories/weights.json"))
    parser.add_argument(
        "--fit",
        action="store_true",
        help="begin with a logistic fit, or with the shipped weights if they are better",
    )
    parser.add_argument(
        "--minutes", type=float, default=6.0, help="time for the search (%(default)g)"
    )
    parser.add_argument(
        "--leave-one-out",
        action="store_true",
        help="fit without each corpus in turn, print how it fares then, write nothing",
    )
    parser.add_argument("corpora", nargs="+", help="names of the corpora to fit on")
    options = parser.parse_args()
    corpora = [read_corpus(options.data / f"{name}.jsonl.gz") for name in options.corpora]
    shipped = load_model()
    if options.leave_one_out:
        for left in corpora:
            others = [corpus for corpus in corpora if corpus is not left]
            print(f"without {left.name}:", flush=True)
            # The shipped weights have seen all corpora: they are no place to begin here.
            weights = search(others, fit(others, shipped), shipped, options.minutes * 60)
            _tell(left, to_model(weights, shipped))
        return
    model = _fitted(corpora, shipped, options.fit, options.minutes)
    for corpus in corpora:
        _tell(corpus, model)
    model = replace(model, calibration=calibration(corpora, model))
    options.out.write_text(json.dumps(_rounded(asdict(model)), indent=2) + "\n", "utf-8")


def _fitted(corpora: list[Corpus], start: Model, anew: bool, minutes: float) -> Model:
    weights = to_weights(start)
    if anew:
        # A fit to pairs knows nothing of clusters: where to begin, both may claim.
        both = [_sober(weights), _sober(fit(corpora, start))]
        weights = max(both, key=lambda each: objective(corpora, to_model(each, start)))
    return to_model(search(corpora, weights, start, minutes * 60), start)


def _tell(corpus: Corpus, model: Model) -> None:
    if corpus.clustered:
        reached = zip(LEVELS, f1s(corpus, model, LEVELS), strict=True)
        found = [recall_of_candidates(corpus, cross=cross) for cross in (False, True)]
        said = [*(f"{level:+.1f}: {f1:.3f} " for level, f1 in reached), "candidates"]
        print(f"{corpus.name:12}", *said, *(f"{share:.3f}" for share in found), flush=True)
    else:
        found_by = agreement(corpus, model).items()
        print(
            f"{corpus.name:12}", *(f"{name} {value:.3f} " for name, value in found_by), flush=True
        )


def _rounded(value: object) -> object:
    if isinstance(value, dict):
        return {name: _rounded(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(part) for part in value]
    return round(value, 5) if isinstance(value, float) else value


def to_model(weights: Floats, start: Model) -> Model:
    """The model with these weights; thresholds and topics are those of `start`."""
    own = {name: float(value) for name, value in zip(NAMES, weights, strict=True)}
    same = {name: own[f"same {name}"] for name in ("intercept", "cosine", *SPARSE, "brevity")}
    cross = {name: own[f"cross {name}"] for name in ("intercept", "cosine", "brevity")}
    cross |= {name: own["ratio"] * same[name] for name in SPARSE}
    crowd = {"crowd": own["crowd"]}
    return replace(start, same=same | crowd, cross=cross | crowd, near=own["near"], gap=own["gap"])


def to_weights(model: Model) -> Floats:
    """The weights of a model, in the order of NAMES."""
    of = {"ratio": model.cross["tfidf"] / model.same["tfidf"], "crowd": model.same["crowd"]}
    of |= {"near": model.near, "gap": model.gap}
    sides = {"same": model.same, "cross": model.cross}
    return np.array(
        [of[name] if name in of else sides[name.split()[0]][name.split()[1]] for name in NAMES]
    )


def fit(corpora: list[Corpus], start: Model) -> Floats:
    """Logistic regression over all corpora, both answers weighing the same in each.

    Where many stories have two languages and few have one, both counts are small: a part with
    fewer than 3,000 pairs weighs less, by the root of their share.
    """
    parts = [part for corpus in corpora for part in _parts(corpus, start)]
    total = sum(part.weight.sum() for part in parts)
    ridge = np.array([0.0 if "intercept" in name else RIDGE for name in NAMES])

    def loss(weights: Floats) -> tuple[float, Floats]:
        value, slope = float(ridge @ weights**2), 2 * ridge * weights
        for part in parts:
            one, gradient = part.loss(weights)
            value, slope = value + one / total, slope + gradient / total
        return value, slope

    first = np.array([STARTS.get(name, 0.0) for name in NAMES])
    bounds = [LIMITS.get(name, (0.0, None)) for name in NAMES]
    return np.asarray(minimize(loss, first, jac=True, bounds=bounds, method="L-BFGS-B").x)


class _Part:
    """The pairs of a corpus within a language or across two, with their weights."""

    def __init__(self, features: Floats, target: Floats, cross: bool, start: Model) -> None:
        self.side, self.cross, self.target = "cross" if cross else "same", cross, target
        even = target / max(1.0, target.sum()) + (1 - target) / max(1.0, (1 - target).sum())
        self.weight = even * min(1.0, len(target) / 3000) ** 0.5
        self.cosine, self.sparse = features[:, 0], features[:, 1 : 1 + len(SPARSE)]
        self.brevity = features[:, GAP + 1]
        scaled = np.minimum(features[:, GAP] / start.gap_scale, start.gap_cap)
        self.near, self.gap = (~np.isnan(scaled)).astype(np.float64), np.nan_to_num(scaled)
        self.places = [PLACE[f"same {name}"] for name in SPARSE]

    def loss(self, weights: Floats) -> tuple[float, Floats]:
        """The weighted log loss and its gradient."""
        own = {
            name: weights[PLACE[f"{self.side} {name}"]]
            for name in ("intercept", "cosine", "brevity")
        }
        factor = weights[PLACE["ratio"]] if self.cross else 1.0
        common = self.sparse @ weights[self.places]
        odds = own["intercept"] + own["cosine"] * self.cosine + own["brevity"] * self.brevity
        odds += (
            factor * common + weights[PLACE["near"]] * self.near - weights[PLACE["gap"]] * self.gap
        )
        value = float((self.weight * (np.logaddexp(0.0, odds) - self.target * odds)).sum())
        off = self.weight * (1.0 / (1.0 + np.exp(-np.clip(odds, -60, 60))) - self.target)
        slope = np.zeros(len(weights))
        slope[PLACE[f"{self.side} intercept"]] = off.sum()
        slope[PLACE[f"{self.side} cosine"]] = off @ self.cosine
        slope[PLACE[f"{self.side} brevity"]] = off @ self.brevity
        slope[self.places] = factor * (off @ self.sparse)
        slope[PLACE["ratio"]] = off @ common if self.cross else 0.0
        slope[PLACE["near"]], slope[PLACE["gap"]] = off @ self.near, -(off @ self.gap)
        return value, slope


def _parts(corpus: Corpus, start: Model) -> list[_Part]:
    parts = []
    for cross in (False, True):
        rows = np.flatnonzero(corpus.cross == cross)
        if len(rows) >= 50 and corpus.target[rows].sum() >= 5:
            rows = rows[:: -(-len(rows) // ENOUGH)]
            features = corpus.features[rows].astype(np.float64)
            parts.append(_Part(features, corpus.target[rows], cross, start))
    return parts


def search(corpora: list[Corpus], weights: Floats, start: Model, seconds: float) -> Floats:
    """Move one weight after the other while the stories of the corpora become better.

    Where a story ends is a choice that pairs alone do not settle: an even chance becomes the
    border of a story. Each weight is moved up or down for as long as the objective rises, by
    itself or with the intercepts, which then keep the border where it was on average; then all
    again in half the steps, until nothing moves or the time is over.
    """
    until = time.monotonic() + seconds
    weights, scale = _sober(weights), 1.0

    def value(moved: Floats) -> float:
        return objective(corpora, to_model(moved, start))

    best = value(weights)
    while scale > 0.1 and time.monotonic() < until:
        for name in NAMES:
            for step in _steps(name, border(corpora, to_model(weights, start))):
                weights, best, rose = _climb(weights, best, name, scale * step, value)
                if rose or time.monotonic() > until:
                    break
            print(f"{best:.4f} {name} {weights[PLACE[name]]:.2f}", flush=True)
            if time.monotonic() > until:
                break
        scale /= 2
    return weights


def border(corpora: list[Corpus], model: Model) -> dict[str, float]:
    """What one more of each weight adds to a pair at the border, on average over the corpora.

    `ratio` moves the cross intercept by what the sparse evidence adds there, and the sparse
    weights that of one language only: between languages they are mostly the ratio's.
    """
    added: dict[str, list[float]] = {}
    for corpus in corpora:
        _, odds = odds_of(corpus, model)
        near = np.abs(odds) < BORDER
        for side, cross in (("same", False), ("cross", True)):
            rows = corpus.features[near & (corpus.cross == cross)]
            if len(rows) >= FEWEST:
                for column, feature in enumerate(FEATURES):
                    name = f"{side} {feature}"
                    if name in PLACE:
                        added.setdefault(name, []).append(float(rows[:, column].mean()))
                if cross:
                    sparse = rows[:, 1 : 1 + len(SPARSE)] @ [model.same[name] for name in SPARSE]
                    added.setdefault("ratio", []).append(float(sparse.mean()))
    return {name: float(np.mean(values)) for name, values in added.items()}


def _steps(name: str, added: dict[str, float]) -> list[Floats]:
    """Up and down, by itself and with the intercept that makes up for it."""
    alone = np.zeros(len(NAMES))
    alone[PLACE[name]] = STEPS[name]
    steps = [alone, -alone]
    if name in added:
        both = alone.copy()
        side = "cross" if name == "ratio" else name.split(maxsplit=1)[0]
        both[PLACE[f"{side} intercept"]] -= added[name] * STEPS[name]
        steps += [both, -both]
    return steps


def _climb(
    weights: Floats, best: float, name: str, step: Floats, value: Callable[[Floats], float]
) -> tuple[Floats, float, bool]:
    """Move one weight as far as that helps, three steps at most."""
    low, high = LIMITS.get(name, (0.0, None))
    rose = False
    for _ in range(3):
        moved = weights + step
        moved[PLACE[name]] = np.clip(moved[PLACE[name]], low, high)
        if np.array_equal(moved, weights) or not np.array_equal(_sober(moved), moved):
            break
        reached = value(moved)
        if reached <= best + LEAST_GAIN:
            break
        weights, best, rose = moved, reached, True
    return weights, best, rose


def _sober(weights: Floats) -> Floats:
    """Intercepts so low that what two strangers have in common by chance makes no story."""
    weights = weights.copy()
    for side, chance in CHANCE.items():
        added = max(0.0, weights[PLACE[f"{side} brevity"]] * BREVITY_OF_BOTH)
        added += weights[PLACE["near"]] + chance * weights[PLACE[f"{side} cosine"]]
        place = PLACE[f"{side} intercept"]
        weights[place] = min(weights[place], -added)
    return weights


def objective(corpora: list[Corpus], model: Model) -> float:
    """Mean BCubed F1 of clustered corpora, and a little of the agreement on labelled pairs.

    The F1 is that on both sides of the border, so that the border is no cliff.
    """
    reached = [np.mean(f1s(corpus, model, AROUND)) for corpus in corpora if corpus.clustered]
    paired = [
        np.mean(list(agreement(corpus, model, AROUND).values()))
        for corpus in corpora
        if not corpus.clustered
    ]
    value = float(np.mean(reached)) if reached else 0.0
    return value + PAIRED * float(np.mean(paired)) if paired else value


def calibration(corpora: Sequence[Corpus], model: Model) -> list[list[float]]:
    """By tenths of the probability: its mean, and the share of pairs that tell one story.

    Over the candidates of clustered corpora, which weigh the same whatever their size.
    """
    said, true, weight = [], [], []
    for corpus in corpora:
        if corpus.clustered:
            _, odds = odds_of(corpus, model)
            said.append(1.0 / (1.0 + np.exp(-odds.astype(np.float64))))
            true.append(corpus.target)
            weight.append(np.full(len(odds), 1.0 / len(odds)))
    if not said:
        return []
    probability, target, by = np.concatenate(said), np.concatenate(true), np.concatenate(weight)
    tenth = np.minimum((probability * 10).astype(np.int64), 9)
    held = np.bincount(tenth, by, 10)
    kept = held > 0
    means = [np.bincount(tenth, by * x, 10)[kept] / held[kept] for x in (probability, target)]
    return np.stack(means, axis=1).tolist()


if __name__ == "__main__":
    main()
