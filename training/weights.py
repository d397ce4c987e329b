"""The weights that are fitted, as one vector: their names, limits and steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from linker.stories.evidence import SPARSE, Model

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
#: Round numbers to begin with.
STARTS = {"same intercept": -3.0, "same cosine": 4.0, "same tfidf": 7.4, "same names": 0.5} | {
    "same numbers": 0.5, "same days": 1.0, "same brevity": 0.0, "cross intercept": -3.0
} | {"cross cosine": 6.0, "cross brevity": 0.0, "ratio": 0.8, "near": 1.0, "gap": 0.5} | {
    "crowd": 0.5
}  # fmt: skip
#: Weights of evidence are not negative; SPARSE needs a root. Others within reason.
LIMITS = {name: (1e-3, None) for name in NAMES if name.split()[-1] in SPARSE} | {
    "same intercept": (None, None), "cross intercept": (None, None),
    "same brevity": (-0.5, 1.5), "cross brevity": (-0.5, 0.5), "ratio": (0.1, 2.5),
    "near": (0.0, 1.5), "gap": (0.2, None), "crowd": (0.0, 1.0),
}  # fmt: skip
STEPS = {"same intercept": 0.2, "same cosine": 0.6, "same tfidf": 1.2, "same names": 0.25} | {
    "same numbers": 0.25, "same days": 0.3, "same brevity": 0.3, "cross intercept": 0.25
} | {"cross cosine": 0.8, "cross brevity": 0.3, "ratio": 0.12, "near": 0.3, "gap": 0.3} | {
    "crowd": 0.12
}  # fmt: skip
#: Stories stay as they are when all log-odds are multiplied by one number, so the weight of words
#: is the unit of all others: with this one, the probabilities are sober.
UNIT_NAME, UNIT = "same tfidf", 7.4
#: The cosine that one in a hundred pairs of unrelated headlines reaches, within a language and
#: across two (of 98,000 pairs of headlines from five corpora), and the shortness of such a pair:
#: so much by itself, in one hour, is no story.
CHANCE = {"same": 0.28, "cross": 0.21}
BREVITY_OF_BOTH = 1.4


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


def within_bounds(weights: Floats) -> Floats:
    """In units of UNIT, inside LIMITS, and sober.

    Intercepts are so low that what two strangers have in common by chance makes no story.
    """
    factor = UNIT / weights[PLACE[UNIT_NAME]]
    kept = np.array([1.0 if name == "ratio" else factor for name in NAMES]) * weights
    for name, (low, high) in LIMITS.items():
        kept[PLACE[name]] = np.clip(kept[PLACE[name]], low, high)
    for side, chance in CHANCE.items():
        added = max(0.0, kept[PLACE[f"{side} brevity"]] * BREVITY_OF_BOTH)
        added += kept[PLACE["near"]] + chance * kept[PLACE[f"{side} cosine"]]
        place = PLACE[f"{side} intercept"]
        kept[place] = min(kept[place], -added)
    return kept


def from_names(values: Mapping[str, float]) -> Floats:
    """The weights with these values by name."""
    return np.array([values[name] for name in NAMES])
