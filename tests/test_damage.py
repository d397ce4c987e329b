"""Damaged and odd files: what can be read of them is read, and what cannot is said."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading import lines, read_rows, write

import linker
from linker.readers import RejectLog, delimited, read_python
from linker.readers.compression import broken, decompressed
from linker.readers.month_first import with_month_first
from linker.readers.records import Found

MANY = [{"title": f"Headline {number} of the harbour"} for number in range(3000)]
READER = csv.reader
WHOLE = gzip.compress(lines(*MANY).encode())


def unpacked(data: bytes) -> tuple[bytes, str]:
    """What is read of an archive, a little at a time, and what is said of its end."""
    stream = decompressed(io.BufferedReader(io.BytesIO(data)))  # type: ignore[arg-type]
    pieces = []
    while piece := stream.read1(1000):
        pieces.append(piece)
    return b"".join(pieces), str(broken(stream) or "")


@given(st.lists(st.binary(max_size=3000), min_size=1, max_size=4), st.integers(0, 600))
def test_gzip_is_read_whole_with_all_its_members_and_padding(parts: list[bytes], pad: int) -> None:
    data = (b"\0" * pad).join(map(gzip.compress, parts)) + b"\0" * pad
    assert unpacked(data) == (b"".join(parts), "")


@given(st.binary(max_size=3000), st.data())
def test_of_a_cut_gzip_all_that_decompresses_is_read(content: bytes, data: Any) -> None:
    whole = gzip.compress(content)
    cut = whole[: data.draw(st.integers(10, len(whole) - 1))]
    assert unpacked(cut) == (zlib.decompressobj(31).decompress(cut), "it is cut off")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (WHOLE + b"\0" * 512, ""),
        (WHOLE + b"rubbish", "what follows its end is not gzip"),
        (WHOLE[:-8] + bytes(8), "incorrect data check"),
        (WHOLE[:-4], "it is cut off"),
    ],
)
def test_nothing_is_lost_of_a_gzip_with_a_bad_end(data: bytes, said: str, tmp_path: Path) -> None:
    rows, rejects = read_rows(write(tmp_path / "news.jsonl.gz", data))
    assert len(rows) == len(MANY)
    assert [said in reject.reason for reject in rejects] == [True] * bool(said)


def test_a_broken_middle_keeps_what_came_before() -> None:
    broken_at = len(WHOLE) // 2
    damaged = WHOLE[:broken_at] + b"\xff" * 400 + WHOLE[broken_at + 400 :]
    found, said = unpacked(damaged)
    content = lines(*MANY).encode()
    kept = zlib.decompressobj(31).decompress(WHOLE[: broken_at - 1])
    assert said and found.startswith(kept) and content.startswith(kept)


@pytest.mark.parametrize("place", [0, 1, 500, 996])
def test_a_quote_that_is_not_closed_costs_its_own_row(place: int, tmp_path: Path) -> None:
    rows = [f"{number},Headline {number},said so" for number in range(999)]
    rows[place] = f'{place},"Not closed,said so'
    found, rejects = read_rows(write(tmp_path / "a.csv", "\n".join(["id,title,text", *rows])))
    assert [reject.line for reject in rejects] == [place + 2]
    assert {row["id"] for row in found} == set(map(str, range(999))) - {str(place)}


PROSE = '"Para one.\nIt rained, they said, all day\nThe mayor, a doctor, spoke\nthe rest'


@pytest.mark.parametrize("end", ["", ' is not"', ' is not",more\n2,Storm ends,"It is over"'])
def test_the_lines_of_a_text_are_no_rows(end: str, tmp_path: Path) -> None:
    data = f'id,title,text\n1,"Storm hits",{PROSE}{end}'
    found, rejects = read_rows(write(tmp_path / "a.csv", data))
    whole = "more" not in end
    assert [row["id"] for row in found] == (["1"] if whole else ["2"])
    assert len(rejects) == 1 - whole
    assert not whole or "The mayor, a doctor, spoke" in found[0]["text"]


def test_quotes_in_every_line_do_not_read_the_file_again_and_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delimited, "_PATIENCE", 5000)
    source = write(tmp_path / "a.csv", "title,text\n" + 'a"b,"c\n' * 2000)
    taken = []
    monkeypatch.setattr(csv, "reader", lambda *words, **named: Counted(taken, *words, **named))
    with pytest.raises(linker.LinkerError, match="a quote that is not closed"):
        read_rows(source)
    assert 3 <= len(taken) < 20


class Counted:
    """A csv reader that says of each row how many lines it took; one of a single line is a test."""

    def __init__(self, taken: list[int], lines: Any, *words: Any, **named: Any) -> None:
        self._reader, self._taken = READER(lines, *words, **named), taken
        self._counts = not isinstance(lines, list)
        self.dialect = self._reader.dialect

    def __iter__(self) -> Any:
        return self

    def __next__(self) -> list[str]:
        row: list[str] = next(self._reader)
        if self._counts:
            self._taken.append(1)
        return row


def test_a_quote_that_is_closed_by_another_rows_costs_its_own_row(tmp_path: Path) -> None:
    rows = [f'{number},"Headline {number}","said so"' for number in range(99)]
    rows[40] = '40,"Not closed,"said so"'
    rows[70] = '70,"Of two\nlines","said so"'
    rows[71] = '71,"Of two\nlines","said so",more'
    found, rejects = read_rows(write(tmp_path / "a.csv", "\n".join(["id,title,text", *rows])))
    assert {row["id"] for row in found} == set(map(str, range(99))) - {"40", "71"}
    assert [reject.line for reject in rejects] == [42, 74]


def test_excels_own_first_line_is_no_header(tmp_path: Path) -> None:
    found, _ = read_rows(write(tmp_path / "a.csv", "sep=;\r\nid;title\r\n1;One, or two\r\n"))
    assert [(row["id"], row["title"]) for row in found] == [("1", "One, or two")]


@pytest.mark.parametrize("kind", [pa.timestamp("s"), pa.timestamp("ms"), pa.date32()], ids=str)
@pytest.mark.parametrize("far", [2_000_000_000, -2_000_000_000])
def test_one_absurd_time_costs_no_other_row(kind: pa.DataType, far: int, tmp_path: Path) -> None:
    days = 1 if kind == pa.date32() else {"s": 86_400, "ms": 86_400_000}[kind.unit]
    number = pa.int32() if kind == pa.date32() else pa.int64()
    far = far if kind == pa.date32() else far * days
    times = pa.array([days, far, None], number).cast(kind)
    table = pa.table({"id": ["a", "b", "c"], "title": ["A", "B", "C"], "published": times})
    pq.write_table(table, tmp_path / "news.parquet")
    rows, rejects = read_rows(tmp_path / "news.parquet")
    assert not rejects
    known = datetime(1970, 1, 2, tzinfo=UTC)
    assert [row["published"] for row in rows] == [known, None, None]
    assert str(far) in rows[1]["extra"]


def test_a_json_array_may_begin_with_a_record_on_its_first_line(tmp_path: Path) -> None:
    data = '[{"title": "A"},\n{"title": "B"}]\n'
    for name in ("a.jsonl", "a.json"):
        rows, rejects = read_rows(write(tmp_path / name, data))
        assert ([row["title"] for row in rows], rejects) == (["A", "B"], [])


def test_a_wrapped_list_of_texts_with_ids_is_unwrapped(tmp_path: Path) -> None:
    data = '{"status": "ok", "articles": [{"id": "a", "text": "one"}, {"id": "b", "text": "two"}]}'
    rows, rejects = read_rows(write(tmp_path / "a.json", data))
    assert ([row["id"] for row in rows], rejects) == (["a", "b"], [])


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_in_a_folder_is_not_waited_for(tmp_path: Path) -> None:
    write(tmp_path / "a.jsonl", lines({"title": "A"}))
    os.mkfifo(tmp_path / "b.jsonl")
    rows, rejects = read_rows(tmp_path)
    assert len(rows) == 1
    assert [reject.reason for reject in rejects] == ["skipped: no ordinary file"]


def test_a_folder_of_somebody_elses_is_read_whole(tmp_path: Path) -> None:
    for name in ("articles.jsonl", "more.jsonl", "run.json"):
        write(tmp_path / name, lines({"title": name}))
    rows, _ = read_rows(tmp_path)
    assert len(rows) == 3


def test_a_line_of_a_log_does_not_make_an_array(tmp_path: Path) -> None:
    rows, rejects = read_rows(write(tmp_path / "a.jsonl", "[INFO] go\n" + lines({"title": "A"})))
    assert (len(rows), len(rejects)) == (1, 1)


def test_an_absurd_time_amid_others_costs_only_itself(tmp_path: Path) -> None:
    times = pa.array([86_400, 2**40], pa.int64()).cast(pa.timestamp("s", "Foo/Bar"))
    inner = pa.StructArray.from_arrays([pa.array(["A", "B"]), times], ["title", "published"])
    pq.write_table(pa.table({"article": inner, "published": times}), tmp_path / "a.parquet")
    rows, rejects = read_rows(tmp_path / "a.parquet")
    assert [row["title"] for row in rows] == ["A", "B"] and not rejects
    assert rows[0]["published"] == datetime(1970, 1, 2, tzinfo=UTC)


def test_of_an_output_only_the_articles_are_read(
    demo_result: linker.Result, demo_folder: Path
) -> None:
    rows, rejects = read_rows(demo_folder)
    assert len(rows) == demo_result.articles.num_rows and not rejects
    assert {row["id"] for row in rows} == set(demo_result.articles["id"].to_pylist())


def rss(*records: dict[str, str]) -> str:
    items = (
        f"<item><guid>{row['id']}</guid><title>{row['title']}</title>"
        f"<pubDate>{row['date']}</pubDate></item>"
        for row in records
    )
    return f"<rss version='2.0'><channel><title>C</title>{''.join(items)}</channel></rss>"


@pytest.mark.parametrize(
    ("dates", "days"),
    [
        (["03/04/2024", "03/13/2024 2:05 PM"], ["2024-03-04", "2024-03-13"]),
        (["03/04/2024", "13/03/2024"], ["2024-04-03", "2024-03-13"]),
        (["03/04/2024", "11/12/2024"], ["2024-04-03", "2024-12-11"]),
        (["03/13/2024", "13/03/2024"], ["2024-03-13", "2024-03-13"]),
        (["2024-03-04", "03/13/2024"], ["2024-03-04", "2024-03-13"]),
        (["03/13/2024T10:00:00", "03/04/2024T10:00:00"], ["2024-03-13", "2024-03-04"]),
        (["Wed 03/13/2024", "Mon 03/04/2024"], ["2024-03-13", "2024-03-04"]),
        (["03-13-2024", "03-04-2024"], ["2024-03-13", "2024-03-04"]),
        (["03/04/2024", "00/99/2024"], ["2024-04-03", "None"]),
        (["٠٣/١٣/٢٠٢٤", "٠٣/٠٤/٢٠٢٤"], ["2024-03-13", "2024-03-04"]),
    ],
)
def test_a_column_of_dates_says_whether_the_month_is_first(
    dates: list[str], days: list[str], tmp_path: Path
) -> None:
    records = [{"id": str(n), "title": f"A {n}", "date": date} for n, date in enumerate(dates)]
    rows = [",".join(record.values()) for record in records]
    lines = [json.dumps(record) for record in records]
    inputs = [
        write(tmp_path / "a.csv", "\n".join(["id,title,date", *rows])),
        write(tmp_path / "a.jsonl", "\n".join(lines)),
        write(tmp_path / "escaped.jsonl", "\n".join(lines).replace("/", "\\/")),
        write(tmp_path / "a.json", json.dumps({"articles": records})),
        write(tmp_path / "wrapped.jsonl", "\n".join(f'{{"_source": {line}}}' for line in lines)),
        write(tmp_path / "named.jsonl", "\n".join(lines).replace("date", "\\u0064ate")),
        write(tmp_path / "arrays.jsonl", f"[{','.join(lines)}]\n[]"),
        write(tmp_path / "gaps.jsonl", "\n".join(lines).replace('"date"', '"score": NaN, "date"')),
        write(tmp_path / "a.xml", rss(*records)),
        tmp_path / "a.parquet",
    ]
    pq.write_table(pa.Table.from_pylist(records), inputs[-1])
    batches = [read_rows(path)[0] for path in inputs]
    batches.append(pa.Table.from_batches(read_python(records, RejectLog())).to_pylist())
    for found in batches:
        assert [str(row["published"])[:10] for row in found] == days
    assert [record["date"] for record in records] == dates


def test_the_first_block_of_lines_decides_for_all_of_them(tmp_path: Path) -> None:
    quoted = 'He wrote "Pub-Date": "05/06/2024" on it. ' * 400
    dates = [f"{number % 12 + 1:02d}/{number % 28 + 1:02d}/2024" for number in range(200)]
    lines = [
        json.dumps({"title": f"A {n}", "text": quoted, "Pub-Date": day, "meta": {"Pub-Date": day}})
        for n, day in enumerate(dates)
    ]
    found, _ = read_rows(write(tmp_path / "a.jsonl", "\n".join(lines)))
    assert [row["published"].strftime("%m/%d/%Y") for row in found] == dates
    assert {row["text"] for row in found} == {quoted.strip()}
    assert [json.loads(row["extra"])["meta"]["Pub-Date"] for row in found] == dates


def test_records_before_a_failure_are_handed_on() -> None:
    def failing() -> Iterator[Found]:
        yield "a", 1, {"title": "A", "date": "03/13/2024"}
        yield "a", 2, {"title": "B", "date": 7}
        raise OSError("gone")

    found = []
    with pytest.raises(OSError, match="gone"):
        found.extend(with_month_first(failing()))
    with pytest.raises(OSError, match="gone"):
        for item in with_month_first(failing()):
            found.append(item)
    assert [record["date"] for _, _, record in found[-2:]] == ["03/13/2024", 7]


def test_marked_dates_are_kept_and_told_as_they_were_written(tmp_path: Path) -> None:
    records = [
        {"id": "1", "title": "A", "published": "2024-03-13", "updated": "03/13/2024"},
        {"id": "2", "title": "B", "published": "2024-03-04", "updated": "03/04/2024"},
        {"date": "03/13/2024", "foo": "x"},
    ]
    rows, rejects = read_rows(write(tmp_path / "a.jsonl", lines(*records)))
    assert [json.loads(row["extra"])["updated"] for row in rows] == ["03/13/2024", "03/04/2024"]
    assert json.loads(rejects[0].record) == records[2]


def test_a_long_value_in_a_column_of_dates_is_read_at_once(tmp_path: Path) -> None:
    blank = " " * 2_000_000
    text = f"id,title,date\n1,A,03/13/2024\n2,B,{blank}x\n3,C,03/04/2024\n"
    rows, _ = read_rows(write(tmp_path / "a.csv", text))
    assert [str(row["published"])[:10] for row in rows] == ["2024-03-13", "None", "2024-03-04"]


def test_two_articles_that_are_compared_are_no_column() -> None:
    one = {"title": "Ferry runs aground near Lindmouth", "published": "03/13/2024"}
    other = {"title": "Ferry aground near Lindmouth", "published": "12/03/2024"}
    assert linker.compare(one, other).features["gap_days"] == 1.0
