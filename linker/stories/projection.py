"""Vectors made of words, for articles of whose script the encoder knows nothing.

Such an article has no vector, and of all evidence a vector says most: with a cosine of 0 what
belongs together would stay apart. In its place the article's TF-IDF row is projected to the d
dimensions of the encoder, in which the inner product of two rows is what it was, give or take
1 / sqrt(d) (Johnson and Lindenstrauss 1984). With a vector of meaning the inner product is chance,
so that the cosine of such a pair is not known (`Evidence.comparable`).
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from linker.arrays import FloatArray
from linker.jit import bare
from linker.stories.terms import Terms
from linker.stories.vectors import units
from linker.text.compiled import mix
from linker.threads import for_each

#: Each term counts in so many dimensions, one of each part (Kane and Nelson 2014).
PARTS: Final = 8
#: Articles projected at a time.
ROWS = 1024

_PARTS, _BITS, _ONE = np.uint64(PARTS), np.uint64(8), np.uint64(1)
_PLACE, _PLACE_BITS = np.uint64(127), np.uint64(7)


def projected(documents: Terms, dimension: int, threads: int = 1) -> FloatArray:
    """The rows in so many dimensions, float32 (n, dimension) of unit length; an empty one is 0."""
    vectors = np.zeros((len(documents), dimension), np.float32)
    start, ids, values = documents.start, documents.ids, documents.values

    def work(begin: int) -> None:
        add_terms(start[begin : begin + ROWS + 1], ids, values, vectors[begin : begin + ROWS])

    for_each(work, range(0, len(documents), ROWS), threads)
    return units(vectors)


@bare
def add_terms(start: Any, ids: Any, values: Any, vectors: Any) -> None:
    """Add the value of each term to its dimensions, or take it off, in `vectors` float32 (n, d).

    Rows are those of `Terms`. A term's hash has a byte for each of PARTS: a sign, and one of 128
    places, so that beyond 1,024 dimensions the others stay 0.
    """
    size = np.uint64(vectors.shape[1])
    for row in range(len(vectors)):
        for at in range(start[row], start[row + 1]):
            drawn = mix(np.uint64(ids[at]))
            for part in range(PARTS):
                first = np.uint64(part) * size // _PARTS
                width = np.uint64(part + 1) * size // _PARTS - first
                place = first + ((drawn & _PLACE) * width >> _PLACE_BITS)
                minus = (drawn >> _PLACE_BITS) & _ONE
                vectors[row, place] += -values[at] if minus else values[at]
                drawn >>= _BITS
