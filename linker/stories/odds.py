"""What the features of pairs add up to."""

from __future__ import annotations

from typing import Any

import numpy as np

from linker.jit import bare


@bare
def add_features(features: Any, pairs: Any, lang: Any, weights: Any, out: Any) -> None:
    """Write the log-odds of each pair (p, 2) to `out`, float64 (p,).

    `features` float32 (p, f), of which NaN counts nothing; `weights` float64 (2, 1 + f) begin with
    the intercept, within a language first, then across two; `lang` int64 (n,).
    """
    for p in range(len(pairs)):
        own = weights[int(lang[pairs[p, 0]] != lang[pairs[p, 1]])]
        total = own[0]
        for k in range(features.shape[1]):
            value = features[p, k]
            total += own[1 + k] * (np.float32(0.0) if np.isnan(value) else value)
        out[p] = total


@bare
def add_both(values: Any, pairs: Any, out: Any) -> None:
    """Write the values float32 (n,) of both of each pair, added, to `out`, float32 (p,).

    NaN, which is not known, counts nothing beside a number.
    """
    for p in range(len(pairs)):
        one, other = values[pairs[p, 0]], values[pairs[p, 1]]
        if np.isnan(one):
            out[p] = other
        elif np.isnan(other):
            out[p] = one
        else:
            out[p] = one + other
