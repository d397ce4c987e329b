"""Dates as programs write them: JavaScript, Java, .NET, Oracle, MongoDB; clocks past 23:59:59.

They are rewritten in a more usual form, which `linker.dates.parsing` reads.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

_NAMED_ZONE = re.compile(r"(?<=Z|\d)\[[A-Za-z][\w/+-]*\]$")  # Java: the offset stands before it
_COMMENT = re.compile(r"(?<=[+-]\d{4}) \([^()]*\)$")  # JavaScript
_LEAP_SECOND = re.compile(r"(?<=\d\d:\d\d:)60(?!\d)")
_MIDNIGHT = re.compile(r"(?<=\d[T ])24:00(?::00(?:\.0+)?)?(?![\d:.])")
_ORDINAL = re.compile(r"(\d{4})-(\d{3})(?=T|$)")
_SHORT_YEAR = re.compile(r"(?<![\w-])(\d{1,2})-([^\W\d_]{3,9})-(\d{2})(?![\w-])")
_NET = re.compile(r"\\?/Date\((-?\d{1,15})(?:[+-]\d{4})?\)\\?/")
_TURN = 69  # POSIX: two figures from here on are years of the last century


def milliseconds(value: object) -> int | None:
    """The milliseconds since 1970 that .NET's form or MongoDB's holds; None for other values."""
    if isinstance(value, Mapping):
        held: Any = value.get("$date")
        held = held.get("$numberLong") if isinstance(held, Mapping) else held
        is_number = isinstance(held, int) or re.fullmatch(r"-?\d{1,15}", str(held))
        return int(held) if is_number and not isinstance(held, bool) else None
    match = _NET.fullmatch(value) if isinstance(value, str) else None
    return int(match[1]) if match else None


def usual(text: str) -> tuple[str, timedelta]:
    """The text in a usual form, and what is to be added to the date it then is."""
    text = _COMMENT.sub("", _NAMED_ZONE.sub("", text))
    text = _LEAP_SECOND.sub("59", text)
    text = _SHORT_YEAR.sub(_with_century, _ORDINAL.sub(_with_month, text))
    text, nights = _MIDNIGHT.subn("00:00", text)
    return text, timedelta(days=nights)


def _with_century(match: re.Match[str]) -> str:
    century = 1900 if int(match[3]) >= _TURN else 2000
    return f"{match[1]} {match[2]} {century + int(match[3])}"


def _with_month(match: re.Match[str]) -> str:
    try:
        day = date(int(match[1]), 1, 1) + timedelta(days=int(match[2]) - 1)
    except (ValueError, OverflowError):
        return match[0]
    return day.isoformat() if day.year == int(match[1]) else match[0]
