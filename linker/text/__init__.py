"""What a word is, in every script, and which characters are none: the room that knows Unicode."""

from __future__ import annotations

from linker.text.folding import CAPITAL, CHARACTER, NUMBER, fold, word_hash, words
from linker.text.hashing import Words, concatenate, hash_column, word_hashes

__all__ = [
    "CAPITAL",
    "CHARACTER",
    "NUMBER",
    "Words",
    "concatenate",
    "fold",
    "hash_column",
    "word_hash",
    "word_hashes",
    "words",
]
