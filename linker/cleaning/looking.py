"""The first look at articles: one pass counts their lines and finds those cleaning may change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from linker.arrays import BoolArray
from linker.cleaning.counts import LineCounter, LineCounts, Part, counted_part
from linker.cleaning.headlines import DIVIDED
from linker.cleaning.keys import source_keys
from linker.cleaning.pages import read_articles
from linker.cleaning.screening import unsound
from linker.cleaning.strings import Strings, matches, plain_column, strings_of

if TYPE_CHECKING:
    import pyarrow as pa


class Looked(NamedTuple):
    """What the first look at n articles found.

    counts: the lines that their sources repeat; flagged: which of them clean_article may change,
    bool (n,). False is certain, True a guess on the safe side.
    """

    counts: LineCounts
    flagged: BoolArray


class Glance(NamedTuple):
    """What a look at one batch saw, before anything is known of the others: `look`."""

    part: Part
    flagged: BoolArray
    sources: Strings


@dataclass(slots=True)
class FirstLook:
    """Puts together what was seen batch by batch.

    Kept are 12 bytes a line of at most 300 characters, and 13 an article.
    """

    _counter: LineCounter = field(default_factory=LineCounter)
    _flags: list[BoolArray] = field(default_factory=list)

    def add(self, glance: Glance) -> None:
        """Take in what was seen at the next articles; one batch at a time."""
        self._counter.add(glance.part, glance.sources)
        self._flags.append(glance.flagged)

    def settle(self) -> Looked:
        """What was found, the articles in the order they were added; what it took is forgotten."""
        counts = self._counter.counts()
        pairs = zip(self._flags, self._counter.parts, strict=True)
        found = [flagged | counts.repeated_rows(part) for flagged, part in pairs]
        self._counter, self._flags = LineCounter(), []
        return Looked(counts, np.concatenate(found) if found else np.zeros(0, bool))


def count_lines(batches: Iterable[pa.RecordBatch]) -> LineCounts:
    """How often each source repeats a line. The order and the size of the batches do not matter."""
    first = FirstLook()
    for batch in batches:
        first.add(look(batch))
    return first.settle().counts


def screen(batch: pa.RecordBatch, counts: LineCounts) -> BoolArray:
    """Whether clean_article may change an article, bool (n,): what FirstLook flags."""
    part, flagged, _ = look(batch)
    return flagged | counts.repeated_rows(part)


def look(batch: pa.RecordBatch) -> Glance:
    """Look at a batch with the columns title, text and source, mostly without the interpreter."""
    heads = plain_column(batch, "title")
    texts = strings_of(plain_column(batch, "text"))
    sources = strings_of(plain_column(batch, "source"))
    titles, keys = strings_of(heads), source_keys(sources)
    divided = matches(heads, DIVIDED)
    read = read_articles(titles, texts, keys)
    part = counted_part(read, titles, texts, divided, keys)
    return Glance(part, unsound(read, heads, texts, sources, divided), sources)
