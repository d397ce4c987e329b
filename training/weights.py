"""The weights that are fitted, as one vector: where each begins, its steps and bounds."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from linker.stories.evidence import SPARSE, Model

Floats = npt.NDArray[np.float64]


class Weight(NamedTuple):
    """Where the search begins (a round number), how far it goes at first, and the bounds."""

    start: float
    step: float
    low: float = -np.inf
    high: float = np.inf


#: Sparse evidence needs the root of its weight.
LEAST = 1e-3
#: What is fitted, in this order; `ratio` is what SPARSE counts across languages. Within a language
#: rivals count nothing: fits that were free to weigh them ended there.
WEIGHTS = {
    "same intercept": Weight(-2.8, 0.2),
    "same cosine": Weight(2.5, 0.5, low=0.0),
    "same tfidf": Weight(7.4, 1.0, low=LEAST),
    "same names": Weight(0.5, 0.2, low=LEAST),
    "same numbers": Weight(0.5, 0.2, low=LEAST),
    "same days": Weight(1.0, 0.2, low=LEAST),
    "same brevity": Weight(0.3, 0.2, low=-0.5, high=1.5),
    "cross intercept": Weight(-3.2, 0.2),
    "cross cosine": Weight(5.5, 0.5, low=0.0),
    "cross brevity": Weight(0.7, 0.2, low=-0.5, high=1.5),
    "ratio": Weight(0.8, 0.1, low=0.1, high=2.5),
    "near": Weight(1.0, 0.2, low=0.0, high=2.5),
    "gap": Weight(1.0, 0.3, low=0.2),
    "crowd": Weight(0.6, 0.1, low=0.0, high=1.0),
    "cross rivals": Weight(-0.4, 0.1, low=-1.0, high=0.0),
}
NAMES = tuple(WEIGHTS)
PLACE = {name: i for i, name in enumerate(NAMES)}
STARTS, STEPS, LOWEST, HIGHEST = np.array(list(WEIGHTS.values())).T
#: Stories stay as they are when all log-odds are multiplied by one number, so the weight of words
#: is the unit of all others: with this one, the probabilities are sober.
UNIT_NAME, UNIT = "same tfidf", 7.4
#: The corpora have few forms that come in series, and no label tells them: these weights were
#: chosen on Reuters-21578, whose headlines name companies, as the most that moved no corpus.
NOT_FITTED = ("series", "recurrence")
#: The cosine that one in a hundred pairs of unrelated headlines reaches, within a language and
#: across two (of 98,000 pairs of headlines from five corpora), and the shortness of such a pair:
#: so much by itself, in one hour of a usual day, is no story.
CHANCE = {"same": 0.28, "cross": 0.21}
BREVITY_OF_BOTH = 1.4
#: The cosine and the words in common that two long articles on one theme reach, though on nothing
#: that happened (the most of ten pairs about one militia was .69 and .14): no story by themselves.
THEME = {"cosine": 0.72, "tfidf": 0.15}


def to_model(weights: Floats, start: Model) -> Model:
    """The model with these weights; what is not fitted is that of `start`."""
    own = {name: float(value) for name, value in zip(NAMES, weights, strict=True)}
    same = {name: own[f"same {name}"] for name in ("intercept", "cosine", *SPARSE, "brevity")}
    cross = {name: own[f"cross {name}"] for name in ("intercept", "cosine", "brevity", "rivals")}
    cross |= {name: own["ratio"] * same[name] for name in SPARSE}
    same |= {"crowd": own["crowd"], "rivals": 0.0}
    cross |= {"crowd": own["crowd"]}
    for name in NOT_FITTED:
        same[name], cross[name] = start.pair(name)
    return replace(start, same=same, cross=cross, near=own["near"], gap=own["gap"])


def within_bounds(weights: Floats) -> Floats:
    """In units of UNIT, inside the bounds, and sober.

    Intercepts are so low that what two strangers have in common by chance makes no story,
    nor does a theme.
    """
    factor = UNIT / weights[PLACE[UNIT_NAME]]
    kept = np.array([1.0 if name == "ratio" else factor for name in NAMES]) * weights
    kept = np.clip(kept, LOWEST, HIGHEST)
    for side, chance in CHANCE.items():
        added = max(0.0, kept[PLACE[f"{side} brevity"]] * BREVITY_OF_BOTH)
        added += kept[PLACE["near"]] + chance * kept[PLACE[f"{side} cosine"]]
        place = PLACE[f"{side} intercept"]
        kept[place] = min(kept[place], -added)
    theme = sum(value * kept[PLACE[f"same {name}"]] for name, value in THEME.items())
    kept[PLACE["same intercept"]] = min(kept[PLACE["same intercept"]], -theme)
    return kept
