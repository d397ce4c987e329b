"""The vectors of articles: one of the headline, one of the whole, centred by language.

A mean-pooled vector keeps something of its language. The mean vector of the language is taken
off, so that a cosine means the same within a language and across two.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from linker.embedding import Encoder
from linker.stories.background import PSEUDO_VECTORS, Background

FloatArray = npt.NDArray[np.float32]

LONGEST_TEXT = 4000
BATCH = 4096


@dataclass(frozen=True)
class Vectors:
    """Rows of unit length (0 for nothing to embed), float32 (n, d), and the encoder's name."""

    title: FloatArray
    body: FloatArray
    encoder: str

    def take(self, rows: npt.NDArray[np.int64]) -> Vectors:
        """The chosen articles, in that order."""
        return Vectors(self.title[rows], self.body[rows], self.encoder)


def embed_articles(articles: pa.Table, encoder: Encoder, threads: int = 1) -> Vectors:
    """Encode the headline, and headline and text together, of each article.

    Of a text the first `LONGEST_TEXT` characters count: what an article is about stands there.
    """
    titles: list[FloatArray] = []
    bodies: list[FloatArray] = []
    for batch in articles.select(["title", "text"]).to_batches(max_chunksize=BATCH):
        title, text = batch.column(0).to_pylist(), batch.column(1).to_pylist()
        whole = [f"{head}\n{body[:LONGEST_TEXT]}" for head, body in zip(title, text, strict=True)]
        titles.append(encoder.encode(title, threads=threads))
        bodies.append(encoder.encode(whole, threads=threads))
    empty = [np.zeros((0, encoder.dimension), np.float32)]
    return Vectors(np.concatenate(titles or empty), np.concatenate(bodies or empty), encoder.name)


def centred(
    vectors: FloatArray,
    lang: npt.NDArray[np.int64],
    languages: list[str],
    background: Background,
    encoder: str,
) -> FloatArray:
    """Unit rows after taking off each language's mean; rows of 0 stay 0.

    The mean is that of this run, blended with the background as if it had been seen on
    `PSEUDO_VECTORS` texts; without a background the run's own mean counts by its size alone.
    """
    out = vectors.copy()
    for i, code in enumerate(languages):
        rows = np.flatnonzero((lang == i) & (np.abs(vectors).sum(axis=1) > 0))
        usual = background.centre(code, encoder)
        total = vectors[rows].sum(axis=0, dtype=np.float64)
        if usual is not None:
            total = total + PSEUDO_VECTORS * usual
        out[rows] -= (total / (len(rows) + PSEUDO_VECTORS)).astype(np.float32)
    norm = np.linalg.norm(out, axis=1, keepdims=True)
    norm[norm == 0.0] = 1.0
    unit: FloatArray = (out / norm).astype(np.float32)
    return unit
