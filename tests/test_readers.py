"""Readers: every format, every alias, and bad input as reject rows instead of exceptions."""

from __future__ import annotations

import gzip
import io
import json
import os
import random
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from linker.articles import PRECISIONS, SCHEMA, table_of
from linker.errors import LinkerError
from linker.moments import microseconds
from linker.readers import Reject, RejectLog, jsonl, read, read_python
from linker.readers.columns import columns_of
from linker.readers.fields import Unusable, article_of
from linker.readers.markup import strip_markup
from linker.readers.sources import Source

DATA = Path(__file__).parent / "data"
Row = dict[str, Any]


def read_rows(*inputs: str | Path, batch_rows: int = 4096) -> tuple[list[Row], list[Reject]]:
    rejects = RejectLog()
    table = table_of(read(inputs, rejects, batch_rows=batch_rows))
    assert table.schema.equals(SCHEMA)
    return table.to_pylist(), list(rejects)


def write(path: Path, data: bytes | str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def lines(*records: Any) -> str:
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


# Formats


def test_jsonl_keys_of_the_contract(tmp_path: Path) -> None:
    record = {
        "id": "a1", "title": "Bridge closed", "text": "Since Friday.", "url": "https://l.example/1",
        "source": "Lantern", "published": "2024-05-03T08:15:00Z", "lang": "en-GB", "desk": "city",
        "author": ["I. M."],
    }  # fmt: skip
    rows, rejects = read_rows(write(tmp_path / "a.jsonl", lines(record)))
    assert rejects == []
    assert rows == [
        {
            "id": "a1", "title": "Bridge closed", "text": "Since Friday.",
            "url": "https://l.example/1", "source": "Lantern", "precision": "exact", "lang": "en",
            "published": datetime(2024, 5, 3, 8, 15, tzinfo=UTC),
            "extra": '{"author":["I. M."],"desk":"city"}',
        }
    ]  # fmt: skip


def test_html_page() -> None:
    rows, rejects = read_rows(DATA / "velmora.html")
    assert rejects == []
    (row,) = rows
    assert row["title"] == "Velmora bridge closed after flood"
    assert row["url"] == "https://www.lantern.example/2024/05/velmora-bridge"
    assert row["source"] == "lantern.example"
    assert (row["published"], row["precision"]) == (
        datetime(2024, 5, 3, 6, 15, tzinfo=UTC),
        "exact",
    )
    assert "crack as long as a bicycle" in row["text"]
    assert "cookies" not in row["text"] and "dataLayer" not in row["text"]


def test_feeds() -> None:
    rows, rejects = read_rows(DATA / "lantern.rss", DATA / "lantern.atom")
    assert [reject.reason for reject in rejects] == ["neither title nor text"]
    rss, atom = rows
    assert (rss["id"], rss["title"]) == ("lantern-77", "Ferry & bridge: what we know")
    assert rss["text"] == "The ferry runs every ten minutes.\nIt is free."
    assert rss["published"] == datetime(2024, 5, 3, 10, tzinfo=UTC)
    assert rss["source"] == "lantern.example"
    assert json.loads(rss["extra"]) == {"feed": "The Daily Lantern", "summary": "A short lead."}
    assert (atom["id"], atom["lang"]) == ("urn:lantern:78", "ar")


def test_text_file() -> None:
    (row,), _ = read_rows(DATA / "lantern_ar.txt")
    assert row["id"] == "lantern_ar"
    assert row["title"] == "إغلاق جسر فلمورا بعد ارتفاع منسوب النهر"
    assert row["text"].startswith("٣ مايو ٢٠٢٤")
    assert (row["published"], row["precision"]) == (
        datetime(2024, 5, 3, 8, 15, tzinfo=UTC),
        "exact",
    )
    assert row["lang"] == "ar"


def test_text_file_that_begins_with_a_paragraph(tmp_path: Path) -> None:
    paragraph = "The bridge is closed, and it will stay so. " * 10
    (row,), _ = read_rows(write(tmp_path / "p.txt", f"{paragraph}\nMore."))
    assert row["title"] == "" and row["text"].startswith("The bridge") and "More." in row["text"]


def test_csv_with_semicolons() -> None:
    rows, rejects = read_rows(DATA / "articles.csv")
    assert [row["title"] for row in rows] == ["Ferry starts", "Bridge opens"]
    assert rows[0]["text"] == "The ferry starts on Monday; it is free.\nIt runs until dusk."
    assert rows[1]["text"] == 'A "first" car crossed.'
    assert rows[0]["published"] == datetime(2024, 5, 3, 8, 15, tzinfo=UTC)
    assert rows[0]["extra"] == '{"Desk":"city"}'
    assert [(reject.line, reject.reason) for reject in rejects] == [
        (5, "2 columns where the header has 6"),
        (6, "7 columns where the header has 6"),
    ]


def test_tsv_and_backslash_quotes(tmp_path: Path) -> None:
    tsv = write(tmp_path / "a.tsv", 'id\theadline\tbody\n1\tHe said "no"\tText\n')
    escaped = write(tmp_path / "b.csv", 'title,text\n"He said \\"no\\"","A, b"\n')
    rows, rejects = read_rows(tsv, escaped)
    assert [row["title"] for row in rows] == ['He said "no"'] * 2 and rejects == []


def test_parquet(tmp_path: Path) -> None:
    times = pa.array([1_714_724_100_000_000_000, None], pa.timestamp("ns"))
    table = pa.table({"headline": ["A", "B"], "published": times, "n": [1, 2], "id": [7, 8]})
    pq.write_table(table, tmp_path / "a.parquet")
    packed = write(tmp_path / "b.parquet.gz", gzip.compress((tmp_path / "a.parquet").read_bytes()))
    for path in (tmp_path / "a.parquet", packed):
        rows, _ = read_rows(path)
        assert [(row["id"], row["title"], row["extra"]) for row in rows] == [
            ("7", "A", '{"n":1}'),
            ("8", "B", '{"n":2}'),
        ]
        assert rows[0]["published"] == datetime(2024, 5, 3, 8, 15, tzinfo=UTC)


def warc(*responses: tuple[str, str, bytes]) -> bytes:
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    held = io.BytesIO()
    writer = WARCWriter(held, gzip=True)
    for url, kind, body in responses:
        headers = StatusAndHeaders("200 OK", [("Content-Type", kind)], protocol="HTTP/1.1")
        payload = io.BytesIO(body)
        writer.write_record(
            writer.create_warc_record(url, "response", payload, http_headers=headers)
        )
    return held.getvalue()


def test_warc(tmp_path: Path) -> None:
    page = (DATA / "velmora.html").read_bytes()
    archive = warc(
        ("https://www.lantern.example/2024/05/velmora-bridge", "text/html; charset=utf-8", page),
        ("https://www.lantern.example/robots.txt", "text/plain", b"User-agent: *"),
        ("https://www.lantern.example/none", "text/html", b"<html></html>"),
    )
    rows, rejects = read_rows(write(tmp_path / "news.warc.gz", archive))
    assert [row["title"] for row in rows] == ["Velmora bridge closed after flood"]
    assert [reject.record for reject in rejects] == ["https://www.lantern.example/none"]


@pytest.mark.parametrize("suffix", ["", ".gz", ".zst"])
@pytest.mark.parametrize("name", ["articles.csv", "lantern.rss", "velmora.html", "lantern_ar.txt"])
def test_compressed_files_read_the_same(tmp_path: Path, name: str, suffix: str) -> None:
    pack: dict[str, Callable[[bytes], bytes]] = {
        "": bytes, ".gz": gzip.compress, ".zst": zstandard.compress
    }  # fmt: skip
    path = write(tmp_path / f"{name}{suffix}", pack[suffix]((DATA / name).read_bytes()))
    assert read_rows(path)[0] == read_rows(DATA / name)[0]


@pytest.mark.parametrize(
    "name", ["articles.csv", "lantern.rss", "lantern.atom", "velmora.html", "lantern_ar.txt"]
)
def test_formats_are_recognised_without_a_suffix(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / Path(name).stem, (DATA / name).read_bytes())
    assert read_rows(path)[0] == read_rows(DATA / name)[0]


# JSON in its many shapes

A, B = {"title": "A"}, {"title": "B"}


@pytest.mark.parametrize(
    "text",
    [
        lines(A, B),
        json.dumps([A, B]),
        json.dumps([A, B], indent=2),
        json.dumps({"status": "ok", "articles": [A, B]}),
        json.dumps({"response": {"docs": [A, B]}}, indent=1),
        json.dumps({"hits": {"hits": [{"_source": A}, {"_source": B}]}}),
        json.dumps(A, indent=1) + "\n" + json.dumps(B, indent=1),
        "\n\n" + lines(A) + "  \n" + lines(B),
    ],
)
def test_json_files(tmp_path: Path, text: str) -> None:
    rows, rejects = read_rows(write(tmp_path / "a.json", text))
    assert [row["title"] for row in rows] == ["A", "B"] and rejects == []


def test_cut_off_array_keeps_its_whole_records(tmp_path: Path) -> None:
    text = json.dumps([A, B, {"title": "C"}])
    rows, rejects = read_rows(write(tmp_path / "a.json", text[:-6]))
    assert [row["title"] for row in rows] == ["A", "B"]
    assert len(rejects) == 1 and rejects[0].line == 3 and rejects[0].reason.startswith("not JSON")


def test_bad_lines_are_rejected_with_their_place(tmp_path: Path) -> None:
    bad = ['{"title": "cut', "5", '"text"', "null", "{}", '{"title": "", "text": " "}', "[" * 9999]
    rows, rejects = read_rows(write(tmp_path / "a.jsonl", lines(A) + "\n".join(bad)))
    assert len(rows) == 1
    assert [reject.line for reject in rejects] == [2, 3, 4, 5, 6, 7, 8]
    assert all(reject.reason and reject.file.endswith("a.jsonl") for reject in rejects)


def test_odd_characters_in_json(tmp_path: Path) -> None:
    data = (
        b'{"title":"a\\u0000b"}\n{"title":"raw\x00nul"}\n{"title":"half \\ud800 pair"}\n'
        b'{"title":"caf\xe9"}\n{"title":"x","n":NaN}\n{"title":"<script>alert(1)</script>"}\n'
    )
    rows, rejects = read_rows(write(tmp_path / "a.jsonl", data))
    assert rejects == []
    assert [row["title"] for row in rows] == [
        "ab", "rawnul", "half \ufffd pair", "café", "x", "<script>alert(1)</script>"
    ]  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_byte_order_marks(tmp_path: Path, encoding: str) -> None:
    rows, _ = read_rows(write(tmp_path / "a.jsonl", lines({"title": "جسر"}, B).encode(encoding)))
    assert [row["title"] for row in rows] == ["جسر", "B"]


def test_arabic_and_western_code_pages(tmp_path: Path) -> None:
    arabic = (DATA / "lantern_ar.txt").read_text("utf-8")
    for figure, latin in zip("٠١٢٣٤٥٨", "0123458", strict=True):
        arabic = arabic.replace(figure, latin)
    rows, _ = read_rows(
        write(tmp_path / "a.txt", arabic.encode("cp1256")),
        write(tmp_path / "b.csv", "Titel;Text\nDie Brücke;Große Übung\n".encode("cp1252")),
    )
    assert rows[0]["title"] == "إغلاق جسر فلمورا بعد ارتفاع منسوب النهر"
    assert (rows[1]["title"], rows[1]["text"]) == ("Die Brücke", "Große Übung")


def test_a_huge_line_is_one_reject(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonl, "LONGEST_LINE", 1 << 20)
    huge = '{"title":"H","text":"' + "x" * (5 << 20) + '"}\n'
    rows, rejects = read_rows(write(tmp_path / "a.jsonl", lines(A) + huge + lines(B)))
    assert [row["title"] for row in rows] == ["A", "B"]
    assert [(reject.line, reject.reason) for reject in rejects] == [(2, "a line longer than 1 MB")]
    assert len(rejects[0].record) <= 200


# Fields


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


@settings(max_examples=300)
@given(st.lists(_records | _usual | st.just({"title": "A", "text": "B"}), max_size=12))
def test_a_record_is_the_same_article_whatever_stands_beside_it(records: list[Any]) -> None:
    found = [("f", place, record) for place, record in enumerate(records, start=1)]
    together = RejectLog()
    columns = columns_of(found, together)
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
    assert [next(found), next(found)] == [("f", 1, A), ("f", 2, B)]
    with pytest.raises(OSError, match="Input"):
        next(found)


# Inputs


def test_folders_globs_and_repeated_files(tmp_path: Path) -> None:
    write(tmp_path / "b/x.txt", "Bee\nText")
    write(tmp_path / "a.jsonl.gz", gzip.compress(lines(A).encode()))
    write(tmp_path / ".hidden.jsonl", lines(B))
    write(tmp_path / "photo.jpg", b"\xff\xd8")
    rows, rejects = read_rows(tmp_path, tmp_path / "a.jsonl.gz", str(tmp_path / "**/*.txt"))
    assert [row["title"] for row in rows] == ["A", "Bee"]
    assert rows[1]["id"] == "b/x"
    assert [reject.reason for reject in rejects] == ["skipped: .jpg is no known file type"]


def test_a_glob_reads_the_folders_it_matches_beside_files(tmp_path: Path) -> None:
    write(tmp_path / "a.jsonl", lines(A))
    write(tmp_path / "sub/b.jsonl", lines(B))
    for pattern in ("*", "**"):
        rows, rejects = read_rows(str(tmp_path / pattern))
        assert [row["title"] for row in rows] == ["A", "B"]
        assert not rejects


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    class Input:
        buffer = io.BytesIO(gzip.compress(lines(A, B).encode()))

    monkeypatch.setattr(sys, "stdin", Input())
    rows, _ = read_rows("-")
    assert [row["title"] for row in rows] == ["A", "B"]


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ([], "no input given"),
        (["nowhere.jsonl"], "nowhere.jsonl: no such file or folder"),
        (["nowhere*.jsonl"], "no file matches this pattern"),
        (["{tmp}"], "the folder holds no file"),
    ],
)
def test_nothing_to_read_is_one_clear_line(tmp_path: Path, inputs: list[str], message: str) -> None:
    named = [name.format(tmp=tmp_path) for name in inputs]
    with pytest.raises(LinkerError, match=message):
        read(named, RejectLog())


