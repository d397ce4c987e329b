"""Texts to vectors: the shipped static model, or any sentence-transformers model in its place."""

from __future__ import annotations

from linker.embedding.encoder import Encoder, Report, load_encoder

__all__ = ["Encoder", "Report", "load_encoder"]
