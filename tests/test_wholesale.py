"""Lines of JSON that become columns at once are the articles that they are one by one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import A, B, lines, write

from linker.readers import RejectLog, jsonl, read, second_look
from linker.readers.fields import article_of
from linker.readers.shape import Shape, Types
from linker.readers.wholesale import settle

Row = dict[str, Any]

_PLAIN = "A plain text, as nearly all are."
_STRINGS = [
    None, "", " ", "A", _PLAIN, "two  blanks", " before", "after ", "line\nline", "a\r\nb", "a\tb",
    "R&amp;D", "R&D", "AT&T; and", "&#34;", "&hellip;", "&nbsp;", "a < b", "<p>one</p> <b>two</b>",
    "\u3000wide", "wide\u3000space", "no\u00a0break", "end\u00a0", "next\u0085line", "\u2028",
    "\u200bzero", "null\x00", "del\x7f", 'say "no"', "back\\slash", "дом", "北京", "📰", "é",
    "http://a.example/1", "HTTPS://b.example:80/x y", "https://c.example/?a=1&amp;b=2", "ftp://c",
    "2024-05-03T08:15:00Z", "2024-05-03", "3 May 2024", "2999-01-01", "en-US", "und", "Klingon",
    "de", "exact", "x" * 600, '{"z":1}',
]  # fmt: skip
_NUMBERS = [None, 0, 7, -1, 1714724100, 20240503, 2**40, 2**70]
_OTHERS = [None, True, False, 1.5, ["a", None], {"title": "inner"}, "a string", 3]
_KEYS = [
    "id", "guid", "uri", "title", "Title", "headline", "text", "body", "summary", "body_html",
    "url", "link", "source", "site", "data", "published", "pub_date", "pubDate", "lang", "locale",
    "precision", "extra", "z", "Author", 'a "key"',
]  # fmt: skip
_RAW = [
    b"", b"  ", b"null", b"[]", b'[{"title":"in an array"}]', b'{"title":"A"}{"title":"B"}',
    b'{"title":"cut', b'{"title":"A","title":"B"}', b'{"title":"\xff\xfe"}', b' {"title":"A"}',
    b'{"title":"A"}\r', b'{"title":"\\ud800"}', b'{"title":NaN}', b'{"\\u0074itle":"A"}', b"{}",
    b'{"title":"A"}null{"title":"B"}', b'{"title":' + b"[" * 2000 + b"}", b"{null}",
    b'{"title":"A","unheard of":"B"}', b'{"title":"A","id":12}', b'{"title":"A"} // B',
]  # fmt: skip


@st.composite
def _files(draw: st.DrawFn) -> bytes:
    """Lines whose keys mostly hold values of one kind each."""
    keys = draw(st.lists(st.sampled_from(_KEYS), min_size=1, max_size=7, unique=True))
    kinds = st.sampled_from([_STRINGS] * 12 + [_NUMBERS, _OTHERS])
    values = {key: st.sampled_from(draw(kinds)) for key in keys}
    rows = draw(st.lists(st.fixed_dictionaries({}, optional=values), max_size=12))
    held = [json.dumps(row, ensure_ascii=draw(st.booleans())).encode() for row in rows]
    usual = dict.fromkeys(keys, "A") | {"title": "A", "text": _PLAIN}
    held = [json.dumps(usual).encode()] * 3 + held
    for raw in draw(st.lists(st.sampled_from(_RAW), max_size=2)):
        held.insert(draw(st.integers(1, len(held))), raw)
    return b"\n".join(held) + draw(st.sampled_from([b"", b"\n"]))


def _read(path: Path, threads: int) -> tuple[pa.Table, list[Any], list[Any]]:
    rejects = RejectLog()
    table = pa.Table.from_batches(read(str(path), rejects, threads=threads))
    places = [rejects.places.of(row) for row in range(table.num_rows + 1)]
    return table, list(rejects), places


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("wholesale") / "a.jsonl"


@settings(max_examples=400, deadline=None)
@given(data=_files(), size=st.integers(40, 2000), threads=st.integers(1, 2))
def test_a_line_is_the_same_article_whatever_way_it_is_read(
    path: Path, data: bytes, size: int, threads: int
) -> None:
    path.write_bytes(data)
    with patch.object(jsonl, "_BLOCK", 40), patch.object(jsonl, "_LARGE_BLOCK", size):
        found, rejects, places = _read(path, threads)
        with patch.object(Shape, "learn", lambda self, records: None):
            expected, *others = _read(path, 1)
    assert found.to_pylist() == expected.to_pylist()
    assert found.schema == expected.schema
    assert [rejects, places] == others


def _shape(*records: Row) -> Types:
    shape = Shape()
    shape.learn(records)
    assert shape.types
    return shape.types


def test_only_odd_lines_are_left_to_do() -> None:
    rows: list[Row] = [
        A | {"text": _PLAIN, "desk": "city", "words": 7},
        B | {"text": "R&amp;D", "words": None},
        {"title": "AT&T, 2 < 3", "text": "北京\n\n" + _PLAIN, "desk": "", "words": -1},
        {"title": "", "text": None},
    ]
    settled = settle(lines(*rows).encode(), _shape(*rows))
    assert settled is not None
    assert settled.odd.tolist() == [False, True, False, True]
    expected = [article_of(rows[0]), article_of(rows[2])]
    for name in ("title", "text", "url", "source", "extra"):
        values = settled.batch.column(name).to_pylist()
        assert values == [getattr(article, name) for article in expected]


@pytest.mark.parametrize(
    "data",
    [
        b'{"title":"A"}{"title":"B"}\n',
        b'\n{"title":"A"}\n',
        b'{"title":"A"}\n{"title":"B"}',
        b"null\n",
        b'{"title":1}\n',
        b'{"title":"A","other":1}\n',
        b'{"title":"\xff"}\n',
        b'{"title":"\\ud800"}\n',
        b'{"title":"A","title":"B"}\n',
        b'{"title":"&amp;"}\n',
    ],
)
def test_a_block_that_is_not_alike_is_refused(data: bytes) -> None:
    assert settle(data, _shape({"title": "A"})) is None


def test_records_with_little_in_common_are_given_up() -> None:
    shape = Shape()
    shape.learn([{"title": "A", "n": 1}])
    shape.learn([{"title": "A", "n": None}])
    assert shape.types == {"title": pa.large_string(), "n": pa.int64()}
    shape.learn([{"title": "A", "n": "one"}])
    assert shape.types is None
    shape.learn([{"title": "A"}])
    assert shape.types is None


def test_a_shape_that_never_fits_is_given_up() -> None:
    shape = Shape()
    for number in range(20):
        shape.refuse([{"title": "A", f"key {number}": "B"}])
    assert shape.types is None


@pytest.mark.parametrize(
    "record",
    [
        {"title": True},
        {"body_html": "A"},
        {"precision": "day"},
        {"pub_date": "A", "pubDate": "B"},
        {"tags": ["A"]},
    ],
)
def test_fields_that_take_more_than_one_value_are_not_read_as_columns(record: Row) -> None:
    shape = Shape()
    shape.learn([record])
    assert shape.types is None


def _strings(values: list[str]) -> tuple[Any, Any]:
    from linker.buffers import bytes_of

    return bytes_of(pa.array(values, pa.large_string()))


_odd_text = st.text(
    st.sampled_from('ab .&;#x<"\\\t\n\r\x1c\x7f\x85\xa0\u1680\u2003\u2028\u202f\u205f\u3000é北')
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.text(max_size=12) | _odd_text, max_size=20))
def test_strings_that_need_no_second_look_stay_as_they_are(values: list[str]) -> None:
    held = _strings(values)
    for name, odd in (
        ("title", second_look.odd_titles(*held)),
        ("text", second_look.odd_texts(*held)),
        ("id", second_look.odd_ids(*held)),
    ):
        for value, doubted in zip(values, odd.tolist(), strict=True):
            if value and not doubted:
                assert getattr(article_of({"title": "T"} | {name: value}), name) == value
    for value, doubted in zip(values, second_look.odd_values(*held).tolist(), strict=True):
        if not doubted:
            assert json.dumps(value, ensure_ascii=False) == f'"{value}"'
    marked = second_look.marked_up(*held)
    assert marked.tolist() == ["<" in value for value in values]
    assert marked.dtype == np.bool_


def test_usual_strings_need_no_second_look() -> None:
    usual = ["", "A", _PLAIN, "AT&T", "R&D; more", "a - b", "Größe", "北京 2024", "x; y"]
    for look in (second_look.odd_titles, second_look.odd_texts, second_look.odd_values):
        assert not look(*_strings(usual)).any()
    assert not second_look.odd_texts(*_strings(["a\n\n b\tc", "\u200ba"])).any()
    assert not second_look.odd_ids(*_strings(["a-1", "urn:x:1", "a b", "x" * 512])).any()


def test_a_file_cut_short_keeps_its_whole_lines(tmp_path: Path) -> None:
    rows = [A | {"id": str(n), "text": _PLAIN * 20} for n in range(2000)]
    data = lines(*rows).encode()
    rejects = RejectLog()
    whole = write(tmp_path / "a.jsonl", data[:-400])
    table = pa.Table.from_batches(read(str(whole), rejects, threads=2))
    assert table["id"].to_pylist() == [str(n) for n in range(1999)]
    assert [reject.line for reject in rejects] == [2000]
