"""Lines of JSON that become columns at once are the articles that they are one by one."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import A, B, lines, write

from linker.readers import RejectLog, jsonl, read, second_look, wholesale
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
    "de", "exact", "x" * 600, '{"z":1}', "&#١٢; &copy 2024", "\x7f&nbsp;", "\x01&#10;",
]  # fmt: skip
_OTHERS: list[list[Any]] = [
    [0, 7, -1, 1714724100, 20240503, 2**40, 2**70],
    [0.5, -1e-7, 1.0, 2, 1e22, 123456.789, 1e400, -0.0, float("nan")],
    [[], ["a", None], ['"', "\\", "\u0085"], [""], [1]],
    [True, False, 1.5, {"title": "inner"}, "a string", 3],
]
_USUAL: dict[str, list[Any]] = {
    "url": ["http://a.example/1", "https://b.example/?a=1&b=2", None],
    "source": ["The Lantern", "Фонарь", "", "a.example"],
    "published": ["2024-05-03T08:15:00Z", "2024-05-03", "", None],
    "lang": ["en-US", "de", "", None],
    "z": [0.25, -1e-7, 123456.789, None],
    "tags": [[], ["a", None], ["北京"], ['a "b"'], None],
    "Author": [0, 7, -1, None],
    "": ["A", "R&D", "AT&T, 2 < 3", "北京", "дом\n\nдом", "x" * 80, "", None],
}
_KEYS = [
    "id", "guid", "uri", "title", "Title", "headline", "text", "body", "summary", "body_html",
    "url", "link", "source", "site", "data", "published", "pub_date", "pubDate", "lang", "locale",
    "precision", "extra", "z", "Author", 'a "key"', "a\u2028b", "a\x7fb", "\ud800", "é",
]  # fmt: skip
_LIKELY = [
    "id",
    "uri",
    "title",
    "text",
    "url",
    "source",
    "published",
    "lang",
    "z",
    "tags",
    "Author",
]
_RAW = [
    b"", b"  ", b"null", b"[]", b'[{"title":"in an array"}]', b'{"title":"A"}{"title":"B"}',
    b'{"title":"cut', b'{"title":"A","title":"B"}', b'{"title":"\xff\xfe"}', b' {"title":"A"}',
    b'{"title":"A"}\r', b'{"title":"\\ud800"}', b'{"title":NaN}', b'{"\\u0074itle":"A"}', b"{}",
    b'{"title":"A"}null{"title":"B"}', b'{"title":' + b"[" * 2000 + b"}", b"{null}",
    b'{"title":"A","unheard of":"B"}', b'{"title":"A","id":12}', b'{"title":"A"} // B',
    b'{"title":"A","\\ud800":"B"}', '{"title":"Größe"}'.encode("cp1252"),
    '{"title":"Президент подписал указ"}'.encode("cp1251"),
]  # fmt: skip


def _made(random: Random) -> bytes:
    """Lines whose keys mostly hold usual values of one kind each."""
    likely = random.sample(_LIKELY, random.randint(2, 8))
    keys = likely + random.sample(_KEYS, random.choice((0, 0, 0, 1, 2)))
    usual = {key: _USUAL.get(key.replace("uri", "url"), _USUAL[""]) for key in keys}
    odd = {key: random.choice([_STRINGS] * 12 + _OTHERS) for key in keys}
    first = {key: usual[key][0] for key in keys} | {"title": "A", "text": _PLAIN}
    rows = [first] * random.randint(1, 3)
    for _ in range(random.randint(0, 14)):
        values = {
            key: random.choice(odd[key] if random.random() < 0.02 else usual[key])
            for key in keys
            if random.random() < 0.95
        }
        rows.append(values if random.random() < 0.1 else {"title": "T", "text": _PLAIN} | values)
    held = [
        json.dumps(row, ensure_ascii=random.random() < 0.5).encode("utf-8", "replace")
        for row in rows
    ]
    for raw in random.sample(_RAW, random.choice((0, 0, 0, 1, 2))):
        held.insert(random.randint(1, len(held)), raw)
    return b"\n".join(held) + random.choice((b"", b"\n"))


def _read(path: Path, threads: int) -> tuple[pa.Table, list[Any], list[Any]]:
    rejects = RejectLog()
    table = pa.Table.from_batches(read(str(path), rejects, threads=threads))
    places = [rejects.places.of(row) for row in range(table.num_rows + 1)]
    return table, list(rejects), places


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("wholesale") / "a.jsonl"


@pytest.mark.parametrize("seed", range(12))
def test_a_line_is_the_same_article_whatever_way_it_is_read(path: Path, seed: int) -> None:
    """In blocks of some bytes, of which a good part must be settled as columns."""
    random, settled = Random(seed), [0, 0]

    def counted(data: bytes, types: Types) -> wholesale.Settled | None:
        found = settle(data, types)
        settled[0] += data.count(b"\n")
        settled[1] += len(found.batch) if found else 0
        return found

    for _ in range(40):
        path.write_bytes(_made(random))
        sizes = {"_FIRST_BLOCK": 40, "_BLOCK": 40, "_LARGE_BLOCK": random.randint(40, 2000)}
        with patch.multiple(jsonl, **sizes), patch.object(wholesale, "settle", counted):
            found, rejects, places = _read(path, random.choice((1, 2, 3)))
        with patch.object(Shape, "learn", lambda self, records: None):
            expected, *others = _read(path, 1)
        assert found.to_pylist() == expected.to_pylist()
        assert found.schema == expected.schema
        assert [rejects, places] == others
    assert settled[1] > settled[0] / 6 > 15


def test_lines_in_other_encodings_do_not_depend_on_threads(path: Path) -> None:
    plain = [json.dumps({"title": f"A {n}", "text": _PLAIN}).encode() for n in range(40)]
    german = '{"title":"Größe und Übung der Länder","text":"Für die Brücke"}'.encode("cp1252")
    russian = '{"title":"Президент подписал указ","text":"В Москве"}'.encode("cp1251")
    with patch.multiple(jsonl, _FIRST_BLOCK=400, _BLOCK=400, _LARGE_BLOCK=800):
        for after in range(3, 12, 2):
            path.write_bytes(b"\n".join([*plain, german, *plain[:after], russian]))
            one, *others = [_read(path, threads)[0].to_pylist() for threads in (1, 2, 4)]
            assert all(other == one for other in others)


def _shape(*records: Row) -> Types:
    shape = Shape()
    shape.learn(records)
    assert shape.types
    return shape.types


def test_only_odd_lines_are_left_to_do() -> None:
    rows: list[Row] = [
        A | {"text": _PLAIN, "desk": "city", "words": 7, "tags": ["a", "b"], "score": 0.25},
        B | {"text": "R&amp;D", "words": None},
        {"title": "AT&T, 2 < 3", "text": "北京\n\n" + _PLAIN, "desk": "", "words": -1, "tags": []},
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
        shape.learn([{"title": "A", "text": f"{number}"}])
        shape.refuse()
        if number == 3:
            shape.accept()
        assert (shape.types is None) == (number > 11)


@pytest.mark.parametrize(
    "record",
    [
        {"title": True},
        {"body_html": "A"},
        {"precision": "day"},
        {"pub_date": "A", "pubDate": "B"},
        {"title": ["A"]},
        {"tags": [1]},
        {"a\u2028b": "A"},
        {"\ud800": "A"},
        {"tags": {"name": "A"}},
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


_EDGES = bytes.fromhex("007f808f909fa0bfc0c1c2dfe0e1ecedeeeff0f1f3f4f5ff")
_some_bytes = st.lists(st.sampled_from(_EDGES), max_size=7).map(bytes)
_some_text = st.text(st.sampled_from("aé\u07ff\u0800\ud7ff\ue000北\uffff🎈\U0010ffff"), max_size=9)


@settings(max_examples=1000, deadline=None)
@given(st.lists(_some_bytes | _some_text.map(str.encode), max_size=4), st.integers(0, 3))
def test_utf8_is_what_python_decodes(values: list[bytes], skipped: int) -> None:
    data = np.frombuffer(b"".join(values), np.uint8)
    ends = np.cumsum([0, *map(len, values)])
    skipped = min(skipped, len(values))
    assert second_look.is_utf8(data, ends[skipped:]) == all(map(_is_utf8, values[skipped:]))


@pytest.mark.parametrize("prefix", [b"", b"a", b"\xe0", b"\xe1\x80", b"\xed", b"\xf0", b"\xf4\x80"])
def test_every_two_bytes_are_utf8_where_python_says_so(prefix: bytes) -> None:
    for first in range(256):
        for second in range(256):
            value = prefix + bytes((first, second))
            found = second_look.is_utf8(np.frombuffer(value, np.uint8), np.array([0, len(value)]))
            assert found == _is_utf8(value)


def test_a_list_that_is_no_utf8_is_left_to_the_plain_way() -> None:
    types = {"title": pa.large_string(), "tags": pa.list_(pa.large_string())}
    assert wholesale.settle(b'{"title": "A", "tags": ["\xff"]}\n', types) is None
    assert wholesale.settle('{"title": "A", "tags": ["é", null]}\n{"title": "B"}\n'.encode(), types)


def _is_utf8(value: bytes) -> bool:
    try:
        value.decode()
    except UnicodeDecodeError:
        return False
    return True


def test_a_file_cut_short_keeps_its_whole_lines(tmp_path: Path) -> None:
    rows = [A | {"id": str(n), "text": _PLAIN * 20} for n in range(2000)]
    data = lines(*rows).encode()
    rejects = RejectLog()
    whole = write(tmp_path / "a.jsonl", data[:-400])
    table = pa.Table.from_batches(read(str(whole), rejects, threads=2))
    assert table["id"].to_pylist() == [str(n) for n in range(1999)]
    assert [reject.line for reject in rejects] == [2000]


@pytest.mark.parametrize("data", ["\n \r\n\n", "[]\n[]", "[ ]"])
def test_a_file_without_a_record_is_a_reject(tmp_path: Path, data: str) -> None:
    rejects = RejectLog()
    full, bare = write(tmp_path / "a.jsonl", lines(A)), write(tmp_path / "b.jsonl", data)
    assert sum(map(len, read([full, bare], rejects))) == 1
    assert [(reject.file, reject.reason) for reject in rejects] == [
        (str(bare), "the file holds no record")
    ]
