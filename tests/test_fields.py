"""Records as articles: every alias, and values of any kind."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import A, B, Row, lines, table_of

from linker.articles import PRECISIONS
from linker.dates.moments import microseconds
from linker.readers import RejectLog, jsonl, read_python
from linker.readers.columns import columns_of
from linker.readers.fields import Unusable, article_of
from linker.readers.markup import strip_markup
from linker.readers.sources import Source


@pytest.mark.parametrize(
    "record",
    [
        {  # news-please
            "title": "T", "maintext": "X", "date_publish": "2024-05-03 08:15:00",
            "source_domain": "l.example", "language": "en", "url": "https://l.example/1",
        },
        {  # Scrapy items
            "headline": "T", "articleBody": "X", "datePublished": "2024-05-03T08:15:00Z",
            "publisher": {"@type": "Organization", "name": "l.example"}, "inLanguage": "en-US",
            "link": "https://l.example/1",
        },
        {  # ninjs
            "headline": "T", "body_html": "<p>X</p>", "versioncreated": "2024-05-03T08:15:00Z",
            "language": "en", "uri": "https://l.example/1", "source": "l.example",
        },
        {  # WordPress
            "title": {"rendered": "T"}, "content": {"rendered": "<p>X</p>"}, "lang": "english",
            "date_gmt": "2024-05-03T08:15:00", "link": "https://l.example/1",
        },
        {  # schema.org
            "@type": "NewsArticle", "headline": "T", "articleBody": ["X"], "inLanguage": "eng",
            "datePublished": 1714724100, "mainEntityOfPage": {"@id": "https://l.example/1"},
        },
        {"_source": {"title": "T", "text": "X", "lang": "en", "url": "https://l.example/1",
                     "published": {"$date": "2024-05-03T08:15:00Z"}}},
    ],
)  # fmt: skip
def test_aliases(record: Row) -> None:
    article = article_of(record)
    assert (article.title, article.text, article.lang) == ("T", "X", "en")
    assert (article.url, article.source) == ("https://l.example/1", "l.example")
    assert article.published == datetime(2024, 5, 3, 8, 15, tzinfo=UTC)


def test_wrong_types_are_made_text() -> None:
    article = article_of({"id": 12.0, "title": 5, "text": ["a", {"value": "b"}, None, 3]})
    assert (article.id, article.title, article.text) == ("12", "5", "a\nb\n3")


def test_unusable_values_empty_their_field_and_are_kept() -> None:
    spoiled = {"title": "T", "url": "javascript:alert(1)", "published": "99999-01-01", "lang": "qq"}
    article = article_of(spoiled)
    assert (article.url, article.published, article.precision) == ("", None, "unknown")
    kept = json.loads(article.extra)
    assert kept == {"url": "javascript:alert(1)", "published": "99999-01-01", "lang": "qq"}


@pytest.mark.parametrize("name", ["../../etc/passwd", "/absolute", "C:\\x", "a b", "<b>"])
def test_ids_are_only_strings(name: str) -> None:
    assert article_of({"id": name, "title": "T"}).id == name


def test_long_and_dirty_ids() -> None:
    first, second = (article_of({"id": "x" * 10_000 + end, "title": "T"}).id for end in "ab")
    assert len(first) == len(second) == 512 and first != second
    assert article_of({"id": " a\x00\nb ", "title": "T"}).id == "ab"


def test_fragments_of_markup() -> None:
    assert strip_markup("<p>A &amp; <b>b</b></p><style>p{}</style><p>C</p>") == "A & b\nC"
    assert strip_markup("<div>" * 9999 + "deep") == "deep"
    assert article_of({"title": "R&amp;D &#8217;24", "id": "R&D"}).title == "R&D \u201924"
    assert article_of({"title": "T", "content": "1 < 2 & 3"}).text == "1 < 2 & 3"
    assert article_of({"title": "T", "text": "see <b>"}).text == "see <b>"


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)
_keys = st.sampled_from(["id", "title", "text", "url", "published", "lang", "source", "extra", "z"])


@settings(max_examples=60)
@given(st.dictionaries(_keys, _json, max_size=5))
def test_any_record_is_an_article_or_unusable(record: Row) -> None:
    try:
        article = article_of(record)
    except Unusable:
        return
    assert article.title or article.text
    assert article.extra == "" or isinstance(json.loads(article.extra), dict)


_names = st.sampled_from(
    ["id", "guid", "uri", "title", "Title", "headline", "text", "body", "summary", "body_html",
     "url", "link", "source", "_source", "data", "published", "pub_date", "pubDate", "lang",
     "locale", "precision", "extra", "z", "Author"]
)  # fmt: skip
_usual = st.sampled_from(
    [None, "", " ", "A", " two  words ", "a\r\nb", "R&amp;D", "<p>one</p> <b>two</b>", "&nbsp;",
     "http://a.example/1", "HTTPS://b.example:80/x y", "ftp://c", "2024-05-03T08:15:00Z",
     "2024-05-03", "3 May 2024", "2999-01-01", 1714724100, 20240503, "en-US", "und", "exact",
     "day", '{"z":1}', {"title": "inner"}, {"rendered": "<p>R</p>"}, {"z": 2}, ["a", None], True,
     0, 2.0, "\ud800", "x" * 600, "a\x00b"]
)  # fmt: skip
_records = st.dictionaries(_names, _usual | _json, max_size=8)


@settings(max_examples=300, deadline=None)
@given(st.lists(_records | _usual | st.just({"title": "A", "text": "B"}), max_size=12))
def test_a_record_is_the_same_article_whatever_stands_beside_it(records: list[Any]) -> None:
    found = [("f", place, record) for place, record in enumerate(records, start=1)]
    together = RejectLog()
    columns, _ = columns_of(found, together)
    places, articles = [], []
    for name, place, record in found:
        try:
            articles.append(article_of(record))
        except Unusable as reason:
            places.append((name, place, str(reason)))
    assert [(reject.file, reject.line, reject.reason) for reject in together] == places
    for name in ("id", "title", "text", "url", "source", "lang", "extra"):
        assert getattr(columns, name) == [getattr(article, name) for article in articles]
    times = [microseconds(article.published) for article in articles]
    assert columns.published.tolist() == times
    names = [PRECISIONS[code] for code in columns.precision.tolist()]
    assert names == [article.precision for article in articles]


def test_no_values_and_arrays_of_other_libraries() -> None:
    names = ("id", "title", "text", "url", "source", "published", "updated", "lang", "z", "extra")
    nothing: Row = dict.fromkeys((*names, "headline", "body"), pd.NA)
    records = [
        nothing | {"title": "A"},
        nothing | {"text": "B", "published": pd.NaT, "z": np.array([1, 2])},
        nothing | {"title": np.array(["C", "c"]), "text": np.array(["One.", "Two."])},
        {"title": "D", "text": ["One.", "Two."], "published": np.array(["2024-05-03"])},
        {"title": np.array("E"), "id": np.int64(5), "published": {"$date": 1714724100000}},
    ]
    rejects = RejectLog()
    rows = table_of(read_python(records, rejects)).to_pylist()
    assert [row["title"] for row in rows] == ["A", "", "C c", "D", "E"] and not len(rejects)
    assert [row["text"] for row in rows] == ["", "B", "One.\nTwo.", "One.\nTwo.", ""]
    assert [row["extra"] for row in rows] == ["", '{"z":[1,2]}', "", "", ""]
    assert [row["precision"] for row in rows] == ["unknown"] * 3 + ["day", "exact"]


def test_records_with_little_in_common_are_read_alone() -> None:
    records = [{"title": f"T{i}", f"key {i}": i} for i in range(400)]
    rows = table_of(read_python(records, RejectLog())).to_pylist()
    assert [row["extra"] for row in rows] == [f'{{"key {i}":{i}}}' for i in range(400)]


def test_a_value_that_breaks_its_reader_costs_one_record() -> None:
    class Hostile:
        def __str__(self) -> str:
            raise RuntimeError("no")

    rejects = RejectLog()
    table = table_of(read_python([A, {"title": Hostile()}, B], rejects))
    assert table["title"].to_pylist() == ["A", "B"]
    assert [(reject.line, reject.reason) for reject in rejects] == [
        (2, "cannot be read (RuntimeError('no'))")
    ]


def test_lines_before_a_break_are_kept() -> None:
    held = [lines(A, B).encode()]

    class Breaking(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            if not held:
                raise OSError(5, "Input/output error")
            data = held.pop()
            buffer[: len(data)] = data
            return len(data)

    stream = io.BufferedReader(Breaking())
    found = jsonl.read_jsonl(Source("f", "f", "f", "jsonl"), stream)
    assert list(next(found).records()) == [("f", 1, A), ("f", 2, B)]
    with pytest.raises(OSError, match="Input"):
        next(found)
