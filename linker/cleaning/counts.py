"""Lines and headline parts that one source prints again and again: furniture found by counting.

A line is counted once for each different article. Articles are told apart by the smallest checksum
of their paragraphs (a minimum hash), so ten copies of one agency text, edited or not, count as one
and its own paragraphs never look like furniture.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from linker.cleaning import reading
from linker.cleaning.characters import IRREGULAR
from linker.cleaning.headlines import DIVIDED, headline_parts
from linker.cleaning.keys import Keys, key_of_line, key_of_source, line_keys, source_keys
from linker.cleaning.lines import fold_line
from linker.cleaning.reading import COUNTED_LONGEST, PARAGRAPH
from linker.cleaning.strings import Strings, matches, plain_column, strings_of

if TYPE_CHECKING:
    import pyarrow as pa

OPEN_LONGEST: Final = 100
_FEW, _FEW_UNKNOWN, _SHARE = 5, 10, 0.1
_MANY, _LARGE_SHARE = 8, 0.25
_SKETCH_BITS: Final = 24
_SKETCH_SHIFT: Final = np.uint64(64 - _SKETCH_BITS)


class Counted(NamedTuple):
    """The same as LineCounts in sorted arrays of keys, uint64, for asking of many lines at once."""

    frequent: Keys
    dominant: Keys


class _Part(NamedTuple):
    """The countable lines of a batch of n articles.

    keys: uint64, those of all articles; rows: int64, the article of each; prints: uint32 (n,), what
    tells articles apart; sources: uint64 (n,), keys.
    """

    keys: Keys
    rows: npt.NDArray[np.int32]
    prints: npt.NDArray[np.uint32]
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
    counted: Counted = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        found = (self.frequent, self.dominant)
        arrays = (np.array(sorted(keys), np.uint64) for keys in found)
        object.__setattr__(self, "counted", Counted(*arrays))

    def repeats(self, source: str, folded: str) -> bool:
        """Whether a folded line is furniture of the source. Long lines need more evidence."""
        if len(folded) > COUNTED_LONGEST or self.sources.get(source, 0) < _FEW:
            return False
        known = self.frequent if len(folded) <= OPEN_LONGEST else self.dominant
        return bool(known) and key_of_line(key_of_source(source), folded) in known

    def names_site(self, source: str, part: str) -> bool:
        """Whether many headlines of the source begin or end with the folded part."""
        if not self.frequent or self.sources.get(source, 0) < _FEW:
            return False
        return key_of_line(key_of_source(source), "\0" + part) in self.frequent


def count_lines(batches: Iterable[pa.RecordBatch]) -> LineCounts:
    """How often each source repeats a line. The order and the size of the batches do not matter."""
    counter = LineCounter()
    for batch in batches:
        counter.add(batch)
    return counter.counts()


@dataclass(slots=True)
class LineCounter:
    """Counts lines batch by batch, without holding the interpreter for most of the time.

    Kept are 12 bytes a line of at most 300 characters, and 12 an article.
    """

    _parts: list[_Part] = field(default_factory=list)
    _names: dict[int, str] = field(default_factory=dict)

    def add(self, batch: pa.RecordBatch) -> None:
        """Count a batch with the columns title, text and source; one batch at a time."""
        heads = plain_column(batch, "title")
        texts = strings_of(plain_column(batch, "text"))
        sources = strings_of(plain_column(batch, "source"))
        titles, keys = strings_of(heads), source_keys(sources)
        self._name(keys, sources)
        own = reading.read(titles, reading.COUNTING, whole=True)
        lines = reading.read(texts, reading.COUNTING)
        prints, bare = _prints(lines, len(batch))
        for row in bare.tolist():
            prints[row] = article_print(titles.row(row), texts.row(row))
        listed = np.concatenate((own, lines), axis=1)
        unread = _unread(own, listed, titles)
        rows = listed[reading.ROWS]
        size = listed[reading.SIZE]
        kept = (size > 0) & (size <= COUNTED_LONGEST) & ~unread[rows]
        rows = rows[kept]
        counted = line_keys(listed[reading.KEY, kept].view(np.uint64), keys[rows])
        added = _added(titles, texts, keys, matches(heads, DIVIDED) | unread, unread)
        self._parts.append(_Part(*_joined(counted, rows, added), prints, keys))

    def _name(self, keys: Keys, sources: Strings) -> None:
        found, rows = np.unique(keys, return_index=True)
        for key, row in zip(found.tolist(), rows.tolist(), strict=True):
            if key not in self._names:
                self._names[key] = sources.row(row)

    def counts(self) -> LineCounts:
        """The lines counted often enough so far."""
        if not self._names:
            return LineCounts()
        sources = np.concatenate([part.sources for part in self._parts])
        prints = np.concatenate([part.prints for part in self._parts])
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

    def _often(
        self, owners: npt.NDArray[np.uint32]
    ) -> tuple[Keys, npt.NDArray[np.uint32], npt.NDArray[np.int64]]:
        """Keys of several articles, the source of each, and in how many different articles."""
        sketch = self._sketch()
        keys, prints, places = [], [], []
        begin = 0
        for part in self._parts:
            chosen = np.flatnonzero(sketch[part.keys >> _SKETCH_SHIFT] >= _FEW)
            rows = part.rows[chosen]
            keys.append(part.keys[chosen])
            prints.append(part.prints[rows])
            places.append(owners[begin + rows])
            begin += len(part.prints)
        return _count_distinct(np.concatenate(keys), np.concatenate(prints), np.concatenate(places))

    def _sketch(self) -> npt.NDArray[np.uint8]:
        """How many keys begin with each 24 bits: no key is counted more often than that."""
        sketch = np.zeros(1 << _SKETCH_BITS, np.uint8)
        for part in self._parts:
            found, times = np.unique(part.keys >> _SKETCH_SHIFT, return_counts=True)
            sketch[found] = np.minimum(sketch[found] + np.minimum(times, _FEW), _FEW)
        return sketch


def _prints(
    lines: npt.NDArray[np.int64], count: int
) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.int64]]:
    """The least checksum of each article's paragraphs, and the articles that have none."""
    prints = np.full(count, 1 << 32, np.int64)
    paragraphs = np.flatnonzero(lines[reading.SIZE] >= PARAGRAPH)
    np.minimum.at(prints, lines[reading.ROWS, paragraphs], lines[reading.PRINT, paragraphs])
    return prints.astype(np.uint32), np.flatnonzero(prints == 1 << 32)


