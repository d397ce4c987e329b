"""What each piece of evidence adds to the log-odds that two articles tell one story.

The log-odds of a link are a sum (`linker.stories.evidence`), so that each term of it says exactly
how much its evidence counts: one point makes one story about 2.7 times as likely, against or for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from linker.arrays import BoolArray, DoubleArray
from linker.stories.evidence import Model, load_model, time_odds

START = "intercept"
"""Where a pair stands before any evidence."""
GAP = "gap_days"


def weights_record(model: Model) -> dict[str, Any]:
    """The weights as run.json holds them; `weights_of` reads them back."""
    weights = asdict(model)
    return {name: list(v) if isinstance(v, tuple) else v for name, v in weights.items()}


def weights_of(run: Mapping[str, Any]) -> Model:
    """The weights that a run was made with; those shipped now where run.json has none like them."""
    try:
        model = Model(**run["evidence"])
        nothing = dict.fromkeys((*model.same, GAP), np.zeros(1))
        tried = contributions(nothing, np.zeros(1, np.bool_), model)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        return load_model()
    return model if all(part.shape == (1,) for part in tried.values()) else load_model()


def contributions(
    features: Mapping[str, DoubleArray], cross: BoolArray, model: Model
) -> dict[str, DoubleArray]:
    """The log-odds of each pair as its parts: START, then each feature that the model weighs.

    features: float64 (p,) by name, NaN where not known, which counts for nothing. cross: bool
    (p,), whether a pair is of two languages. Each part is float64 (p,).
    """
    column = cross.astype(np.int64)
    parts = {START: np.array(model.pair(START))[column]}
    for name, values in features.items():
        if name == GAP:
            part = time_odds(values, model)
        elif name in model.same:
            part = np.array(model.pair(name))[column] * values
        else:
            continue
        parts[name] = np.nan_to_num(part, nan=0.0) + 0.0  # no -0
    return parts


def link_features(links: pa.Table) -> dict[str, DoubleArray]:
    """The columns of evidence of a table of links, float64 (p,) by name, NaN where null."""
    return {
        name: pc.fill_null(links[name].cast(pa.float64()), np.nan).to_numpy()
        for name in links.column_names
        if name not in {"a", "b", "probability"}
    }