@pytest.mark.parametrize(
    "name", ["a.jsonl", "a.json", "a.csv", "a.parquet", "a.txt", "a.html", "a"]
)
def test_empty_files(tmp_path: Path, name: str) -> None:
    with pytest.raises(LinkerError, match="the file is empty"):
        read_rows(write(tmp_path / name, b""))


def test_a_folder_without_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "ok.jsonl", lines(A))
    closed = tmp_path / "closed"
    closed.mkdir()
    scan = os.scandir

    def refuse(path: Any) -> Any:
        if str(path) == str(closed):
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    rows, rejects = read_rows(tmp_path)
    assert len(rows) == 1
    assert [reject.reason for reject in rejects] == ["cannot be read: Permission denied"]


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
def test_truncated_archives_keep_what_came_before(
    tmp_path: Path, pack: Callable[[bytes], bytes]
) -> None:
    chance = random.Random(3)
    records = [{"title": f"{i}", "text": chance.randbytes(400).hex()} for i in range(2000)]
    data = pack(lines(*records).encode())
    rows, rejects = read_rows(write(tmp_path / "a.jsonl.x", data[: len(data) // 2]))
    assert 500 < len(rows) < 1100
    assert any("cannot be read to its end" in reject.reason for reject in rejects)


def test_a_thousand_random_files_are_a_thousand_rejects(tmp_path: Path) -> None:
    chance = random.Random(7)
    suffixes = [".jsonl", ".json", ".csv", ".tsv", ".parquet", ".txt", ".html", ".xml", ".warc", ""]
    suffixes += [f"{suffix}.gz" for suffix in suffixes[:4]]
    write(tmp_path / "ok.jsonl", lines(A))
    for i in range(1000):
        data = chance.randbytes(chance.choice([8, 100, 1000, 3000]))
        write(tmp_path / f"r{i}{suffixes[i % len(suffixes)]}", data)
    rows, rejects = read_rows(tmp_path)
    assert [row["title"] for row in rows] == ["A"]
    assert len({reject.file for reject in rejects}) == 1000


def test_batches_are_bounded_and_their_size_changes_nothing(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", lines(*({"title": f"{i}"} for i in range(10))))
    sizes = [batch.num_rows for batch in read(path, RejectLog(), batch_rows=4)]
    assert sizes == [4, 4, 2]
    assert read_rows(path, batch_rows=1) == read_rows(path)


# Python objects


def objects() -> Iterator[Any]:
    import polars as pl

    records = [{"id": 1, "headline": "A", "body": "X"}, {"id": 2, "headline": "B", "body": None}]
    yield records
    yield (record for record in records)
    yield pd.DataFrame(records, index=[5, 9])
    yield pl.DataFrame(records)
    yield pa.Table.from_pylist(records)
    yield {"id": [1, 2], "headline": ["A", "B"], "body": ["X", None]}


@pytest.mark.parametrize("place", range(6))
def test_python_objects(place: int) -> None:
    held = list(objects())[place]
    rejects = RejectLog()
    rows = table_of(read_python(held, rejects)).to_pylist()
    assert [(row["id"], row["title"], row["text"]) for row in rows] == [
        ("1", "A", "X"),
        ("2", "B", ""),
    ]
    assert [row["extra"] for row in rows] == ["", ""] and len(rejects) == 0


def test_python_objects_that_are_no_articles() -> None:
    for wrong in (5, "text", {"a": [1], "b": [1, 2]}):
        with pytest.raises(LinkerError, match="articles"):
            list(read_python(wrong, RejectLog()))
    rejects = RejectLog()
    assert table_of(read_python([A, 5, None], rejects)).num_rows == 1 and len(rejects) == 2


def test_the_output_of_a_run_reads_back(tmp_path: Path) -> None:
    first, _ = read_rows(DATA / "lantern_ar.txt", DATA / "lantern.rss", DATA / "articles.csv")
    pq.write_table(pa.Table.from_pylist(first, schema=SCHEMA), tmp_path / "out.parquet")
    assert read_rows(tmp_path / "out.parquet")[0] == first


def test_reject_log_is_ordered_printable_and_bounded() -> None:
    log = RejectLog()
    log.add(Reject("b", 2, "why", "x" * 999))
    log.add(Reject("b", 1, "why\n", "\x00\ud800"))
    log.add(Reject("a", None, "why"))
    assert len(log) == 3 and log.first is not None and log.first.file == "b"
    assert [(reject.file, reject.line) for reject in log] == [("a", None), ("b", 1), ("b", 2)]
    assert [len(reject.record) for reject in log] == [0, 2, 200]
    assert list(log) == list(log) and list(log)[1].record == " \ufffd"


def test_a_frame_of_mixed_types_is_one_clear_line() -> None:
    frame = pd.DataFrame({"title": ["Harbour clock stops"], "note": [1]}, dtype=object)
    frame.loc[1] = ["Ferry sails", "two"]
    with pytest.raises(LinkerError, match="list of dicts"):
        list(read_python(frame, RejectLog()))
