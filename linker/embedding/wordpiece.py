"""WordPiece, the ids of `tokenizers` at many times its speed: whole batches in one numba pass.

A word is cut greedily into the longest tokens of the vocabulary (Wu et al. 2016; BERT's rules). The
vocabulary is a trie whose edges lie in one open-addressing hash table. tests/test_embedding.py
holds the ids against those of `tokenizers`, the twin that defines them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numba import njit
from numpy.typing import NDArray
from tokenizers import Tokenizer

from linker.embedding.alphabet import LETTER, MARK, SEVERAL, SHIFT, SPACE, Alphabet

LONGEST_WORD: Final = 100  # characters; as in tokenizer.json
PREFIX = "##"  # of tokens that go on inside a word
UNKNOWN = "[UNK]"
EMPTY: Final = np.uint64(0xFFFFFFFFFFFFFFFF)
MIX: Final = np.uint64(0x9E3779B97F4A7C15)
NUMBER: Final = np.uint32((1 << SHIFT) - 1)
LETTER_BITS: Final = np.uint64(24)
HALF: Final = np.uint64(32)
LOW: Final = np.uint64(0xFFFFFFFF)
ONE: Final = np.uint64(1)  # numba turns uint64 + int into a float


class WordPiece:
    """Token ids of texts, as `tokenizer.encode_batch(texts, add_special_tokens=False)` has them.

    One difference: special tokens written out in a text ("[PAD]") are read as a space.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        vocabulary = tokenizer.get_vocab()
        self._special = [t.content for t in tokenizer.get_added_tokens_decoder().values()]
        self._unknown = vocabulary[UNKNOWN]
        spellings = [s for s in vocabulary if s not in self._special]
        letters = sorted(set().union(*spellings))
        numbers = {letter: number for number, letter in enumerate(letters, start=1)}
        ids = np.array([vocabulary[s] for s in spellings], np.int64)
        self._trie = _build_trie(spellings, ids, numbers)
        self._alphabet = Alphabet(tokenizer, numbers)

    def encode(self, texts: Sequence[str]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
        """All ids in one uint32 array; those of text i lie from offsets[i] to offsets[i + 1]."""
        codes, ends = _code_points([self._without_special(text) for text in texts])
        expansions, starts = self._alphabet.learn(codes)
        entries = self._alphabet.entries
        ids = np.empty(_count(codes, entries, starts), np.uint32)
        offsets = np.zeros(len(texts) + 1, np.int64)
        _encode(codes, ends, entries, expansions, starts, self._trie, self._unknown, ids, offsets)
        return ids[: offsets[-1]], offsets

    def _without_special(self, text: str) -> str:
        for special in self._special:
            if special in text:
                text = text.replace(special, " ")
        return text


def _code_points(texts: Sequence[str]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """Code points of all texts, and where each text ends: one copy for the whole batch."""
    ends = np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)))
    data = "".join(texts).encode("utf-32-le", "surrogatepass")
    return np.frombuffer(data, np.uint32), ends


def _build_trie(
    spellings: Sequence[str], ids: NDArray[np.int64], numbers: dict[str, int]
) -> NDArray[np.uint64]:
    """All edges of the trie, uint64 (slots, 2): the key of an edge, and where it leads.

    A key is node << 24 | letter; its value (token + 1) << 32 | next node, no token being 0.
    """
    inside = np.array([s.startswith(PREFIX) and len(s) > len(PREFIX) for s in spellings])
    bare = [s.removeprefix(PREFIX) if cut else s for s, cut in zip(spellings, inside, strict=True)]
    letters = np.array([numbers[letter] for s in bare for letter in s], np.uint64)
    ends = np.cumsum([len(s) for s in bare], dtype=np.int64)
    trie = np.full((1 << len(letters).bit_length(), 2), EMPTY, np.uint64)
    _insert(letters, ends, inside, ids, trie)
    return trie


