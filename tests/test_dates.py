"""Dates: every form that exports and pages write, their precision, and what must not be read."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linker.dates.moments import UNSETTLED, microseconds, moments
from linker.dates.parsing import UNKNOWN, find_date, parse_date
from linker.dates.solar import to_gregorian

DAY = datetime(2017, 10, 29, tzinfo=UTC)
MOMENT = datetime(2017, 10, 29, 8, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        "2017-10-29T08:02:00Z",
        "2017-10-29T08:02:00",
        "2017-10-29T11:02:00+03:00",
        "2017-10-29T11:02:00+0300",
        "2017-10-29 08:02:00 +0000",
        "2017-10-29 08:02 UTC",
        "2017/10/29 08:02",
        "20171029080200",
        "Sun, 29 Oct 2017 08:02:00 GMT",
        "Sun, 29 Oct 2017 03:02:00 -0500 (EST)",
        "Sun Oct 29 08:02:00 2017",
        "Sun Oct 29 08:02:00 +0000 2017",
        1509264120,
        1509264120.0,
        "1509264120",
        "١٥٠٩٢٦٤١٢٠",
        1509264120_000,
        "1509264120000000",
        "٢٩ أكتوبر ٢٠١٧ - ٠٨:٠٢ ص بتوقيت جرينيتش",
        "الأحد، 29 تشرين الأول/أكتوبر 2017 11:02 ص بتوقيت مكة",
        "۷ آبان ۱۳۹۶ - ۰۸:۰۲",
        "October 29, 2017 at 8:02 am",
        "Oct. 29, 2017, 4:02 a.m. EDT",
        "29 octobre 2017 à 08h02",
        "Sonntag, den 29. Oktober 2017, 08:02 Uhr",
        "29 октября 2017 г. в 08:02",
        "29 Ekim 2017 Pazar 08:02",
        "2017年10月29日 08:02",
        datetime(2017, 10, 29, 8, 2),
        datetime(2017, 10, 29, 8, 2, tzinfo=UTC),
    ],
)
def test_moments_are_exact_and_utc(value: object) -> None:
    assert parse_date(value) == (MOMENT, "exact")


@pytest.mark.parametrize(
    "value",
    [
        "2017-10-29",
        "20171029",
        20171029,
        "2017-10-29T00:00:00Z",  # midnight sharp is how exports write "no time"
        "٢٠١٧-١٠-٢٩",
        "۱۳۹۶/۰۸/۰۷",
        "29/10/2017",
        "10/29/2017",
        "29.10.2017",
        "29th October 2017",
        "Published: 29 October 2017",
        "29 أكتوبر 2017",
        "29 تشرين الأول 2017",
        "29 de octubre de 2017",
        "29 października 2017",
        "2017년 10월 29일",
        "29 tháng 10 2017",
        date(2017, 10, 29),
        datetime(2017, 10, 29),
    ],
)
def test_dates_without_a_time_are_days(value: object) -> None:
    assert parse_date(value) == (DAY, "day")


@pytest.mark.parametrize(
    ("name", "month"),
    [
        ("جانفي", 1), ("كانون الثاني", 1), ("يناير", 1), ("فيفري", 2), ("شباط", 2), ("آذار", 3),
        ("أفريل", 4), ("نيسان", 4), ("ماي", 5), ("أيار", 5), ("جوان", 6), ("حزيران", 6),
        ("جويلية", 7), ("تموز", 7), ("أوت", 8), ("غشت", 8), ("آب", 8), ("شتنبر", 9), ("أيلول", 9),
        ("تشرين الأول", 10), ("نونبر", 11), ("تشرين الثاني", 11), ("دجنبر", 12),
        ("كانون الأول", 12), ("ديسمبر", 12),
    ],
)  # fmt: skip
def test_arabic_months_of_three_regions(name: str, month: int) -> None:
    assert parse_date(f"٥ {name} ٢٠١٩") == (datetime(2019, month, 5, tzinfo=UTC), "day")


def test_afternoon_in_arabic() -> None:
    expected = datetime(2017, 10, 25, 15, 30, tzinfo=UTC)
    assert parse_date("الأربعاء، 25 أكتوبر 2017 03:30 م") == (expected, "exact")


@pytest.mark.parametrize(
    "value",
    [
        None, "", " ", True, 0, -5, 12, float("nan"), float("inf"), [], {}, object(),
        "yesterday", "2 hours ago", "منذ ساعتين", "2017", "October 2017", "12:30", "Q4 2017",
        "0000-00-00", "0000-01-01", "0001-01-01", "99999-01-01", "1/1/0001", "2017-02-30",
        "2999-01-01", "32 October 2017", "9" * 400, "1e400", "x" * 5000, "5" * 21,
        "In 2017, 5 people died", "\x00", "\ud800", "1439-02-09",
    ],
)  # fmt: skip
def test_what_is_no_date_is_unknown(value: object) -> None:
    assert parse_date(value) == UNKNOWN


@pytest.mark.parametrize(
    "value",
    [
        "Sun, 29 Oct 2017 10:02 CEST",
        "Sun, 29 Oct 2017 09:02:00 CET",
        "29 Oct 2017 11:02 MSK",
        "29 Oct 2017 08:02 AM",
        "29 Oct 2017 03:02 EST",
        "Sun, 29-Oct-17 08:02:00 GMT",
        "2017-302T08:02:00Z",
        "2017-10-29T09:02:00+01:00[Europe/Paris]",
        "2017-10-29T08:02:00Z[UTC]",
        "Sun Oct 29 2017 09:02:00 GMT+0100 (Central European Standard Time)",
        "/Date(1509264120000)/",
        "/Date(1509264120000+0100)/",
        {"$date": "2017-10-29T08:02:00Z"},
        {"$date": 1509264120000},
        {"$date": {"$numberLong": "1509264120000"}},
    ],
)
def test_moments_as_programs_write_them(value: object) -> None:
    assert parse_date(value) == (MOMENT, "exact")


@pytest.mark.parametrize("value", ["2017-302", "29-Oct-17", "2017-10-28T24:00:00Z", "29-ott-17"])
def test_days_as_programs_write_them(value: str) -> None:
    assert parse_date(value) == (DAY, "day")


def test_odd_clocks_and_years() -> None:
    assert parse_date("2016-12-31T23:59:60Z")[0] == datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)
    assert parse_date("5-Jan-99")[0] == datetime(1999, 1, 5, tzinfo=UTC)
    assert parse_date({"$date": -86_400_000})[0] == datetime(1969, 12, 31, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        "-2024-01-05", "2024-13-45", "2024-000", "2023-366", "1/5/24", "5-Foo-24", "x-5-Jan-24",
        "2024-01-05T25:00:00Z", "9999-12-31T24:00:00", {"$date": None}, {"$date": True},
        {"$date": {"$date": 5}}, {"$date": 10**40}, {"date": "2024-01-05"},
    ],
)  # fmt: skip
def test_what_programs_write_that_is_no_date(value: object) -> None:
    assert parse_date(value) == UNKNOWN


def test_the_future_is_bounded() -> None:
    now = datetime.now(UTC).replace(microsecond=1)
    assert parse_date((now + timedelta(days=1)).isoformat())[1] == "exact"
    assert parse_date((now + timedelta(days=3)).isoformat()) == UNKNOWN


@given(st.datetimes(min_value=datetime(1800, 1, 1), max_value=datetime(2024, 1, 1)))
def test_iso_round_trip(moment: datetime) -> None:
    assert parse_date(moment.isoformat())[0] == moment.replace(tzinfo=UTC)


@given(st.text(max_size=40))
def test_text_never_raises(text: str) -> None:
    moment, precision = parse_date(text)
    assert (moment is None) == (precision == "unknown")


@given(st.integers() | st.floats())
def test_numbers_never_raise(number: float) -> None:
    assert parse_date(number)[1] in ("exact", "day", "unknown")


def test_solar_calendar_new_years_and_leap_days() -> None:
    assert to_gregorian(1400, 1, 1) == date(2021, 3, 21)
    assert to_gregorian(1399, 12, 30) == date(2021, 3, 20)
    assert to_gregorian(1357, 11, 22) == date(1979, 2, 11)
    with pytest.raises(ValueError, match="no such day"):
        to_gregorian(1400, 12, 30)


def test_date_line_of_a_page() -> None:
    page = "عنوان الخبر\n\n٢٩ أكتوبر ٢٠١٧ - ٠٨:٠٢ ص بتوقيت جرينيتش\n\nنص الخبر"
    assert find_date(page) == (MOMENT, "exact")
    assert find_date("A headline\nPublished 29 October 2017\nText") == (DAY, "day")


def test_dates_in_sentences_are_not_the_page_date() -> None:
    page = "A headline\nOn 29 October 2017 the bridge of Velmora fell.\nصورة من نيسان/أبريل 2018"
    assert find_date(page) == UNKNOWN
    assert find_date("\n".join(["a line"] * 20 + ["29 October 2017"])) == UNKNOWN


def _iso(moment: datetime, shape: str, zone: str) -> str:
    return moment.strftime(shape).replace("%f3", f"{moment.microsecond:06}"[:3]) + zone


_shapes = st.sampled_from(
    ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y%m%d",
     "%Y-%m-%dT%H:%M:%S.%%f3", "%Y-%m-%dT00:00:00", "%Y-%m-%d %H", "%d.%m.%Y"]
)  # fmt: skip
_zones = st.sampled_from(
    ["", "Z", "z", "+02:00", "-0330", "+14:00", "-23:59", "+24:00", "+02", " UTC"]
)
_written = st.builds(
    _iso, st.datetimes(datetime(1000, 1, 1), datetime(2100, 1, 1)), _shapes, _zones
)
_likely = st.text("0123456789-:T.+Z ", min_size=8, max_size=27)
_numbers = st.integers(-(10**20), 10**20) | st.integers(10**8, 2 * 10**9) | st.floats()
_dates = st.lists(_written | _likely | _numbers | st.none() | st.booleans() | st.text(max_size=9))


@given(_dates)
def test_many_dates_read_as_one_does(values: list[object]) -> None:
    found, precision = moments(values)
    for value, time, code in zip(values, found.tolist(), precision.tolist(), strict=True):
        if code != UNSETTLED:
            moment, name = parse_date(value)
            assert (microseconds(moment), name) == (time, ("exact", "day")[code])


def test_the_usual_dates_are_read_at_once() -> None:
    texts = ["2017-10-29T08:02:00Z", "2017-10-29 11:02:00.0+0300", "2017-10-29T08:02"]
    found, precision = moments([*texts, 1509264120, 1509264120_000, "2017-10-29", "x", None])
    assert set(found[:5].tolist()) == {microseconds(MOMENT)} and found[5] == microseconds(DAY)
    assert precision.tolist() == [0, 0, 0, 0, 0, 1, 2, 2]
    assert moments([])[0].shape == (0,) and moments(["\ud800"])[1].tolist() == [UNSETTLED]


def test_every_day_of_the_calendar() -> None:
    days = [date(1801, 1, 1) + timedelta(days=n) for n in range(0, 82_000)]
    found, _ = moments([day.isoformat() for day in days])
    since = (date(1801, 1, 1) - date(1970, 1, 1)).days
    assert (found // 86_400_000_000).tolist() == list(range(since, since + len(days)))
    wrong = ["2023-02-29", "1900-02-29", "2000-02-30", "2023-04-31", "2023-13-01", "2023-00-10"]
    assert set(moments(wrong)[1].tolist()) == {UNSETTLED}
