"""Lines and headline parts that one source prints again and again: furniture found by counting.

A line is counted once for each different article. Articles are told apart by the smallest hash
of their paragraphs (a minimum hash), so ten copies of one agency text, edited or not, count as one
and its own paragraphs never look like furniture.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np

from linker.arrays import BoolArray, ByteArray, Int32Array, IntArray, Uint32Array
from linker.cleaning.fingerprint import fingerprint
from linker.cleaning.headlines import headline_parts
from linker.cleaning.keys import Keys, key_of_line, key_of_source
from linker.cleaning.lines import fold_line
from linker.cleaning.pages import COUNTED_LONGEST, PARAGRAPH, Articles
from linker.cleaning.strings import Strings

OPEN_LONGEST: Final = 100
_FEW, _FEW_UNKNOWN, _SHARE = 5, 10, 0.1
_MANY, _LARGE_SHARE = 8, 0.25
_LARGEST_PRINT: Final = (1 << 32) - 1
_SKETCH_BITS: Final = 24
_SIEVE_BITS: Final = 16
_SIEVE_SHIFT: Final = np.uint64(64 - _SIEVE_BITS)
_SKETCH_SHIFT: Final = np.uint64(64 - _SKETCH_BITS)


class Part(NamedTuple):
    """What is counted of a batch of n articles: lines, and parts of headlines.

    keys: uint64, those of all articles; rows: int64, the article of each; prints: uint32 (n,), what
    tells articles apart; sources: uint64 (n,), keys.
    """

    keys: Keys
    rows: Int32Array
    prints: Uint32Array
    sources: Keys


@dataclass(frozen=True, slots=True)
class LineCounts:
    """Which lines a source repeats over many of its articles, and how often.

    frequent: keys of lines and headline parts in at least 5 different articles and 10 % of the
    source's (10 articles where the source is unknown); dominant: in at least 8 and 25 %;
    sources: different articles of each source.
    """

    frequent: frozenset[int] = frozenset()
    dominant: frozenset[int] = frozenset()
    sources: dict[str, int] = field(default_factory=dict)

    def repeats(self, source: str, folded: str) -> bool:
        """Whether a folded line is furniture of the source. Long lines need more evidence."""
        if len(folded) > COUNTED_LONGEST or self.sources.get(source, 0) < _FEW:
            return False
        known = self.frequent if len(folded) <= OPEN_LONGEST else self.dominant
        return bool(known) and key_of_line(key_of_source(source), folded) in known

    def repeated_rows(self, part: Part) -> BoolArray:
        """Which articles of a batch have a line or headline part that their source repeats.

        bool (n,). Of a line of more than OPEN_LONGEST characters only repeats() tells for certain.
        """
        found = np.zeros(len(part.sources), bool)
        if self.frequent:
            known = np.fromiter(self.frequent, np.uint64, len(self.frequent))
            sieve = np.zeros(1 << _SIEVE_BITS, bool)
            sieve[known >> _SIEVE_SHIFT] = True
            asked = np.flatnonzero(sieve[part.keys >> _SIEVE_SHIFT])
            found[part.rows[asked[np.isin(part.keys[asked], known)]]] = True
        return found

    def names_site(self, source: str, part: str) -> bool:
        """Whether many headlines of the source begin or end with the folded part."""
        if not self.frequent or self.sources.get(source, 0) < _FEW:
            return False
        return key_of_line(key_of_source(source), "\0" + part) in self.frequent


@dataclass(slots=True)
class LineCounter:
    """Counts the lines of articles batch by batch.

    Kept are 12 bytes a line of at most 300 characters, and 12 an article.
    """

    parts: list[Part] = field(default_factory=list)
    _names: dict[int, str] = field(default_factory=dict)

    def add(self, part: Part, sources: Strings) -> None:
        """Count a batch; sources: the names of its sources, (n,)."""
        self.parts.append(part)
        found, rows = np.unique(part.sources, return_index=True)
        for key, row in zip(found.tolist(), rows.tolist(), strict=True):
            if key not in self._names:
                self._names[key] = sources.row(row)

    def counts(self) -> LineCounts:
        """The lines counted often enough so far."""
        if not self._names:
            return LineCounts()
        sources = np.concatenate([part.sources for part in self.parts])
        prints = np.concatenate([part.prints for part in self.parts])
        known, owners = np.unique(sources, return_inverse=True)
        articles = _different(owners, prints, len(known))
        names = [self._names[key] for key in known.tolist()]
        few = np.array([_FEW if name else _FEW_UNKNOWN for name in names])
        keys, owner, times = self._often(owners.astype(np.uint32))
        share = times / articles[owner]
        frequent = (times >= few[owner]) & (share >= _SHARE)
        dominant = (times >= np.maximum(few[owner], _MANY)) & (share >= _LARGE_SHARE)
        return LineCounts(
            frozenset(keys[frequent].tolist()),
            frozenset(keys[dominant].tolist()),
            dict(zip(names, articles.tolist(), strict=True)),
        )

    def _often(self, owners: Uint32Array) -> tuple[Keys, Uint32Array, IntArray]:
        """Keys of several articles, the source of each, and in how many different articles."""
        sketch = self._sketch()
        keys, prints, places = [], [], []
        begin = 0
        for part in self.parts:
            chosen = np.flatnonzero(sketch[part.keys >> _SKETCH_SHIFT] >= _FEW)
            rows = part.rows[chosen]
            keys.append(part.keys[chosen])
            prints.append(part.prints[rows])
            places.append(owners[begin + rows])
            begin += len(part.prints)
        return _count_distinct(np.concatenate(keys), np.concatenate(prints), np.concatenate(places))

    def _sketch(self) -> ByteArray:
        """How many keys begin with each 24 bits: no key is counted more often than that."""
        sketch = np.zeros(1 << _SKETCH_BITS, np.uint8)
        for part in self.parts:
            found, times = np.unique(part.keys >> _SKETCH_SHIFT, return_counts=True)
            sketch[found] = np.minimum(sketch[found] + np.minimum(times, _FEW), _FEW)
        return sketch


def counted_part(
    read: Articles, titles: Strings, texts: Strings, divided: BoolArray, sources: Keys
) -> Part:
    """What is counted of a batch.

    divided: the titles that have parts of their own (DIVIDED), bool (n,); sources: keys, (n,).
    """
    prints = read.prints.astype(np.uint32)
    for row in np.flatnonzero(read.prints > _LARGEST_PRINT).tolist():
        prints[row] = article_print(titles.row(row), texts.row(row))
    added = list(_added(titles, texts, sources, divided | read.unread, read.unread))
    if not added:
        return Part(read.keys, read.rows, prints, sources)
    rows, keys = (list(column) for column in zip(*added, strict=True))
    return Part(
        np.concatenate((read.keys, np.array(keys, np.uint64))),
        np.concatenate((read.rows, np.array(rows, np.int32))),
        prints,
        sources,
    )


def article_print(title: str, text: str) -> int:
    """The minimum hash of an article's paragraphs: the same for most copies of one text."""
    lines = [line for line in map(str.strip, text.split("\n")) if line]
    paragraphs = [_print(line) for line in lines if len(line) >= PARAGRAPH]
    return min(paragraphs) if paragraphs else _print("\n".join((title, *lines)))


