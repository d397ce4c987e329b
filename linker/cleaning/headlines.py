"""Headlines: their decoration, and which line of a page is the headline when the title is not."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, Protocol

from linker.cleaning.lines import (
    ends_sentence,
    fold_line,
    fold_numbers,
    inner_ends,
    is_unspaced,
    line_words,
    squeeze,
    strip_decor,
)
from linker.cleaning.phrases import load_names

_DIVIDER: Final = re.compile(r"\s+(?:[-–—|•·»›«/:~]|::|>>)\s+|\s*[|｜]\s*|\s*::\s*|(?<=\w)[-–—]\s+")
_UNSPACED_DIVIDER: Final = re.compile(r"\s*[_|｜\-—–]\s*")
_BLANK: Final = (
    r"[\s\v\x1c-\x1f\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]"
)
_UNSPACED_LETTER: Final = r"[\x{e00}-\x{eff}\x{1780}-\x{17ff}\x{3040}-\x{30ff}\x{3400}-\x{9fff}]"
DIVIDED: Final = (
    rf"[|｜]|::|[-–—]{_BLANK}|{_BLANK}(?:[•·»›«/:~]|>>){_BLANK}"
    rf"|(?s:{_UNSPACED_LETTER}.*[_\-–—]|[_\-–—].*{_UNSPACED_LETTER})"
)
"""For RE2: a headline that one of the two dividers may match."""
_LABEL_END: Final = re.compile(r"\s*(?:[:：|｜»›]|\s[-–—/]\s|\.{2,}|…)\s*")
_TAG: Final = re.compile(
    r"^\s*[\[(（【]([^\])）】]{1,40})[\])）】]\s*|\s*[\[(（【]([^\])）】]{1,40})[\])）】]\s*$"
)
_TAG_PARTS: Final = re.compile(r"\s*(?:[&+,/]|\s(?:and|y|et|und|ve|e|и|و)\s)\s*")
_SENTENCE: Final = re.compile(
    r".{20,}?(?:(?<=\w\w\w)\.|[!?؟۔…])[\"'”»)\]]*(?=\s|$)|.{8,}?[。！？]", re.DOTALL
)
_FLASH: Final = re.compile(r"^[\s+*#]*\+{2,}\s*|\s*\+{2,}[\s+*#]*$")
_DOMAIN: Final = re.compile(r"^(?:www\.)?[\w-]+(?:\.[a-z]{2,6}){1,2}$")
_SITE_WORDS, _SITE_LONGEST = 6, 50
_TITLE_LONGEST: Final = 160
_PARAGRAPH, _PARAGRAPH_OF_SENTENCES = 300, 200

Removed = tuple[str, str]


class SiteNames(Protocol):
    """What counting knows about headlines: linker.cleaning.counts.LineCounts."""

    def names_site(self, source: str, part: str) -> bool:
        """Whether many headlines of the source share the part."""


def headline_parts(title: str) -> list[str]:
    """The first and the last part of a headline, folded, where a divider sets them apart."""
    pattern = _UNSPACED_DIVIDER if is_unspaced(title) else _DIVIDER
    matches = list(pattern.finditer(title))
    if not matches:
        return []
    last = title[matches[-1].end() :]
    parts = [last]
    if "|" in matches[0].group() or "-" in matches[0].group():
        parts.append(title[: matches[0].start()])
    return [_core(part) for part in parts if len(part) <= _SITE_LONGEST]


@lru_cache(maxsize=1 << 14)
def _core(part: str) -> str:
    """A part of a headline folded and without decoration; the names of sites come again."""
    return strip_decor(fold_line(part))


def strip_headline(title: str, source: str, counts: SiteNames | None) -> tuple[str, list[Removed]]:
    """The headline without labels (LIVE:), tags (VIDEO) and names of sites (- The Times)."""
    removed: list[Removed] = []
    current = title.strip()
    for _ in range(6):
        shorter = _strip_once(current, source, counts)
        if shorter == current:
            break
        removed.append(("headline", _difference(current, shorter)))
        current = shorter
    return current, removed


def _difference(longer: str, shorter: str) -> str:
    start = longer.find(shorter)
    return (longer[:start] + longer[start + len(shorter) :]).strip()


def _strip_once(title: str, source: str, counts: SiteNames | None) -> str:
    for strip in (_strip_tag, _strip_label):
        shorter = strip(title)
        if shorter != title and _stands_alone(shorter, 2):
            return shorter
    shorter = _strip_site(title, source, counts)
    return shorter if _stands_alone(shorter, 3) else title


def _stands_alone(title: str, words: int) -> bool:
    return len(line_words(title)) >= words or (is_unspaced(title) and len(title) >= 8)


def _strip_tag(title: str) -> str:
    if "++" in title:
        title = _FLASH.sub("", title)
    match = _TAG.search(title)
    if match is None or not _is_tag(match.group(1) or match.group(2)):
        return title
    return (title[: match.start()] + title[match.end() :]).strip()


def _is_tag(inside: str) -> bool:
    labels = load_names("headlines", "prefix")
    parts = [strip_decor(part) for part in _TAG_PARTS.split(fold_numbers(fold_line(inside)))]
    return any(parts) and all(part in labels for part in parts if part)


def _strip_label(title: str) -> str:
    match = _LABEL_END.search(title)
    if match is None or match.start() > 40 or not match.start():
        return title
    core = strip_decor(fold_numbers(fold_line(title[: match.start()])))
    return title[match.end() :].strip() if core in load_names("headlines", "prefix") else title


def _strip_site(title: str, source: str, counts: SiteNames | None) -> str:
    pattern = _UNSPACED_DIVIDER if is_unspaced(title) else _DIVIDER
    matches = list(pattern.finditer(title))
    if not matches:
        return title
    last, first = matches[-1], matches[0]
    if _is_site(title[last.end() :], source, counts):
        return title[: last.start()].strip()
    before = title[: first.start()]
    bar = "|" in first.group() or "-" in first.group()
    if bar and _is_known_site(before, source, counts):
        return title[first.end() :].strip()
    return title


def _is_site(part: str, source: str, counts: SiteNames | None) -> bool:
    words = part.split()
    if not words or len(words) > _SITE_WORDS or len(part) > _SITE_LONGEST:
        return False
    return _is_known_site(part, source, counts) or _is_site_by_words(part)


@lru_cache(maxsize=1 << 14)
def _is_site_by_words(part: str) -> bool:
    """Whether the words of a short part say that it is a site or a section of one."""
    words, core = part.split(), _core(part)
    if core in load_names("headlines", "prefix") or core in load_names("headlines", "label"):
        return True
    marks = load_names("headlines", "sitemark")
    ends = {strip_decor(fold_line(word)) for word in (words[0], words[-1])}
    if not words[0][0].islower() and len(words) <= 5 and not ends.isdisjoint(marks):
        return True
    proper = all(word[0].isupper() or len(word) <= 3 for word in words)
    return proper and not marks.isdisjoint(line_words(fold_line(part)))


def _is_known_site(part: str, source: str, counts: SiteNames | None) -> bool:
    if len(part) > _SITE_LONGEST:
        return False
    core = _core(part)
    if not core:
        return False
    return _is_site_by_name(core, source) or (
        counts is not None and counts.names_site(source, core)
    )


@lru_cache(maxsize=1 << 14)
def _is_site_by_name(core: str, source: str) -> bool:
    known = core in load_names("headlines", "site") or _DOMAIN.match(core) is not None
    return known or is_site_of(core, source)


def is_site_of(name: str, source: str) -> bool:
    """Whether a folded name is the source's, given as a name or as a domain."""
    key = squeeze(name)
    whole, domain = _names_of(source)
    if len(key) < 2 or not whole:
        return False
    if key in (whole, domain) or "the" + key == domain or key == "the" + domain:
        return True
    longer, shorter = (key, domain) if len(key) > len(domain) else (domain, key)
    return len(shorter) >= 5 and longer.startswith(shorter) and len(name.split()) <= 4


