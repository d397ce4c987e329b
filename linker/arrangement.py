"""The canonical order of articles and the meaning of equal ids.

A run must give the same bytes whatever the order of its input, so row numbers are settled here
once, from what the articles hold and never from where they stood.
"""

from __future__ import annotations

from collections import Counter
from hashlib import blake2b

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from linker.articles import made_id
from linker.readers.rejects import SHOWN, Reject, RejectLog

Rows = NDArray[np.int64]


def arrange(table: pa.Table, rejects: RejectLog) -> pa.Table:
    """The table in canonical order: published (undated last), then id, then content hash.

    Equal ids: a record identical in every field to another one with the same given id is dropped
    and logged as a reject; the others of one id get "~2", "~3".. in row order (counted in
    `rejects.renamed`). Records whose id was made are never dropped. Takes tables as read or
    cleaned; made ids are recognised in both only if title and text are still those read.
    """
    rows, ids = arrangement(table, rejects)
    place = table.schema.get_field_index("id")
    return table.take(pa.array(rows)).set_column(place, table.schema.field(place), ids)


def arrangement(table: pa.Table, rejects: RejectLog) -> tuple[Rows, pa.LargeStringArray]:
    """What `arrange` does, without moving the texts: row numbers int64 (m,), final ids (m,)."""
    undated_last = table["published"].cast(pa.int64()).fill_null(np.iinfo(np.int64).max)
    narrow = pa.table({"published": undated_last, "id": table["id"]}).combine_chunks()
    keys = [("published", "ascending"), ("id", "ascending")]
    rows: Rows = pc.sort_indices(narrow, keys).to_numpy().astype(np.int64)
    sorted_keys = narrow.take(pa.array(rows))
    codes = _codes(sorted_keys["id"])
    repeated = np.flatnonzero(np.bincount(codes)[codes] > 1) if len(rows) else rows
    ids = sorted_keys["id"].to_pylist()
    if len(repeated):
        contents = _order_ties(table, rows, repeated, _ties(sorted_keys, codes))
        dropped = _name_apart(ids, codes, repeated, contents, rejects)
        for place in dropped:
            rejects.add(_duplicate(table, int(rows[place])))
        keep = np.ones(len(rows), np.bool_)
        keep[dropped] = False
        rows, ids = rows[keep], [ids[place] for place in np.flatnonzero(keep)]
    return rows, pa.array(ids, pa.large_string())


def _codes(ids: pa.ChunkedArray) -> Rows:
    """A number an id, equal for equal ids: int64 (n,)."""
    encoded = ids.combine_chunks().dictionary_encode()
    return np.asarray(encoded.indices.to_numpy(), np.int64)


def _ties(keys: pa.Table, codes: Rows) -> Rows:
    """The number of the run of equal (published, id) that a place stands in: int64 (n,)."""
    changes = (np.diff(codes) != 0) | (np.diff(keys["published"].to_numpy()) != 0)
    return np.concatenate([[0], np.cumsum(changes)])


def _order_ties(table: pa.Table, rows: Rows, places: Rows, ties: Rows) -> list[tuple[bytes, bool]]:
    """Put the rows at these places in the order of their contents within each tie.

    Changes `rows`; returns content hash and "was its id made" for each place in the new order.
    """
    contents = _contents(table.take(pa.array(rows[places])))
    hashes = np.array([digest.hex() for digest, _ in contents])
    order = np.lexsort((hashes, ties[places]))
    rows[places] = rows[places[order]]
    return [contents[i] for i in order]


def _contents(table: pa.Table) -> list[tuple[bytes, bool]]:
    """Content hash over all fields, and whether the id is one that linker made, a row."""
    place = table.schema.get_field_index("published")
    plain = table.set_column(place, "published", table["published"].cast(pa.int64()))
    return [
        (
            blake2b(orjson.dumps(row, option=orjson.OPT_SORT_KEYS), digest_size=16).digest(),
            row["id"] == made_id(row["url"], row["title"], row["text"]),
        )
        for row in plain.to_pylist()
    ]


def _name_apart(
    ids: list[str],
    codes: Rows,
    places: Rows,
    contents: list[tuple[bytes, bool]],
    rejects: RejectLog,
) -> list[int]:
    """Append "~2", "~3".. to later ids of one name (changes `ids`); the places to drop."""
    taken = {name for name in ids if "~" in name}
    counts: Counter[int] = Counter()
    seen: set[tuple[int, bytes]] = set()
    dropped: list[int] = []
    for place, (digest, made) in zip(places.tolist(), contents, strict=True):
        code = int(codes[place])
        if not made and (code, digest) in seen:
            dropped.append(place)
            continue
        seen.add((code, digest))
        counts[code] += 1
        if counts[code] == 1:
            continue
        while f"{ids[place]}~{counts[code]}" in taken:
            counts[code] += 1
        ids[place] = f"{ids[place]}~{counts[code]}"
        rejects.renamed += 1
    return dropped


def _duplicate(table: pa.Table, row: int) -> Reject:
    name, title, text = (table[key][row].as_py() for key in ("id", "title", "text"))
    return Reject("", None, f"duplicate of id {name[:SHOWN]}", f"{title} {text[:SHOWN]}")
