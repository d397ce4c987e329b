"""What a reader finds: the records of a file with their places, and what stands for a bad one."""

from __future__ import annotations

from typing import Any, NamedTuple

import orjson

from linker.readers.rejects import SHOWN, Reject

Found = tuple[str, int | None, Any]
"""File, place in it (None: the whole file is meant), and a record, or a Bad where there is none."""


class Bad(NamedTuple):
    """Stands in a reader's stream, in its right place, for what could not be read."""

    reason: str
    shown: str = ""


class Passed(NamedTuple):
    """Stands for what is no article and no fault either: a record of another kind."""

    kind: str


def reject_of(found: Found, reason: str) -> Reject:
    """The reject row of a record that is no article."""
    name, place, record = found
    return Reject(name, place, reason, preview(record))


def preview(record: object) -> str:
    """The beginning of a record for its reject row."""
    if isinstance(record, bytes):
        return record[: SHOWN * 4].decode("utf-8", "replace")
    if isinstance(record, str):
        return record[:SHOWN]
    if isinstance(record, Bad):
        return record.shown
    try:
        return orjson.dumps(record, default=str).decode()[:SHOWN]
    except (TypeError, ValueError):
        return repr(record)[:SHOWN]
