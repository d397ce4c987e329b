"""Lines and headline parts that one source prints again and again: furniture found by counting.

A line is counted once for each different article. Articles are told apart by the smallest checksum
of their paragraphs (a minimum hash), so ten copies of one agency text, edited or not, count as one
and its own paragraphs never look like furniture.
"""

from __future__ import annotations

import zlib
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from linker.cleaning.headlines import headline_parts
from linker.cleaning.lines import fold_line

if TYPE_CHECKING:
    import pyarrow as pa

LONGEST: Final = 300
_OPEN_LONGEST: Final = 100
_PARAGRAPH: Final = 60
_FEW, _FEW_UNKNOWN, _SHARE = 5, 10, 0.1
_MANY, _LARGE_SHARE = 8, 0.25

Keys = npt.NDArray[np.uint64]


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
        if len(folded) > LONGEST or self.sources.get(source, 0) < _FEW:
            return False
        known = self.frequent if len(folded) <= _OPEN_LONGEST else self.dominant
        return _key(source, folded) in known

    def names_site(self, source: str, part: str) -> bool:
        """Whether many headlines of the source begin or end with the folded part."""
        if self.sources.get(source, 0) < _FEW:
            return False
        return _key(source, "\0" + part) in self.frequent


def count_lines(batches: Iterable[pa.RecordBatch]) -> LineCounts:
    """How often each source repeats a line. The order and the size of the batches do not matter."""
    tally = _Tally()
    for batch in batches:
        columns = (batch.column(name).to_pylist() for name in ("source", "title", "text"))
        for source, title, text in zip(*columns, strict=True):
            tally.add(source or "", title or "", text or "")
    return tally.counts()


def _key(source: str, folded: str) -> int:
    data = f"{source}\n{folded}".encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(data, digest_size=8).digest(), "little")


def _checksum(text: str) -> int:
    return zlib.crc32(text.encode("utf-8", "surrogatepass"))


def article_print(title: str, lines: list[str]) -> int:
    """The minimum hash of an article's paragraphs: the same for most copies of one text."""
    paragraphs = [_checksum(line) for line in lines if len(line) >= _PARAGRAPH]
    return min(paragraphs) if paragraphs else _checksum("\n".join((title, *lines)))


@dataclass(slots=True)
class _Tally:
    """(line, article, source) triples, 16 bytes each, counted at the end."""

    keys: array[int] = field(default_factory=lambda: array("Q"))
    prints: array[int] = field(default_factory=lambda: array("I"))
    owners: array[int] = field(default_factory=lambda: array("I"))
    names: dict[str, int] = field(default_factory=dict)

    def add(self, source: str, title: str, text: str) -> None:
        """One article."""
        lines = [line for line in map(str.strip, text.split("\n")) if line]
        owner = self.names.setdefault(source, len(self.names))
        article = article_print(title, lines)
        for key in {_key(source, folded) for folded in _countable(title, lines)}:
            self.keys.append(key)
            self.prints.append(article)
            self.owners.append(owner)

    def counts(self) -> LineCounts:
        """The keys counted often enough."""
        if not self.keys:
            return LineCounts()
        keys, prints, owners = self._distinct()
        found, first, times = np.unique(keys, return_index=True, return_counts=True)
        owner = owners[first]
        articles = self._articles(prints, owners)
        few = np.full(len(self.names), _FEW)
        if "" in self.names:
            few[self.names[""]] = _FEW_UNKNOWN
        share = times / articles[owner]
        frequent = (times >= few[owner]) & (share >= _SHARE)
        dominant = (times >= np.maximum(few[owner], _MANY)) & (share >= _LARGE_SHARE)
        sources = {name: int(articles[number]) for name, number in self.names.items()}
        return LineCounts(
            frozenset(found[frequent].tolist()), frozenset(found[dominant].tolist()), sources
        )

    def _distinct(self) -> tuple[Keys, npt.NDArray[np.uint32], npt.NDArray[np.uint32]]:
        keys = np.frombuffer(self.keys, dtype=np.uint64)
        prints = np.frombuffer(self.prints, dtype=np.uint32)
        owners = np.frombuffer(self.owners, dtype=np.uint32)
        order = np.lexsort((prints, keys))
        keys, prints, owners = keys[order], prints[order], owners[order]
        new = np.ones(len(keys), dtype=bool)
        new[1:] = (keys[1:] != keys[:-1]) | (prints[1:] != prints[:-1])
        return keys[new], prints[new], owners[new]

    def _articles(
        self, prints: npt.NDArray[np.uint32], owners: npt.NDArray[np.uint32]
    ) -> npt.NDArray[np.int64]:
        pairs = np.unique((owners.astype(np.uint64) << np.uint64(32)) | prints)
        return np.bincount((pairs >> np.uint64(32)).astype(np.int64), minlength=len(self.names))


def _countable(title: str, lines: list[str]) -> Iterator[str]:
    for line in (title, *lines):
        if len(line) <= LONGEST:
            yield fold_line(line)
    for part in headline_parts(title):
        yield "\0" + part
