"""Derivation: how much of an article is another one's text, kept in order but edited throughout.

A newspaper that edits agency text changes a word or two in every line, and few runs of five words
outlive that. Most of the words do, in the order in which they stood: their longest common
subsequence is what is measured, less what any two texts have in common by chance.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from linker.arrays import BoolArray, FloatArray, IntArray, Uint64Array
from linker.text import CHARACTER, Words
from linker.text.folding import FACTOR

if TYPE_CHECKING:
    import pyarrow as pa

REWRITTEN = 0.37
"""Least derivation of a rewrite.

In the middle of the flat top of F1 for articles wholly derived from agency text (0.33 to 0.41).
Of articles that report one event independently hardly any reach it.
"""
REWRITE_WORDS = 40
"""A later article of fewer words is no rewrite: a sentence or two on one event are alike anyway."""
REWRITE_DAYS = 3
"""Where a source is unknown, dated articles that are further apart are no rewrites: both may fill
in the form of one outlet."""
_DAY = 86_400_000_000
_FACTOR = np.uint64(FACTOR)


class Rewrites(NamedTuple):
    """By pair: its derivation, float32 (p,) from 0 to 1, and whether one rewrites the other."""

    derivation: FloatArray
    rewritten: BoolArray


def find_rewrites(words: Words, articles: pa.Table, pairs: IntArray) -> Rewrites:
    """Which of some pairs of articles are rewrites: edited throughout by another outlet.

    words: of the body of each article. articles: the columns source and published, row for row.
    pairs: int64 (p, 2) of rows, in either order.

    Derivation is measured from the later article: what it took from the earlier one, whatever
    else that holds. An outlet does not rewrite itself: what is alike within one source and no
    copy is a form filled in anew, as market reports are. Where a source is unknown, articles of
    REWRITE_DAYS or without a date are taken for those of two.
    """
    published = articles["published"].cast("int64")
    times = published.fill_null(0).to_numpy()
    dated = published.is_valid().to_numpy()
    sources = articles["source"].fill_null("").to_numpy()
    ordered = _in_time(pairs, times, dated, words.counts)
    found = derivations(words, ordered)
    earlier, later = ordered[:, 0], ordered[:, 1]
    named = (sources[earlier] != "") & (sources[later] != "")
    apart = np.abs(times[later] - times[earlier])
    soon = ~(dated[earlier] & dated[later]) | (apart <= REWRITE_DAYS * _DAY)
    elsewhere = np.where(named, sources[earlier] != sources[later], soon)
    long_enough = words.counts[later] >= REWRITE_WORDS
    high = found >= np.float32(REWRITTEN)
    return Rewrites(found, high & (earlier != later) & elsewhere & long_enough)


def _in_time(
    pairs: IntArray,
    times: IntArray,
    dated: BoolArray,
    sizes: IntArray,
) -> IntArray:
    """The pairs, earlier first; the longer one first where the times do not tell."""
    a, b = pairs[:, 0], pairs[:, 1]
    told = dated[a] & dated[b] & (times[a] != times[b])
    swap = np.where(told, times[a] > times[b], sizes[a] < sizes[b])
    return np.where(swap[:, None], pairs[:, ::-1], pairs)


def derivations(words: Words, pairs: IntArray) -> FloatArray:
    """How much of the second text of each pair comes from the first, float32 (p,) from 0 to 1.

    pairs: int64 (p, 2) of text numbers, earlier first. 0 is what chance explains, or an empty
    text; 1 is a text that the other holds whole, word for word in order.
    """
    from linker.reprints.subsequence import fill_derivations

    found = np.empty(len(pairs), np.float32)
    fill_derivations(_units(words), words.offsets, pairs, found)
    return found


def _units(words: Words) -> Uint64Array:
    """What is aligned: words, and where each character is a word, every two neighbours of a text.

    Two Thai texts of one length have a quarter of their single characters in one order by chance,
    and a tenth of their pairs, which is as much as others have of their words.
    """
    characters = (words.kinds & CHARACTER) != 0
    paired = characters[:-1] & characters[1:]
    within = (words.offsets > 0) & (words.offsets < len(characters))
    paired[words.offsets[within] - 1] = False  # the last of a text has no neighbour
    units = words.hashes.copy()
    units[:-1][paired] = units[:-1][paired] * _FACTOR + units[1:][paired]
    return units
