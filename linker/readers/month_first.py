"""Dates of a file that puts the month first, as Americans do: 03/13/2024.

What 03/04/2024 means, one date cannot tell; others of its column can. The first records of a file
decide for all of it, and its dates are handed on with the day first, as linker reads them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

import orjson

from linker.readers.fields import layout_of
from linker.readers.records import Found

SAMPLE = 512  # records
_SLASHED = re.compile(r"\s*(\d{1,2})/(\d{1,2})/(\d{4}\b.*)", re.DOTALL)
_IN_JSON = re.compile(rb'"\s*\d{1,2}\\?/\d{1,2}\\?/\d{4}\b')

Lines = Callable[[bytes], bytes]


def day_first(found: Iterator[Found]) -> Iterator[Found]:
    """Records, of which the first SAMPLE are read before any of them is handed on.

    Where reading fails among them, those before come first all the same.
    """
    first: list[Found] = []
    failure: Exception | None = None
    try:
        first.extend(islice(found, SAMPLE))
    except Exception as error:
        failure = error
    columns = _columns(record for _, _, record in first)
    if not columns:
        yield from first
    else:
        yield from (_swapped(item, columns) for item in first)
    if failure:
        raise failure
    yield from (_swapped(item, columns) for item in found) if columns else found


def day_first_in_lines(beginning: bytes) -> Lines | None:
    """What puts the day first in whole lines of JSON of a file; None if it is there already."""
    if not _IN_JSON.search(beginning):
        return None
    columns = _columns(map(_parsed, beginning.splitlines()))
    if not columns:
        return None
    names = b"|".join(re.escape(orjson.dumps(name)) for name in columns)
    # Within a string a quotation mark has a backslash before it, so that it ends no name.
    dated = re.compile(rb'((?:%s)\s*:\s*"\s*)(\d{1,2})(\\?/)(\d{1,2})(?=\\?/\d{4}\b)' % names)
    return lambda data: dated.sub(rb"\1\4\3\2", data)


def _parsed(line: bytes) -> Any:
    try:
        return orjson.loads(line)
    except ValueError:
        return None


def _columns(records: Iterable[Any]) -> list[str]:
    """The columns of dates with the month first.

    At least one date in it can be nothing else, and none can be nothing but the other.
    """
    dates: dict[str, list[re.Match[str]]] = {}
    for record in records:
        if type(record) is dict and set(map(type, record)) <= {str}:
            for name in layout_of(tuple(record)).published:
                value = record[name]
                if type(value) is str and (match := _SLASHED.match(value)):
                    dates.setdefault(name, []).append(match)
    return [name for name, found in dates.items() if _is_month_first(found)]


def _is_month_first(dates: Iterable[re.Match[str]]) -> bool:
    numbers = [(int(date[1]), int(date[2])) for date in dates]
    return max(first for first, _ in numbers) <= 12 < max(second for _, second in numbers)


def _swapped(item: Found, columns: Iterable[str]) -> Found:
    """A record as it would be with the day first; the given one stays as it is."""
    name, place, record = item
    if type(record) is not dict:
        return item
    dates = {key: record[key] for key in columns if type(record.get(key)) is str}
    swapped = {key: _SLASHED.sub(r"\2/\1/\3", date, count=1) for key, date in dates.items()}
    return name, place, {**record, **swapped}
