"""What the records of a file of JSON have in common: their keys, and a type for each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from linker.readers.aliases import HTML
from linker.readers.fields import PLAIN_KEYS, layout_of, squeeze, twins

Types = dict[str, pa.DataType]

_NULL = pa.null()
_ARROW: dict[type, pa.DataType] = {str: pa.large_string(), int: pa.int64(), bool: pa.bool_()}
_MOST_KEYS = 64
_MOST_REFUSALS = 8


@dataclass(slots=True)
class Shape:
    """The keys of a file's records and their types, as far as they are known; learned as it is
    read. None once its records have proved to have too little in common."""

    types: Types | None = field(default_factory=dict)
    _refusals: int = 0

    def learn(self, records: Iterable[dict[str, Any]]) -> None:
        """Take in the keys of records; `types` is replaced, as others may be using it."""
        if self.types is None:
            return
        met: dict[str, set[type]] = {}
        for record in records:
            for key, value in record.items():
                met.setdefault(key, set()).add(type(value))
        types = dict(self.types)
        for key, kinds in met.items():
            types.setdefault(key, _NULL)
            for kind in kinds - {type(None)}:
                wanted = _ARROW.get(kind)
                if wanted is None or types[key] not in (_NULL, wanted):
                    self.types = None
                    return
                types[key] = wanted
        self.types = types if _is_plain(types) else None

    def refuse(self, records: Iterable[dict[str, Any]]) -> None:
        """Learn from records that did not fit; after some times of that, give up."""
        self._refusals += 1
        self.learn(records)
        if self._refusals > _MOST_REFUSALS:
            self.types = None


def _is_plain(types: Types) -> bool:
    """Whether the fields of such records are found without looking at several values at once."""
    layout = layout_of(tuple(types))
    if len(types) > _MOST_KEYS or layout.precision or layout.extra or twins(layout):
        return False
    known = set(types).difference(layout.unknown)
    return not any(
        types[key] == pa.bool_() or (squeeze(key) in HTML and key not in PLAIN_KEYS)
        for key in known
    )
