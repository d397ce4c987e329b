"""What could not be read: one line a record, with its file, its place and the reason."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass

import orjson

from linker.readers.places import Places

SHOWN = 200  # characters of a rejected record that are kept
_IN_MEMORY = 8 << 20  # bytes before a log goes to disk
_KINDS, _OTHERS = 100, "others"


@dataclass(frozen=True, slots=True)
class Reject:
    """A record, or a whole file, that could not be read.

    `line` counts from 1: the line in a file of lines, else the number of the record in its file;
    None where the whole file is meant. `record` is its beginning, at most 200 characters.
    """

    file: str
    line: int | None
    reason: str
    record: str = ""

    def __str__(self) -> str:
        place = f"{self.file}, line {self.line}" if self.line else self.file
        return f"{self.reason} ({place})" if place else self.reason


class RejectLog:
    """Rejects by file and line, whatever the order they were met in; beyond 8 MB they wait on disk.

    `first` is the first one met, None without any. `renamed` counts articles whose id was in use
    already and got "~2", "~3".. appended. `passed` counts by kind what web archives hold beside
    pages, which is no fault and no reject. `places` knows where the articles that were read stood,
    for those that are left out later on.
    """

    def __init__(self) -> None:
        self.first: Reject | None = None
        self.renamed = 0
        self.passed: Counter[str] = Counter()
        self.places = Places()
        self._file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115
        self._places: list[tuple[str, int, int]] = []  # file, line, offset in the log

    def add(self, reject: Reject) -> None:
        """Log one reject; its strings are cut and made printable."""
        kept = Reject(
            file=_printable(reject.file, 4096),
            line=reject.line,
            reason=_printable(reject.reason, 500),
            record=_printable(reject.record, SHOWN),
        )
        self.first = self.first or kept
        self._file.seek(0, 2)
        self._places.append((kept.file, kept.line or 0, self._file.tell()))
        self._file.write(orjson.dumps(asdict(kept)) + b"\n")

    def count_passed(self, kind: str) -> None:
        """Count one of a kind that is no article and no fault; of very many kinds the last as one.

        An archive may have another one in each record.
        """
        self.passed[kind if kind in self.passed or len(self.passed) < _KINDS else _OTHERS] += 1

    def __len__(self) -> int:
        return len(self._places)

    def __iter__(self) -> Iterator[Reject]:
        for _, _, offset in sorted(self._places):
            self._file.seek(offset)
            yield Reject(**orjson.loads(self._file.readline()))


def _printable(text: str, limit: int) -> str:
    text = text[:limit]
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else "\ufffd" if c > "\x7f" else " " for c in text)
