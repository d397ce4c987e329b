"""The compiled pass over whole articles: what counting keeps, and which are plain pages.

Most articles are nothing but paragraphs without any sign of a rule. The pass knows those at sight;
of the others it leaves the lines (linker.cleaning.reading) to linker.cleaning.screening.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from linker.arrays import BoolArray, Int32Array, IntArray, Uint64Array
from linker.cleaning import characters, reading, runs, signs
from linker.cleaning.fingerprint import fingerprint
from linker.cleaning.keys import Keys, line_key
from linker.cleaning.points import find_break, strip
from linker.cleaning.reading import NO_TITLE, Title, Tools, make_tools, read_line, title_like
from linker.cleaning.strings import Strings
from linker.jit import bare

COUNTED_LONGEST, PARAGRAPH = 300, 60
_PARAGRAPH, _SENTENCE = 80, 40
_MANY: Final = 32
_NONE: Final = 1 << 32
_HALF = np.uint64(32)
_IRREGULAR = characters.IRREGULAR


class Articles(NamedTuple):
    """What is read of n articles.

    heads: int64 (COLUMNS, n), the columns of reading of the titles as they are; lines: int64
    (COLUMNS, lines), those of the lines of articles that are no plain pages; sizes: int64 (n,), how
    many lines each text has, blank ones left out; unread: bool (n,), what only Python can count,
    for a line that it alone can fold or spaces about the title; prints: uint64 (n,), the least
    print of a paragraph, 1 << 32 where there is none; keys: uint64, and rows: int32, the key and
    the article of every countable line, those of unread articles left out.
    """

    heads: IntArray
    lines: IntArray
    sizes: IntArray
    unread: BoolArray
    prints: Uint64Array
    keys: Keys
    rows: Int32Array


def read_articles(titles: Strings, texts: Strings, sources: Keys) -> Articles:
    """Read a batch; sources: linker.cleaning.keys.source_keys."""
    count = len(sources)
    room = _count_lines(texts)
    found = Articles(
        np.empty((reading.COLUMNS, count), np.int64),
        np.empty((reading.COLUMNS, room), np.int64),
        np.empty(count, np.int64),
        np.empty(count, np.bool_),
        np.empty(count, np.uint64),
        np.empty(room + count, np.uint64),
        np.empty(room + count, np.int32),
    )
    lines, keys = _read(titles, texts, sources, make_tools(), found)
    # Copied, so that nothing keeps the room that was not needed.
    return found._replace(
        lines=found.lines[:, :lines],
        keys=found.keys[:keys].copy(),
        rows=found.rows[:keys].copy(),
    )


@bare
def _count_lines(texts: Strings) -> int:
    """How many lines all texts have, blank ones counted."""
    begin, end = texts.offsets[0], texts.offsets[-1]
    count = len(texts.offsets) - 1
    while begin < end:
        begin = find_break(texts.data, begin, end) + 1
        count += 1
    return count


@bare
def _read_text(
    texts: Strings, row: int, title: Title, tools: Tools, lines: IntArray, line: int
) -> tuple[int, np.uint64]:
    """Write the lines of one text from a place on; where they end, and the least print."""
    begin, stop, number = texts.offsets[row], texts.offsets[row + 1], 0
    least = np.uint64(_NONE)
    while begin <= stop:
        end = find_break(texts.data, begin, stop)
        first, last = strip(texts.data, begin, end, tools.characters)
        begin = end + 1
        number += 1
        if first < last:
            read_line(texts.data, first, last, title, tools, lines, line)
            lines[reading.ROWS, line], lines[reading.NUMBER, line] = row, number
            if lines[reading.SIZE, line] >= PARAGRAPH:
                least = min(least, fingerprint(texts.data[first:last]) >> _HALF)
            line += 1
    return line, least


@bare
def _is_countable(lines: IntArray, line: int) -> bool:
    return bool(0 < lines[reading.SIZE, line] <= COUNTED_LONGEST)


@bare
def _is_body(lines: IntArray, line: int) -> bool:
    """Whether a line is a paragraph for certain (lines.is_paragraph)."""
    size = lines[reading.SIZE, line]
    closed = lines[reading.EDGES, line] & reading.CLOSED
    return bool(size >= _PARAGRAPH or (size >= _SENTENCE and closed != 0))


@bare
def _is_plain(lines: IntArray, line: int, own: int) -> bool:
    """Whether a line is none that a rule may cut; own: the OPENING of the title."""
    size, doubts = lines[reading.SIZE, line], lines[reading.DOUBTS, line]
    if lines[reading.OPENING, line] == own:
        return False
    if size > reading.LONGEST:
        return True
    folded = lines[reading.FOLDED, line]
    if folded == 0 or folded > reading.LONGEST or lines[reading.SEEN, line] & _IRREGULAR:
        return False
    if size > reading.NOTED_LONGEST:
        return bool(doubts & runs.PHRASE == 0)
    closing = doubts & (runs.PHRASE | runs.CREDIT | runs.ADDRESS)
    closing |= lines[reading.EDGES, line] & reading.BRACKETED
    words = lines[reading.BEGINS, line] | lines[reading.ENDS, line]
    return bool(size > reading.SHAPED_LONGEST and closing | words & signs.PHRASE == 0)


@bare
def _is_plain_page(lines: IntArray, begin: int, end: int, own: int) -> bool:
    """Whether a text is made of plain paragraphs, each printed once.

    Its first and its last line being body, it has neither head nor foot, in which names and labels
    are cut.
    """
    if begin == end:
        return True
    if end - begin > _MANY or not (_is_body(lines, begin) and _is_body(lines, end - 1)):
        return False
    for line in range(begin, end):
        if not _is_plain(lines, line, own):
            return False
        for other in range(begin, line):
            if lines[reading.KEY, other] == lines[reading.KEY, line]:
                return False
    return True


@bare
def _read(
    titles: Strings, texts: Strings, sources: Keys, tools: Tools, found: Articles
) -> tuple[int, int]:
    """Fill all of `found`; how many lines and keys are kept there."""
    heads, lines = found.heads, found.lines
    line = key = 0
    for row in range(len(sources)):
        begin, end = titles.offsets[row], titles.offsets[row + 1]
        first, last = strip(titles.data, begin, end, tools.characters)
        read_line(titles.data, first, last, NO_TITLE, tools, heads, row)
        heads[reading.ROWS, row] = row
        title = title_like(heads, row)
        stop, found.prints[row] = _read_text(texts, row, title, tools, lines, line)
        seen = heads[reading.SEEN, row]
        before = key
        if _is_countable(heads, row):
            found.keys[key] = line_key(np.uint64(heads[reading.KEY, row]), sources[row])
            found.rows[key] = row
            key += 1
        for each in range(line, stop):
            seen |= lines[reading.SEEN, each]
            if _is_countable(lines, each):
                found.keys[key] = line_key(np.uint64(lines[reading.KEY, each]), sources[row])
                found.rows[key] = row
                key += 1
        found.unread[row] = (seen & _IRREGULAR) != 0 or last - first != end - begin
        if found.unread[row]:
            key = before
        found.sizes[row] = stop - line
        # Without a title, no line is like it.
        own = int(heads[reading.OPENING, row]) if first < last else -1
        if not _is_plain_page(lines, line, stop, own):
            line = stop
    return line, key
