"""Writes the model as an ordinary sentence-transformers folder, float16."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from vocabulary import SPECIAL


def save_model(tokenizer: Tokenizer, matrix: np.ndarray, folder: Path) -> None:
    """Save StaticEmbedding + Normalize the way the installed sentence-transformers does.

    Special tokens become 0, so what the vocabulary cannot spell adds nothing to a text. The matrix
    is rounded to float16, which halves its size; its largest entry is scaled to 1 first, since
    pooling and normalising make the model independent of one common factor.
    """
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Normalize, StaticEmbedding

    scaled = matrix.astype(np.float32)
    scaled[[tokenizer.token_to_id(token) for token in SPECIAL]] = 0
    scaled /= np.abs(scaled).max()
    static = StaticEmbedding(tokenizer, embedding_weights=torch.from_numpy(scaled))
    static.embedding.weight.data = torch.from_numpy(scaled.astype(np.float16))
    model = SentenceTransformer(modules=[static, Normalize()], device="cpu")
    model.save_pretrained(str(folder), create_model_card=False)
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    (folder / "model.safetensors").chmod(0o644)
