"""Any sentence-transformers model in place of the shipped one, its vectors kept for a next time."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linker.arrays import DoubleArray, FloatArray, Uint64Array
from linker.embedding.encoder import Reading, Report
from linker.embedding.inference import Inference
from linker.embedding.plain import MAX_CHARACTERS
from linker.embedding.vector_cache import VectorCache, text_keys
from linker.errors import check_texts

CHARACTERS_A_TOKEN = 5  # about, in English; for the progress bar alone
KEEP_SECONDS = 30.0  # of work that a killed run may lose


class TransformerEncoder:
    """A model that the sentence-transformers package has loaded.

    The vector of a text depends on that text, the model, the device and the precision alone.
    """

    def __init__(self, name: str, model: Inference, cache_name: str | None = None) -> None:
        """cache_name: what to keep vectors under, naming all they depend on; None keeps none."""
        self.name = name
        self._model = model
        self._cache = VectorCache(cache_name, model.dimension) if cache_name else None

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._model.dimension

    @property
    def averages(self) -> bool:
        """False: such a model reads a text as a whole, and best as it was written."""
        return False

    @property
    def facts(self) -> dict[str, str | int]:
        """Its name and how it reads texts, for run.json: the first `tokens` tokens of each."""
        model = self._model
        facts: dict[str, str | int] = {"name": self.name, "dimension": self.dimension}
        facts["device"] = str(model.device)
        facts["precision"] = str(model.precision).removeprefix("torch.")
        if model.longest:
            facts["tokens"] = model.longest
        if model.prompt:
            facts["prompt"] = model.prompt
        return facts

    def encode(
        self, texts: Sequence[str], *, threads: int = 1, report: Report | None = None
    ) -> FloatArray:
        """Vectors of norm 1, float32 (n, dimension).

        0 for a text without characters, and for one whose vector the model makes no numbers of.
        Every distinct text is encoded once, and not at all where its vector was kept.
        """
        check_texts(texts)
        readable = [_readable(text) for text in texts]
        distinct = sorted({t for t in readable if t.strip()}, key=lambda text: (len(text), text))
        vectors = np.zeros((len(distinct) + 1, self.dimension), np.float32)  # the last for no text
        vectors[:-1] = self._vectors(distinct, threads, report)
        rows = {text: row for row, text in enumerate(distinct)}
        return vectors[[rows.get(text, -1) for text in readable]]

    def read(
        self, texts: Sequence[str], *, threads: int = 1, report: Report | None = None
    ) -> Reading:
        """The same vectors, and the share of the tokens of each text that the model knows."""
        vectors = self.encode(texts, threads=threads, report=report)
        return Reading(vectors, self._model.known([_readable(text) for text in texts]))

    def _vectors(self, texts: list[str], threads: int, report: Report | None) -> FloatArray:
        if self._cache is None:
            return self._computed(texts, None, threads, report)
        keys = text_keys(texts)
        known, vectors = self._cache.find(keys)
        missing = np.flatnonzero(~known)
        if len(missing):
            rest = [texts[row] for row in missing]
            vectors[missing] = self._computed(rest, keys[missing], threads, report)
        return vectors

    def _computed(
        self,
        texts: list[str],
        keys: Uint64Array | None,
        threads: int,
        report: Report | None,
    ) -> FloatArray:
        """The vectors of the texts, put into the cache as they come where keys are given."""
        found = np.zeros((len(texts), self.dimension), np.float32)
        work = self._work(texts)
        done, unkept, kept = 0.0, list[int](), time.monotonic()
        try:
            for places, vectors in self._model.vectors(texts, threads):
                found[places] = _unit(vectors)
                unkept += places
                done += float(work[places].sum())
                if report:
                    report(done)
                if time.monotonic() - kept > KEEP_SECONDS:
                    self._keep(keys, unkept, found)
                    unkept, kept = [], time.monotonic()
        finally:  # an interrupted run keeps all it has
            self._keep(keys, unkept, found)
        return found

    def _keep(self, keys: Uint64Array | None, places: list[int], found: FloatArray) -> None:
        if self._cache is not None and keys is not None:
            self._cache.add(keys[places], found[places])

    def _work(self, texts: list[str]) -> DoubleArray:
        """The part of the whole work that each text is, about: float64 (n,), of sum 1."""
        most = (self._model.longest or MAX_CHARACTERS) * CHARACTERS_A_TOKEN
        lengths = np.minimum([len(text) for text in texts], most).astype(np.float64)
        work: DoubleArray = lengths / max(lengths.sum(), 1.0)
        return work


def _readable(text: str) -> str:
    """The beginning of the text, without the halves of surrogate pairs that no tokenizer takes."""
    text = text[:MAX_CHARACTERS]
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _unit(vectors: NDArray[Any]) -> FloatArray:
    """Rows brought to norm 1, in float64; rows of 0 stay."""
    wide = vectors.astype(np.float64)
    norms = np.linalg.norm(wide, axis=1, keepdims=True)
    return (wide / np.where(norms > 0, norms, 1)).astype(np.float32)
