"""What a line of furniture cannot lack: the rules as keys that a compiled pass looks up.

A rule that matches a line shows there at least one of its signs; a sign alone proves nothing. Signs
are made of runs of letters, for folding, numbers, punctuation and decoration do not change those:

* WHOLE: the first and the last run of a line and how many there are; BEGINS and ENDS: up to three
  runs at either end; HOLDS: a run, or three letters either side of the gap between two, anywhere;
  AMID: a run with three letters either side;
* ONLY: a run of which a date, a row of buttons or a line of agencies may be made;
* THREE and TWO: letters in a row, for the scripts written without spaces.

A run stands for itself by its first three letters, its last three, and its length.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

import numpy as np

from linker.arrays import Uint64Array
from linker.cleaning import furniture
from linker.cleaning.lines import fold_line, line_words
from linker.cleaning.phrases import Phrase, load_names, load_phrases, load_words
from linker.jit import bare

# How the runs of a key stand in the line; each kind has keys of its own.
WHOLE, BEGINS, ENDS, HOLDS, ONLY, THREE, TWO, AMID = range(1, 9)

# What a key may be a sign of.
PHRASE: Final = 1
AGENCY: Final = 2
LABEL: Final = 4
PREFIX: Final = 8
CONTACT: Final = 16
BYLINE: Final = 32
WRITER: Final = 64
CREDIT: Final = 128
DATE: Final = 256
BUTTON: Final = 512
NAMED: Final = 1024
PARTICLE: Final = 2048

_LETTER_BITS: Final = 18
_FACTORS: Final = (0x9E3779B97F4A7C15, 0xD6E8FEB86659FD93)
_FACTOR_1, _FACTOR_2 = map(np.uint64, _FACTORS)
_ALL: Final = (1 << 64) - 1
_SIFT: Final = 2048
_SIFT_MASK = np.uint64(_SIFT - 1)
_FIRST, _SECOND, _BIT = np.uint64(11), np.uint64(17), np.uint64(63)

_MARK_BITS: Final = 12
_MARKS = np.uint64((1 << _MARK_BITS) - 1)
_PLACE = np.uint64(20)

Signs = Uint64Array
"""An open hash table: keys whose low 12 bits say what they are signs of, none where a key is only
known (the second gap of AMID), 0 where empty; and before it are 2048 values, in one of which every
key, by its low 23 bits, has set two bits."""


@bare
def sign(kind: int, first: np.uint64, second: np.uint64) -> np.uint64:
    """The key of a kind made from two values.

    Only two products, as one is made for every word: it need not be a strong hash, what two values
    have in common by chance is looked at in full.
    """
    value = (first * _FACTOR_1) ^ ((second + np.uint64(kind)) * _FACTOR_2)
    return value ^ (value >> np.uint64(32))


@bare(inline="always")
def maybe(signs: Signs, key: np.uint64) -> np.uint64:
    """1 where a key may be a sign, 0 where it is none: two bits of one value tell."""
    word = signs[key & _SIFT_MASK]
    first = word >> (key >> _FIRST & _BIT)
    return np.uint64(first & word >> (key >> _SECOND & _BIT) & np.uint64(1))


@bare
def find(signs: Signs, key: np.uint64) -> np.uint64:
    """What a key is a sign of; 0 when no rule has it."""
    found = np.uint64(0)
    if maybe(signs, key):
        last = np.uint64(len(signs) - _SIFT - 1)
        place = key >> _PLACE & last
        while signs[place + np.uint64(_SIFT)] != 0:
            held = signs[place + np.uint64(_SIFT)]
            if held ^ key <= _MARKS:
                found = held & _MARKS
                break
            place = place + np.uint64(1) & last
    return found


def make_sign(kind: int, first: int, second: int) -> int:
    """sign() for Python, its plain twin."""
    value = (first * _FACTORS[0] ^ (second + kind) * _FACTORS[1]) & _ALL
    return value ^ value >> 32


def runs_of(folded: str) -> list[str]:
    """The runs of letters of a folded text."""
    runs = "".join(char if char.isalpha() else " " for char in folded)
    return runs.split()


def packed(letters: str) -> int:
    """Up to three letters in one number."""
    value = 0
    for letter in letters:
        value = value << _LETTER_BITS | ord(letter)
    return value


def run_value(run: str) -> int:
    """What stands for a run of letters in a key."""
    second = packed(run[-3:]) + (len(run) << 3 * _LETTER_BITS)
    return make_sign(0, packed(run[:3]), second)


def whole_key(runs: Sequence[str]) -> int:
    """The key of a whole line."""
    return make_sign(WHOLE, run_value(runs[0]), run_value(runs[-1]) + len(runs))


def sequence_key(kind: int, runs: Sequence[str]) -> int:
    """The key of up to three runs at an end of a line, the outermost first."""
    value = 0
    for run in runs[:3]:
        value = make_sign(kind, value, run_value(run))
    return value


def only_key(run: str) -> int:
    """The key of a run of which a line may be made."""
    return make_sign(ONLY, run_value(run), 0)


def gap_key(left: str, right: str) -> int:
    """The key of the letters either side of a gap between runs."""
    return make_sign(HOLDS, packed(left[-3:]), packed(right[:3]))


def amid_key(left: str, run: str, right: str) -> int:
    """The key of a run and the letters that stand next to it on either side."""
    around = packed(left[-3:]) ^ packed(right[:3]) << 9
    return make_sign(AMID, around, run_value(run))


@lru_cache(maxsize=1)
def load_signs() -> Signs:
    """The signs of all rules."""
    found: dict[int, int] = {}
    sifted: set[int] = set()
    for key, mark in _all_signs():
        held = key >> _MARK_BITS
        found[held] = found.get(held, 0) | mark
        sifted.add(key % (_SIFT << 12))
    size = 1 << (4 * len(found)).bit_length()
    table = [0] * (_SIFT + size)
    for low in sifted:
        table[low % _SIFT] |= 1 << (low >> 11 & 63) | 1 << (low >> 17)
    for key, mark in found.items():
        place = (key << _MARK_BITS >> 20) % size
        while table[_SIFT + place]:
            place = (place + 1) % size
        table[_SIFT + place] = key << _MARK_BITS | mark
    return np.array(table, np.uint64)


def _all_signs() -> Iterable[tuple[int, int]]:
    phrases = load_phrases()
    for text in phrases.whole:
        yield from _whole(text, PHRASE)
    for phrase in {id(p): p for listed in phrases.by_token.values() for p in listed}.values():
        yield from _phrase_signs(phrase)
    for phrase in phrases.unspaced:
        yield _letters_key(phrase), PHRASE
    yield from _name_signs()
    yield from _word_signs()


def _whole(text: str, mark: int) -> Iterable[tuple[int, int]]:
    # A line without any letter is looked at in full, whatever the rules say of it.
    if runs := runs_of(text):
        yield whole_key(runs), mark


def _name_signs() -> Iterable[tuple[int, int]]:
    for name in load_names("agencies"):
        yield from _whole(name, AGENCY)
        yield from ((only_key(run), NAMED) for run in runs_of(name))
        if len(runs_of(name)) == 1:
            yield only_key(runs_of(name)[0]), DATE
    for section in ("label", "prefix"):
        for name in load_names("headlines", section):
            yield from _whole(name, LABEL)
    for name in load_names("headlines", "prefix"):
        if runs := runs_of(name):
            yield sequence_key(BEGINS, runs), PREFIX


def _word_signs() -> Iterable[tuple[int, int]]:
    for listed, mark in ((furniture.CONTACTS, CONTACT), (furniture.AUTHORSHIP, BYLINE)):
        for words in listed.split("|"):
            yield sequence_key(BEGINS, runs_of(fold_line(words))), mark
    for word in furniture.WRITERS:
        yield sequence_key(BEGINS, [word]), WRITER
    yield run_value("www"), PHRASE
    for words in (furniture.PICTURES + "|" + furniture.FIGURES).split("|"):
        yield only_key(runs_of(fold_line(words))[-1]), CREDIT
    singles: list[tuple[Iterable[str], int]] = [
        (furniture.ALLIES.split("|"), NAMED),
        ([*furniture.PARTICLES, "by"], PARTICLE),
        (load_words("calendar"), DATE),
        (furniture.BUTTON_PARTS, BUTTON),
        ([text for text, rule in load_phrases().whole.items() if rule == "share"], BUTTON),
    ]
    for names, mark in singles:
        for run in runs_of(fold_line(" ".join(names))):
            yield only_key(run), mark


def _phrase_signs(phrase: Phrase) -> Iterable[tuple[int, int]]:
    """The key of a phrase; of a run between two others the second gap as well, which is no sign of
    anything, but known (`maybe`)."""
    runs = runs_of(phrase.text)
    if phrase.mark in "^<":
        yield sequence_key(BEGINS, runs), PHRASE
    elif phrase.mark == "$":
        yield sequence_key(ENDS, runs[::-1]), PHRASE
    else:
        part = _inner_part(phrase.text, runs)
        yield _inner_key(part), PHRASE
        if len(part) == 3:
            yield gap_key(*part[1:]), 0


def _inner_key(part: list[str]) -> int:
    """The key of one, two or three runs in a row."""
    if len(part) == 3:
        return amid_key(*part)
    return gap_key(*part) if len(part) == 2 else run_value(*part)


def _inner_part(text: str, runs: list[str]) -> list[str]:
    """Of a phrase inside a line three runs in a row, or two, or its longest word.

    The outer runs of the phrase may be parts of longer runs of the line, hence count only where
    three of their letters are known. The longest word is a token of any line that is cut.
    """
    last = len(runs) - 1
    left_known = [
        len(run) >= 3 or bool(place) or not text[0].isalpha() for place, run in enumerate(runs)
    ]
    right_known = [
        len(run) >= 3 or place < last or not text[-1].isalpha() for place, run in enumerate(runs)
    ]
    for size in (3, 2):
        parts = [
            (sum(map(len, runs[place : place + size])), runs[place : place + size])
            for place in range(len(runs) - size + 1)
            if left_known[place] and right_known[place + size - 1]
        ]
        if parts:
            return max(parts)[1]
    return [max(runs_of(max(line_words(text), key=len)), key=len)]


def _letters_key(phrase: Phrase) -> int:
    """A phrase of a script without spaces: three letters in a row, or two where it has no more."""
    text = phrase.text
    plain = [
        (kind, part)
        for kind, size in ((THREE, 3), (TWO, 2))
        for part in (text[i : i + size] for i in range(len(text) - size + 1))
        if not re.search(r"[\s\d:.,\u066b\u066c]", part)
    ]
    if not plain and phrase.mark == "$":
        return make_sign(TWO, packed(text[-1]), 0)  # the last letter alone
    if not plain:
        # "文:" at the beginning: the mark ends the run, so the line begins with the same one.
        return sequence_key(BEGINS, runs_of(text))
    kind, part = plain[0]
    return make_sign(kind, packed(part), 0)
