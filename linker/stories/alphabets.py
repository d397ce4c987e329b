"""Consonants of five alphabets as those of one: what is left of a name when it is written anew.

Letters that change places between alphabets are one: Arabic has no p and no v, Greek no sh, and
nobody agrees on c, k and q. Vowels, h and y are left out.
"""

from __future__ import annotations

import numpy as np

# Each line: the consonant, then the folded letters that stand for it.
_LETTERS = """\
b bp бп βπ ب پ בפף
d dđ д δ دذض ד
f fvw фвў φψ ف
g gj гґжџ γ جغگ ג
k kcqx кчқћ κξχ كقخچ כךק
l l л λ ل ל
m m м μ م מם
n n н ν ن נן
r r р ρ ر ר
s sz сзцшщ σςζ سصزشظژ סזצץש
t t т τθ تثط טת"""

#: Code points beyond this are in none of the five alphabets.
END = 0x0700
#: From here to END are those without capitals: Hebrew, Arabic.
CASELESS = 0x0590


def _table() -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    table = np.zeros(END, np.uint8)
    for line in _LETTERS.split("\n"):
        consonant, *letters = line.split()
        for letter in "".join(letters):
            table[ord(letter)] = ord(consonant)
    return table


#: The Latin consonant of a folded code point, uint8 (END,), 0 for every other code point.
CONSONANTS = _table()


def skeleton(word: str) -> str:
    """The consonants of a folded word, each once in a row: the plain twin of the kernel."""
    found = ""
    for char in word:
        consonant = int(CONSONANTS[ord(char)]) if ord(char) < END else 0
        if consonant and not found.endswith(chr(consonant)):
            found += chr(consonant)
    return found


def is_caseless(char: str) -> bool:
    """Whether a folded character is of an alphabet here that has no capitals."""
    return CASELESS <= ord(char) < END
