"""Readers: every format, and JSON in its many shapes."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from reading import DATA, A, B, lines, read_rows, write

import linker
from linker.readers import lines as readers_lines


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


def _strings(*values: bytes) -> pa.Array:
    """An Arrow column of bytes that say they are UTF-8."""
    ends = np.cumsum([0, *map(len, values)]).astype(np.int64)
    buffers = (pa.py_buffer(ends), pa.py_buffer(b"".join(values)))
    return pa.LargeStringArray.from_buffers(len(values), *buffers)


def test_strings_of_parquet_that_are_not_utf8(tmp_path: Path) -> None:
    title = "Café owners protest against the new closing hours in Port Ellery"
    title_column = _strings(title.encode("cp1252"), b"Fine title")
    columns = {
        "title": title_column,
        "text": _strings(b"The clock stopped at noon, and nobody knew why it did \xe2\x82", b"b"),
        "source": _strings(b"\xc3(", b"Courier"),
        "lang": title_column.dictionary_encode(),
    }
    pq.write_table(pa.table(columns), tmp_path / "a.parquet")
    rows, rejects = read_rows(tmp_path / "a.parquet")
    assert [row["title"] for row in rows] == [title, "Fine title"] and rejects == []
    assert [row["source"] for row in rows] == ["\ufffd(", "Courier"]
    assert rows[0]["text"].endswith("why it did \ufffd")
    assert len(linker.group(pa.table(columns)).articles) == 2


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
    monkeypatch.setattr(readers_lines, "LONGEST_LINE", 1 << 20)
    huge = '{"title":"H","text":"' + "x" * (5 << 20) + '"}\n'
    rows, rejects = read_rows(write(tmp_path / "a.jsonl", lines(A) + huge + lines(B)))
    assert [row["title"] for row in rows] == ["A", "B"]
    assert [(reject.line, reject.reason) for reject in rejects] == [(2, "a line longer than 1 MB")]
    assert len(rejects[0].record) <= 200


@pytest.mark.parametrize(
    ("mark", "line", "day"),
    [
        ("2024-13-45", "", None),
        ("-2024-01-05", "", None),
        ("", "2024-13-45", None),
        ("", "Brine, 2024", None),
        ("", "2024-01-01", "2024-01-01"),
        ("", "Published January 1, 2024", "2024-01-01"),
        ("", "Published 5 May 2024", "2024-05-05"),
        ("", "Published 1 May 2024", "2024-05-01"),
        ("", "Posted 2024-02-31", None),
        ("", "Posted 31/02/2024", None),
    ],
)
def test_a_page_is_given_no_day_that_it_does_not_state(
    mark: str, line: str, day: str | None, tmp_path: Path
) -> None:
    words = "The harbour clock of Brine stopped at noon on a Friday and nobody can say why, no. {}."
    text = "".join(f"<p>{words.format(number)}</p>" for number in range(9))
    meta = f'<meta property="article:published_time" content="{mark}">' if mark else ""
    page = f"<html><head><title>T</title>{meta}</head><body><article><h1>Clock</h1><p>{line}</p>"
    (row,), _ = read_rows(write(tmp_path / "a.html", f"{page}{text}</article></body></html>"))
    assert row["published"] is None if day is None else str(row["published"])[:10] == day


def test_a_page_of_one_word_is_read(tmp_path: Path) -> None:
    """Which took hours where a word was looked for from each of its letters on."""
    words = (
        "<p>The harbour clock of Brine stopped at noon on a Friday and nobody knows why.</p>" * 9
    )
    page = f"<html><body><article>{words}<p>© 2024 Lantern</p>{'jan' * 100_000}</article></body>"
    (row,), _ = read_rows(write(tmp_path / "a.html", page))
    assert row["published"] is None
