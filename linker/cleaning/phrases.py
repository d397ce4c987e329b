"""Furniture phrases, read from the text files in rules/, one file a language.

A file has [sections], named after what is cut, and lines of a mark and phrases divided by " ¦ ":
    =  the whole line           ^  the line begins so           <  a short line begins so
    $  the line ends so         *  anywhere in the line
Numbers are written 0. All languages are matched on every line: pages mix them.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Final

from linker.cleaning.lines import (
    LONGEST,
    Line,
    ends_sentence,
    fold_line,
    fold_numbers,
    inner_ends,
    is_unspaced,
    line_words,
    strip_decor,
)

DIVIDER: Final = "¦"
_WHOLE_LONGEST: Final = 100
_LONGEST_BY_MARK: Final = {"^": 200, "<": 80, "$": 250, "*": LONGEST}
_NOT_RULES: Final = {"agencies.txt", "calendar.txt", "headlines.txt"}


@dataclass(frozen=True, slots=True)
class Phrase:
    """One phrase: its mark, its folded text, and the rule it cuts by."""

    mark: str
    text: str
    rule: str

    def matches(self, line: Line) -> bool:
        """Whether the line holds the phrase where its mark says."""
        if len(line.text) > _LONGEST_BY_MARK[self.mark]:
            return False
        if self.mark == "*":
            return self.text in line.folded or ("0" in self.text and self.text in line.numbered)
        if self.mark == "$":
            return _ends(line.numbered, self.text) and not inner_ends(line.text)
        begins = _begins(line.numbered, self.text) or _begins(line.core, self.text)
        if self.mark == "<":
            return begins and not ends_sentence(line.text)
        return begins and inner_ends(line.text) <= 1

    def matches_unspaced(self, line: Line) -> bool:
        """The same in a script without spaces, where a line says twice as much."""
        if self.text not in line.numbered or 2 * len(line.text) > _LONGEST_BY_MARK[self.mark]:
            return False
        if self.mark == "$":
            return line.numbered.endswith(self.text) and not inner_ends(line.text)
        begins = line.numbered.startswith(self.text) or line.core.startswith(self.text)
        return self.mark == "*" or (begins and inner_ends(line.text) <= 1)


def _begins(folded: str, phrase: str) -> bool:
    return folded.startswith(phrase) and not folded[len(phrase) : len(phrase) + 1].isalpha()


def _ends(folded: str, phrase: str) -> bool:
    before = len(folded) - len(phrase) - 1
    return folded.endswith(phrase) and (before < 0 or not folded[before].isalpha())


@dataclass(slots=True)
class Phrases:
    """All phrases: whole lines by their text, the others by their longest word as it is printed."""

    whole: dict[str, str] = field(default_factory=dict)
    by_token: dict[str, list[Phrase]] = field(default_factory=lambda: defaultdict(list))
    unspaced: list[Phrase] = field(default_factory=list)
    tokens: frozenset[str] = frozenset()

    def add(self, mark: str, text: str, rule: str) -> None:
        """One phrase as written in a rules file."""
        folded = fold_numbers(fold_line(text)).replace(" :", ":")
        if mark == "=":
            self.whole.setdefault(strip_decor(folded), rule)
            return
        phrase = Phrase(mark, folded, rule)
        if is_unspaced(folded):
            self.unspaced.append(phrase)
            return
        trigger = max(line_words(folded), key=len)
        for token in (trigger, *_with_punctuation(trigger, folded)):
            self.by_token[token].append(phrase)

    def find(self, line: Line) -> str | None:
        """The rule that cuts the line, or None."""
        size = len(line.text)
        if size <= _WHOLE_LONGEST:
            rule = self.whole.get(line.core)
            if rule is not None and (line.text[-1] != "." or len(line.tokens) > 2):
                return rule
        if size > LONGEST:
            return None
        if not self.tokens.isdisjoint(line.tokens):
            for token in filter(self.tokens.__contains__, line.tokens):
                for phrase in self.by_token[token]:
                    if phrase.matches(line):
                        return phrase.rule
        if is_unspaced(line.text):
            return next((p.rule for p in self.unspaced if p.matches_unspaced(line)), None)
        return None


def _with_punctuation(word: str, phrase: str) -> list[str]:
    """The word as it may stand in a line: beside the punctuation of the phrase, or of the line."""
    printed = [token for token in phrase.split() if word in token]
    after = [word + mark for mark in '.,:;!?)"…؟،؛']
    return [*printed, *after, *("(" + token for token in (word, *printed)), '"' + word]


@cache
def load_phrases() -> Phrases:
    """The phrases of every language."""
    phrases = Phrases()
    for entry in sorted(resources.files("linker.cleaning").joinpath("rules").iterdir(), key=str):
        if not entry.name.endswith(".txt") or entry.name in _NOT_RULES:
            continue
        for section, mark, text in _entries(entry.read_text(encoding="utf-8")):
            phrases.add(mark, text, section)
    phrases.tokens = frozenset(phrases.by_token)
    return phrases


def _entries(text: str) -> list[tuple[str, str, str]]:
    section, found = "", []
    for line in text.splitlines():
        if line.startswith("["):
            section = line.strip("[] ")
        elif line and not line.startswith("#"):
            found += [(section, line[0], item.strip()) for item in line[1:].split(DIVIDER)]
    return [entry for entry in found if entry[2]]


@cache
def load_words(name: str) -> frozenset[str]:
    """The folded words of rules/<name>.txt, a plain list divided by spaces."""
    return frozenset(line_words(fold_line(" ".join(_list_lines(name)))))


@cache
def load_names(name: str, section: str = "") -> frozenset[str]:
    """The folded names of rules/<name>.txt (of one [section]), divided by " ¦ "."""
    names: set[str] = set()
    current = ""
    for line in _list_lines(name):
        if line.startswith("["):
            current = line.strip("[] ")
        elif current == section:
            names.update(strip_decor(fold_line(item)) for item in line.split(DIVIDER))
    return frozenset(names - {""})


def _list_lines(name: str) -> list[str]:
    path = resources.files("linker.cleaning").joinpath("rules", f"{name}.txt")
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line[:1] != "#"]
