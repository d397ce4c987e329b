"""What is kept of each text for finding its copies: its shingles, band keys and digests."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from linker.reprints.bands import band_shape
from linker.reprints.exact import digests, number_digests
from linker.reprints.excerpts import SAMPLE_BITS
from linker.reprints.shelf import Shelf
from linker.reprints.shingles import Shingles, end_to_end, hash_shingles, sample
from linker.reprints.signatures import permutations
from linker.text import Words


class Sketch(NamedTuple):
    """Some texts, sketched.

    shingles: of all texts, end to end; samples: of these, for excerpts. keys: uint32 (bands, n).
    sizes: int64, words. bodies, numbers: uint64, digests of the words in order and of the numbers
    in any order.
    """

    shingles: Shingles
    samples: Shingles
    keys: NDArray[np.uint32]
    sizes: NDArray[np.int64]
    bodies: NDArray[np.uint64]
    numbers: NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Sketches:
    """The sketches of n texts, as in Sketch; the shingles may be in a file."""

    shingles: Shingles
    samples: Shingles
    keys: NDArray[np.uint32]
    sizes: NDArray[np.int64]
    bodies: NDArray[np.uint64]
    numbers: NDArray[np.uint64]

    def __len__(self) -> int:
        return len(self.sizes)

    def take(self, rows: NDArray[np.int64]) -> Sketches:
        """Those of some texts, in the order of rows; the shingles stay where they are."""
        return Sketches(
            self.shingles.take(rows),
            self.samples.take(rows),
            self.keys[:, rows],
            self.sizes[rows],
            self.bodies[rows],
            self.numbers[rows],
        )


def sketch(words: Words, threshold: float) -> Sketch:
    """Sketch texts for finding copies of this Jaccard or more."""
    from linker.reprints.kernels import fill_band_keys

    shingles = hash_shingles(words)
    bands, rows = band_shape(threshold)
    keys = np.empty((bands, len(words)), np.uint32)
    fill_band_keys(shingles.values, shingles.stops, permutations(), rows, keys)
    numbers = np.zeros(len(words), np.uint64)
    if len(words.kinds):
        numbers = number_digests(words.hashes, words.kinds, words.offsets)
    bodies = digests(words.hashes, words.offsets[:-1], words.offsets[1:])
    samples = sample(shingles, SAMPLE_BITS)
    return Sketch(shingles, samples, keys, words.counts, bodies, numbers)


def collect(parts: Iterable[Sketch], folder: Path | None) -> Sketches:
    """The sketches of consecutive texts, one part at least, as one.

    folder: where shingles go, None for memory. They are most of a sketch, four bytes a word, and
    few of them are looked at again.
    """
    shingles = Shelf(folder / "shingles.u32" if folder else None)
    samples = Shelf(None)
    held = []
    for part in parts:
        shingles.put(part.shingles.values)
        samples.put(part.samples.values)
        held.append(part._replace(shingles=_places(part.shingles), samples=_places(part.samples)))
    return Sketches(
        _joined(shingles, [part.shingles for part in held]),
        _joined(samples, [part.samples for part in held]),
        np.concatenate([part.keys for part in held], axis=1),
        np.concatenate([part.sizes for part in held]),
        np.concatenate([part.bodies for part in held]),
        np.concatenate([part.numbers for part in held]),
    )


def _places(shingles: Shingles) -> Shingles:
    """Where texts have their shingles, without these."""
    return shingles._replace(values=shingles.values[:0].copy())


def _joined(shelf: Shelf, parts: list[Shingles]) -> Shingles:
    """Shingles that were put on a shelf, from where they are there."""
    return end_to_end(shelf.all(), np.concatenate([part.counts for part in parts]))
