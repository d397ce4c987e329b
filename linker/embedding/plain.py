"""A static model without compiled loops: `tokenizers` and NumPy, which a few texts need no more of.

It is the plain twin of wordpiece.py and pooling.py: the same token ids and the same bits.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from linker.arrays import DoubleArray, FloatArray, IntArray, Uint32Array
from linker.embedding.encoder import Reading

if TYPE_CHECKING:
    from tokenizers import Tokenizer

MAX_CHARACTERS: Final = 20_000
"""So many of a text are read, some 3,000 words: what an article says is said."""
LARGEST: Final = 32_767
LANES: Final = 4  # squares are summed up in so many lanes, then these: a fixed order, and quick
INFINITE: Final = 0x7C00  # the pattern of a float16 beyond all finite ones
MAGNITUDE = np.uint16(0x7FFF)

_AT_ONCE = 1 << 20  # entries of a matrix that are looked at together
_SURROGATES = re.compile("[\ud800-\udfff]")  # in the tables, too, they are as a space


class PlainModel:
    """Tokens and vectors of texts, with nothing compiled."""

    def __init__(self, weights: NDArray[np.float16], source: bytes) -> None:
        """weights: float16 (vocabulary, d); source: a tokenizer.json.

        Raises ValueError for weights that are not finite, and for what is no tokenizer.
        """
        self._weights = weights
        self._largest = largest_magnitude(weights)
        self._tokenizer = load_tokenizer(source)
        self._unknown = unknown_token(self._tokenizer)

    def read(self, texts: Sequence[str]) -> Reading:
        """Vectors of norm 1, 0 for a text without a known token, and the share of known tokens.

        MAX_CHARACTERS of each text are read. Raises ValueError for a token that has no vector.
        """
        tokens = [token_ids(self._tokenizer, text[:MAX_CHARACTERS]) for text in texts]
        offsets = np.cumsum([0, *map(len, tokens)])
        together = np.concatenate([np.empty(0, np.uint32), *tokens])
        held, ids = np.unique(together, return_inverse=True)
        check_size(self._weights, int(held.max(initial=0)) + 1)
        vectors = pool_plain(ids, offsets, quantise_plain(self._weights[held], self._largest))
        return Reading(vectors, known_shares_plain(tokens, self._unknown))


def unknown_token(tokenizer: Tokenizer) -> int:
    """The id that stands for what the vocabulary lacks. Raises ValueError where there is none."""
    token = getattr(tokenizer.model, "unk_token", None)
    number = tokenizer.token_to_id(token) if token else None
    if number is None:
        raise ValueError("its tokenizer has no token for what it does not know")
    return number


def known_shares_plain(tokens: Sequence[Uint32Array], unknown: int) -> FloatArray:
    """What `pooling.known_shares` computes of the tokens of n texts: float32 (n,)."""
    shares = [np.mean(ids != unknown) if len(ids) else 1.0 for ids in tokens]
    return np.array(shares, np.float32)


def check_size(weights: NDArray[np.float16], needed: int) -> None:
    """Raise ValueError where a tokenizer needs more vectors than there are."""
    if needed > len(weights):
        raise ValueError(f"it has {len(weights):,} vectors, fewer than its tokenizer has tokens")


def load_tokenizer(source: bytes) -> Tokenizer:
    """The tokenizer of a tokenizer.json, which neither cuts a text nor fills it up.

    Raises ValueError for what is none.
    """
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_str(source.decode())
    except Exception as error:  # it raises plain Exception
        raise ValueError(f"no tokenizer: {error}") from error
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def token_ids(tokenizer: Tokenizer, text: str) -> Uint32Array:
    """The ids of a text's tokens, uint32 (tokens,).

    A lone surrogate, which `tokenizers` refuses, ends a word. Raises ValueError for a tokenizer
    that lacks what it needs.
    """
    whole = _SURROGATES.sub(" ", text)
    try:
        found = tokenizer.encode(whole, add_special_tokens=False)
    except Exception as error:  # it raises plain Exception
        raise ValueError(f"no tokenizer: {error}") from error
    return np.array(found.ids, np.uint32)


def largest_magnitude(matrix: NDArray[np.float16]) -> np.uint16:
    """The pattern of the entry that is farthest from 0: patterns are in the order of their values.

    Raises ValueError for entries that are not finite.
    """
    bits = np.ascontiguousarray(matrix).view(np.uint16).reshape(-1)
    parts = range(0, len(bits), _AT_ONCE)
    largest = max(((bits[i : i + _AT_ONCE] & MAGNITUDE).max() for i in parts), default=np.uint16(0))
    if largest >= INFINITE:
        raise ValueError("the matrix has entries that are not finite")
    return np.uint16(largest)


def quantise_plain(rows: NDArray[np.float16], largest: np.uint16) -> NDArray[np.int16]:
    """Rows of a matrix (n, d) as `pooling.quantise` rounds them, int16 (n, d).

    largest: largest_magnitude of the whole matrix.
    """
    value = float(largest.view(np.float16))
    return np.rint(rows.astype(np.float64) * (LARGEST / (value or 1.0))).astype(np.int16)


def pool_plain(
    ids: NDArray[np.integer], offsets: IntArray, matrix: NDArray[np.int16]
) -> FloatArray:
    """What `pooling.pool` computes: float32 (n, d).

    ids: whole numbers (tokens,), those of text i from offsets[i] to offsets[i + 1]; matrix: int16
    (vocabulary, d).
    """
    vectors = np.zeros((len(offsets) - 1, matrix.shape[1]), np.float32)
    for text, vector in enumerate(vectors):
        rows = matrix[ids[offsets[text] : offsets[text + 1]]]
        total = rows.sum(axis=0, dtype=np.int64).astype(np.float64)
        a, b, c, d = (_in_turn(total[lane::LANES] ** 2) for lane in range(LANES))
        squares = (a + b) + (c + d)
        if squares > 0:
            vector[:] = total * (1.0 / np.sqrt(squares))
    return vectors


def _in_turn(values: DoubleArray) -> np.float64:
    """The sum from left to right; NumPy's own goes by pairs."""
    return np.float64(np.add.accumulate(values)[-1]) if len(values) else np.float64(0)
