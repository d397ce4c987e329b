"""The vectors of articles: one of the headline, one of the whole."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from linker.arrays import BoolArray, DoubleArray, FloatArray, IntArray
from linker.embedding import Encoder, Reading
from linker.jit import bare
from linker.stories.batches import chosen_batches
from linker.threads import ordered_map

LONGEST_TEXT = 4000  # characters
PIECE = 400  # characters of a text that make one vector
FADING = 1500.0  # characters after which a piece counts 1/e of the first
BATCH = 4096
#: Of a text whose tokens are known to a smaller share, the rest says nothing: it is punctuation,
#: figures and loan words. (Articles in the model's languages have .99, in other scripts .1 to .5.)
READABLE = 2 / 3

Read = Callable[[Sequence[str]], Reading]
Rows = Iterator[tuple[FloatArray, FloatArray]]
"""For each batch the vectors of its headlines, and those of its articles."""


@dataclass(frozen=True)
class Vectors:
    """Rows of unit length (0 for nothing to embed), float32 (n, d), and the encoder's name.

    An article that is mostly in a script that the encoder does not know has nothing to embed.
    """

    title: FloatArray
    body: FloatArray
    encoder: str


def embed_articles(
    articles: pa.Table,
    encoder: Encoder,
    threads: int = 1,
    report: Callable[[str, float], None] | None = None,
    rows: IntArray | None = None,
) -> Vectors:
    """Encode the headline, and headline and text together, of each article.

    Of a text the first `LONGEST_TEXT` characters count: what an article is about stands there.
    `report` is told how many articles are done, and which part of all that is. `rows` int64,
    ascending, chooses some of the articles.
    """
    chosen = np.arange(articles.num_rows) if rows is None else rows
    done, total = 0, len(chosen)
    tokens = encoder.facts.get("tokens")
    extent = f", the first {tokens} tokens of each" if tokens else ""
    embed = _in_pieces if encoder.averages else _as_written
    batches = chosen_batches(articles, ("title", "text"), chosen, BATCH)

    def tell(share: float) -> None:
        now = done + share * min(BATCH, total - done)
        if report:
            report(f"{int(now):,} of {total:,} articles{extent}", now / total)

    def read(texts: Sequence[str]) -> Reading:
        return encoder.read(texts, threads=threads, report=tell)

    titles = [np.zeros((0, encoder.dimension), np.float32)]
    bodies = [np.zeros((0, encoder.dimension), np.float32)]
    for title, body in embed(batches, read, threads):
        titles.append(title)
        bodies.append(body)
        done += len(title)
        tell(0.0)
    return Vectors(np.concatenate(titles), np.concatenate(bodies), encoder.name)


def _as_written(batches: Iterable[pa.RecordBatch], read: Read, _threads: int) -> Rows:
    """Headlines, and headlines with their texts; at once, so that like lengths come together."""
    for batch in batches:
        titles, texts = (column.to_pylist() for column in batch.columns)
        whole = [f"{head}\n{body[:LONGEST_TEXT]}" for head, body in zip(titles, texts, strict=True)]
        vectors, known = read([*titles, *whole])
        vectors[known < READABLE] = 0.0
        title, body = vectors[: len(titles)], vectors[len(titles) :]
        title[~body.any(axis=1)] = 0.0
        yield title, body


def _in_pieces(batches: Iterable[pa.RecordBatch], read: Read, threads: int) -> Rows:
    """Headlines, and the unit sum of the headline's vector and of those of the text's pieces.

    A mean of all tokens would say most about the longest part of an article. As a sum of unit
    vectors the headline and each piece say as much as the other, and a piece less the later it
    comes: news tells the event first. Texts are cut while those before are encoded, which takes
    compiled loops and not the interpreter.
    """
    for count, texts, owners, weights in ordered_map(_cut_up, batches, min(threads, 2)):
        vectors, known = read(texts)
        unread = known < READABLE
        if unread.any():
            lengths = np.array([min(len(title), PIECE) for title in texts[:count]])
            owner = np.concatenate([np.arange(count), owners])
            _forget(vectors, unread, owner, np.concatenate([lengths / PIECE, weights]))
        title = vectors[:count]
        sums = title.copy()
        _add_rows(sums, vectors[count:], owners, weights)
        yield title, units(sums)


def _forget(vectors: FloatArray, unread: BoolArray, owners: IntArray, weights: DoubleArray) -> None:
    """Write 0 to the vectors of what was not read, and to all of an article where it outweighs.

    What is left of such an article, a quotation or the copyright line, is not what it is about.
    `weights` say how much of the article each is: a headline weighs by its length here, which tells
    what can be read of it, not what it is about.
    """
    balance = np.bincount(owners, np.where(unread, -weights, weights))
    vectors[unread | (balance < 0)[owners]] = 0.0


def _cut_up(batch: pa.RecordBatch) -> tuple[int, list[str], IntArray, DoubleArray]:
    """How many articles; their headlines and behind them all pieces, whose, and of what weight."""
    texts: list[str] = batch.column(0).to_pylist()
    owners: list[int] = []
    weights: list[float] = []
    for owner, text in enumerate(batch.column(1).to_pylist()):
        for start, piece in cut(text):
            texts.append(piece)
            owners.append(owner)
            weights.append(math.exp(-start / FADING) * min(1.0, len(piece) / PIECE))
    return len(batch), texts, np.array(owners, np.int64), np.array(weights)


@bare
def _add_rows(sums: Any, rows: Any, owners: Any, weights: Any) -> None:
    """Add each row times its weight to the sum of its owner."""
    for i in range(len(owners)):
        weight = np.float32(weights[i])
        for d in range(sums.shape[1]):
            sums[owners[i], d] += weight * rows[i, d]


def cut(text: str) -> Iterator[tuple[int, str]]:
    """Start and text of each piece of about `PIECE` characters, cut at a space where there is one.

    >>> [start for start, _ in cut("word " * 200)]
    [0, 400, 800]
    """
    start, end = 0, min(len(text), LONGEST_TEXT)
    while start < end:
        stop = min(start + PIECE, end)
        if stop < end:
            stop = text.rfind(" ", start + PIECE // 2, stop) + 1 or stop
        yield start, text[start:stop]
        start = stop


def units(vectors: npt.NDArray[np.floating]) -> FloatArray:
    """Each row divided by its length, float32 (n, d); rows of 0 stay 0."""
    norm = np.linalg.norm(vectors, axis=1, keepdims=True)
    norm[norm == 0.0] = 1.0
    units: FloatArray = (vectors / norm).astype(np.float32)
    return units
