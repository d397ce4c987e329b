"""The pairs that `linker compare` is asked about."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from linker.errors import LinkerError
from linker.json_lines import numbered_lines
from linker.labels import as_id


class Pair(NamedTuple):
    """Two ids, and the line that they stand in."""

    a: str
    b: str
    line: int


def read_pairs(path: Path) -> list[Pair]:
    """The pairs of ids of a JSONL file with `a` and `b`; other keys are ignored.

    Raises LinkerError naming the pair that lacks one of the two, or when there is no pair.
    """
    pairs: list[Pair] = []
    for line, row in numbered_lines(path):
        a, b = row.get("a"), row.get("b")
        if a is None or b is None:
            raise LinkerError(f'{path}, line {line}: pair {len(pairs) + 1} needs "a" and "b"')
        pairs.append(Pair(as_id(a), as_id(b), line))
    if not pairs:
        raise LinkerError(f"{path} holds no pair")
    return pairs
