"""What the tokenizer's normaliser and word splitter make of each code point.

Both work character by character (see training/vocabulary.py), so a table of code points says all
they would say of a text. Entries are asked of the tokenizer itself the first time that a code
point is met; a run over the world's news asks for a few thousand.
"""

from __future__ import annotations

from collections.abc import Iterable
from threading import Lock
from typing import Final

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

CODE_POINTS = 0x110000

# An entry is a kind and a number: kind << 24 | number.
SHIFT: Final = 24
UNSEEN: Final = 0  # not asked for yet
LETTER: Final = 1  # part of a word; the number of the letter, 0 when no token has it
MARK: Final = 2  # punctuation, a word of its own; the number of the letter
SPACE: Final = 3  # ends a word
NOTHING: Final = 4  # leaves no trace, such as an accent
SEVERAL: Final = 5  # becomes several characters; the number of the row of `expansions`


class Alphabet:
    """The table, filled on demand; safe to use from several threads.

    entries: uint32 (0x110000,); expansions: uint32 (sum,), the entries that a SEVERAL stands for,
    row i from starts[i] to starts[i + 1], starts int64 (rows + 1,).
    """

    def __init__(self, tokenizer: Tokenizer, letters: dict[str, int]) -> None:
        self.entries: NDArray[np.uint32] = np.zeros(CODE_POINTS, np.uint32)
        self._normalizer = tokenizer.normalizer
        self._splitter = tokenizer.pre_tokenizer
        self._letters = letters
        self._rows: list[list[int]] = []
        self._flat = np.zeros(0, np.uint32), np.zeros(1, np.int64)
        self._lock = Lock()

    def learn(self, codes: NDArray[np.uint32]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
        """Fill in the entries of these code points; returns the expansions and their starts."""
        unseen = codes[self.entries[codes] == UNSEEN]
        if len(unseen):
            with self._lock:
                # Another thread may have filled some meanwhile. Filling them again would move
                # their rows, beyond the expansions that a kernel at work holds.
                missing = np.unique(unseen[self.entries[unseen] == UNSEEN])
                self._fill(missing.tolist())
        return self._flat

    def _fill(self, codes: Iterable[int]) -> None:
        """Expansions are published before the entries that point at them."""
        fresh = {code: self._entry(code) for code in codes}
        lengths = [0, *(len(row) for row in self._rows)]
        flat = [entry for row in self._rows for entry in row]
        self._flat = np.array(flat, np.uint32), np.cumsum(lengths, dtype=np.int64)
        for code, entry in fresh.items():
            self.entries[code] = entry

    def _entry(self, code: int) -> int:
        if 0xD800 <= code < 0xE000:  # half of a broken surrogate pair
            return SPACE << SHIFT
        normal = self._normalizer.normalize_str(chr(code))
        if not normal:
            return NOTHING << SHIFT
        row = [self._simple(character) for character in normal]
        if len(row) == 1:
            return row[0]
        self._rows.append(row)
        return SEVERAL << SHIFT | (len(self._rows) - 1)

    def _simple(self, character: str) -> int:
        """The entry of a character in normal form, by how it splits the word `aa`."""
        pieces = len(self._splitter.pre_tokenize_str(f"a{character}a"))
        kind = {1: LETTER, 2: SPACE, 3: MARK}[pieces]
        number = 0 if kind == SPACE else self._letters.get(character, 0)
        return kind << SHIFT | number
