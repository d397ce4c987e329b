"""Columns of dates in which the month stands first, as Americans write it: 03/13/2024.

What 03/04/2024 means, one date cannot tell; others of its column can. The first records of a file
(SAMPLE of them, or its first block of lines) decide for all of it. Such dates are marked; what they
say stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from linker.dates import SLASHED, MonthFirst
from linker.readers.fields import layout_of, unwrapped
from linker.readers.records import Found

SAMPLE = 512


def with_month_first(found: Iterator[Found]) -> Iterator[Found]:
    """Records, of which the first SAMPLE are read before any of them is handed on.

    Where reading fails among them, those before come first all the same.
    """
    first: list[Found] = []
    failure: Exception | None = None
    try:
        first.extend(islice(found, SAMPLE))
    except Exception as error:
        failure = error
    columns = month_first(record for _, _, record in first)
    yield from marked(first, columns)
    if failure:
        raise failure
    yield from marked(found, columns)


def month_first(records: Iterable[Any]) -> tuple[str, ...]:
    """The columns of dates with the month first.

    At least one date in it can be nothing else, and none can be nothing but the other.
    """
    dates: dict[str, list[re.Match[str]]] = {}
    for record in filter(_is_record, records):
        fields = unwrapped(record)
        for name in layout_of(tuple(fields)).published:
            value = fields[name]
            if isinstance(value, str) and (match := SLASHED.match(value)):
                dates.setdefault(name, []).append(match)
    return tuple(name for name, found in dates.items() if _is_month_first(found))


def marked(found: Iterable[Found], columns: Sequence[str]) -> Iterable[Found]:
    """Records with the dates of some columns as MonthFirst; the given records stay."""
    if not columns:
        return found
    return ((name, place, _marked(record, columns)) for name, place, record in found)


def _is_record(record: Any) -> bool:
    return isinstance(record, dict) and set(map(type, record)) <= {str}


def _is_month_first(dates: Iterable[re.Match[str]]) -> bool:
    numbers = [(int(date["first"]), int(date["second"])) for date in dates]
    proofs = [first <= 12 < second <= 31 for first, second in numbers if first]
    return any(proofs) and not any(second <= 12 < first <= 31 for first, second in numbers)


def _marked(record: Any, columns: Sequence[str]) -> Any:
    if not _is_record(record):
        return record
    dates = {key: record[key] for key in columns if isinstance(record.get(key), str)}
    changed: dict[str, Any] = {key: MonthFirst(date) for key, date in dates.items()}
    for key in layout_of(tuple(record)).wrappers:
        changed[key] = _marked(record[key], columns)
    return {**record, **changed} if changed else record
