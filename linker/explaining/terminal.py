"""Segments of two texts as lines for a terminal: `=` in both, `-` and `+` in one of them."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Sequence

from linker.explaining.passages import Segment

SHARED_CHARACTERS = 160  # of a shared stretch; its middle says nothing new
OWN_CHARACTERS = 600  # of a stretch of one text
METER = 12
LINES = 200  # of one comparison; JSON has all of it

_STYLES = {"  = ": "dim", "  - ": "red", "  + ": "green"}
# Control characters, the escape that begins terminal commands among them. Texts are strangers'.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def difference_lines(segments: Sequence[Segment], a: str, b: str) -> Iterator[str]:
    """The comparison in lines, under a line that says what the marks mean.

    a, b: the names of the two texts.
    """
    if all(part.kind == "shared" for part in segments):
        yield "Word for word the same."
        return
    if all(part.kind != "shared" for part in segments):
        yield "No passage stands in both."
        return
    yield f"Word for word (= in both, - only in {a}, + only in {b}):"
    lines = [line for part in segments for line in _segment_lines(part)]
    yield from lines[:LINES]
    if len(lines) > LINES:
        yield f"  … and {len(lines) - LINES:,} lines more; --json has all of them"


def print_lines(lines: Iterable[str]) -> None:
    """Print on standard output; the marks in colour where that is a terminal."""
    if not sys.stdout.isatty():
        for line in lines:
            print(printable(line))
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, soft_wrap=True)
    for line in lines:
        console.print(Text(printable(line), style=_STYLES.get(line[:4], "")))


def meter(value: float) -> str:
    """A value as a bar either side of a line, METER characters wide: one character a point.

    >>> meter(2.0)
    '      |██    '
    """
    length = min(METER // 2, round(abs(value)))
    bar = ("░" if value < 0 else "█") * length
    return f"{bar if value < 0 else '':>{METER // 2}}|{'' if value < 0 else bar:<{METER // 2}}"


def printable(line: str) -> str:
    """A line without anything that a terminal would obey."""
    return _CONTROLS.sub("�", line)


def _segment_lines(part: Segment) -> Iterator[str]:
    if part.kind == "shared":
        yield f"  = {shortened(part.a, SHARED_CHARACTERS)}"
        return
    if part.a:
        yield f"  - {shortened(part.a, OWN_CHARACTERS)}"
    if part.b:
        yield f"  + {shortened(part.b, OWN_CHARACTERS)}"


def shortened(text: str, characters: int) -> str:
    """A text on one line, its middle left out where it is longer than so many characters."""
    line = " ".join(text.split())
    if len(line) <= characters:
        return line
    half = characters // 2
    head, tail = line[:half], line[-half:]
    # At a space where there is one near, so that no word is torn; some scripts have none.
    head = head[: head.rfind(" ") + 1 or half] if " " in head[half // 2 :] else head
    tail = tail[tail.find(" ") :] if " " in tail[: half // 2] else tail
    left_out = len(line) - len(head) - len(tail)
    return f"{head.rstrip()} … [{left_out:,} characters] … {tail.lstrip()}"
