"""Reading of dates: ISO 8601, RFC 2822, epochs and prose in many scripts, made UTC.

A date carries its precision, because evidence about time must know whether "2017-10-29" means a
second or a day. Relative dates ("yesterday") are never read: they need a clock that files lack.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import islice

from linker.dates.machines import milliseconds, usual
from linker.dates.prose import FIGURES, has_unknown_month, parse_prose, plain
from linker.dates.solar import is_solar, to_gregorian

Parsed = tuple[datetime | None, str]

UNKNOWN: Parsed = (None, "unknown")
EARLIEST_YEAR = 1800
AHEAD = timedelta(days=2)  # clocks and zones are wrong by hours, embargoed texts by a day
LONGEST_LINE = 70  # characters of a date line on a page
LONGEST = 120  # characters; longer strings are not dates, and date regexes must not see them

_STARTED_IN = datetime.now(UTC).year  # dates before this year need no look at the clock
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_SCALES = ((1e11, 1.0), (1e14, 1e3), (1e17, 1e6), (1e20, 1e9))
_FIRST_EPOCH = 1e8  # March 1973; smaller numbers are counters, sizes or missing values
_COMPACT = re.compile(r"(1[89]|2\d)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(\d{4}(\d\d)?)?")
_SLASHED = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})\b")
_ZONE_WORD = re.compile(r"(?<=\d)\s*(?:UTC|GMT|Z)$", re.IGNORECASE)
_SPACED_OFFSET = re.compile(r"(?<=\d)\s+(?=[+-]\d\d:?\d\d$)")
_HAS_TIME = re.compile(r"\d{1,2}\s*[:hH٫]\s*\d{2}|\d\s*[ap]\.?m\b", re.IGNORECASE)
_RFC2822 = re.compile(
    r"(?:[A-Za-z]{3,9},?\s+)?\d{1,2}\s+[A-Za-z]{3}[a-z]*\s+\d{2,4}\s+\d{1,2}:\d\d(?::\d\d)?"
)
_MAIL_ZONE = re.compile(r"(?:\s*(?:[+-]\d{4}|UTC?|GMT|Z|[ECMP][SD]T)(?:\s*\([^()]*\))?)?", re.I)
_CTIME = re.compile(
    r"[A-Z][a-z]{2} ([A-Z][a-z]{2}) +(\d{1,2}) (\d\d:\d\d:\d\d) (?:([+-]\d{4}) |UTC |GMT )?(\d{4})"
)
SLASHED = re.compile(
    r"\D{0,20}(?P<first>\d{1,2})(?P<between>\s?[/-]\s?)(?P<second>\d{1,2})(?=\s?[/-]\s?\d{4}(?!\d))"
)
"""The beginning of a date of three numbers, of which the first may be the day or the month."""
# A library asked about "October 2017" tries all its locales for seconds; a day must be there.
_DAY_AND_YEAR = re.compile(r"(?<!\d)(?:\d{1,2}\D(?:.*\D)?\d{4}|\d{4}\D(?:.*\D)?\d{1,2})(?!\d)")


# Asked about all of its two hundred locales, the library takes seconds to say no.
_LIBRARY_LANGUAGES = (
    "vi th hi bn he fi hu hr sk sl bg sr et lv lt is sw ta te ka hy az be ca da nb mk sq ms "
    "mr gu pa ur am kk uz tl zh ja ko"
)


class MonthFirst(str):
    """A date of a column in which the month stands first: 03/04/2024 is the fourth of March."""

    def with_day_first(self) -> str:
        """The same date as it would be with the day first."""
        date = SLASHED.match(self)
        if date is None:
            return str(self)
        before, after = self[: date.start("first")], self[date.end() :]
        return f"{before}{date['second']}{date['between']}{date['first']}{after}"


def parse_date(value: object) -> Parsed:
    """Read one date value into an aware UTC datetime and its precision.

    Precision is "exact" (a time of day was given), "day" (only a date, or midnight sharp, which
    exports write for "only a date") or "unknown" (no date: the datetime is None). Values without
    a zone are UTC. Figures in any script are read; numbers are epochs (seconds to nanoseconds)
    or compact dates (20171029), a date of MongoDB ({"$date": ..}). Dates before 1800 or
    over two days ahead of now are unknown.
    Never raises.
    """
    if isinstance(value, MonthFirst):
        value = value.with_day_first()
    if isinstance(value, str):
        return _bounded(_parse_text(value)) if value else UNKNOWN
    if value is None or isinstance(value, bool):
        return UNKNOWN
    return _bounded(_parse_object(value))


def find_date(text: str, *, lines: int = 12) -> Parsed:
    """The date line among the first non-blank lines of a page's text, (None, "unknown") if none.

    Only a short line that is a date and nothing else (weekday, zone and "published" aside)
    counts; a date inside a sentence is about the news, not about the page.
    """
    solid = (line.strip() for line in text.splitlines() if not line.isspace() and line)
    for line in islice(solid, lines):
        if len(line) <= LONGEST_LINE and any(figure.isdecimal() for figure in line):
            found = _bounded(_parse_line(line))
            if found[0] is not None:
                return found
    return UNKNOWN


def _bounded(parsed: Parsed) -> Parsed:
    moment = parsed[0]
    if moment is not None and EARLIEST_YEAR <= moment.year < _STARTED_IN:
        return parsed
    if moment is None or moment.year < EARLIEST_YEAR or moment > datetime.now(UTC) + AHEAD:
        return UNKNOWN
    return parsed


def _utc(moment: datetime, precision: str = "") -> Parsed:
    midnight = not (moment.hour or moment.minute or moment.second or moment.microsecond)
    precision = precision or ("day" if midnight else "exact")
    if is_solar(moment.year):
        moment = datetime.combine(_gregorian(moment), moment.timetz())
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC), precision
    try:
        return moment.astimezone(UTC), precision
    except OverflowError:
        return UNKNOWN


def _gregorian(moment: datetime) -> date:
    try:
        return to_gregorian(moment.year, moment.month, moment.day)
    except ValueError:
        return moment.date()  # of a year that is out of range


def _parse_object(value: object) -> Parsed:
    if isinstance(value, datetime):
        try:
            plain_moment = datetime.fromisoformat(value.isoformat())  # pandas Timestamp, NaT
        except ValueError:
            return UNKNOWN
        return _utc(plain_moment)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC), "day"
    if isinstance(value, (int, float)):
        return _parse_number(value)
    if isinstance(value, Mapping):
        count, held = milliseconds(value), value.get("$date")
        if count is not None:
            return _since_epoch(count)
        return UNKNOWN if isinstance(held, Mapping) else parse_date(held)
    return _parse_text(str(value)) if type(value).__module__ == "numpy" else UNKNOWN


def _parse_number(number: float) -> Parsed:
    if math.isnan(number) or not _FIRST_EPOCH / 10 <= number < _EPOCH_SCALES[-1][0]:
        return UNKNOWN
    if number == int(number):
        compact = _parse_compact(str(int(number)))
        if compact[0] is not None:
            return compact
    if number < _FIRST_EPOCH:
        return UNKNOWN
    scale = next(scale for limit, scale in _EPOCH_SCALES if number < limit)
    seconds, fraction = divmod(number, scale)
    moment = EPOCH + timedelta(seconds=seconds, microseconds=fraction * 1e6 // scale)
    return _utc(moment)


def _parse_compact(figures: str) -> Parsed:
    if not _COMPACT.fullmatch(figures):
        return UNKNOWN
    form = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}[len(figures)]
    try:
        moment = datetime.strptime(figures, form)
    except ValueError:
        return UNKNOWN
    # Fourteen figures may be epoch milliseconds; as those they lie far ahead (year 2540 and on).
    return _utc(moment)


def _parse_text(text: str) -> Parsed:
    try:
        return _utc(datetime.fromisoformat(text)) if len(text) > 8 else _parse_other(text)
    except ValueError:
        return _parse_other(text)


@lru_cache(maxsize=65536)
def _parse_other(text: str) -> Parsed:
    text = plain(text[: LONGEST + 1])
    if not text or len(text) > LONGEST or not any(figure.isdecimal() for figure in text):
        return UNKNOWN
    count = milliseconds(text)
    if count is not None:
        return _since_epoch(count)
    text, later = usual(text)
    for form in _FORMS:
        moment, precision = form(text)
        if moment is not None:
            return _later(moment, later), precision
    return UNKNOWN


def _since_epoch(count: int) -> Parsed:
    try:
        return _utc(EPOCH + timedelta(milliseconds=count))
    except OverflowError:
        return UNKNOWN


def _later(moment: datetime, span: timedelta) -> datetime | None:
    try:
        return moment + span
    except OverflowError:
        return None


@lru_cache(maxsize=8192)
def _parse_line(line: str) -> Parsed:
    text = plain(line)
    parsed = _parse_iso(text)
    return parsed if parsed[0] is not None else parse_prose(text)


def _parse_iso(text: str) -> Parsed:
    text = _SLASHED.sub(lambda m: f"{m[1]}-{int(m[2]):02}-{int(m[3]):02}", text)
    text = _SPACED_OFFSET.sub("", _ZONE_WORD.sub("+00:00", text))
    if len(text) < 8 or text.isdecimal():
        return UNKNOWN
    try:
        return _utc(datetime.fromisoformat(text))
    except ValueError:
        return UNKNOWN


def _parse_figures(text: str) -> Parsed:
    if not FIGURES.fullmatch(text):
        return UNKNOWN
    try:
        return _parse_number(float(text) if "." in text else int(text))
    except (ValueError, OverflowError):
        return UNKNOWN


def _parse_mail(text: str) -> Parsed:
    """Dates whose zone is none or one of RFC 2822; those of other words are prose."""
    match = _RFC2822.match(text)
    if not match or not _MAIL_ZONE.fullmatch(text, match.end()):
        return UNKNOWN
    return _parse_like_mail(text)


def _parse_like_mail(text: str) -> Parsed:
    from email.utils import parsedate_to_datetime

    if not _RFC2822.match(text):
        return UNKNOWN
    try:
        return _utc(parsedate_to_datetime(text), "exact")
    except (ValueError, TypeError, IndexError, OverflowError):
        return UNKNOWN


def _parse_ctime(text: str) -> Parsed:
    match = _CTIME.fullmatch(text)
    if not match:
        return UNKNOWN
    month, day, clock, offset, year = match.groups()
    return _parse_mail(f"{day} {month} {year} {clock} {offset or '+0000'}")


def _parse_any_language(text: str) -> Parsed:
    """Ask dateparser, held to whole absolute dates: it must find day, month and year itself."""
    if not _DAY_AND_YEAR.search(text) or len(text) > 60 or not has_unknown_month(text):
        return UNKNOWN
    import dateparser

    settings = {
        "STRICT_PARSING": True,
        "REQUIRE_PARTS": ["day", "month", "year"],
        "PARSERS": ["absolute-time"],
        "TIMEZONE": "UTC",
        "RETURN_AS_TIMEZONE_AWARE": True,
    }
    try:
        found = dateparser.parse(text, languages=_LIBRARY_LANGUAGES.split(), settings=settings)
    except Exception:  # its locale regexes raise many kinds on odd strings; none is news to us
        return UNKNOWN
    if found is None:
        return UNKNOWN
    if not _HAS_TIME.search(text):
        return datetime(found.year, found.month, found.day, tzinfo=UTC), "day"
    return _utc(found)


_FORMS: tuple[Callable[[str], Parsed], ...] = (
    _parse_figures,
    _parse_iso,
    _parse_mail,
    _parse_ctime,
    parse_prose,
    _parse_like_mail,
    _parse_any_language,
)
