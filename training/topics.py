"""Which rows of the tables are about like things, by the vectors of the model as it is.

A batch of rows drawn at random holds few that are hard to tell apart. Side by side, rows of one
topic are each other's hard negatives at no cost (Hofstätter et al. 2021, "Efficiently Teaching an
Effective Dense Retriever with Balanced Topic Aware Sampling").
"""

from __future__ import annotations

import faiss
import numpy as np
import torch
from cells import Cells
from torch.nn import functional

TOPICS = 2048
SAMPLE = 80_000  # rows that the centroids are learned from
ROUNDS = 6
CHUNK = 50_000  # rows at a time
LONGEST = 48  # tokens of a text that are looked at


def topics_of_rows(cells: Cells, matrix: np.ndarray, seed: int) -> np.ndarray:
    """The topic of each row, int32 (rows,); topics with neighbouring numbers are neighbours.

    `matrix` is the token matrix, float32 (tokens, d). A row is known by its English text, or by any
    other where it has none. Spherical k-means on a sample, then the nearest centroid.
    """
    chosen = _one_text_a_row(cells)
    table = torch.from_numpy(matrix)
    sample = np.random.default_rng(seed).permutation(len(chosen))[:SAMPLE]
    kmeans = faiss.Kmeans(
        matrix.shape[1], min(TOPICS, len(sample) // 8), niter=ROUNDS, seed=seed, spherical=True
    )
    kmeans.train(_vectors(cells, table, chosen[sample]))
    rank = _in_a_walk(kmeans.centroids)
    topics = np.empty(len(chosen), np.int32)
    for start in range(0, len(chosen), CHUNK):
        vectors = _vectors(cells, table, chosen[start : start + CHUNK])
        topics[start : start + CHUNK] = rank[(vectors @ kmeans.centroids.T).argmax(axis=1)]
    return topics


def _one_text_a_row(cells: Cells) -> np.ndarray:
    chosen = cells.places[:, cells.languages.index("en")].copy()
    rest = chosen < 0
    chosen[rest] = cells.places[rest].max(axis=1)
    return chosen


def _vectors(cells: Cells, table: torch.Tensor, chosen: np.ndarray) -> np.ndarray:
    starts = cells.offsets[chosen]
    lengths = np.minimum(cells.offsets[chosen + 1] - starts, LONGEST)
    begins = np.cumsum(lengths) - lengths
    take = np.repeat(starts - begins, lengths) + np.arange(lengths.sum())
    ids = torch.from_numpy(cells.ids[take].astype(np.int64))
    pooled = functional.embedding_bag(ids, table, torch.from_numpy(begins))
    return functional.normalize(pooled, dim=1).numpy()


def _in_a_walk(centroids: np.ndarray) -> np.ndarray:
    """The place of each centroid in a walk that always goes on to the nearest one left."""
    likeness = centroids @ centroids.T
    left = np.ones(len(centroids), bool)
    here, walk = 0, [0]
    left[0] = False
    while left.any():
        here = int(np.where(left, likeness[here], -np.inf).argmax())
        left[here] = False
        walk.append(here)
    place = np.empty(len(walk), np.int32)
    place[walk] = np.arange(len(walk))
    return place
