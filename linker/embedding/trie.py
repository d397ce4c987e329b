"""The vocabulary as a trie in one array (a double array: Aoe 1989).

The child of a node by a letter lies at the node's base plus the letter; what lies there is the
node's child if it names that node. A step of a walk so is one look into a table of about a
megabyte, which stays in the processor's cache.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

import numpy as np

from linker.arrays import Uint64Array

# A slot: the node above it, its own base (0: nothing below), its token + 1 (0: none).
ABOVE_SHIFT: Final = 43
BASE_SHIFT: Final = 22
FIELD: Final = (1 << 21) - 1
TOKEN: Final = (1 << 22) - 1

Token = tuple[int, Sequence[int], int]
"""0 where it begins a word or 1 where it goes on inside one, its letters from 1 on, its id."""


class Trie(NamedTuple):
    """first: uint64 (2, letters), the slots of first letters, by the same 0 and 1 as a Token;
    slots: uint64, all others. A slot is called by its place, a first letter by a number beyond."""

    first: Uint64Array
    slots: Uint64Array


def build_trie(tokens: Iterable[Token], letters: int) -> Trie:
    """The trie of tokens, their letters less than `letters`.

    Raises OverflowError for a vocabulary of some two million letters or more.
    """
    children: list[dict[int, int]] = [{}, {}]
    ids: dict[int, int] = {}
    for inside, spelling, number in tokens:
        node = inside
        for letter in spelling:
            below = children[node].setdefault(letter, len(children))
            if below == len(children):
                children.append({})
            node = below
        ids[node] = number
    places = _Places(letters)
    bases = [0] * len(children)
    # Nodes with many children are placed first, while there is room.
    for node in sorted(range(2, len(children)), key=lambda node: -len(children[node])):
        if children[node]:
            bases[node] = places.take(sorted(children[node]))
    end = max(bases) + letters
    if end + 2 * letters > FIELD or max(ids.values(), default=0) >= TOKEN:
        raise OverflowError("the vocabulary is too large")
    first = np.zeros((2, letters), np.uint64)
    slots = np.full(end, FIELD << ABOVE_SHIFT, np.uint64)
    names = [0] * len(children)
    for node, inner in enumerate(children):  # a node comes after the one above it
        for letter, child in inner.items():
            found = bases[child] << BASE_SHIFT | (ids.get(child, -1) + 1)
            if node < 2:
                names[child] = end + node * letters + letter
                first[node, letter] = found
            else:
                names[child] = bases[node] + letter
                slots[names[child]] = names[node] << ABOVE_SHIFT | found
    return Trie(first, slots)


class _Places:
    """Hands out bases such that no two children share a slot."""

    def __init__(self, letters: int) -> None:
        # The lowest slots stay empty, so that a base is at least 1 wherever a child comes to lie.
        self._taken = bytearray(b"\1" * (letters + 1))
        self._cursors = [letters, letters]

    def take(self, letters: list[int]) -> int:
        """A base at which the slots of these letters are free; they no longer are.

        The search goes on where the last one ended: a first fit of several letters among slots
        that are nearly all taken would take minutes. A letter alone fits into any gap.
        """
        lowest, others = letters[0], letters[1:]
        slot = self._cursors[bool(others)]
        while True:
            slot = self._taken.find(0, slot + 1)
            slot = slot if slot >= 0 else len(self._taken)
            base = slot - lowest
            self._grow(base + letters[-1] + 1)
            if not any(self._taken[base + letter] for letter in others):
                break
        self._cursors[bool(others)] = slot
        for letter in letters:
            self._taken[base + letter] = 1
        return base

    def _grow(self, size: int) -> None:
        self._taken.extend(bytes(max(0, size - len(self._taken))))
