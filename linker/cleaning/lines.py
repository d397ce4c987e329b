"""Lines: how they are folded for comparison, and what kind of line they look like."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_MARKS: Final = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670"
    "\u06d6-\u06ed\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff]+"
)
_LETTERS: Final = (
    ("\u0649", "\u064a"),  # alef maksura -> yeh
    ("\u06cc", "\u064a"),  # Persian yeh -> yeh
    ("\u0629", "\u0647"),  # teh marbuta -> heh
    ("\u06a9", "\u0643"),  # keheh -> kaf
    ("\u0131", "i"),  # dotless i, so that folding does not depend on the language
    ("\u2019", "'"),
    ("\u2018", "'"),
    ("\u060c", ","),
)
_NUMBER: Final = re.compile(r"\d(?:[\d.,\u066b\u066c]*\d)?")
_WORD: Final = re.compile(r"\w+")
_UNSPACED: Final = re.compile("[\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_INNER_END: Final = re.compile(
    r"(?:(?<=\w\w\w)\.|[!?\u061f\u06d4\u2026]|[\"'\u201d\u00bb)\]]\.)[\"'\u201d\u00bb)\]]*\s"
    r"|[\u3002\uff01\uff1f](?=.)"
)
_DECOR: Final = (
    " \t\r-–—―•·*|>»›«<‹:.,;!?…()[]{}\"'“”„#+=_~/\\×،؛؟۔。！？：、，"
    "►▶→←↓↑⬇▼▲■●◆★☆✍👇👉🔴📍【】「」『』（）"
)
ENDS: Final = ".!?…؟۔。！？"
CLOSERS: Final = "\"'”»)]』」）"
LONGEST: Final = 400
_PARAGRAPH, _SENTENCE = 80, 40
_UNSPACED_PARAGRAPH, _UNSPACED_SENTENCE = 30, 15


class Line:
    """A line without the spaces at its ends, and the forms of it that the rules look at.

    folded: fold_line; tokens: its words with their punctuation; numbered: folded with every number
    as 0; core: numbered without decoration at its ends; words: the words of numbered.
    Most lines are body text and never need the last three, so these are made when asked for. A line
    of more than LONGEST characters is body text whatever it says, and not folded.
    """

    __slots__ = ("_numbered", "folded", "text", "tokens")

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = _fold_tokens(text) if len(text) <= LONGEST else []
        self.folded = " ".join(self.tokens) or text
        self._numbered: str | None = None

    @property
    def numbered(self) -> str:
        """Numbers as 0, and no space before a colon (as French prints it)."""
        if self._numbered is None:
            self._numbered = fold_numbers(self.folded).replace(" :", ":")
        return self._numbered

    @property
    def core(self) -> str:
        """Without the decoration at both ends."""
        return strip_decor(self.numbered)

    @property
    def words(self) -> list[str]:
        """Letters and digits only."""
        return _WORD.findall(self.numbered)


def fold_line(line: str) -> str:
    """Case, marks, Arabic letter variants and spacing levelled; punctuation and digits kept."""
    return " ".join(_fold_tokens(line))


def _fold_tokens(line: str) -> list[str]:
    return line.lower().split() if line.isascii() else level(line).split()


def level(text: str) -> str:
    """Case, marks and Arabic letter variants levelled; spaces as they are."""
    text = _MARKS.sub("", unicodedata.normalize("NFKD", text.casefold()))
    for variant, letter in _LETTERS:
        if variant in text:
            text = text.replace(variant, letter)
    return text


def fold_numbers(folded: str) -> str:
    """Every number of a folded line, in any script, written as 0."""
    return _NUMBER.sub("0", folded)


def strip_decor(folded: str) -> str:
    """The line without the punctuation, bullets and brackets at both ends."""
    return folded.strip(_DECOR)


def line_words(folded: str) -> list[str]:
    """Runs of letters and digits of a folded line."""
    return _WORD.findall(folded)


def squeeze(folded: str) -> str:
    """Letters and digits only: for comparing headlines and site names."""
    return "".join(_WORD.findall(folded)).replace("_", "")


def is_unspaced(line: str) -> bool:
    """Whether the line has characters of a script written without spaces."""
    return not line.isascii() and _UNSPACED.search(line) is not None


def inner_ends(line: str) -> int:
    """How many sentences end inside the line, before its own end."""
    return len(_INNER_END.findall(line))


def ends_sentence(line: str) -> bool:
    """Whether the line closes with the punctuation of a sentence."""
    end = line.rstrip(CLOSERS + " \t\r")[-1:]
    return bool(end) and end in ENDS


def is_paragraph(line: str) -> bool:
    """Whether the line is long enough, or short but a closed sentence, to be body text."""
    size = len(line)
    if size >= _PARAGRAPH:
        return True
    if size >= _SENTENCE and ends_sentence(line):
        return True
    if size < _UNSPACED_SENTENCE or not is_unspaced(line):
        return False
    return size >= _UNSPACED_PARAGRAPH or ends_sentence(line)
