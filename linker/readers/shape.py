"""What the records of a file of JSON have in common: their keys, and a type for each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from linker.readers.fields import is_markup, layout_of, twins
from linker.readers.month_first import month_first
from linker.text.scrubbing import CONTROLS

Types = dict[str, pa.DataType]

_NULL = pa.null()
_ARROW: dict[type, pa.DataType] = {
    str: pa.large_string(),
    int: pa.int64(),
    bool: pa.bool_(),
    float: pa.float64(),
    list: pa.list_(pa.large_string()),
}
_FIELDS = (_ARROW[str], _ARROW[int], _NULL)
"""What a field of an article may be made of without a second look."""
_NOISE = re.compile(f"{CONTROLS}|[\ud800-\udfff]").search  # what no key may hold
_MOST_KEYS = 64
_MOST_REFUSALS = 8


@dataclass(slots=True)
class Shape:
    """What is known of a file's records, learned as it is read.

    types: of each key, empty as long as nothing is known; None once the records have proved to have
    too little in common. month_first: the columns of such dates, None as long as nothing is known.
    """

    types: Types | None = field(default_factory=dict)
    month_first: tuple[str, ...] | None = None
    _refusals: int = 0

    def learn(self, records: Sequence[object]) -> None:
        """Take in the keys of records. `types` is replaced, as others may be using it."""
        if self.month_first is None and records:
            self.month_first = month_first(records)
        if self.types is None:
            return
        met: dict[str, set[type]] = {}
        for record in records:
            if type(record) is dict:
                for key, value in record.items():
                    met.setdefault(key, set()).add(_kind(value))
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

    def accept(self) -> None:
        """A block had this shape."""
        self._refusals = 0

    def refuse(self) -> None:
        """A block had not; after some of them in a row no more are tried."""
        self._refusals += 1
        if self._refusals > _MOST_REFUSALS:
            self.types = None


def _kind(value: object) -> type:
    """The type of a value; of a list that holds more than strings, none that is known."""
    if type(value) is list and not {str, type(None)}.issuperset(map(type, value)):
        return object
    return type(value)


def _is_plain(types: Types) -> bool:
    """Whether the fields of such records are found without looking at several values at once."""
    layout = layout_of(tuple(types))
    if len(types) > _MOST_KEYS or layout.precision or layout.extra or twins(layout):
        return False
    known = set(types).difference(layout.unknown)
    odd = any(map(_NOISE, types)) or any(types[key] not in _FIELDS for key in known)
    return not odd and not any(map(is_markup, layout.text))
