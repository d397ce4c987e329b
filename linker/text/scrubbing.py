"""Strings as the article table holds them: no control characters, one kind of line end."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa

from linker.buffers import bytes_of

CONTROLS = "[\x00-\x08\x0b-\x1f\x7f\x85\u2028\u2029]"
"""What no string of the table holds: control characters but tab and newline, odd line ends."""

_BREAKS = ("\r\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029")
_DROPPED = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
_SURROGATES = re.compile("[\ud800-\udfff]")


def scrubbed(values: list[str]) -> tuple[list[str], pa.LargeStringArray]:
    """The values, in a list and in an array, with line ends that are newlines.

    Unpaired surrogates become U+FFFD; every line end becomes "\\n"; other control characters than
    the tab go. A list that needs none of it comes back itself.
    """
    try:
        array = pa.array(values, pa.large_string())
    except UnicodeEncodeError:
        values = [v if v.isascii() else _SURROGATES.sub("\ufffd", v) for v in values]
        array = pa.array(values, pa.large_string())
    rows = _rows_with_controls(array)
    if not rows:
        return values, array
    values = list(values)
    for row in rows:
        values[row] = _with_newlines(values[row])
    # Most often there was nothing but the line ends of another system.
    array = pa.array(values, pa.large_string())
    rows = _rows_with_controls(array)
    for row in rows:
        values[row] = _DROPPED.sub("", values[row])
    return values, pa.array(values, pa.large_string()) if rows else array


def _with_newlines(value: str) -> str:
    for end in _BREAKS:
        value = value.replace(end, "\n")
    return value


def _rows_with_controls(array: pa.LargeStringArray) -> list[int]:
    from linker.text.scrubbing_kernel import rows_with_controls

    rows: list[int] = np.flatnonzero(rows_with_controls(*bytes_of(array))).tolist()
    return rows
