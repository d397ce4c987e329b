"""What is counted in each article, before it is known how rare any of it is among all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from linker.arrays import BoolArray, ByteArray, IntArray, Uint32Array
from linker.jit import njit
from linker.stories.batches import chosen_batches
from linker.stories.forms import Forms, forms_of, load_all, word_forms
from linker.stories.places import places
from linker.stories.terms import Terms, concatenated, placed_terms, word_ids
from linker.text import NUMBER
from linker.threads import mapped

#: Languages whose spaces separate syllables: their words are pairs of those.
SYLLABIC = ("vi",)
#: Names count in the headline, this many times as much, and among so many words of the text.
HEADLINE_NAME, NAMED_WORDS = 1.5, 80
#: So many words are all of a text.
ALL = 1 << 62
#: Articles that are counted at a time.
ROWS = 1024


@dataclass(frozen=True)
class Tally:
    """What stands in n articles.

    `documents` has how much each term stands in each article, by place, and `lengths` int64 (n,)
    how many terms do; `numbers` how often each number does, and `as_words` int64 which entry of
    `documents` is the same number, -1 for none; `names` how often each name stands near the
    beginning; `named` uint32 the names of whole articles, once for each article that has them;
    `days` uint8 (n,) the bits of weekdays; `words` int64 (n,) how many words there are.
    """

    documents: Terms
    lengths: IntArray
    numbers: Terms
    as_words: IntArray
    names: Terms
    named: Uint32Array
    days: ByteArray
    words: IntArray

    def __len__(self) -> int:
        return len(self.lengths)


def tally(articles: pa.Table, threads: int = 1, rows: IntArray | None = None) -> Tally:
    """Count in the columns title, text and lang; `rows` int64, ascending, chooses articles."""
    load_all()  # once, before threads ask for it

    def work(batch: pa.RecordBatch) -> Tally:
        syllabic = np.isin(batch.column("lang").to_pylist(), SYLLABIC)
        return tally_forms(
            forms_of(batch.column("title")), forms_of(batch.column("text")), syllabic
        )

    chosen = np.arange(articles.num_rows) if rows is None else rows
    batches = chosen_batches(articles, ("title", "text", "lang"), chosen, ROWS)
    parts = mapped(work, batches, threads)
    empty = word_forms(pa.chunked_array([], pa.large_string()))
    return _end_to_end(parts or [tally_forms(empty, empty, np.zeros(0, np.bool_))])


def tally_forms(titles: Forms, texts: Forms, syllabic: BoolArray) -> Tally:
    """The tally of n articles from the forms of their words; `syllabic` (n,): see `SYLLABIC`."""
    documents, lengths = placed_terms(titles.stems, texts.stems, syllabic)
    numbers = _weighed(_numbers(titles), _numbers(texts), titles, texts, 1.0, ALL)
    named = _weighed(titles.names, texts.names, titles, texts, HEADLINE_NAME, NAMED_WORDS)
    return Tally(
        documents=documents,
        lengths=lengths,
        numbers=numbers,
        as_words=places(numbers.keys(), documents.keys()).astype(np.int64),
        names=named.where(named.values > 0),
        named=named.ids,
        days=titles.days | texts.days,
        words=titles.stems.counts + texts.stems.counts,
    )


def _end_to_end(parts: Sequence[Tally]) -> Tally:
    """The articles of several tallies, one after the other."""
    entries = np.cumsum([0, *(len(part.documents.ids) for part in parts)]).tolist()
    as_words = [
        np.where(part.as_words < 0, -1, part.as_words + before)
        for part, before in zip(parts, entries, strict=False)
    ]
    return Tally(
        documents=concatenated([part.documents for part in parts]),
        lengths=np.concatenate([part.lengths for part in parts]),
        numbers=concatenated([part.numbers for part in parts]),
        as_words=np.concatenate(as_words),
        names=concatenated([part.names for part in parts]),
        named=np.concatenate([part.named for part in parts]),
        days=np.concatenate([part.days for part in parts]),
        words=np.concatenate([part.words for part in parts]),
    )


def _numbers(forms: Forms) -> Uint32Array:
    """Word by word the term of a number, 0 for any other word."""
    numbers = np.zeros(len(forms.stems.hashes), np.uint32)
    at = np.flatnonzero(forms.stems.kinds & NUMBER)
    numbers[at] = word_ids(forms.stems.hashes[at])
    return numbers


def _weighed(
    in_titles: Uint32Array,
    in_texts: Uint32Array,
    titles: Forms,
    texts: Forms,
    factor: float,
    near: int,
) -> Terms:
    """The ids of each article but 0, with what they count.

    That is `factor` for a word of the headline, and 1 for one of the first `near` of the text. An
    id that stands only further down has the value 0.
    """
    room = np.count_nonzero(in_titles) + np.count_nonzero(in_texts)
    start, ids, values = _weigh(
        in_titles, titles.stems.offsets, in_texts, texts.stems.offsets, factor, near, int(room)
    )
    return Terms(start, ids, values)


@njit
def _weigh(
    titles: Any,
    title_offsets: Any,
    texts: Any,
    text_offsets: Any,
    factor: float,
    near: int,
    room: int,
) -> Any:
    """room: how many ids there are in all, repeats and all."""
    n = len(title_offsets) - 1
    start = np.zeros(n + 1, np.int64)
    most = 0
    for row in range(n):
        words = title_offsets[row + 1] - title_offsets[row]
        words += text_offsets[row + 1] - text_offsets[row]
        most = max(most, words)
    ids, values = np.empty(room, np.uint32), np.empty(room, np.float32)
    keys, counts = np.empty(most, np.uint64), np.empty(most, np.float32)
    out = -1
    for row in range(n):
        size = 0
        for k in range(title_offsets[row], title_offsets[row + 1]):
            if titles[k] != 0:
                keys[size] = np.uint64(titles[k]) << np.uint64(32) | np.uint64(size)
                counts[size] = factor
                size += 1
        for k in range(text_offsets[row], text_offsets[row + 1]):
            if texts[k] != 0:
                keys[size] = np.uint64(texts[k]) << np.uint64(32) | np.uint64(size)
                counts[size] = 1.0 if k - text_offsets[row] < near else 0.0
                size += 1
        keys[:size].sort()
        for k in range(size):
            term = np.uint32(keys[k] >> np.uint64(32))
            if k == 0 or ids[out] != term:
                out += 1
                ids[out] = term
                values[out] = 0.0
            values[out] += counts[np.int64(keys[k] & np.uint64(0xFFFFFFFF))]
        start[row + 1] = out + 1
    return start, ids[: out + 1].copy(), values[: out + 1].copy()