@lru_cache(maxsize=4096)
def _names_of(source: str) -> tuple[str, str]:
    """A source squeezed, and the longest label of it as a domain."""
    folded = fold_line(source)
    labels = [squeeze(label) for label in folded.removeprefix("www.").split(".")]
    return squeeze(folded), max(labels, key=len)


def is_headline(line: str) -> bool:
    """Whether a line of the body could be the headline: some words, no closing full stop."""
    if not 15 <= len(line) <= 200 and not (is_unspaced(line) and 8 <= len(line) <= 60):
        return False
    if line[-1] in ".。۔:;,،…" or inner_ends(line) > 1:
        return False
    return len(line_words(line)) >= 4 or is_unspaced(line)


def is_paragraph_title(title: str) -> bool:
    """Whether the title is a paragraph of the body rather than a headline."""
    size = 2 * len(title) if is_unspaced(title) else len(title)
    return size > _PARAGRAPH or (size > _PARAGRAPH_OF_SENTENCES and inner_ends(title) > 0)


def first_sentence(paragraph: str) -> str:
    """The first sentence, or as many whole words of it as make a headline."""
    match = _SENTENCE.match(paragraph)
    sentence = paragraph[: match.end()] if match else paragraph
    if len(sentence) <= _TITLE_LONGEST:
        return sentence.strip()
    head = sentence[:_TITLE_LONGEST]
    return (head[: head.rfind(" ")] if " " in head else head).strip(" ,،;:-–—")


def repeats_title(line: str, folded: str, key: str) -> bool:
    """Whether the line prints the headline again; key: the squeezed, folded headline."""
    if not key or not 0.8 * len(key) <= len(line) <= 1.6 * len(key) + 20:
        return False
    if strip_decor(folded)[:1] != key[0]:
        return False
    squeezed = squeeze(folded)
    if squeezed == key:
        return True
    shorter, longer = sorted((squeezed, key), key=len)
    near = longer.startswith(shorter) and len(longer) <= 1.2 * len(shorter)
    return near and len(shorter) >= 25 and not ends_sentence(line)
