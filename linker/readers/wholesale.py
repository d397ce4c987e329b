"""Many lines of JSON at once as a record batch, without a Python value for each string.

Nearly all lines of an export have the same keys, strings in them, and need nothing done. Those are
parsed by Arrow's reader of JSON, which lets go of the interpreter, and become columns as they are.
Whatever else there is, a line, a value or a whole block, is left to `linker.readers.columns`, the
plain twin: an article comes out the same either way.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json

from linker.arrays import BoolArray, IntArray
from linker.articles import SCHEMA, made_id, precision_names
from linker.buffers import bytes_of
from linker.dates.moments import UNSETTLED, Moments, moments
from linker.language import HEAD, identify, normal_code
from linker.readers import second_look
from linker.readers.fields import (
    PLAIN_URL,
    SOLID,
    Layout,
    host_of,
    layout_of,
    may_be_markup,
    unescape,
)
from linker.readers.shape import Types
from linker.text.scrubbing import CONTROLS, scrubbed
from linker.text.scrubbing_kernel import rows_with_controls

Bools = BoolArray

_STRING = pa.large_string()
_WRITTEN = (pa.float64(), pa.list_(_STRING))
_CONTROLS = re.compile(CONTROLS).search
_MOST_ODD = 0.5
_LONGEST_NAME = 256


class Settled(NamedTuple):
    """What became of a block of n lines: the articles of most, and which lines are still to do.

    batch: SCHEMA, the articles of the lines that are not odd, in their order; odd: bool (n,).
    """

    batch: pa.RecordBatch
    odd: Bools


def settle(data: bytes, types: Types) -> Settled | None:
    """The articles of a block of whole lines; None when it does not fit `types` at all."""
    count = second_look.count_objects(np.frombuffer(data, np.uint8))
    if count < 0:
        return None
    parse = pa.json.ParseOptions(
        explicit_schema=pa.schema(list(types.items())),
        newlines_in_values=False,
        unexpected_field_behavior="error",
    )
    read = pa.json.ReadOptions(use_threads=False, block_size=len(data) + 1)
    try:
        table = pa.json.read_json(pa.BufferReader(data), read_options=read, parse_options=parse)
    except pa.ArrowInvalid:
        return None
    if table.num_rows != count:
        return None
    columns = {name: _whole(table[name]) for name in table.column_names}
    if not all(map(_is_sound, columns.values())):
        return None
    return _Block(columns, count).settled()


def _whole(column: pa.ChunkedArray) -> pa.Array:
    """The column as one array, which it is already where Arrow has read one block."""
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def _is_sound(values: pa.Array) -> bool:
    """Whether all strings are UTF-8."""
    if pa.types.is_list(values.type):
        return _is_sound(values.flatten())
    if values.type != _STRING:
        return True
    data, offsets = bytes_of(values)
    return not len(data) or bool(second_look.is_utf8(data, offsets))


class _Block:
    """The columns of n records that fit their types; `odd` collects the rows that need more."""

    def __init__(self, columns: dict[str, pa.Array], count: int) -> None:
        self._columns = columns
        self._layout: Layout = layout_of(tuple(columns))
        self._count = count
        self._nothing = pa.array([""] * count, _STRING)
        self.odd: Bools = np.zeros(count, bool)

    def settled(self) -> Settled | None:
        """The articles of the rows that need no second look; None where most do."""
        titles, texts, urls = self._titles(), self._texts(), self._urls()
        self.odd |= _empty(titles) & _empty(texts)
        ids, sources, languages = self._ids(), self._sources(urls), self._languages()
        (published, precision), extras = self._published(), self._extras()
        if self.odd.mean() > _MOST_ODD:
            return None
        batch = pa.RecordBatch.from_arrays(
            [
                _made_ids(ids, urls, titles, texts),
                titles,
                texts,
                urls,
                sources,
                pa.array(published, SCHEMA.field("published").type, mask=precision == UNSETTLED),
                precision_names(precision),
                self._found_languages(languages, titles, texts),
                extras,
            ],
            schema=SCHEMA,
        )
        return Settled(batch.filter(pa.array(~self.odd)) if self.odd.any() else batch, self.odd)

    def _titles(self) -> pa.Array:
        titles = self._strings(self._layout.title)
        self._doubt(second_look.odd_titles, titles)
        return titles

    def _texts(self) -> pa.Array:
        keys = self._layout.text
        texts = self._strings(keys)
        self._doubt(second_look.odd_texts, texts)
        if any(map(may_be_markup, keys[:1])):
            self._doubt(second_look.marked_up, texts)
        return texts

    def _urls(self) -> pa.Array:
        urls = self._strings(self._layout.url)
        plain = pc.match_substring_regex(urls, f"^(?:{PLAIN_URL})$")
        self.odd |= ~_empty(urls) & ~np.asarray(plain.to_numpy(zero_copy_only=False), bool)
        return urls

    def _ids(self) -> pa.Array:
        ids = self._strings(self._layout.id)
        self._doubt(second_look.odd_ids, ids)
        return ids

    def _doubt(self, look: Callable[..., Any], strings: pa.Array) -> None:
        self.odd |= look(*bytes_of(strings))

    def _strings(self, keys: Sequence[str]) -> pa.Array:
        """The values under the first of these keys, '' for null."""
        if not keys:
            return self._nothing
        strings = _plain(self._columns[keys[0]].cast(_STRING))
        self._doubt_later(strings, keys[1:])
        return strings

    def _doubt_later(self, strings: pa.Array, keys: Sequence[str]) -> None:
        """Where a field is empty, what stands under other keys may fill it."""
        for key in keys:
            self.odd |= _empty(strings) & ~_empty(_plain(self._columns[key].cast(_STRING)))

    def _sources(self, urls: pa.Array) -> pa.Array:
        sources = self._strings(self._layout.source)
        odd = np.flatnonzero(second_look.odd_titles(*bytes_of(sources)))
        if len(odd):
            names = list(map(_source_name, sources.take(odd).to_pylist()))
            self.odd[odd] |= [name is None for name in names]
            known, _ = scrubbed([name or "" for name in names])
            sources = _put(sources, odd, known)
        without = pa.array(_empty(sources) & ~self.odd)
        if not pc.any(without).as_py():
            return sources
        hosts = list(map(host_of, urls.filter(without).to_pylist()))
        return pc.replace_with_mask(sources, without, pa.array(hosts, _STRING))

    def _languages(self) -> pa.Array:
        coded = self._strings(self._layout.lang).dictionary_encode()
        codes = list(map(_code, coded.dictionary.to_pylist()))
        if None in codes:
            self.odd |= np.array([code is None for code in codes])[coded.indices.to_numpy()]
        return pa.array([code or "" for code in codes], _STRING).take(coded.indices)

    def _found_languages(self, given: pa.Array, titles: pa.Array, texts: pa.Array) -> pa.Array:
        """The given languages, and what the beginning of an article says where there is none."""
        missing = pa.array(_empty(given) & ~self.odd)
        if not pc.any(missing).as_py():
            return given
        heads = pc.utf8_slice_codeunits(texts.filter(missing), 0, HEAD)
        both = pc.binary_join_element_wise(titles.filter(missing), heads, _string("\n"))
        found = pa.array(identify(both.to_pylist()), _STRING)
        return pc.replace_with_mask(given, missing, found)

    def _published(self) -> Moments:
        keys = self._layout.published
        if not keys:
            return moments([None] * self._count)
        column = self._columns[keys[0]]
        strings = _plain(column.cast(_STRING))
        self._doubt_later(strings, keys[1:])
        published, precision = moments(column.to_pylist())
        self.odd |= (precision == UNSETTLED) & ~_empty(strings)
        return published, precision

    def _extras(self) -> pa.Array:
        """What no field took, as `fields.packed` writes it: parts of JSON, joined."""
        parts = [self._part(key) for key in sorted(_spare_keys(self._layout), key=str.encode)]
        if not parts:
            return self._nothing
        joined = pc.ascii_rtrim(pc.binary_join_element_wise(*parts, _string("")), ",")
        packed = pc.binary_join_element_wise(_string("{"), joined, _string("}"), _string(""))
        return pc.if_else(pc.equal(joined, ""), _string(""), packed)

    def _part(self, key: str) -> pa.Array:
        """One key and its values as JSON with a comma, '' where there is nothing to keep.

        Not null, of which Arrow's join skips some rightly, but loses a row that holds no other.
        """
        values = self._columns[key]
        quote = '"' if values.type == _STRING else ""
        strings = self._dumped(values) if values.type in _WRITTEN else values.cast(_STRING)
        if quote:
            self._doubt(second_look.odd_values, _plain(strings))
        if key not in self._layout.unknown:
            strings = pc.if_else(pc.equal(strings, ""), pa.scalar(None, _STRING), strings)
        name = orjson.dumps(key).decode()
        begin, end = _string(f"{name}:{quote}"), _string(f"{quote},")
        return _plain(pc.binary_join_element_wise(begin, strings, end, _string("")))

    def _dumped(self, values: pa.Array) -> pa.Array:
        """Floats and lists of strings as JSON; 1 and 1.0 are one float, but not one text.

        Of NaN, which only Arrow takes for JSON, none is settled.
        """
        held = values.to_pylist()
        if values.type == pa.float64():
            numbers = values.to_numpy(zero_copy_only=False)[values.is_valid().to_numpy(False)]
            self.odd |= not np.isfinite(numbers).all()
            self.odd |= np.array([value is not None and value % 1 == 0 for value in held])
        dumped = [None if value is None else orjson.dumps(value).decode() for value in held]
        strings = pa.array(dumped, _STRING)
        self._doubt(rows_with_controls, _plain(strings))
        return strings


def _spare_keys(layout: Layout) -> set[str]:
    """The keys that no field takes where the first key of each field fills it.

    Other keys of an address or a language are let go, as `take_url` and `take_lang` stop at the
    first that holds one.
    """
    taking_all = (layout.id, layout.title, layout.text, layout.source, layout.published)
    later = {key for keys in taking_all for key in keys[1:]}
    return {*layout.unknown, *later}


def _made_ids(ids: pa.Array, urls: pa.Array, titles: pa.Array, texts: pa.Array) -> pa.Array:
    """The given ids, and made ones where there is none."""
    missing = np.flatnonzero(_empty(ids))
    if not len(missing):
        return ids
    made = [
        made_id(urls[row].as_py(), titles[row].as_py(), texts[row].as_py())
        for row in missing.tolist()
    ]
    return _put(ids, missing, made)


def _put(strings: pa.Array, rows: IntArray, values: Sequence[str]) -> pa.Array:
    """The strings with these values in these rows, which ascend."""
    mask = np.zeros(len(strings), bool)
    mask[rows] = True
    return pc.replace_with_mask(strings, pa.array(mask), pa.array(values, _STRING))


def _string(text: str) -> pa.Scalar:
    return pa.scalar(text, _STRING)


def _plain(strings: pa.Array) -> pa.Array:
    return pc.fill_null(strings, "") if strings.null_count else strings


def _empty(strings: pa.Array) -> Bools:
    _, offsets = bytes_of(strings)
    empty: Bools = offsets[1:] == offsets[:-1]
    return empty


def _source_name(given: str) -> str | None:
    """The name as `article_of` has it; None where more than the name is to be kept."""
    # A source has many articles; of what is no name at all, none is held.
    return _name_of(given) if len(given) <= _LONGEST_NAME else _name_of.__wrapped__(given)


@lru_cache(maxsize=1 << 15)
def _name_of(given: str) -> str | None:
    if (given and not SOLID(given)) or _CONTROLS(given):
        return None
    return " ".join(unescape(given).split())


def _code(given: str) -> str | None:
    """The code of a language; None where what is given names none."""
    code = normal_code(given)
    return code if code or not given else None
