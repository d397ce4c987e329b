"""The pairs that `linker compare` is asked about."""

from __future__ import annotations

from pathlib import Path

from linker.errors import LinkerError
from linker.json_lines import json_lines
from linker.labels import as_id


def read_pairs(path: Path) -> list[tuple[str, str]]:
    """The pairs of ids of a JSONL file with `a` and `b`; other keys are ignored.

    Raises LinkerError naming the pair that lacks one of the two, or when there is no pair.
    """
    pairs = []
    for number, row in enumerate(json_lines(path), 1):
        a, b = row.get("a"), row.get("b")
        if a is None or b is None:
            raise LinkerError(f'{path}, pair {number}: "a" and "b" are needed')
        pairs.append((as_id(a), as_id(b)))
    if not pairs:
        raise LinkerError(f"{path} holds no pair")
    return pairs
