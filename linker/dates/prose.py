"""Dates written for people: month names, weekdays, "ص/م", figures of any script, CJK counters.

General date libraries know one of the three Arabic sets of month names, none of UN style (two of
them with a slash), and take tens of milliseconds a date; the common languages are read here.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone

from linker.dates import solar
from linker.dates.names import ARABIC_SCRIPT_MONTHS, DAY_HALVES, FILLERS, OTHER_MONTHS, ZONES

FIGURES = re.compile(r"\d{8,20}(?:\.\d{1,9})?")

_CLOCK = re.compile(
    r"(?<![\d:])(\d{1,2})[:٫h](\d{2})(?::(\d{2}))?(?:\.\d+)?(?![\d:])\s*"
    r"(a\.?m\.?|p\.?m\.?|ص(?!\w)|م(?!\w)|صباحا|مساء|ظهرا)?"
)
_OFFSET = re.compile(r"(?:gmt|utc)?\s*(?<![\d-])([+-])(\d{1,2})(?::?(\d{2}))?(?!\d)")
_YEAR_FIRST = re.compile(
    r"(?<![\d-])(\d{4})\s?[-/.年년]\s?(\d{1,2})\s?[-/.月월]\s?(\d{1,2})(?!\d)\s?[日일]?"
)
_YEAR_LAST = re.compile(r"(?<!\d)(\d{1,2})\s?[-/.]\s?(\d{1,2})\s?[-/.]\s?(\d{4})(?!\d)")
_WORD = re.compile(r"[^\W\d]+|\d+")
_SUFFIX = re.compile(r"(?<=\d)(?:st|nd|rd|th|م|هـ)(?!\w)")
_LETTERS = str.maketrans({"ى": "ي", "ی": "ي", "ة": "ه", "ک": "ك", "ـ": "", "،": " ", "ı": "i"})
_MARKS = re.compile("[\u0300-\u036f\u064b-\u0655\u0670]")
_HANGUL = re.compile("[\uac00-\ud7a3]")
_INVISIBLE = re.compile("[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_SPACES = re.compile(r"\s+")


def plain(text: str) -> str:
    """The text in ASCII figures, without invisible direction marks, spaces collapsed."""
    text = _SPACES.sub(" ", _INVISIBLE.sub("", text)).strip()
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)


def _fold(text: str) -> str:
    """Lower case, without accents, one form for the variants of an Arabic letter."""
    text = text.lower()
    if not text.isascii():
        # Hangul would fall apart into letters; its dates need no folding.
        text = text if _HANGUL.search(text) else unicodedata.normalize("NFD", text)
        text = _MARKS.sub("", text.translate(_LETTERS))
    return _SUFFIX.sub("", text.replace(",", " "))


def _month_table(names: str) -> dict[str, int]:
    return {
        _fold(name): month
        for month, line in enumerate(names.splitlines(), start=1)
        for name in line.split()
    }


_MONTHS = _month_table(ARABIC_SCRIPT_MONTHS) | _month_table(OTHER_MONTHS)
_SOLAR_MONTHS = _month_table(solar.MONTHS)
_FILLERS = frozenset(_fold(FILLERS).split())
_PAIRS = re.compile(r"(كانون|تشرين) (الاول|الثاني)")


def parse_prose(text: str) -> tuple[datetime | None, str]:
    """Read a date written in words, or (None, "unknown").

    The whole text must be a date: one day, one month, one year, at most one time of day, and
    otherwise only weekdays, zones and words like "published". Figures must be ASCII already
    (see `plain`). Day comes before month in "03/04/2017" unless that is impossible.
    """
    rest = _PAIRS.sub(r"\1_\2", _fold(text))
    rest, clock = _take_clock(rest)
    rest, offset = _take_offset(rest) if clock else (rest, None)
    rest, day = _take_numeric(rest)
    words = _WORD.findall(rest)
    if day is None:
        words, day = _take_named(words)
    words, named_offset = _take_zone(words)
    if day is None or any(word not in _FILLERS for word in words):
        return None, "unknown"
    return _assemble(day, clock, offset if offset is not None else named_offset)


def has_unknown_month(text: str) -> bool:
    """Whether a month that this module does not know may stand in a text it could not read."""
    words = _WORD.findall(_PAIRS.sub(r"\1_\2", _fold(text)))
    names = [word for word in words if word.isalpha()]
    return any(word not in _FILLERS for word in names) and not any(
        word in _MONTHS or word in _SOLAR_MONTHS for word in names
    )


def _assemble(
    day: tuple[int, int, int], clock: tuple[int, int, int] | None, offset: float | None
) -> tuple[datetime | None, str]:
    try:
        zone = timezone(timedelta(hours=offset or 0.0))
        if solar.is_solar(day[0]):
            gregorian = solar.to_gregorian(*day)
            day = gregorian.year, gregorian.month, gregorian.day
        moment = datetime(*day, *(clock or (0, 0, 0)), tzinfo=zone)
        return moment.astimezone(UTC), "exact" if clock else "day"
    except (ValueError, OverflowError):
        return None, "unknown"


def _take_clock(text: str) -> tuple[str, tuple[int, int, int] | None]:
    match = _CLOCK.search(text)
    if not match:
        return text, None
    hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0)
    half = DAY_HALVES.get(match[4] or "")
    if half is not None and 1 <= hour <= 12:
        hour = hour % 12 + half
    # A clock glued to a date ("2017T08:02") leaves the date standing on its own.
    return f"{text[: match.start()]} {text[match.end() :]}", (hour, minute, second)


def _take_offset(text: str) -> tuple[str, float | None]:
    match = _OFFSET.search(text)
    if not match or int(match[2]) > 14:
        return text, None
    hours = int(match[2]) + int(match[3] or 0) / 60
    rest = f"{text[: match.start()]} {text[match.end() :]}"
    return rest, -hours if match[1] == "-" else hours


def _take_numeric(text: str) -> tuple[str, tuple[int, int, int] | None]:
    match = _YEAR_FIRST.search(text)
    if match:
        day = int(match[1]), int(match[2]), int(match[3])
        return f"{text[: match.start()]} {text[match.end() :]}", day
    match = _YEAR_LAST.search(text)
    if not match:
        return text, None
    first, second, year = int(match[1]), int(match[2]), int(match[3])
    if second > 12 >= first:
        first, second = second, first
    return f"{text[: match.start()]} {text[match.end() :]}", (year, second, first)


def _take_named(words: list[str]) -> tuple[list[str], tuple[int, int, int] | None]:
    numbers = [word for word in words if word.isdecimal()]
    years = [int(word) for word in numbers if len(word) == 4]
    days = [int(word) for word in numbers if len(word) <= 2]
    if len(years) != 1 or len(days) != 1 or len(numbers) != 2:
        return words, None
    names = _SOLAR_MONTHS if solar.is_solar(years[0]) else _MONTHS
    months = {names[word] for word in words if word in names}
    if len(months) != 1:
        return words, None
    rest = [word for word in words if word not in names and not word.isdecimal()]
    return rest, (years[0], months.pop(), days[0])


def _take_zone(words: list[str]) -> tuple[list[str], float | None]:
    zones = [word for word in words if word in ZONES]
    if len(zones) != 1:
        return words, None
    return [word for word in words if word not in ZONES], ZONES[zones[0]]
