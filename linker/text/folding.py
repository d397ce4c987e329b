"""The meaning of folding, in plain Python: one code point at a time, then words.

Every rule looks at one code point only, so that a table can hold it (see codepoints.py); the one
exception is Hangul, whose decomposed syllables are composed first. What is lost on purpose: case,
accents, Arabic letter variants and vowel points, the nukta of Indic scripts, the voicing marks of
kana, the shapes of digits. Equal words under folding are meant to be the same word to a reader who
compares two printings of one text.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from functools import lru_cache

NUMBER = 1
"""Kind flag: every character of the folded word is an ASCII digit."""
CHARACTER = 2
"""Kind flag: one character of a script written without spaces, with its vowel signs."""
CAPITAL = 4
"""Kind flag: the raw word began with an upper-case or title-case letter."""

# Scripts written without spaces between words: each of their letters is a word of its own.
CHARACTER_RANGES = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x1950, 0x19DF),  # Tai Le, New Tai Lue
    (0x1A20, 0x1AAF),  # Tai Tham
    (0x2E80, 0x2FDF),  # CJK and Kangxi radicals
    (0x3005, 0x312F),  # iteration marks, kana, bopomofo
    (0x31A0, 0x31FF),  # bopomofo and kana extensions
    (0x3400, 0x4DBF),  # CJK extension A
    (0x4E00, 0x9FFF),  # CJK unified ideographs
    (0xA000, 0xA4CF),  # Yi
    (0xA980, 0xA9FF),  # Javanese, Myanmar extended B
    (0xAA60, 0xAADF),  # Myanmar extended A, Tai Viet
    (0xF900, 0xFAFF),  # CJK compatibility ideographs
    (0x16FE0, 0x18DFF),  # Tangut, Khitan
    (0x1AFF0, 0x1B2FF),  # kana supplements, Nushu
    (0x20000, 0x3FFFF),  # further CJK extensions
)
_CHARACTER_STARTS = [first for first, _ in CHARACTER_RANGES]
HANGUL_SYLLABLES = (0xAC00, 0xD7A3)
_CONJOINING_JAMO = re.compile("[\uac00-\ud7a3]?[\u1100-\u11ff]+")

# Letters that differ from their base by a stroke or a shape that Unicode does not decompose.
LETTER_VARIANTS = {
    "ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe",
    "ð": "d", "þ": "th",
    "ٱ": "ا",  # alef wasla; the alefs with hamza and madda decompose
    "ى": "ي", "ی": "ي", "ې": "ي",  # alef maksura, Persian yeh, Pashto e
    "ک": "ك", "ڪ": "ك",  # Persian and swash kaf
    "ة": "ه", "ہ": "ه", "ھ": "ه", "ە": "ه", "ۃ": "ه",  # teh marbuta, the Urdu and Kurdish hehs
    "ـ": "",  # tatweel
}  # fmt: skip
# Letter-like signs that act as quotes, and marks of ownership that stick to a name.
SEPARATORS = frozenset("™℠") | frozenset(map(chr, range(0x02B9, 0x02C0))) | {"\ua78c"}
_IGNORED_MARKS = frozenset((0x034F, 0x180B, 0x180C, 0x180D, 0x180F))
NOT_TEXT = frozenset(("Cc", "Cs", "Co", "Cn"))


def fold(text: str) -> str:
    """The folded words of a text joined by single spaces."""
    return " ".join(words(text))


def words(text: str) -> list[str]:
    """The folded words of a text, in order."""
    return [word for word, _ in words_with_kinds(text)]


def words_with_kinds(text: str) -> list[tuple[str, int]]:
    """The folded words of a text with their kind flags: what the compiled pass must equal."""
    found: list[tuple[str, int]] = []
    word, kind = "", 0
    for raw in compose_hangul(text):
        for char in fold_character(raw):
            if char == " " or (word and starts_word(char, kind)):
                _close(found, word, kind)
                word, kind = "", 0
            if char == " ":
                continue
            if not word:
                kind = CHARACTER * is_character(char) | CAPITAL * is_capital(raw)
            word += char
    _close(found, word, kind)
    return found


def _close(found: list[tuple[str, int]], word: str, kind: int) -> None:
    if word:
        number = all(char in "0123456789" for char in word)
        found.append((word, kind | NUMBER * number))


@lru_cache(maxsize=1 << 16)
def starts_word(char: str, kind: int) -> bool:
    """Whether a folded character begins a new word after an open word of this kind."""
    if unicodedata.category(char)[0] == "M":
        return False
    return bool(kind & CHARACTER) or is_character(char)


def compose_hangul(text: str) -> str:
    """Conjoining jamo (as in file names of some systems) become syllables."""
    return _CONJOINING_JAMO.sub(lambda run: unicodedata.normalize("NFC", run.group()), text)


@lru_cache(maxsize=1 << 16)
def fold_character(char: str) -> str:
    """One raw code point folded: '' when deleted, ' ' for a separator, else letters and spaces."""
    category = unicodedata.category(char)
    if char in SEPARATORS or category in NOT_TEXT or category[0] == "Z":
        return " "
    if category == "Cf":  # joiners, soft hyphen, direction marks: invisible inside words
        return ""
    if HANGUL_SYLLABLES[0] <= ord(char) <= HANGUL_SYLLABLES[1]:
        return char
    bare = _without_marks(unicodedata.normalize("NFKD", char))
    bare = _without_marks(unicodedata.normalize("NFKD", bare.casefold()))
    return "".join(map(_fold_letter, bare))


def _without_marks(text: str) -> str:
    return "".join(char for char in text if not is_dropped_mark(char))


def is_dropped_mark(char: str) -> bool:
    """Whether a mark is an accent that folding drops, rather than a vowel sign that it keeps.

    The canonical combining class tells: class 0 and the classes of viramas and of Telugu, Thai,
    Lao and Tibetan vowels (9, 84 to 132) are letters in effect; overlays (1), nuktas (7), kana
    voicing (8), Hebrew, Arabic and Syriac points (10 to 36) and everything placed around a letter
    (200 and above: all accents of Latin, Greek and Cyrillic) are not.
    """
    category = unicodedata.category(char)
    if category not in ("Mn", "Me"):
        return False
    point = ord(char)
    if category == "Me" or point in _IGNORED_MARKS or is_variation_selector(point):
        return True
    place = unicodedata.combining(char)
    return 1 <= place <= 8 or 10 <= place <= 36 or place >= 200


def is_variation_selector(point: int) -> bool:
    """Whether a code point only selects the shape of the one before it."""
    return 0xFE00 <= point <= 0xFE0F or 0xE0100 <= point <= 0xE01EF


def _fold_letter(char: str) -> str:
    if char in SEPARATORS:
        return " "
    if char in LETTER_VARIANTS:
        return LETTER_VARIANTS[char]
    category = unicodedata.category(char)
    if category == "Nd":
        return str(unicodedata.decimal(char))
    return char if category[0] in "LNM" else " "


@lru_cache(maxsize=1 << 16)
def is_character(char: str) -> bool:
    """Whether a folded character is a word of its own."""
    point = ord(char)
    place = bisect_right(_CHARACTER_STARTS, point)
    return place > 0 and point <= CHARACTER_RANGES[place - 1][1]


def is_capital(raw: str) -> bool:
    """Whether a raw code point is an upper-case or title-case letter."""
    return unicodedata.category(raw) in ("Lu", "Lt")


# The word hash: a multiplicative hash over folded code points, finished by splitmix64's mixer
# (Steele, Lea and Flood 2014). compiled.py repeats it; the constants are shared.
MASK = (1 << 64) - 1
SEED = 0x9AE16A3B2F90404F
FACTOR = 0x9E3779B97F4A7C15
MIX_1 = 0xBF58476D1CE4E5B9
MIX_2 = 0x94D049BB133111EB


def word_hash(word: str) -> int:
    """The 64-bit hash of one folded word, as word_hashes gives it."""
    value = SEED
    for char in word:
        value = (value ^ ord(char)) * FACTOR & MASK
    return mix(value)


def mix(value: int) -> int:
    """Spread the bits of a 64-bit value (the finisher of splitmix64)."""
    value = (value ^ value >> 30) * MIX_1 & MASK
    value = (value ^ value >> 27) * MIX_2 & MASK
    return value ^ value >> 31
