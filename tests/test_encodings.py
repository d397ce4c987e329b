"""Files in legacy encodings, and columns of a table that need a second look."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from reading import lines, read_rows, write

from linker.readers import decoding

PLAIN = "".join(f"{number},Headline {number},It rained again\n" for number in range(30_000))
LATE = {
    "cp1252": "Die Brücke von Königsfähr,Große Übung für Ärzte und Schüler",
    "cp1251": "Президент подписал указ,В Москве прошёл дождь",
    "shift_jis": "港の時計が止まった,なぜ止まったのか誰も知らない",
    "iso2022_jp": "港の時計が止まった,なぜ止まったのか誰も知らない",
    "utf-8": "港の時計が止まった,Große Übung",
}


@pytest.mark.parametrize("encoding", LATE)
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_the_first_letters_beyond_ascii_may_come_late(
    encoding: str, pack: type[bytes], tmp_path: Path
) -> None:
    rows = "".join(f"{number},{LATE[encoding]}\n" for number in range(20))
    data = f"id,title,text\n{PLAIN}{rows}".encode(encoding)
    found, rejects = read_rows(write(tmp_path / "a.csv", pack(data)))
    title, text = LATE[encoding].split(",")
    assert {(row["title"], row["text"]) for row in found[30_000:]} == {(title, text)}
    assert len(found) == 30_020 and not rejects


def test_a_broken_byte_late_in_utf8_is_one_broken_letter(tmp_path: Path) -> None:
    data = f"id,title,text\n{PLAIN}1,Größe,{JAPANESE['title']}\n".encode() + b"2,Gr\xf6\xdfe,u\n"
    found, _ = read_rows(write(tmp_path / "a.csv", data))
    assert [row["title"] for row in found[-2:]] == ["Größe", "Gr\ufffd\ufffde"]


@pytest.mark.parametrize("name", ["a.txt", "a.json"])
def test_long_texts_that_begin_in_ascii(name: str, tmp_path: Path) -> None:
    text = "It rained in the harbour. " * 9000 + LATE["cp1252"] * 9
    data = text if name == "a.txt" else json.dumps([{"text": text}], ensure_ascii=False)
    (row,), rejects = read_rows(write(tmp_path / name, data.encode("cp1252")))
    assert row["text"].endswith(LATE["cp1252"]) and not rejects


JAPANESE = {"title": "港の時計が止まった", "text": "なぜ止まったのか、誰も知らない。" * 20}


@pytest.mark.parametrize("encoding", ["iso2022_jp", "iso2022_jp_ext"])
def test_texts_that_shift_between_sets(encoding: str, tmp_path: Path) -> None:
    record = JAPANESE
    texts = {
        "a.txt": f"{record['title']}\n{record['text']}",
        "a.csv": f"title,text\n{record['title']},{record['text']}\n",
        "a.jsonl": lines({"title": "A"}, record, {"title": "Größe \u00a0"}),
        "a.json": json.dumps([record], ensure_ascii=False),
    }
    for name, text in texts.items():
        data = text.encode(encoding, "xmlcharrefreplace")
        rows, rejects = read_rows(write(tmp_path / name, data))
        assert record in [{key: row[key] for key in record} for row in rows] and not rejects


def test_escapes_of_terminals_shift_nothing(tmp_path: Path) -> None:
    (row,), _ = read_rows(write(tmp_path / "a.txt", "Größe \x1b[31mrot\x1b[0m\nText"))
    assert row["title"].startswith("Größe")


def test_columns_of_one_name_are_all_kept(tmp_path: Path) -> None:
    names, row = ["title", "text", "title", "", ""], ["First", "Text", "Second", "x", "y"]
    text = "\n".join(map(",".join, (names, row)))
    pq.write_table(pa.Table.from_arrays(list(map(pa.array, zip(row))), names), tmp_path / "a.pq")
    for path in (write(tmp_path / "a.csv", text), tmp_path / "a.pq"):
        (found,), rejects = read_rows(path)
        assert (found["title"], found["text"], rejects) == ("First", "Text", [])
        assert json.loads(found["extra"]) == {"title (2)": "Second", "": "x", " (2)": "y"}


@pytest.mark.parametrize(
    "before", ["\n\n", "\r\n", " \n\t\n", ",,\n;;\n", "\nsep=;\n", "sep=;\n\n"]
)
def test_blank_lines_before_the_header_are_skipped(before: str, tmp_path: Path) -> None:
    text = f"{before}id;title;text\n1;One, or two;Text\n2;short\n"
    (row,), [reject] = read_rows(write(tmp_path / "a.csv", text))
    assert (row["id"], row["title"]) == ("1", "One, or two")
    assert reject.line == before.count("\n") + 3


def test_an_escape_may_lie_across_two_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    data = ("a" * 10 + "時計台" + "b" * 10).encode("iso2022_jp")
    for size in range(4, len(data)):
        monkeypatch.setattr(decoding, "_SAMPLE", size)
        stream = decoding.Recoded(io.BytesIO(data), "iso2022_jp")
        assert io.BufferedReader(stream).read().decode() == "a" * 10 + "時計台" + "b" * 10
