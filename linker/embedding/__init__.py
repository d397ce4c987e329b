"""Texts to vectors: the shipped static model, or any sentence-transformers model in its place."""

from __future__ import annotations

from linker.embedding.encoder import Encoder, Reading, Report, load_encoder

__all__ = ["Encoder", "Reading", "Report", "load_encoder"]
