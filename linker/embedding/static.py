"""The shipped model without torch: token ids, a matrix of token vectors, their mean."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import orjson
from numpy.typing import NDArray

from linker.arrays import FloatArray
from linker.embedding.encoder import Reading, Report
from linker.errors import LinkerError, listed
from linker.first_run import compile_ahead
from linker.worth import compiled_pays

if TYPE_CHECKING:
    from linker.embedding.compiled import CompiledModel
    from linker.embedding.plain import PlainModel

WEIGHTS = "embedding.weight"
DTYPES = {"F16": "<f2", "F32": "<f4"}
LONGEST_HEADER = 100_000_000  # bytes; as in the safetensors library


class StaticEncoder:
    """A sentence-transformers folder of StaticEmbedding and Normalize, read natively.

    Its vectors are those of `SentenceTransformer(folder).encode` up to rounding (cosine 0.9999 and
    above), and the same bits whatever the batch, the threads and the processor.
    """

    def __init__(self, folder: Path, name: str) -> None:
        """Raises LinkerError when the folder holds no such model."""
        self.name = name
        self._folder = folder
        self._dimension = int(self._weights().shape[1])
        try:
            self._source = (folder / "tokenizer.json").read_bytes()
        except OSError as error:
            raise LinkerError(f"no tokenizer.json in {folder}: {error}") from error

    @cached_property
    def _plain(self) -> PlainModel:
        from linker.embedding.plain import PlainModel

        with self._in_one_line():
            return PlainModel(self._weights(), self._source)

    @cached_property
    def _compiled(self) -> CompiledModel:
        from linker.embedding.compiled import CompiledModel

        with self._in_one_line():
            return CompiledModel(self._weights(), self._source)

    def _weights(self) -> NDArray[np.float16]:
        with self._in_one_line():
            return _map_weights(self._folder / "model.safetensors")

    @contextmanager
    def _in_one_line(self) -> Iterator[None]:
        try:
            yield
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise LinkerError(f"no static embedding model in {self._folder}: {error}") from error

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._dimension

    @property
    def averages(self) -> bool:
        """True: the mean of its tokens is all that a text is."""
        return True

    @property
    def facts(self) -> dict[str, str | int]:
        """Its name and how it read the texts, for run.json."""
        return {"name": self.name, "dimension": self.dimension, "device": "cpu"}

    def encode(
        self, texts: Sequence[str], *, threads: int = 1, report: Report | None = None
    ) -> FloatArray:
        """Vectors of norm 1, float32 (n, dimension); 0 for a text without a known token.

        Only the first `plain.MAX_CHARACTERS` of a text are read. Thousands of texts take less
        than a second, so nothing is reported on the way. Raises LinkerError for a model whose
        files do not go together.
        """
        return self.read(texts, threads=threads, report=report).vectors

    def read(
        self, texts: Sequence[str], *, threads: int = 1, report: Report | None = None
    ) -> Reading:
        """The same vectors, and the share of the tokens of each text that the model knows.

        A word in a script that is not in its vocabulary is one unknown token, in a script without
        spaces each character is: of such a text the vector is that of its punctuation and loan
        words.
        """
        texts = listed(texts)
        if compiled_pays(texts):
            self.__dict__.pop("_plain", None)  # never again
            compile_ahead("encode", threads)
            return self._compiled.read(texts, threads)
        with self._in_one_line():
            return self._plain.read(texts)


def _map_weights(path: Path) -> NDArray[np.float16]:
    """The token matrix, float16 (vocabulary, dimension), of a safetensors file, not read yet.

    The file: the size of a header in 8 bytes, the header in JSON, the numbers of all tensors.
    Raises OSError, ValueError, KeyError or TypeError for anything else.
    """
    with path.open("rb") as file:
        size = int.from_bytes(file.read(8), "little")
        if size > LONGEST_HEADER:
            raise ValueError("it is no safetensors file")
        entry = orjson.loads(file.read(size))[WEIGHTS]
    dtype, shape = DTYPES[entry["dtype"]], tuple(map(int, entry["shape"]))
    begin, end = entry["data_offsets"]
    if len(shape) != 2 or end - begin != shape[0] * shape[1] * np.dtype(dtype).itemsize:
        raise ValueError(f"the tensor {WEIGHTS} is no matrix")
    matrix = np.memmap(path, dtype, "r", 8 + size + begin, shape)
    return np.asarray(matrix).astype(np.float16, copy=False)
