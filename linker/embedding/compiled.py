"""A static model with compiled loops: token ids, and the mean of their vectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from linker.embedding.encoder import Reading
from linker.embedding.plain import MAX_CHARACTERS, check_size
from linker.embedding.pooling import known_shares, pool, quantise
from linker.embedding.wordpiece import WordPiece
from linker.threads import for_each

CHUNK: Final = 128  # texts that a thread takes at a time


class CompiledModel:
    """Tokens and vectors of texts, in native code; safe to use from several threads."""

    def __init__(self, weights: NDArray[np.float16], source: bytes) -> None:
        """weights: float16 (vocabulary, d); source: a tokenizer.json.

        Raises ValueError for weights that are not finite or too few, LinkerError for a tokenizer
        of another kind.
        """
        self._matrix = quantise(weights)
        self._wordpiece = WordPiece(source)
        check_size(weights, self._wordpiece.size)

    def read(self, texts: Sequence[str], threads: int = 1) -> Reading:
        """Vectors of norm 1, 0 for a text without a known token, and the share of known tokens.

        MAX_CHARACTERS of each text are read.
        """
        vectors = np.zeros((len(texts), self._matrix.shape[1]), np.float32)
        known = np.ones(len(texts), np.float32)

        def work(start: int) -> None:
            part = slice(start, start + CHUNK)
            ids, offsets = self._wordpiece.encode([text[:MAX_CHARACTERS] for text in texts[part]])
            pool(ids, offsets, self._matrix.reshape(-1), vectors[part])
            known_shares(ids, offsets, self._wordpiece.unknown, known[part])

        for_each(work, range(0, len(texts), CHUNK), threads)
        return Reading(vectors, known)
