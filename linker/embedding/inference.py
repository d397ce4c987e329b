"""A model of torch at work: texts to tokens, tokens to batches, batches to vectors."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from linker.arrays import FloatArray
from linker.embedding.batches import Batch, Layout, Tokens
from linker.embedding.devices import choose_precision
from linker.errors import LinkerError
from linker.threads import ordered_map

CHUNK = 256  # texts that are cut into tokens at a time
CPU_TOKENS = 512  # a batch: larger ones are hardly faster on a core (docs/models.md)
GPU_TOKENS = 16_384
PROBE = ["Rain.", "The river rose by two metres overnight, and the old town is under water."]
VECTOR = "sentence_embedding"
MASK = "attention_mask"
# Prompts for what linker does with vectors, the best first, as models name them.
PROMPTS = ("clustering", "sts", "similarity", "text-matching")
DOCUMENT = ("document", "passage", "corpus")

Found = tuple[list[int], FloatArray]


class Inference:
    """A SentenceTransformer on its device, in its precision.

    The vector of a text is a function of that text alone: other texts, their order and the number
    of threads do not change a bit of it (linker.embedding.batches says why).
    """

    def __init__(self, model: Any, device: Any, precision: Any = None) -> None:
        """Moves the model there. Raises LinkerError when it makes no vectors of texts."""
        self.precision = precision or choose_precision(device, getattr(model, "dtype", None))
        self.device = device
        self.prompt = choose_prompt(model)
        self.longest = _longest(model)
        self._model = model.eval().to(device=device, dtype=self.precision)
        self._layout, self._constants = self._lay_out()
        probe = np.concatenate([vectors for _, vectors in self._all(PROBE, threads=1)])
        if not np.isfinite(probe).all():
            raise LinkerError("its vectors are not finite numbers")
        self.dimension = int(probe.shape[1])

    def vectors(self, texts: Sequence[str], threads: int) -> Iterator[Found]:
        """The places of some texts and their vectors, float32 (n, dimension), until all are done.

        The texts should be sorted by length. A text whose vector is not finite gets 0.
        """
        for places, vectors in self._all(texts, threads):
            vectors[~np.isfinite(vectors).all(axis=1)] = 0
            yield places, vectors

    def known(self, texts: Sequence[str]) -> FloatArray:
        """The share of the tokens of each text that the model knows, float32 (n,).

        1 for a text without any, and for all texts where its tokenizer knows every token.
        """
        shares = np.ones(len(texts), np.float32)
        tokenizer = getattr(self._model, "tokenizer", None)
        unknown = getattr(tokenizer, "unk_token_id", None)
        if self._layout is None or tokenizer is None or unknown is None:
            return shares
        for start in range(0, len(texts), CHUNK):
            some = list(texts[start : start + CHUNK])
            found = tokenizer(some, add_special_tokens=False, verbose=False)
            for row, ids in enumerate(found["input_ids"], start):
                read = ids[: self.longest]
                shares[row] = 1.0 - read.count(unknown) / max(len(read), 1)
        return shares

    def _all(self, texts: Sequence[str], threads: int) -> Iterator[Found]:
        with _one_thread_a_batch():
            if self._layout is None:
                yield from self._one_by_one(texts)
                return
            batches = self._layout.lay(self._tokens(texts))
            # A GPU does one batch after the other in any case.
            yield from ordered_map(self._run, batches, threads if self.device.type == "cpu" else 1)

    def _tokens(self, texts: Sequence[str]) -> Iterator[Tokens]:
        for start in range(0, len(texts), CHUNK):
            found = self._preprocess(texts[start : start + CHUNK])
            grids = {name: found[name].numpy() for name in found if name not in self._constants}
            for row, mask in enumerate(grids[MASK].astype(bool)):
                features = {name: grid[row][mask] for name, grid in grids.items()}
                yield Tokens(start + row, features, int(mask.sum()))

    def _run(self, batch: Batch) -> Found:
        vectors = self._forward(batch)[: len(batch.places)]
        if not np.isfinite(vectors).all() and self._is_half:
            # Beyond the range of half precision; the same weights have room in a whole one.
            self._model.float()
            precise = self._forward(batch)[: len(batch.places)]
            self._model.to(dtype=self.precision)
            vectors = np.where(np.isfinite(vectors).all(axis=1, keepdims=True), vectors, precise)
        return batch.places, vectors

    def _forward(self, batch: Batch) -> FloatArray:
        import torch

        features = {name: torch.from_numpy(grid) for name, grid in batch.features.items()}
        there = {name: tensor.to(self.device) for name, tensor in features.items()}
        try:
            with torch.inference_mode():
                output = self._model(there | self._constants)
        except torch.cuda.OutOfMemoryError as error:
            raise LinkerError(f"the device {self.device} has too little memory for it") from error
        if VECTOR not in output:
            raise LinkerError("it makes vectors of tokens, none of a text: no pooling module")
        vectors = output[VECTOR][:, : self._model.truncate_dim].float().cpu()
        return np.array(vectors.numpy(), np.float32)

    def _one_by_one(self, texts: Sequence[str]) -> Iterator[Found]:
        """For models of another make: no padding, and each text alone, as its neighbours count."""
        for start in range(0, len(texts), CHUNK):
            some = list(texts[start : start + CHUNK])
            vectors = self._model.encode(
                some, batch_size=1, prompt=self.prompt, show_progress_bar=False
            )
            yield list(range(start, start + len(some))), np.array(vectors, np.float32)

    def _lay_out(self) -> tuple[Layout | None, dict[str, Any]]:
        """How to lay out batches, and what the model wants beside its features.

        None for a model that does not take grids of numbers with a mask.
        """
        if not hasattr(self._model, "preprocess"):
            return None, {}
        found = self._preprocess(PROBE)
        grids = {name: value for name, value in found.items() if hasattr(value, "shape")}
        shape = grids[MASK].shape if MASK in grids else (0,)
        if len(shape) != 2 or any(
            grid.shape != shape or grid.is_floating_point() for grid in grids.values()
        ):
            return None, {}
        tokenizer = self._model.tokenizer
        padding = {
            "input_ids": getattr(tokenizer, "pad_token_id", None) or 0,
            "token_type_ids": getattr(tokenizer, "pad_token_type_id", None) or 0,
        }
        left = getattr(tokenizer, "padding_side", "right") == "left"
        tokens = CPU_TOKENS if self.device.type == "cpu" else GPU_TOKENS
        constants = {name: value for name, value in found.items() if name not in grids}
        return Layout(tokens, self.longest, padding, left), constants

    def _preprocess(self, texts: Sequence[str]) -> dict[str, Any]:
        return dict(self._model.preprocess(list(texts), prompt=self.prompt))

    @property
    def _is_half(self) -> bool:
        return bool(self.precision.itemsize < 4)


def choose_prompt(model: Any) -> str | None:
    """The prompt to put before each text, of those that the model is configured with.

    Its default, else the one for clustering or similarity. Where both sides of a search have one
    (E5), that of the query, as the authors of such models advise for comparing like with like.
    Where only the query has one, texts to be found are plain, and so are ours.
    """
    prompts = {name.lower(): text for name, text in (model.prompts or {}).items()}
    if model.default_prompt_name:
        return str(model.prompts[model.default_prompt_name]) or None
    for name in PROMPTS:
        if name in prompts:
            return prompts[name] or None
    if any(prompts.get(name) for name in DOCUMENT):
        return prompts.get("query") or None
    return None


def _longest(model: Any) -> int | None:
    """Tokens of a text that the model reads; None where it has no limit."""
    limit = model.max_seq_length
    # Tokenizers without a limit say 10**30, static models infinity.
    return int(limit) if limit and not math.isinf(limit) and limit < 10**9 else None


@contextmanager
def _one_thread_a_batch() -> Iterator[None]:
    """Batches are worked on side by side, each by one thread: sums then have one order."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
