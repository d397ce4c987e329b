"""What the tokenizer's normaliser and word splitter make of each code point.

Both work character by character (see training/vocabulary.py), so a table of code points says all
they would say of a text, but for one thing: normal forms put marks that follow one another into an
order of their own. Where the normaliser keeps such marks, `order` tells which texts could come out
otherwise than letter by letter. Most entries are asked of the tokenizer when the table is made,
the others the first time that a code point is met.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate
from threading import Lock
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from linker.arrays import ByteArray, IntArray, Uint64Array
from linker.errors import LinkerError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

CODE_POINTS: Final = 0x110000
# Asked for when the table is made: the planes in which nearly everything is written.
USUAL: Final = 0x20000

# An entry is up to three letters of 16 bits, the first one lowest, and how many they are in the
# two highest bits. Letter 0 ends a word; a mark of punctuation, a word of its own, is 0, mark, 0.
COUNT_SHIFT: Final = 62
MOST: Final = 3
LETTER_BITS: Final = 16
END: Final = 0
# A code point that becomes more letters has SEVERAL, and the number of its row in the low bits.
SEVERAL: Final = 1 << 61
ROW: Final = (1 << 32) - 1
UNSEEN: Final = SEVERAL | ROW  # a row that there never is: not asked for yet
ORDERED: Final = 1 << 60  # has a place in the order of marks

_BATCH: Final = 4096
_SURROGATES: Final = range(0xD800, 0xE000)
# Into so many pieces the splitter cuts `aXXa`: a letter of words, a space, punctuation.
_WORD, _SPACE, _MARK = 1, 2, 4


class Letters(NamedTuple):
    """The tables that a kernel reads.

    entries: uint64 (0x110000,). rows: uint16, the letters that SEVERAL entries stand for, row i
    from starts[i] to starts[i + 1]; starts: int64 (rows + 1,). order: uint8 (0x110000, 2), the
    places of the first mark (0 where a letter stands before it) and of the last one that a code
    point with ORDERED becomes, as canonical combining classes.
    """

    entries: Uint64Array
    rows: NDArray[np.uint16]
    starts: IntArray
    order: ByteArray


class Alphabet:
    """The tables, filled on demand; safe to use from several threads."""

    def __init__(
        self,
        tokenizer: Callable[[], Tokenizer],
        numbers: dict[str, int],
        known: Letters | None = None,
    ) -> None:
        """tokenizer: gives it when it is needed; numbers: of the vocabulary's letters, from 1.

        known: tables to begin with, for the first code points or for all.
        """
        self._tokenizer = tokenizer
        self._numbers = numbers
        self._kinds: dict[str, int] = {}
        self._lock = Lock()
        entries = np.full(CODE_POINTS, UNSEEN, np.uint64)
        order = np.zeros((CODE_POINTS, 2), np.uint8)
        rows, starts = np.zeros(0, np.uint16), np.zeros(1, np.int64)
        if known is not None:
            entries[: len(known.entries)] = known.entries
            order[: len(known.order)] = known.order
            rows, starts = known.rows, known.starts
        self.letters = Letters(entries, rows, starts, order)

    def learn(self, codes: Iterable[int]) -> None:
        """Fill in the entries of these code points that are still UNSEEN."""
        with self._lock:  # another thread may have filled some meanwhile
            missing = [code for code in codes if self.letters.entries[code] == UNSEEN]
            for start in range(0, len(missing), _BATCH):
                self._fill(missing[start : start + _BATCH])

    def _fill(self, codes: Sequence[int]) -> None:
        """Rows are published before the entries that point at them.

        Tables that a kernel holds stay as they are but for new entries; a row that it has not got
        it takes for UNSEEN.
        """
        normal = self._normal_forms(codes)
        self._sort_out(character for form in normal for character in form)
        spelled = [self._spell(form) for form in normal]
        entries, rows, starts, order = self.letters
        long = [letters for letters in spelled if len(letters) > MOST]
        fresh = [starts[-1] + count for count in accumulate(map(len, long))]
        rows = np.concatenate((rows, np.array([n for row in long for n in row], np.uint16)))
        numbers = iter(range(len(starts) - 1, len(starts) - 1 + len(long)))
        self.letters = Letters(entries, rows, np.append(starts, np.array(fresh, np.int64)), order)
        for code, form, letters in zip(codes, normal, spelled, strict=True):
            marks = self._order(code) if form else (0, 0)
            order[code] = marks
            entry = _packed(letters) if len(letters) <= MOST else SEVERAL | next(numbers)
            entries[code] = entry | (ORDERED if marks[1] else 0)

    def _normal_forms(self, codes: Sequence[int]) -> list[str]:
        """The normal form of each code point; a broken half of a pair ends a word, as a space."""
        normalizer = self._tokenizer().normalizer
        characters = [" " if code in _SURROGATES else chr(code) for code in codes]
        if normalizer is None:
            return characters
        # All in one call: nothing is put in order or joined across the end of a line.
        joined = normalizer.normalize_str("\n".join(characters)).split("\n")
        if len(joined) == len(characters):
            return list(joined)
        return [str(normalizer.normalize_str(character)) for character in characters]

    def _sort_out(self, characters: Iterable[str]) -> None:
        """Learn the kinds of characters in normal form, by how two of them split the word `aa`.

        Raises LinkerError for a splitter that does not go by characters.
        """
        splitter = self._tokenizer().pre_tokenizer
        for character in set(characters) - self._kinds.keys():
            kind = len(splitter.pre_tokenize_str(f"a{character}{character}a"))
            if kind not in (_WORD, _SPACE, _MARK):
                raise LinkerError(f"the tokenizer splits words at runs of {character!r}")
            self._kinds[character] = kind

    def _spell(self, form: str) -> list[int]:
        """The letters of a normal form; the number after all is that of an unknown letter."""
        letters: list[int] = []
        for character in form:
            kind = self._kinds[character]
            number = self._numbers.get(character, len(self._numbers) + 1)
            letters += {_WORD: [number], _SPACE: [END], _MARK: [END, number, END]}[kind]
        return letters

    def _order(self, code: int) -> tuple[int, int]:
        """The places of the first and the last mark that are kept; 0, 0 without one."""
        if code in _SURROGATES:
            return 0, 0
        whole = unicodedata.normalize("NFKD", chr(code))
        places = [unicodedata.combining(character) for character in whole]
        if not any(places):
            return 0, 0
        normalizer = self._tokenizer().normalizer
        kept = [
            place
            for place, character in zip(places, whole, strict=True)
            if place and (normalizer is None or normalizer.normalize_str(character))
        ]
        if not kept:
            return 0, 0
        return (kept[0] if places[0] else 0), kept[-1]


def _packed(letters: Sequence[int]) -> int:
    return len(letters) << COUNT_SHIFT | sum(
        letter << LETTER_BITS * place for place, letter in enumerate(letters)
    )
