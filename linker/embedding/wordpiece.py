"""WordPiece (Wu et al. 2016; BERT's rules): the ids of `tokenizers` at many times its speed.

tests/test_embedding.py holds the ids against those of `tokenizers`, the twin that defines them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from linker.arrays import IntArray, Uint32Array
from linker.embedding.alphabet import Alphabet
from linker.embedding.plain import load_tokenizer, token_ids
from linker.embedding.vocabulary import load_vocabulary
from linker.embedding.wordpiece_kernel import (
    OUT_OF_ORDER,
    UNKNOWN_LETTER,
    Found,
    Memory,
    Rules,
    encode_points,
    new_memory,
    word_masks,
)
from linker.jit.strings import wide_points

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Ids = tuple[Uint32Array, IntArray]


class WordPiece:
    """Token ids of texts, as `tokenizer.encode_batch(texts, add_special_tokens=False)` has them.

    A lone surrogate, which `tokenizers` refuses, ends a word. Safe to use from several threads.
    """

    def __init__(self, source: bytes) -> None:
        """source: a tokenizer.json. Raises LinkerError when it holds no WordPiece tokenizer."""
        self._source = source
        vocabulary = load_vocabulary(source)
        self.size = vocabulary.size
        self.unknown = np.uint32(vocabulary.unknown)
        self._words = vocabulary.words
        limits = np.uint64(vocabulary.longest), self.unknown
        self._rules = Rules(*limits, word_masks())
        self._added = vocabulary.added
        self._initials = {ord(token[0]) for token in self._added if token}
        self._alphabet = Alphabet(lambda: self._tokenizer, vocabulary.numbers, vocabulary.letters)
        self._memories: deque[Memory] = deque()  # those that no thread uses now

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        """Loaded when something that is rare in texts needs it: most runs do without."""
        return load_tokenizer(self._source)

    def encode(self, texts: Sequence[str]) -> Ids:
        """All ids in one uint32 array; those of text i lie from offsets[i] to offsets[i + 1]."""
        points, begins = wide_points(texts)
        ids, offsets, states = self._encode_points(points, begins[1:])
        asked = np.flatnonzero(states == OUT_OF_ORDER).tolist()
        if any((points == initial).any() for initial in self._initials):
            asked += [row for row, text in enumerate(texts) if self._holds_added(text)]
        if not asked:
            return ids, offsets
        return self._asked(texts, asked, np.split(ids, offsets[1:-1]))

    def _encode_points(self, points: Uint32Array, ends: IntArray) -> Found:
        try:
            memory = self._memories.pop()
        except IndexError:
            memory = new_memory()
        while True:
            letters = self._alphabet.letters
            found: Found = encode_points(points, ends, letters, self._words, self._rules, memory)
            if not (found[2] == UNKNOWN_LETTER).any():
                self._memories.append(memory)
                return found
            self._alphabet.learn(np.unique(points).tolist())

    def _holds_added(self, text: str) -> bool:
        return any(token in text for token in self._added if token)

    def _asked(self, texts: Sequence[str], rows: Sequence[int], found: list[Uint32Array]) -> Ids:
        """The ids found, those of some rows asked of the tokenizer."""
        for row in rows:
            found[row] = token_ids(self._tokenizer, texts[row])
        offsets = np.cumsum([0, *map(len, found)], dtype=np.int64)
        return np.concatenate(found), offsets