@njit(cache=True, nogil=True)
def _slot(trie: Any, node: Any, letter: Any) -> Any:
    """Where the edge lies in the table, or where it would be put."""
    key = node << LETTER_BITS | letter
    mask = np.uint64(len(trie) - 1)
    slot = (key * MIX >> HALF) & mask
    while trie[slot, 0] != key and trie[slot, 0] != EMPTY:
        slot = (slot + ONE) & mask
    return slot


@njit(cache=True, nogil=True)
def _insert(letters: Any, ends: Any, inside: Any, ids: Any, trie: Any) -> None:
    """Add all tokens; node 0 begins a word, node 1 goes on inside one."""
    nodes = ONE
    begin = 0
    for token in range(len(ends)):
        node = np.uint64(inside[token])
        slot = ONE
        for place in range(begin, ends[token]):
            slot = _slot(trie, node, letters[place])
            if trie[slot, 0] == EMPTY:
                nodes += ONE
                trie[slot, 0] = node << LETTER_BITS | letters[place]
                trie[slot, 1] = nodes
            node = trie[slot, 1] & LOW
        trie[slot, 1] = np.uint64(ids[token] + 1) << HALF | node
        begin = ends[token]


@njit(cache=True, nogil=True)
def _count(codes: Any, entries: Any, starts: Any) -> int:
    """Characters after normalisation: no fewer than there are tokens."""
    total = 0
    for code in codes:
        entry = entries[code]
        if entry >> SHIFT == SEVERAL:
            row = entry & NUMBER
            total += starts[row + 1] - starts[row]
        else:
            total += 1
    return total


@njit(cache=True, nogil=True)
def _cut(word: Any, length: int, trie: Any, unknown: int, ids: Any, used: int) -> int:
    """Write the tokens of a word at ids[used:]; returns the new end."""
    if length > LONGEST_WORD:
        ids[used] = unknown
        return used + 1
    end, begin = used, 0
    while begin < length:
        node = np.uint64(begin > 0)
        token, after = np.uint64(0), begin
        for place in range(begin, length):
            slot = _slot(trie, node, word[place])
            if trie[slot, 0] == EMPTY:
                break
            value = trie[slot, 1]
            node = value & LOW
            if value > LOW:
                token, after = value >> HALF, place + 1
        if after == begin:
            ids[used] = unknown
            return used + 1
        ids[end] = token - ONE
        end += 1
        begin = after
    return end


@njit(cache=True, nogil=True)
def _take(entry: Any, word: Any, length: int, trie: Any, unknown: int, ids: Any, used: int) -> Any:
    """Add a character to the word, or end the word; returns the word's length and the ids used."""
    kind = entry >> SHIFT
    if kind == LETTER:
        if length < LONGEST_WORD:
            word[length] = entry & NUMBER
        return length + 1, used
    if kind in (SPACE, MARK):
        if length > 0:
            used = _cut(word, length, trie, unknown, ids, used)
        if kind == MARK:
            word[0] = entry & NUMBER
            used = _cut(word, 1, trie, unknown, ids, used)
        return 0, used
    return length, used


@njit(cache=True, nogil=True)
def _encode(
    codes: Any,
    ends: Any,
    entries: Any,
    expansions: Any,
    starts: Any,
    trie: Any,
    unknown: int,
    ids: Any,
    offsets: Any,
) -> None:
    """Fill ids and offsets (texts + 1,), text by text."""
    word = np.zeros(LONGEST_WORD, np.uint64)
    used, begin = 0, 0
    for text in range(len(ends)):
        length = 0
        for place in range(begin, ends[text]):
            entry = entries[codes[place]]
            if entry >> SHIFT == SEVERAL:
                row = entry & NUMBER
                for part in range(starts[row], starts[row + 1]):
                    length, used = _take(expansions[part], word, length, trie, unknown, ids, used)
            else:
                length, used = _take(entry, word, length, trie, unknown, ids, used)
        if length > 0:
            used = _cut(word, length, trie, unknown, ids, used)
        begin = ends[text]
        offsets[text + 1] = used
