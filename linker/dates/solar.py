"""Dates of the Iranian solar calendar, which Persian and Dari pages print without saying so."""

from __future__ import annotations

from datetime import date, timedelta

MONTHS = """\
فروردین حمل
اردیبهشت ثور
خرداد جوزا
تیر سرطان
مرداد اسد
شهریور سنبله
مهر میزان
آبان عقرب
آذر قوس
دی جدی
بهمن دلو
اسفند حوت"""

FIRST_YEAR, LAST_YEAR = 1200, 1499  # 1821 to 2121; no Gregorian date of news looks like that
_EPOCH = date(622, 3, 21)
_LEAPS = frozenset((1, 5, 9, 13, 17, 22, 26, 30))  # of each 33 years


def is_solar(year: int) -> bool:
    """Whether a year of four figures must be of the solar calendar."""
    return FIRST_YEAR <= year <= LAST_YEAR


def to_gregorian(year: int, month: int, day: int) -> date:
    """The Gregorian date of a solar one, by the 33-year rule of leap years (exact 1178-1633).

    Raises ValueError for days that the calendar does not have.
    """
    length = 31 if month <= 6 else 30 if month <= 11 or year % 33 in _LEAPS else 29
    if not (1 <= month <= 12 and 1 <= day <= length):
        raise ValueError("no such day in the solar calendar")
    cycles, rest = divmod(year - 1, 33)
    leaps = cycles * 8 + sum(1 for passed in range(1, rest + 1) if passed in _LEAPS)
    months = (month - 1) * 30 + min(month - 1, 6)
    return _EPOCH + timedelta(days=(year - 1) * 365 + leaps + months + day - 1)
