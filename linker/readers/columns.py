"""Many records at once as the columns of the article table, a field at a time.

What nearly all records of an export have in common (one set of keys, strings in them) is settled
for all rows by a few passes over whole columns. A value that no pass can settle goes through the
functions of `fields`, and an odd record whole through `article_of`, so that a record gives the
same article whatever stands beside it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np

from linker.articles import PRECISIONS, Article, Columns
from linker.dates.moments import UNSETTLED, Moments, microseconds, moments
from linker.language import normal_code
from linker.readers.fields import (
    LONGEST_ID,
    PLAIN_URL,
    SOLID,
    Layout,
    Unusable,
    article_of,
    host_of,
    is_blank,
    is_markup,
    layout_of,
    may_be_markup,
    packed,
    readable,
    take_lang,
    take_published,
    take_text,
    take_url,
    tidy_id,
    twins,
    unescape,
)
from linker.readers.records import Bad, Found, Passed, reject_of
from linker.readers.rejects import RejectLog

Record = dict[str, Any]
Keys = tuple[str, ...]

_MOST_KEYS = 256  # in one batch; beyond it the records have too little in common
_CODES = {name: code for code, name in enumerate(PRECISIONS)}
_PLAIN_URL = re.compile(PLAIN_URL).fullmatch


def columns_of(found: Sequence[Found], rejects: RejectLog) -> tuple[Columns, set[int]]:
    """The articles among the records, in their order, and the places of the others, logged."""
    records = [record for _, _, record in found]
    layout, odd = _shared_layout(records)
    try:
        columns, empty = _shared_columns(records, layout, odd)
    except Exception:  # one hostile value; alone it is told from the others
        odd = set(range(len(records)))
        columns, empty = _shared_columns(records, layout, odd)
    dropped: set[int] = set()
    for row in sorted(odd | empty):
        if isinstance(records[row], Passed):
            rejects.count_passed(records[row].kind)
            dropped.add(row)
            continue
        try:
            _put(columns, row, _single(records[row]))
        except Unusable as reason:
            rejects.add(reject_of(found[row], str(reason)))
            dropped.add(row)
    return (_without(columns, dropped) if dropped else columns), dropped


def _shared_columns(
    records: Sequence[Any], layout: Layout, odd: set[int]
) -> tuple[Columns, set[int]]:
    """The columns, blank in odd rows, and the rows with neither title nor text."""
    even = [{} if row in odd else record for row, record in enumerate(records)] if odd else records
    batch = _Batch(even, layout)
    return batch.columns(), batch.empty


def _single(record: object) -> Article:
    """The article of one record. Raises Unusable."""
    if isinstance(record, Bad):
        raise Unusable(record.reason)
    try:
        return article_of(record)  # type: ignore[arg-type]  # it looks for itself
    except Unusable:
        raise
    except Exception as error:  # parsers of hostile values raise what they like
        raise Unusable(f"cannot be read ({error!r})") from None


def _put(columns: Columns, row: int, article: Article) -> None:
    for name in ("id", "title", "text", "url", "source", "lang", "extra"):
        getattr(columns, name)[row] = getattr(article, name)
    columns.published[row] = microseconds(article.published)
    columns.precision[row] = _CODES[article.precision]


def _without(columns: Columns, dropped: Collection[int]) -> Columns:
    kept = [row for row in range(len(columns.id)) if row not in dropped]
    held = columns._asdict()
    for name, values in held.items():
        held[name] = (
            values[kept] if isinstance(values, np.ndarray) else [values[row] for row in kept]
        )
    return Columns(**held)


def _shared_layout(records: Sequence[Any]) -> tuple[Layout, set[int]]:
    """The layout that fits a batch, and the rows that it does not fit."""
    odd: set[int] = set()
    even = records
    if set(map(type, records)) != {dict}:
        odd.update(row for row, record in enumerate(records) if type(record) is not dict)
        even = [{} if row in odd else record for row, record in enumerate(records)]
    keys = _keys_of(even)
    if len(keys) > _MOST_KEYS or not set(map(type, keys)) <= {str}:
        return layout_of(()), set(range(len(records)))
    layout = layout_of(keys)
    for key in layout.wrappers:
        kinds = set(map(type, _column(even, key)))
        if any(issubclass(kind, Mapping) for kind in kinds):
            odd.update(row for row, record in enumerate(even) if _is_wrapped(record, layout))
    for keys in twins(layout):
        odd.update(row for row, record in enumerate(even) if not _in_order(record, keys))
    return layout, odd


def _keys_of(records: Sequence[Record]) -> Keys:
    """All the keys, in the order in which they are met."""
    first = tuple(records[0]) if records else ()
    if len(set().union(*records)) == len(first):
        return first
    return tuple(dict.fromkeys(chain.from_iterable(records)))


def _column(records: Sequence[Record], key: str) -> list[Any]:
    return [record.get(key) for record in records]


def _is_wrapped(record: Record, layout: Layout) -> bool:
    """Whether the article may stand in one value of its record (see `article_of`)."""
    return any(isinstance(record.get(key), Mapping) for key in layout.wrappers) and not any(
        key in record for key in layout.title
    )


def _in_order(record: Record, keys: Keys) -> bool:
    return [key for key in record if key in keys] == [key for key in keys if key in record]


class _Batch:
    """Records (dicts) that share one layout; a record may lack some of its keys.

    `empty` holds the rows with neither title nor text, once the columns are made.
    """

    def __init__(self, records: Sequence[Record], layout: Layout) -> None:
        self.empty: set[int] = set()
        self._records = records
        self._layout = layout
        unknown = layout.unknown
        self._spares: list[Record] = [
            {key: record[key] for key in unknown if key in record} if unknown else {}
            for record in records
        ]

    def columns(self) -> Columns:
        """The columns; the fields in the order in which `article_of` takes them."""
        layout = self._layout
        titles = self._texts(layout.title)
        texts = self._texts(layout.text, "\n")
        if not all(texts):
            self.empty = {row for row, text in enumerate(texts) if not text and not titles[row]}
        urls = self._urls()
        published, precision = self._published()
        return Columns(
            id=_tidy_ids(self._texts(layout.id)),
            title=[" ".join(title.split()) for title in titles],
            text=list(map(str.strip, texts)),
            url=urls,
            source=_sources(self._texts(layout.source), urls),
            published=published,
            precision=precision,
            lang=self._languages(),
            extra=self._extras(),
        )

    def _own(self, row: int, keys: Keys) -> Keys:
        """Those of the keys that this record has."""
        return tuple(filter(self._records[row].__contains__, keys))

    def _texts(self, keys: Keys, joiner: str = " ") -> list[str]:
        """take_text of every row."""
        if not keys:
            return [""] * len(self._records)
        values = _column(self._records, keys[0])
        texts = _plain_values(values)
        rest: list[int] = []
        if not _begin_solid(texts):
            rest = [row for row, text in enumerate(texts) if not SOLID(text)]
        texts = _readable_texts(keys[0], texts)
        self._spare_later(keys[1:], rest)
        for row in rest:
            if len(keys) > 1 or not is_blank(values[row]):
                record = self._records[row]
                texts[row] = take_text(record, self._own(row, keys), self._spares[row], joiner)
        return texts

    def _spare_later(self, keys: Keys, rest: Sequence[int]) -> None:
        """What stands under these keys becomes spare where an earlier key filled the field."""
        filled = set(range(len(self._records))).difference(rest) if keys else ()
        for row in filled:
            record, spare = self._records[row], self._spares[row]
            for key in keys:
                if key in record and not is_blank(record[key]):
                    spare[key] = record[key]

    def _urls(self) -> list[str]:
        """take_url of every row."""
        keys = self._layout.url
        if not keys:
            return [""] * len(self._records)
        values = _column(self._records, keys[0])
        urls = [value if type(value) is str else "" for value in values]
        plain = list(map(_PLAIN_URL, urls))
        for row in [] if all(plain) else range(len(urls)):
            if not plain[row] and (len(keys) > 1 or not is_blank(values[row])):
                record = self._records[row]
                urls[row] = take_url(record, self._own(row, keys), self._spares[row])
        return urls

    def _published(self) -> Moments:
        """take_published of every row."""
        keys, marks = self._layout.published, self._layout.precision
        column = _column(self._records, keys[0]) if keys else [None] * len(self._records)
        published, precision = moments(column)
        rest = np.flatnonzero(precision == UNSETTLED).tolist()
        self._spare_later(keys[1:], rest)
        for row in range(len(column)) if marks else rest:
            if len(keys) > 1 or not is_blank(column[row]):
                record, spare = self._records[row], self._spares[row]
                moment, name = take_published(
                    record, self._own(row, keys), self._own(row, marks), spare
                )
                published[row], precision[row] = microseconds(moment), _CODES[name]
        return published, precision

    def _languages(self) -> list[str]:
        """take_lang of every row."""
        keys = self._layout.lang
        if not keys:
            return [""] * len(self._records)
        values = _column(self._records, keys[0])
        texts = [value if type(value) is str else "" for value in values]
        codes = {text: normal_code(text) for text in set(texts)}
        languages = [codes[text] for text in texts]
        for row in [] if all(languages) else range(len(values)):
            if not languages[row] and (len(keys) > 1 or not is_blank(values[row])):
                record = self._records[row]
                languages[row] = take_lang(record, self._own(row, keys), self._spares[row])
        return languages

    def _extras(self) -> list[str]:
        """What no field took of every row."""
        keys = self._layout.extra
        if not keys and not any(self._spares):
            return [""] * len(self._records)
        return [
            packed(record, self._own(row, keys) if keys else (), self._spares[row])
            for row, record in enumerate(self._records)
        ]


def _begin_solid(texts: list[str]) -> bool:
    """Whether the first character of every text, past white space, is something to read."""
    first = "".join([text[:1] for text in map(str.strip, texts)])
    return len(first) == len(texts) and first.isprintable()


def _plain_values(values: list[Any]) -> list[str]:
    """Strings and integers as text; '' for what only take_text can read."""
    if set(map(type, values)) == {str}:
        return values
    return [
        value if type(value) is str else str(value) if type(value) is int else ""
        for value in values
    ]


def _readable_texts(key: str, texts: list[str]) -> list[str]:
    """Texts without markup and entities, as take_text gives them."""
    if is_markup(key):
        texts = [readable(key, text, text) for text in texts]
    elif may_be_markup(key):
        texts = [readable(key, text, text) if "<" in text else text for text in texts]
    return [unescape(text) if "&" in text else text for text in texts]


def _tidy_ids(given: list[str]) -> list[str]:
    if all(map(str.isprintable, given)) and max(map(len, given), default=0) <= LONGEST_ID:
        return list(map(str.strip, given))
    return list(map(tidy_id, given))


def _sources(given: list[str], urls: list[str]) -> list[str]:
    """The given names of sources, each worked on once; hosts where there is none."""
    names = {text: " ".join(text.split()) for text in set(given)}
    sources = [names[text] for text in given]
    return sources if all(sources) else list(map(_source_or_host, sources, urls))


def _source_or_host(source: str, url: str) -> str:
    return source or host_of(url)