def _print(text: str) -> int:
    data = np.frombuffer(text.encode("utf-8", "surrogatepass"), np.uint8)
    return int(fingerprint(data)) >> 32


def _added(
    titles: Strings, texts: Strings, sources: Keys, asked: BoolArray, unread: BoolArray
) -> Iterator[tuple[int, int]]:
    """The row and the key of everything that is left to Python."""
    for row in np.flatnonzero(asked).tolist():
        title = titles.row(row)
        lines = [f"\0{part}" for part in headline_parts(title)]
        if unread[row]:
            lines += article_lines(title, texts.row(row))
        for line in lines:
            yield row, key_of_line(int(sources[row]), line)


def article_lines(title: str, text: str) -> Iterator[str]:
    """The lines of an article that are counted, folded."""
    for line in (title, *filter(None, map(str.strip, text.split("\n")))):
        if len(line) <= COUNTED_LONGEST:
            yield fold_line(line)


def _different(owners: IntArray, prints: Uint32Array, sources: int) -> IntArray:
    """How many different articles each source has."""
    pairs = (owners.astype(np.uint64) << np.uint64(32)) | prints
    pairs.sort()  # five times as fast as np.unique, which hashes
    new = np.ones(len(pairs), bool)
    new[1:] = pairs[1:] != pairs[:-1]
    return np.bincount((pairs[new] >> np.uint64(32)).astype(np.int64), minlength=sources)


def _count_distinct(
    keys: Keys, prints: Uint32Array, owners: Uint32Array
) -> tuple[Keys, Uint32Array, IntArray]:
    """The keys once each, their sources, and how many different articles have them."""
    order = np.lexsort((prints, keys))
    keys, prints, owners = keys[order], prints[order], owners[order]
    new = np.ones(len(keys), dtype=bool)
    new[1:] = (keys[1:] != keys[:-1]) | (prints[1:] != prints[:-1])
    found, first, times = np.unique(keys[new], return_index=True, return_counts=True)
    return found, owners[new][first], times