def article_print(title: str, text: str) -> int:
    """The minimum hash of an article's paragraphs: the same for most copies of one text."""
    lines = [line for line in map(str.strip, text.split("\n")) if line]
    paragraphs = [_checksum(line) for line in lines if len(line) >= PARAGRAPH]
    return min(paragraphs) if paragraphs else _checksum("\n".join((title, *lines)))


def _checksum(text: str) -> int:
    return zlib.crc32(text.encode("utf-8", "surrogatepass"))


def _unread(
    own: npt.NDArray[np.int64], listed: npt.NDArray[np.int64], titles: Strings
) -> npt.NDArray[np.bool_]:
    """Articles that Python must count: lines that it alone can fold, or spaces about the title."""
    unread: npt.NDArray[np.bool_] = np.diff(titles.offsets) != own[reading.END] - own[reading.BEGIN]
    irregular = listed[reading.SEEN] & IRREGULAR > 0
    unread[listed[reading.ROWS, irregular]] = True
    return unread


def _added(
    titles: Strings,
    texts: Strings,
    sources: Keys,
    asked: npt.NDArray[np.bool_],
    unread: npt.NDArray[np.bool_],
) -> Iterator[tuple[int, int]]:
    """The row and the key of everything that is left to Python."""
    for row in np.flatnonzero(asked).tolist():
        title = titles.row(row)
        lines = [f"\0{part}" for part in headline_parts(title)]
        if unread[row]:
            lines += article_lines(title, texts.row(row))
        for line in lines:
            yield row, key_of_line(int(sources[row]), line)


def _joined(
    keys: Keys, rows: npt.NDArray[np.int64], added: Iterable[tuple[int, int]]
) -> tuple[Keys, npt.NDArray[np.int32]]:
    listed = list(added)
    more_rows = np.array([row for row, _ in listed], np.int64)
    more_keys = np.array([key for _, key in listed], np.uint64)
    return np.concatenate((keys, more_keys)), np.concatenate((rows, more_rows)).astype(np.int32)


def article_lines(title: str, text: str) -> Iterator[str]:
    """The lines of an article that are counted, folded."""
    for line in (title, *filter(None, map(str.strip, text.split("\n")))):
        if len(line) <= COUNTED_LONGEST:
            yield fold_line(line)


def _different(
    owners: npt.NDArray[np.int64], prints: npt.NDArray[np.uint32], sources: int
) -> npt.NDArray[np.int64]:
    """How many different articles each source has."""
    pairs = np.unique((owners.astype(np.uint64) << np.uint64(32)) | prints)
    return np.bincount((pairs >> np.uint64(32)).astype(np.int64), minlength=sources)


def _count_distinct(
    keys: Keys, prints: npt.NDArray[np.uint32], owners: npt.NDArray[np.uint32]
) -> tuple[Keys, npt.NDArray[np.uint32], npt.NDArray[np.int64]]:
    """The keys once each, their sources, and how many different articles have them."""
    order = np.lexsort((prints, keys))
    keys, prints, owners = keys[order], prints[order], owners[order]
    new = np.ones(len(keys), dtype=bool)
    new[1:] = (keys[1:] != keys[:-1]) | (prints[1:] != prints[:-1])
    found, first, times = np.unique(keys[new], return_index=True, return_counts=True)
    return found, owners[new][first], times
