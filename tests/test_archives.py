"""Web archives: what is no page is counted, and a page that is cut off is rejected."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result as Outcome
from reading import DATA, read_rows, write
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

import linker
from linker.readers import RejectLog, read
from linker.readers import warc as reader

Command = Callable[..., Outcome]
PAGE = (DATA / "velmora.html").read_bytes()
HTML = "text/html; charset=utf-8"


def archive(*responses: tuple[str, str, bytes], **named: str) -> bytes:
    """A WARC of a status, a type and a body each, with headers of their records."""
    held = io.BytesIO()
    writer = WARCWriter(held, gzip=False)
    for number, (status, kind, body) in enumerate(responses):
        headers = StatusAndHeaders(status, [("Content-Type", kind)], protocol="HTTP/1.1")
        record = writer.create_warc_record(
            f"https://a.example/{number}",
            "response",
            io.BytesIO(body),
            http_headers=headers,
            warc_headers_dict={name.replace("_", "-"): value for name, value in named.items()},
        )
        writer.write_record(record)
    return held.getvalue()


CRAWL = archive(
    ("200 OK", HTML, PAGE),
    ("404 Not Found", HTML, PAGE),
    ("404 Not Found", HTML, PAGE),
    ("200 OK", "application/json; charset=utf-8", b"{}"),
)


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_what_is_no_page_is_counted_and_no_reject(
    pack: Callable[[bytes], bytes], command: Command, tmp_path: Path
) -> None:
    source, out = write(tmp_path / "a.warc", pack(CRAWL)), tmp_path / "out"
    outcome = command("dedup", source, "--out", out, "--strict-input")
    assert outcome.exit_code == 0
    said = "3 records of web archives were passed over, as only pages sent with status 200"
    assert f"{said} are articles (404: 2, application/json: 1)" in outcome.stderr
    run = json.loads((out / "run.json").read_text())
    assert run["passed_over"] == {"404": 2, "application/json": 1}
    assert (out / "rejects.jsonl").read_text() == ""


def test_an_archive_without_a_page_says_so(tmp_path: Path) -> None:
    source = write(tmp_path / "a.warc", archive(("404 Not Found", HTML, PAGE)))
    with pytest.raises(linker.LinkerError, match="no page that was sent with status 200"):
        read_rows(source)


def test_a_page_that_is_cut_off_is_no_article(tmp_path: Path) -> None:
    whole = archive(("200 OK", HTML, PAGE))
    for end in range(len(whole) + 400, 2 * len(whole) - 4, 31):
        data = (whole * 2)[:end]
        rows, rejects = read_rows(write(tmp_path / "a.warc", data))
        assert len(rows) == len(rejects) == 1
        if b"text/html" in data[len(whole) :]:
            assert (rejects[0].line, rejects[0].record) == (2, "https://a.example/0")
            assert rejects[0].reason == "the archive is cut off within this page"


@pytest.mark.parametrize("end", [5, 20, 150, -60, -5])
def test_an_archive_that_is_cut_off_amid_other_records_says_so(end: int, tmp_path: Path) -> None:
    other = archive(("200 OK", "text/plain", b"x" * 100))
    data = archive(("200 OK", HTML, PAGE)) + other[:end]
    rows, rejects = read_rows(write(tmp_path / "a.warc", data))
    assert len(rows) == len(rejects) == 1
    assert rejects[0].line is None


def test_a_page_that_is_too_large_is_a_reject(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "LARGEST", 2 << 20)
    data = archive(("200 OK", HTML, PAGE), ("200 OK", HTML, PAGE + b" " * (2 << 20)))
    rows, [reject] = read_rows(write(tmp_path / "a.warc", data))
    assert len(rows) == 1 and reject.reason == "cannot be read: larger than 2 MB"


def test_a_page_that_the_crawler_cut_is_marked(tmp_path: Path) -> None:
    data = archive(("200 OK", HTML, PAGE), WARC_Truncated="length")
    (row,), _ = read_rows(write(tmp_path / "a.warc", data))
    assert json.loads(row["extra"])["truncated"] == "length"


def test_what_an_archive_calls_its_records_is_not_repeated(tmp_path: Path) -> None:
    """Neither signs for a terminal, nor a name without end, nor another one for each record."""
    odd = CRAWL.replace(b"WARC-Type: response", b"WARC-Type: \x1b[31m" + b"x" * 300, 1)
    kinds = [("200 OK", f"text/x-{number}", b"{}") for number in range(150)]
    more = archive(("20000 OK", HTML, PAGE), *kinds, ("200 OK", HTML, PAGE))
    log = RejectLog()
    write(tmp_path / "a.warc", odd + more)
    assert sum(len(batch) for batch in read([tmp_path], log)) == 1
    assert log.passed["of no known type"] == 1 and log.passed["no status"] == 1
    assert len(log.passed) == 101 and log.passed["others"] > 50
