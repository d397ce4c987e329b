"""The links that the page carries: each article's strongest, inside and outside its story.

Each comes with what its evidence adds to the log-odds and with what its two articles share.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from linker.arrays import DoubleArray, Int32Array
from linker.explaining.contributions import contributions, link_features, weights_of
from linker.report.columns import rows_of, shorten, thousandths
from linker.shared_terms import shared_terms

TERM_CHARACTERS = 60
INSIDE = 3  # links shown to other articles of the same story
OUTSIDE = 1  # and to the nearest article of another: the runner-up

Rows = np.ndarray[Any, np.dtype[np.int64]]


def link_columns(
    links: pa.Table, articles: pa.Table, story: Rows, run: Mapping[str, object]
) -> dict[str, Any]:
    """Return the kept links as columns.

    `articles` (n,) are the shown ones, `story` int64 (n,) their story rows. Of a link: rows `a`
    and `b`, `probability` in thousandths, `features` in hundredths (null where not known), `parts`
    what each adds to the log-odds, in hundredths, and the places in `terms` of the `numbers` and
    `words` that both articles give.
    """
    a, b = rows_of(links["a"], articles["id"]), rows_of(links["b"], articles["id"])
    shown = np.flatnonzero((a >= 0) & (b >= 0))
    probability = np.asarray(thousandths(links["probability"]), dtype=np.int64)
    kept = shown[strongest(a[shown], b[shown], probability[shown], story)]
    pairs = np.stack([a[kept], b[kept]], axis=1)
    features = link_features(links.take(pa.array(kept)))
    language = pc.fill_null(articles["lang"], "").combine_chunks().dictionary_encode().indices
    cross = np.not_equal(*np.asarray(language)[pairs.T])
    parts = contributions(features, cross, weights_of(run))
    return {
        "a": a[kept].tolist(),
        "b": b[kept].tolist(),
        "probability": probability[kept].tolist(),
        "names": list(features),
        "features": [hundredths(values) for values in features.values()],
        "weighed": list(parts),
        "parts": [hundredths(values) for values in parts.values()],
    } | _shared(articles, pairs, _threads(run))


def _shared(articles: pa.Table, pairs: Rows, threads: int) -> dict[str, Any]:
    """Return what the articles of each pair share: `terms`, and places in it for each pair."""
    if "text" not in articles.column_names:
        articles = articles.append_column("text", pa.nulls(articles.num_rows, pa.large_string()))
    found = shared_terms(articles, pairs, threads)
    used = np.concatenate([part[part >= 0] for part in (found.numbers, found.words)])
    forms, first = np.unique(used, return_index=True)
    terms: dict[str, int] = {}
    place = np.empty(len(found.forms), np.int64)
    for form in forms[np.argsort(first)].tolist():  # as the page meets them
        place[form] = terms.setdefault(shorten(found.forms[form], TERM_CHARACTERS), len(terms))
    columns = {"numbers": _rows(found.numbers, place), "words": _rows(found.words, place)}
    return {"terms": list(terms)} | columns


def _rows(matrix: Int32Array, place: Rows) -> list[list[int]]:
    """The rows of a matrix as lists of what `place` has for each; -1 is nothing."""
    there = matrix >= 0
    values = place[matrix[there]].tolist()
    ends = np.cumsum(there.sum(axis=1)).tolist()
    return [values[begin:end] for begin, end in pairwise([0, *ends])]


def _threads(run: Mapping[str, object]) -> int:
    """The threads that the run was given, at most all cores; 0 or none are all of them."""
    settings, cores = run.get("settings"), os.cpu_count() or 1
    given = settings.get("threads") if isinstance(settings, Mapping) else None
    return min(given, cores) if isinstance(given, int) and given > 0 else cores


def strongest(a: Rows, b: Rows, probability: Rows, story: Rows) -> Rows:
    """Return the links, ascending, that are among the strongest of either of their articles.

    For each article the INSIDE most probable links within its story and the OUTSIDE most probable
    ones that leave it; the earlier link wins a tie. `probability` is in thousandths.
    """
    if not len(a):
        return np.zeros(0, dtype=np.int64)
    inside = (story[a] == story[b]).astype(np.int64)
    group = np.concatenate([a, b]) * 2 + np.tile(inside, 2)
    # Sorted as whole numbers: article and side, then probability, then link.
    bits = len(a).bit_length()
    rank = (1000 - probability) << bits | np.arange(len(a))
    ordered = np.sort(group << (bits + 10) | np.tile(rank, 2))
    group, link = ordered >> (bits + 10), ordered & ((1 << bits) - 1)
    starts = np.flatnonzero(np.diff(group, prepend=-1))
    place = np.arange(len(group)) - np.repeat(starts, np.diff(np.append(starts, len(group))))
    return np.unique(link[place < np.where(group & 1, INSIDE, OUTSIDE)])


def hundredths(values: DoubleArray) -> list[int | None]:
    """Return numbers as whole hundredths, null for what is not finite."""
    known = np.isfinite(values)
    whole: list[int | None] = np.rint(np.where(known, values, 0) * 100).astype(np.int64).tolist()
    for row in np.flatnonzero(~known).tolist():
        whole[row] = None
    return whole
