"""Which articles cleaning may change: a compiled pass, and a closer look at what it doubts.

The pass (linker.cleaning.reading) writes of every line what the rules ask of its shape exactly, and
of its words only the signs, so this errs on one side: an article that is let pass is clean. The
plain twin of the whole is linker.cleaning.article.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from linker.arrays import BoolArray, IntArray
from linker.cleaning import reading, runs, signs
from linker.cleaning.article import foot_rule, head_rule
from linker.cleaning.characters import DIGIT, IRREGULAR, UNSPACED, WORD
from linker.cleaning.furniture import furniture, is_caption
from linker.cleaning.headlines import is_paragraph_title, strip_headline
from linker.cleaning.lines import Line
from linker.cleaning.page import Page, is_short
from linker.cleaning.pages import Articles
from linker.cleaning.strings import Strings, matches, strings_of

if TYPE_CHECKING:
    import pyarrow as pa


_DOUBTS: Final = 4
_AS_FURNITURE, _AS_CAPTION, _AS_HEAD, _AS_FOOT = 1, 2, 4, 8
_BESIDE: Final = r"^[\[(（【]|[\])）】]$|\+\+"
_LABEL_END: Final = r"[:：|｜»›…\-–—/]|\.\."


def unsound(
    read: Articles, heads: pa.Array, texts: Strings, sources: Strings, divided: BoolArray
) -> BoolArray:
    """Whether clean_article may change an article, whatever is counted, bool (n,).

    False is certain as long as no line or part of the headline is repeated by its source
    (LineCounts.repeated_rows): no rule finds anything to cut, title and text stay as they are. True
    is a guess on the safe side. divided: the titles that DIVIDED matches.
    """
    titles = strings_of(heads)
    page = Page(read.lines, len(heads))
    flagged = _bad_titles(read, page)
    flagged |= page.any_line(_bad_lines(page, read.heads))
    flagged |= page.repeats(read.heads[reading.SIZE] > 0)
    flagged |= page.has_menu
    reasons = _reasons(page)
    flagged |= page.count_lines(reasons > 0) > _DOUBTS
    _look_at_lines(page, texts, reasons, flagged)
    _look_at_titles(read, heads, titles, sources, divided, flagged)
    return flagged


def _doubtful(lines: IntArray) -> BoolArray:
    """Which lines furniture() may cut, whatever stands around them."""
    size, doubts, edges = lines[reading.SIZE], lines[reading.DOUBTS], lines[reading.EDGES]
    begins, ends = lines[reading.BEGINS], lines[reading.ENDS]
    hit: BoolArray = (doubts & runs.PHRASE) > 0
    hit |= (size <= 100) & (lines[reading.WHOLE] & signs.PHRASE > 0)
    hit |= (size <= 200) & (begins & signs.PHRASE > 0)
    closing = (doubts & (runs.CREDIT | runs.ADDRESS)) | (ends & signs.PHRASE)
    hit |= (size <= 250) & ((closing | (edges & reading.BRACKETED)) > 0)
    rest = np.flatnonzero(~hit & (size <= 110) & (size > 0))
    hit[rest] = _shaped(lines[:, rest])
    return hit


def _shaped(lines: IntArray) -> BoolArray:
    """Which of short lines may be furniture by their shape."""
    size, seen, tokens = lines[reading.SIZE], lines[reading.SEEN], lines[reading.TOKENS]
    doubts, edges, begins = lines[reading.DOUBTS], lines[reading.EDGES], lines[reading.BEGINS]
    common, count = lines[reading.COMMON], lines[reading.RUNS]
    digit, bent, slash = seen & DIGIT > 0, seen & reading.BENT > 0, doubts & runs.SLASH > 0
    hit: BoolArray = (edges & reading.ARROWED > 0) | (seen & WORD == 0) | (count == 0)
    hit |= digit & (common & signs.DATE > 0)
    hit |= (tokens >= 2) & (tokens <= 12) & (common & signs.BUTTON > 0)
    hit |= (doubts & (runs.COLON | runs.SLASH) > 0) & (begins & signs.CONTACT > 0)
    hit |= (tokens == 1) & (size >= 14) & digit
    hit |= slash & (doubts & runs.FIGURES > 0)
    byline = (begins & signs.BYLINE > 0) & (bent | (doubts & runs.LOWERED == 0))
    few = bent | (~digit & (count <= 5) & (doubts & runs.LONG == 0))
    initials = (slash | (edges & reading.OPENED > 0)) & few
    agency = (lines[reading.WHOLE] & signs.AGENCY > 0) | (common & signs.NAMED > 0)
    hit |= (size <= 80) & (byline | ((tokens <= 8) & (initials | agency)))
    return hit


def _unread(lines: IntArray) -> BoolArray:
    """Which lines only Python can fold."""
    size, folded = lines[reading.SIZE], lines[reading.FOLDED]
    short = (size > 0) & (size <= reading.LONGEST)
    odd = (folded == 0) | (folded > reading.LONGEST) | (lines[reading.SEEN] & IRREGULAR > 0)
    unread: BoolArray = short & odd
    return unread


def _bad_titles(read: Articles, page: Page) -> BoolArray:
    """Which articles need a full look for their titles."""
    titles, sizes = read.heads, read.sizes
    size = titles[reading.SIZE]
    # Of these it is certain that they are paragraphs; the others could be printed again by a line
    # of more than 400 characters, which is not compared.
    bad: BoolArray = ((size > 300) | (titles[reading.LETTERS] > 230)) & (sizes > 0)
    bad |= _unread(titles)
    bad |= (titles[reading.WHOLE] & signs.LABEL > 0) & (size > 0) & (sizes > 0)
    short = is_short(titles) & (size > 0) & (sizes > 1)
    first = np.zeros(len(size), bool)
    first[page.rows[page.firsts]] = is_short(page.lines)[page.firsts]
    bad |= short & first
    return bad


def _bad_lines(page: Page, titles: IntArray) -> BoolArray:
    """Lines for which an article needs a full look: like its title, or for Python alone to fold."""
    lines, rows = page.lines, page.rows
    bad = _unread(lines)
    alike = np.flatnonzero(lines[reading.OPENING] == titles[reading.OPENING, rows])
    size, own = lines[reading.SIZE, alike], titles[:, rows[alike]]
    letters = own[reading.LETTERS]
    near = (size >= 0.8 * letters) & (size <= 1.6 * letters + 20) & (letters > 0)
    bad[alike] |= (near | (size == own[reading.SIZE])) & (own[reading.SIZE] > 0)
    return bad


def _reasons(page: Page) -> IntArray:
    """Why each line is to be looked at, 0 for most."""
    lines = page.lines
    size, edges = lines[reading.SIZE], lines[reading.EDGES]
    caption = page.is_early & (size <= 250) & (edges & reading.BRACKETED > 0)
    reasons: IntArray = (_doubtful(lines) * _AS_FURNITURE + caption * _AS_CAPTION) * ~page.wrapped
    label = lines[reading.WHOLE] & signs.LABEL | lines[reading.BEGINS] & signs.WRITER
    label |= lines[reading.DOUBTS] & runs.STEP
    small = size <= 40
    reasons += page.is_head * (small | (label > 0)) * _AS_HEAD
    reasons += page.is_foot * small * _AS_FOOT
    return reasons


def _look_at_lines(page: Page, texts: Strings, reasons: IntArray, flagged: BoolArray) -> None:
    """Flag the articles of which a doubtful line is indeed furniture."""
    asked = np.flatnonzero((reasons > 0) & ~flagged[page.rows])
    places = page.lines[[reading.ROWS, reading.BEGIN, reading.END]][:, asked].tolist()
    for row, begin, end, reason in zip(*places, reasons[asked].tolist(), strict=True):
        if not flagged[row]:
            flagged[row] = _is_cut(Line(texts.text(begin, end)), reason)


def _is_cut(line: Line, reason: int) -> bool:
    return (
        (reason & _AS_FURNITURE != 0 and furniture(line) is not None)
        or (reason & _AS_CAPTION != 0 and is_caption(line))
        or (reason & _AS_HEAD != 0 and head_rule(line) is not None)
        or (reason & _AS_FOOT != 0 and foot_rule(line.text) is not None)
    )


def _look_at_titles(
    read: Articles,
    heads: pa.Array,
    titles: Strings,
    sources: Strings,
    divided: BoolArray,
    flagged: BoolArray,
) -> None:
    """Flag the articles whose headline is decorated, or a line of furniture."""
    lines = read.heads
    decorated = divided | matches(heads, _BESIDE)
    labels = np.flatnonzero(lines[reading.BEGINS] & signs.PREFIX > 0)
    decorated[labels] |= matches(heads.take(labels), _LABEL_END)
    decorated |= np.diff(titles.offsets) != lines[reading.END] - lines[reading.BEGIN]
    size, wide = lines[reading.SIZE], lines[reading.SEEN] & UNSPACED > 0
    doubtful = (
        (_doubtful(lines) | (size > 200) | (wide & (size > 100))) & (size > 0) & (read.sizes > 0)
    )
    for row in np.flatnonzero((decorated | doubtful) & ~flagged).tolist():
        title = titles.row(row)
        if doubtful[row]:
            flagged[row] = is_paragraph_title(title) or furniture(Line(title)) is not None
        if decorated[row] and not flagged[row]:
            flagged[row] = strip_headline(title, sources.row(row), None) != (title, [])
