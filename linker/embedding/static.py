"""The shipped model without torch: token ids, a matrix of token vectors, their mean."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from tokenizers import Tokenizer

from linker.embedding.pooling import pool, quantise
from linker.embedding.wordpiece import WordPiece
from linker.errors import LinkerError

MAX_CHARACTERS = 20_000  # of a text that are read, some 3,000 words: what an article says is said
CHUNK = 256  # texts that a thread takes at a time
WEIGHTS = "embedding.weight"


class StaticEncoder:
    """A sentence-transformers folder of StaticEmbedding and Normalize, read natively.

    Its vectors are those of `SentenceTransformer(folder).encode` up to rounding (cosine 0.9999 and
    above), and the same bits whatever the batch, the threads and the processor.
    """

    def __init__(self, folder: Path, name: str) -> None:
        """Raises LinkerError when the folder holds no such model."""
        self.name = name
        self._matrix = quantise(_read_weights(folder / "model.safetensors"))
        self._wordpiece = WordPiece(_read_tokenizer(folder / "tokenizer.json"))

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self._matrix.shape[1])

    def encode(self, texts: Sequence[str], *, threads: int = 1) -> NDArray[np.float32]:
        """Vectors of norm 1, float32 (n, dimension); 0 for a text without a known token.

        Only the first MAX_CHARACTERS characters of a text are read.
        """
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        starts = range(0, len(texts), CHUNK)

        def work(start: int) -> None:
            chunk = [text[:MAX_CHARACTERS] for text in texts[start : start + CHUNK]]
            ids, offsets = self._wordpiece.encode(chunk)
            pool(ids, offsets, self._matrix, vectors[start : start + CHUNK])

        if threads <= 1:
            for start in starts:
                work(start)
        else:
            with ThreadPoolExecutor(threads) as executor:
                list(executor.map(work, starts))
        return vectors


def _read_weights(path: Path) -> NDArray[np.float16]:
    """The token matrix, float16 (vocabulary, dimension); the file is mapped, not read whole."""
    try:
        with safe_open(str(path), framework="numpy") as file:
            weights: NDArray[np.float16] = file.get_tensor(WEIGHTS)
    except (OSError, SafetensorError) as error:
        raise LinkerError(f"no static embedding model in {path.parent}: {error}") from error
    return weights.astype(np.float16, copy=False)


def _read_tokenizer(path: Path) -> Tokenizer:
    if not path.is_file():
        raise LinkerError(f"no tokenizer.json in {path.parent}")
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer
