"""One article, cleaned: furniture cut, the headline found, the body kept whole."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from linker.cleaning.counts import LineCounts
from linker.cleaning.furniture import WRITERS, furniture, is_caption, is_label, is_name
from linker.cleaning.headlines import (
    Removed,
    first_sentence,
    is_headline,
    is_paragraph_title,
    repeats_title,
    strip_headline,
)
from linker.cleaning.lines import (
    Line,
    ends_sentence,
    fold_line,
    is_paragraph,
    is_unspaced,
    line_words,
    squeeze,
)
from linker.cleaning.phrases import load_names

PASSES: Final = 8
_SHORT_TITLE: Final = 60
_HEAD_LINES: Final = 8
_CAPTION_LINES: Final = 4
_WRAPPED, _WRAPPED_SHARE = 40, 0.15
_MENU: Final = 6
_REPEATED, _REPEATED_UNSPACED = 25, 10
_PHRASE_TITLE: Final = frozenset(("javascript", "cookies", "subscription", "copyright"))
_NO_TITLE: Final = frozenset(
    [
        "javascript",
        "cookies",
        "subscription",
        "advertisement",
        "comments",
        "share",
        "related",
        "copyright",
        "counter",
        "link",
        "code",
        "contact",
        "date",
    ]
)

Known = tuple[Line, str | None]
"""A line, and the rule that cuts it wherever it stands."""


@dataclass(frozen=True, slots=True)
class Cleaned:
    """An article after cleaning, and what was cut from it as (rule, text) in order."""

    title: str
    text: str
    cut: list[Removed] = field(default_factory=list)


def clean_article(
    title: str,
    text: str,
    source: str = "",
    lang: str = "und",
    counts: LineCounts | None = None,
) -> Cleaned:
    """Cut page furniture from an article; cleaning the result again changes nothing.

    The lines of the text that is kept are lines of the input in their order. A text that is not
    empty never becomes empty. lang is not consulted: pages mix languages, so every rule is tried.
    """
    cut: list[Removed] = []
    known: dict[str, Known] = {}
    for _ in range(PASSES):
        cleaned = clean_once(title, text, source, counts or LineCounts(), known)
        cut += cleaned.cut
        if (cleaned.title, cleaned.text) == (title, text):
            break
        title, text = cleaned.title, cleaned.text
    return Cleaned(title, text, cut)


def clean_once(
    title: str, text: str, source: str, counts: LineCounts, known: dict[str, Known]
) -> Cleaned:
    """One pass of clean_article; `known` is what it learns of lines, for the next pass."""
    return _Page(title, text, source, counts, known).clean()


class _Page:
    """The lines of one article with the rule that cuts each, None for those kept."""

    def __init__(
        self, title: str, text: str, source: str, counts: LineCounts, known: dict[str, Known]
    ) -> None:
        self.title, self.text, self.source, self.counts = title, text, source, counts
        self.known = known
        self.raw = text.split("\n")
        self._read()

    def _read(self) -> None:
        stripped = [line.strip() for line in self.raw]
        self.lines = {number: self._line(line) for number, line in enumerate(stripped) if line}
        self.rules: dict[int, str] = {}
        self.broken = _is_broken(self.lines)
        self.wrapped = _wrapped_lines(self.lines, self.broken)
        self.body = [
            number
            for number, line in self.lines.items()
            if number in self.wrapped or is_paragraph(line.text)
        ]

    def _line(self, text: str) -> Line:
        if text not in self.known:
            line = Line(text)
            self.known[text] = line, furniture(line)
        return self.known[text][0]

    def clean(self) -> Cleaned:
        """One pass: the rules of a line, then of its place, then of the whole."""
        title, removed = strip_headline(self.title, self.source, self.counts)
        if not self.lines:
            return Cleaned(title, self.text, removed)
        self._cut_furniture()
        found, dropped = self._find_title(title)
        self._cut_repeats(found)
        sure = dict(self.rules)
        self._cut_counted()
        self._cut_captions()
        self._cut_head()
        self._cut_foot()
        if not self._is_sound(sure):
            self.rules = sure
        if len(self.rules) == len(self.lines):
            self.rules = {}
            self._cut_repeats("")
            found, removed, dropped = self.title, [], []
        return Cleaned(found, self._kept_text(), removed + dropped + self._cut_lines())

    def _cut_furniture(self) -> None:
        for number, line in self.lines.items():
            rule = self.known[line.text][1]
            if number not in self.wrapped and rule is not None:
                self.rules[number] = rule

    def _kept(self) -> list[int]:
        return [number for number in self.lines if number not in self.rules]

    def _paragraphs(self) -> list[int]:
        return [number for number in self.body if number not in self.rules]

    def _find_title(self, title: str) -> tuple[str, list[Removed]]:
        """The headline: the title, or the line that stands for it when the title is none."""
        if is_paragraph_title(title):
            return self._return_paragraph(title), []
        if not title:
            return self._repeated_headline(), []
        rule = self._title_fault(title)
        if rule is None:
            return title, []
        found = self._headline_line()
        if not found and rule in _NO_TITLE:
            paragraphs = self._paragraphs()
            found = first_sentence(self.lines[paragraphs[0]].text) if paragraphs else ""
        return (found, [(rule, title)]) if found and found != title else (title, [])

    def _title_fault(self, title: str) -> str | None:
        line = Line(title)
        rule = furniture(line)
        if rule in _PHRASE_TITLE or (rule in _NO_TITLE and len(title) <= _SHORT_TITLE):
            return rule
        if line.core in load_names("headlines", "label"):
            return "label"
        if self.counts.repeats(self.source, line.folded):
            return "repeated by source"
        kept = [self.lines[number].text for number in self._kept()[:2]]
        if len(kept) == 2 and _is_short(title) and _is_short(kept[0]) and is_headline(kept[1]):
            return "label"
        return None

    def _headline_line(self) -> str:
        kept = self._kept()
        if not any(number in self.body for number in kept[1:]):
            return ""
        for number in kept[:4]:
            line = self.lines[number]
            if is_headline(line.text) and not is_caption(line):
                return line.text
            if number in self.body:
                return ""
        return ""

    def _return_paragraph(self, title: str) -> str:
        """A paragraph that served as title goes back to the body; a repeated line replaces it."""
        again = self._repeated_headline()
        own = squeeze(fold_line(title))
        if all(squeeze(fold_line(line.text)) != own for line in self.lines.values()):
            shifted = {number + 1: rule for number, rule in self.rules.items()}
            self.raw.insert(0, title)
            self._read()
            self.rules = shifted
        return again or first_sentence(title)

    def _repeated_headline(self) -> str:
        """A line that reads like a headline and is printed several times; '' when there is none."""
        return next((line for line in self._repeated_lines() if is_headline(line)), "")

    def _repeated_lines(self) -> list[str]:
        seen: set[str] = set()
        again = []
        for number in self._kept():
            line = self.lines[number]
            if line.folded in seen:
                again.append(line.text)
            seen.add(line.folded)
        return again

    def _cut_repeats(self, title: str) -> None:
        key = squeeze(fold_line(title))
        own = len(line_words(title)) >= 3 or is_unspaced(title)
        seen: set[str] = set()
        before = ""
        for number in self._kept():
            line = self.lines[number]
            if own and (line.text == title or repeats_title(line.text, line.folded, key)):
                self.rules[number] = "title again"
            elif line.folded == before or (line.folded in seen and _is_long(line.text)):
                self.rules[number] = "line again"
            seen.add(line.folded)
            before = line.folded

    def _cut_counted(self) -> None:
        if not self.counts.sources.get(self.source):
            return
        for number in self._kept():
            if number in self.wrapped:
                continue
            if self.counts.repeats(self.source, self.lines[number].folded):
                self.rules[number] = "repeated by source"

    def _cut_captions(self) -> None:
        if len(self._paragraphs()) < 3:
            return
        for number in self._kept()[:_CAPTION_LINES]:
            if number not in self.wrapped and is_caption(self.lines[number]):
                self.rules[number] = "caption"

    def _cut_head(self) -> None:
        """Labels, menus and names of writers above the first paragraph."""
        paragraphs = self._paragraphs()
        if not paragraphs or self.broken:
            return
        head = [number for number in self._kept() if number < paragraphs[0]]
        if any("0" in self.lines[number].numbered for number in head):
            return  # a table
        menu = [number for number in head if _is_short(self.lines[number].text)]
        if len(menu) >= _MENU:
            self.rules.update(dict.fromkeys(menu, "label"))
        if len(head) > _HEAD_LINES:
            return
        for number in head:
            if (rule := head_rule(self.lines[number])) is not None:
                self.rules[number] = rule

    def _cut_foot(self) -> None:
        """Links under a "related" heading, and who wrote, below the last paragraph."""
        paragraphs = self._paragraphs()
        if not paragraphs:
            return
        below = [number for number in self.lines if number > paragraphs[-1]]
        related = False
        for number in below:
            if number in self.rules:
                related = related or self.rules[number] == "related"
            elif related:
                self.rules[number] = "related"
        foot = [number for number in below if number not in self.rules]
        if not foot or self.broken or not ends_sentence(self.lines[paragraphs[-1]].text):
            return
        if (rule := foot_rule(self.lines[foot[-1]].text)) is not None:
            self.rules[foot[-1]] = rule

    def _is_sound(self, sure: dict[int, str]) -> bool:
        """Whether the weaker rules left a paragraph where the sure ones did."""
        if any(number not in sure for number in self.body):
            return bool(self._paragraphs())
        return len(self.rules) < len(self.lines)

    def _kept_text(self) -> str:
        if not self.rules:
            return "\n".join(self.raw)
        kept: list[str] = []
        for number, line in enumerate(self.raw):
            if number in self.rules:
                continue
            if number in self.lines or (kept and kept[-1].strip()):
                kept.append(line)
        while kept and not kept[-1].strip():
            kept.pop()
        return "\n".join(kept)

    def _cut_lines(self) -> list[Removed]:
        return [(self.rules[number], self.lines[number].text) for number in sorted(self.rules)]


def _open_above(lines: dict[int, Line]) -> list[int]:
    """Lines right below a long line that does not end its sentence."""
    return [
        number
        for number in lines
        if (above := lines.get(number - 1)) is not None
        and _WRAPPED <= len(above.text) <= 2 * _WRAPPED + 20
        and not ends_sentence(above.text)
    ]


def _is_broken(lines: dict[int, Line]) -> bool:
    """Whether the text is broken at a fixed width: many lines go on in lower case."""
    lower = sum(1 for number in _open_above(lines) if lines[number].text[0].islower())
    return lower >= 2 and lower >= _WRAPPED_SHARE * len(lines)


def _wrapped_lines(lines: dict[int, Line], broken: bool) -> frozenset[int]:
    """Lines that go on with the sentence of the line above, and that no rule may cut."""
    return frozenset(
        number
        for number in _open_above(lines)
        if broken or (len(lines[number].text) <= 25 and lines[number].text[-1] == ".")
    )


def head_rule(line: Line) -> str | None:
    """The rule by which a line above the first paragraph is cut."""
    if is_name(line.text) or _is_arabic_byline(line.folded):
        return "byline"
    return "label" if is_label(line) else None


def foot_rule(line: str) -> str | None:
    """The rule by which the last line below the last paragraph is cut."""
    if is_name(line):
        return "byline"
    return "sign-off" if _is_initials(line) else None


def _is_short(line: str) -> bool:
    return len(line) <= 25 and len(line.split()) <= 3


def _is_long(line: str) -> bool:
    return len(line) >= _REPEATED or (len(line) >= _REPEATED_UNSPACED and is_unspaced(line))


def _is_arabic_byline(folded: str) -> bool:
    words = folded.split()
    return words[0] in WRITERS and 3 <= len(words) <= 5


def _is_initials(line: str) -> bool:
    words = line_words(line)
    if is_unspaced(line) or not words or len(line) > 25 or line[-1] in ".!?":
        return False
    return (len(words) == 1 and len(words[0]) <= 4) or all(len(word) <= 2 for word in words)
