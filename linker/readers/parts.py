"""From the records of files to record batches, a part of them at a time."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from linker.articles import batch_of
from linker.errors import LinkerError
from linker.readers.columns import columns_of
from linker.readers.lines import Block
from linker.readers.records import Found
from linker.readers.rejects import RejectLog

if TYPE_CHECKING:
    from linker.readers.wholesale import Settled

BATCH_ROWS = 4096
_IN_CACHE = 512  # records that are worked on at a time; more are slower, as no cache holds them
_LARGEST = 1 << 23  # bytes of lines; more of them, which are very long, are not handed to threads
Records = Iterable[Found | Block]


def batches_of(
    records: Records, rejects: RejectLog, batch_rows: int, threads: int = 1
) -> Iterator[pa.RecordBatch]:
    """The articles among records in record batches. Raises LinkerError at the end if none is one.

    Records that are no article are logged in `rejects`, in their order. Blocks of lines among the
    records are parsed on so many threads.
    """
    met = False
    for batch in _joined(_articles(records, rejects, threads), batch_rows):
        met = True
        yield batch
    if not met:
        raise LinkerError(nothing_read(rejects, "the input holds no record"))


def nothing_read(rejects: RejectLog, otherwise: str) -> str:
    """What to say when there is no article: the first reject, or something else without one."""
    first = rejects.first
    if first is None:
        return f"no article could be read: {otherwise}"
    place = first.file if first.line is None else f"{first.file}:{first.line}"
    more = f" (and {len(rejects) - 1} more)" if len(rejects) > 1 else ""
    return f"no article could be read: {place}: {first.reason}{more}"


def _articles(records: Records, rejects: RejectLog, threads: int) -> Iterator[pa.RecordBatch]:
    held: list[Found] = []
    for item, settled in _settled(records, threads):
        if isinstance(item, Block) and settled is not None:
            item.shape.accept()
            if held:
                yield _one_by_one(held, rejects)
                held = []
            yield _with_odd(item, settled, rejects)
            continue
        for found in _records(item):
            held.append(found)
            if len(held) == _IN_CACHE:
                yield _one_by_one(held, rejects)
                held = []
    if held:
        yield _one_by_one(held, rejects)


def _settled(records: Records, threads: int) -> Iterator[tuple[Found | Block, Settled | None]]:
    """Every item in its order; with more threads than one, blocks are settled ahead by these."""
    if threads == 1:
        for item in records:
            yield item, item.settled() if isinstance(item, Block) else None
        return
    with ThreadPoolExecutor(threads) as pool:
        waiting: deque[tuple[Block, Future[Settled | None]]] = deque()
        for item in records:
            ahead = 0
            if isinstance(item, Block) and item.types and len(item.data) <= _LARGEST:
                waiting.append((item, pool.submit(item.settled)))
                ahead = threads
            while len(waiting) > ahead:
                block, future = waiting.popleft()
                yield block, future.result()
            if not ahead:
                yield item, None
        for block, future in waiting:
            yield block, future.result()


def _records(item: Found | Block) -> Iterable[Found]:
    if not isinstance(item, Block):
        return [item]
    if item.types:
        item.shape.refuse()
    return item.records()


def _one_by_one(found: list[Found], rejects: RejectLog) -> pa.RecordBatch:
    columns, dropped = columns_of(found, rejects)
    rejects.places.extend(found, dropped)
    return batch_of(columns)


def _with_odd(block: Block, settled: Settled, rejects: RejectLog) -> pa.RecordBatch:
    """The articles of a block, those of its odd lines among the others, in their order."""
    rows = np.flatnonzero(settled.odd)
    if not len(rows):
        rejects.places.extend_lines(block.name, block.first, len(settled.odd))
        return settled.batch
    columns, dropped = columns_of(block.records_of(rows.tolist()), rejects)
    left_out = rows[sorted(dropped)]
    lines = [(block.name, block.first + row, None) for row in range(len(settled.odd))]
    rejects.places.extend(lines, set(left_out.tolist()))
    order = np.argsort(np.append(np.flatnonzero(~settled.odd), np.setdiff1d(rows, left_out)))
    return pa.concat_batches([settled.batch, batch_of(columns)]).take(pa.array(order))


def _joined(batches: Iterable[pa.RecordBatch], rows: int) -> Iterator[pa.RecordBatch]:
    """Batches of at most `rows` rows; small ones are put together."""
    held: list[pa.RecordBatch] = []
    count = 0
    for batch in batches:
        for begin in range(0, len(batch), rows):
            piece = batch.slice(begin, rows)
            if held and (count + len(piece) > rows or len(piece) > rows // 4):
                yield pa.concat_batches(held)
                held, count = [], 0
            if len(piece) > rows // 4:
                yield piece
            else:
                held.append(piece)
                count += len(piece)
    if held:
        yield pa.concat_batches(held)
