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

from linker.arrays import IntArray
from linker.articles import made_id
from linker.readers.places import Places
from linker.readers.rejects import SHOWN, Reject, RejectLog
from linker.spool import gather

Rows = IntArray


def arrangement(table: pa.Table, rejects: RejectLog) -> tuple[Rows, pa.LargeStringArray]:
    """The canonical order: published (undated last), then id, then content hash.

    Returns row numbers int64 (m,) and final ids (m,). Equal ids: of records identical in every
    field and with the same given id the first by file and line stays, the others are dropped and
    logged as rejects; other records of one id get "~2", "~3".. in row order (counted in
    `rejects.renamed`). Records whose id was made are never dropped. Takes tables as read or
    cleaned; made ids are recognised in both only if title and text are still those read.
    """
    published = _microseconds(table["published"])
    ids = table["id"].combine_chunks()
    rows = _sorted_rows(published, ids)
    ids = ids.take(pa.array(rows))
    codes = np.asarray(ids.dictionary_encode().indices.to_numpy(), np.int64)
    repeated = np.flatnonzero(np.bincount(codes)[codes] > 1) if len(rows) else rows
    if not len(repeated):
        return rows, ids
    ties = _ties(published[rows], codes)
    contents = _order_ties(table, rows, repeated, ties, rejects.places)
    names, dropped = _name_apart(ids, codes, repeated, contents, rejects)
    for place in dropped:
        rejects.add(_duplicate(table, int(rows[place]), rejects.places))
    keep = np.ones(len(rows), np.bool_)
    keep[dropped] = False
    return rows[keep], _renamed(ids, names).filter(pa.array(keep))


def _microseconds(published: pa.ChunkedArray) -> Rows:
    """int64 (n,), undated ones after all others."""
    undated_last = published.cast(pa.int64()).fill_null(np.iinfo(np.int64).max)
    return np.asarray(undated_last.to_numpy(), np.int64)


def _sorted_rows(published: Rows, ids: pa.LargeStringArray) -> Rows:
    """Row numbers by time, then id; equal pairs in the order of the rows: int64 (n,)."""
    rows = np.argsort(published, kind="stable")
    times = published[rows]
    again = times[1:] == times[:-1]
    tied = np.flatnonzero(np.append(again, False) | np.insert(again, 0, False))
    if len(tied):  # strings are slow to sort: only those that decide anything
        keys = pa.table({"time": times[tied], "id": ids.take(pa.array(rows[tied]))})
        order = pc.sort_indices(keys, [("time", "ascending"), ("id", "ascending")])
        rows[tied] = rows[tied][order.to_numpy()]
    return rows


def _ties(times: Rows, codes: Rows) -> Rows:
    """The number of the run of equal (published, id) that a place stands in: int64 (n,)."""
    changes = (np.diff(codes) != 0) | (np.diff(times) != 0)
    return np.concatenate([[0], np.cumsum(changes)])


def _renamed(ids: pa.LargeStringArray, names: dict[int, str]) -> pa.LargeStringArray:
    """The ids with other names at some places."""
    mask = np.zeros(len(ids), np.bool_)
    mask[list(names)] = True
    new = pa.array([names[place] for place in sorted(names)], pa.large_string())
    return pc.replace_with_mask(ids, pa.array(mask), new)


def _order_ties(
    table: pa.Table, rows: Rows, places: Rows, ties: Rows, read: Places
) -> list[tuple[bytes, bool]]:
    """Put the rows at these places in the order of their contents within each tie.

    Equal ones by file and line, so that the order of the files does not say which of them stays.
    Changes `rows`; returns content hash and "was its id made" for each place in the new order.
    """
    contents = [content for batch in gather(table, rows[places]) for content in _contents(batch)]
    hashes = np.array([digest.hex() for digest, _ in contents])
    stood = [(file, line or 0) for file, line in map(read.of, rows[places].tolist())]
    ranks = {place: rank for rank, place in enumerate(sorted(set(stood)))}
    standing = np.array([ranks[place] for place in stood], np.int64)
    order = np.lexsort((standing, hashes, ties[places]))
    rows[places] = rows[places[order]]
    return [contents[i] for i in order]


def _contents(batch: pa.RecordBatch) -> list[tuple[bytes, bool]]:
    """Content hash over all fields, and whether the id is one that linker made, a row."""
    place = batch.schema.get_field_index("published")
    plain = batch.set_column(place, "published", batch.column(place).cast(pa.int64()))
    return [
        (
            blake2b(orjson.dumps(row, option=orjson.OPT_SORT_KEYS), digest_size=16).digest(),
            row["id"] == made_id(row["url"], row["title"], row["text"]),
        )
        for row in plain.to_pylist()
    ]


def _name_apart(
    ids: pa.LargeStringArray,
    codes: Rows,
    places: Rows,
    contents: list[tuple[bytes, bool]],
    rejects: RejectLog,
) -> tuple[dict[int, str], list[int]]:
    """New names ("~2", "~3" appended) of later ids of one name, by place; the places to drop."""
    taken = set(ids.filter(pc.match_substring(ids, "~")).to_pylist())
    counts: Counter[int] = Counter()
    seen: set[tuple[int, bytes]] = set()
    names: dict[int, str] = {}
    dropped: list[int] = []
    given = ids.take(pa.array(places)).to_pylist()
    for place, name, (digest, made) in zip(places.tolist(), given, contents, strict=True):
        code = int(codes[place])
        if not made and (code, digest) in seen:
            dropped.append(place)
            continue
        seen.add((code, digest))
        counts[code] += 1
        if counts[code] == 1:
            continue
        while f"{name}~{counts[code]}" in taken:
            counts[code] += 1
        names[place] = f"{name}~{counts[code]}"
        rejects.renamed += 1
    return names, dropped


def _duplicate(table: pa.Table, row: int, read: Places) -> Reject:
    name, title, text = (table[key][row].as_py() for key in ("id", "title", "text"))
    file, line = read.of(row)
    return Reject(file, line, f"duplicate of id {name[:SHOWN]}", f"{title} {text[:SHOWN]}")
