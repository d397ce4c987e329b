"""Times as RFC 3339 text."""

from __future__ import annotations

from datetime import timedelta

from linker.dates import EPOCH


def iso(moment: int | None) -> str | None:
    """Seconds since 1970 as 2026-03-02T06:00:00Z; None when unknown or outside years 1 to 9999.

    >>> iso(0)
    '1970-01-01T00:00:00Z'
    """
    if moment is None:
        return None
    try:
        return (EPOCH + timedelta(seconds=moment)).strftime("%Y-%m-%dT%H:%M:%SZ").zfill(20)
    except OverflowError:
        return None
