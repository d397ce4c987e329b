"""JSON documents: which objects in them are articles, and what is read of a broken one."""

from __future__ import annotations

import json
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
from reading import A, B, read_rows, write

from linker.readers import salvage
from linker.readers.records import Bad

OUTER = {"id": "o", "title": "Outer", "text": "Body"}
WHOLE = {"title": "Related", "text": "A text."}


def titles_of(path: Path, value: Any) -> tuple[list[str], list[str]]:
    """The titles that are read of a document, and the reasons of its rejects."""
    rows, rejects = read_rows(write(path / "a.json", json.dumps(value)))
    return [row["title"] for row in rows], [reject.reason for reject in rejects]


@pytest.mark.parametrize(
    "inner",
    [
        {"data": {"title": "chart caption"}},
        {"response": {"title": "chart", "text": "more"}},
        {"stories": [{"title": "Related"}]},
        {"stories": [WHOLE, WHOLE]},
        {"content": [{"title": "chart", "text": "more"}]},
        {"entries": [{"id": "1", "text": "one"}]},
    ],
)
@pytest.mark.parametrize(
    "outer",
    [
        OUTER,
        {"title": "Outer", "url": "https://a.example/1"},
        {"title": {"rendered": "Outer"}, "maintext": ["One.", "Two."]},
    ],
)
def test_what_stands_in_an_article_is_no_article(
    outer: dict[str, Any], inner: dict[str, Any], tmp_path: Path
) -> None:
    assert titles_of(tmp_path, outer | inner) == (["Outer"], [])
    assert titles_of(tmp_path, {"articles": [outer | inner, A]}) == (["Outer", "A"], [])


def test_paragraphs_as_objects_are_the_text_of_their_article(tmp_path: Path) -> None:
    record = {"title": "Outer", "content": [{"type": "p", "text": "One."}, {"text": "Two."}]}
    (row,), _ = read_rows(write(tmp_path / "a.json", json.dumps(record)))
    assert row["text"] == "One.\nTwo."


@pytest.mark.parametrize(
    "wrapper",
    [
        {"title": "All of Monday", "created": "2024-05-03", "articles": [WHOLE, WHOLE]},
        {"version": "https://jsonfeed.org/version/1.1", "title": "The Lantern",
         "description": "News of the harbour", "items": [{"id": "1", "title": "Related"}] * 2},
        {"title": "The Lantern", "description": "News of all kinds", "link": "https://a.example",
         "items": [WHOLE | {"link": "https://a.example/1"}] * 2},
        {"title": "The Lantern", "link": "https://a.example", "items": [WHOLE, WHOLE]},
        {"title": "The Lantern", "items": [{"title": "Related", "url": "https://a.example/1"}] * 2},
    ],
)  # fmt: skip
def test_the_title_of_a_collection_is_no_article(wrapper: dict[str, Any], tmp_path: Path) -> None:
    assert titles_of(tmp_path, wrapper) == (["Related"] * 2, [])


def test_all_lists_of_articles_are_read(tmp_path: Path) -> None:
    value = {"count": 2, "news": [A], "posts": [B], "results": {"docs": [{"title": "C"}]}}
    assert titles_of(tmp_path, value) == (["A", "B", "C"], [])


def test_what_is_no_article_in_a_list_costs_only_itself(tmp_path: Path) -> None:
    value = {"articles": [None, A, 5, B]}
    reasons = ["not a record but nothing", "not a record but a whole number"]
    assert titles_of(tmp_path, value) == (["A", "B"], reasons)


def test_an_article_in_its_record_keeps_what_stands_around_it(tmp_path: Path) -> None:
    value = {"id": "o", "url": "https://a.example/1", "data": {"title": "A", "text": "one"}}
    (row,), _ = read_rows(write(tmp_path / "a.json", json.dumps(value)))
    assert (row["id"], row["title"], row["url"]) == ("o", "A", "https://a.example/1")


def read_text(path: Path, text: str, name: str = "b.json") -> tuple[list[str], list[str]]:
    rows, rejects = read_rows(write(path / name, text))
    return [row["title"] for row in rows], [reject.reason for reject in rejects]


GOOD = [{"id": str(n), "title": f"T{n}", "images": [{"title": "chart"}] * 3} for n in range(4)]
FAULTS = [
    ('"title": "T1"', '"title": T1'),
    ('"title": "T1"', '"title": "T"1"'),
    ('"title": "T1",', '"title": "T1"'),
    ('"title": "T1"', '"title": "T1'),
    ('"title": "T1"', '"title": "T1", "a": [{"title": "x"}, {"title": "y"}, {]'),
]


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("indent", [None, 2, "\t"])
@pytest.mark.parametrize("form", ["array", "lines", "wrapped", "rows"])
def test_a_broken_record_costs_only_itself(
    form: str, indent: int | str | None, fault: tuple[str, str], tmp_path: Path
) -> None:
    one = [json.dumps(record, indent=indent) for record in GOOD]
    texts = {
        "array": json.dumps(GOOD, indent=indent or 1),
        "lines": "\n".join(one),
        "wrapped": json.dumps({"status": "ok", "news": GOOD, "posts": [A]}, indent=indent or 1),
        "rows": "[" + ",\n".join(one) + "]",
    }
    text = texts[form].replace(*fault, 1)
    titles, reasons = read_text(tmp_path, text)
    assert titles == ["T0", "T2", "T3", *["A"] * (form == "wrapped")]
    assert len(reasons) == 1 and reasons[0].startswith("not JSON")


@pytest.mark.parametrize("fault", FAULTS[0:3:2])
def test_a_broken_record_in_one_line_of_many_costs_only_itself(
    fault: tuple[str, str], tmp_path: Path
) -> None:
    for value in (GOOD, {"articles": GOOD, "n": 4}):
        titles, reasons = read_text(tmp_path, json.dumps(value).replace(*fault, 1))
        assert titles == ["T0", "T2", "T3"] and len(reasons) == 1


def test_where_nothing_tells_the_next_record_the_rest_is_told_to_be_lost(tmp_path: Path) -> None:
    for fault in ('"T1', '"T"1"'):
        text = json.dumps(GOOD).replace('"T1"', fault)
        rest = len(text) - text.index('{"id": "1"')
        titles, (reason,) = read_text(tmp_path, text)
        assert titles == ["T0"]
        assert reason.endswith(f"; the rest of the file, {rest} characters, cannot be read")


def test_a_cut_document_has_no_articles_made_of_its_last_record(tmp_path: Path) -> None:
    for indent in (None, 1, 4):
        text = json.dumps(GOOD, indent=indent)
        for end in range(text.index('"3"'), len(text) - 2, 7):
            titles, reasons = read_text(tmp_path, text[:end])
            assert titles in (["T0", "T1", "T2"], ["T0", "T1", "T2", "T3"])
            assert len(titles) + len(reasons) == 4


def test_a_bad_first_line_costs_only_itself(tmp_path: Path) -> None:
    rest = "\n".join(map(json.dumps, [A, B, {"title": "C"}]))
    for bad in ('{"title": "cut', "# export, of Monday {", '{"title": "x"} y', "{"):
        for name in ("b.json", "b.jsonl"):
            titles, reasons = read_text(tmp_path, f"{bad}\n{rest}\n", name)
            assert titles[-3:] == ["A", "B", "C"] and len(reasons) == 1


def test_the_reason_points_at_the_fault(tmp_path: Path) -> None:
    text = '[\n {"title": "A"},\n {"title": oops},\n {"title": "B"},\n {"title": "c\n]'
    titles, reasons = read_text(tmp_path, text)
    assert titles == ["A", "B"]
    assert reasons[0].startswith("not JSON at line 3, column 12: Expecting value")
    assert reasons[1].startswith("not JSON at line 5, column 12: Unterminated string")


def test_many_faults_are_read_in_one_pass(tmp_path: Path) -> None:
    one = '{"title": "A", "text": oops}'
    text = "[" + ", ".join([one, json.dumps(B)] * 20_000) + "]"
    titles, reasons = read_text(tmp_path, text)
    assert (len(titles), len(reasons)) == (20_000, 20_000)


def test_a_text_of_nothing_but_faults_or_brackets_ends() -> None:
    """Each took half a minute or more while every fault was looked for from the beginning."""
    for text in (
        '{"data":' * 2_000 + '[{"title":"A"},',
        "[" + "x," * 100_000,
        "[" + ('{"title":"A" "b":"' + "y" * 300 + '"},') * 6_000,
    ):
        begun = perf_counter()
        found = list(salvage.salvage(text))
        assert found and all(isinstance(record, Bad) for record in found)
        assert perf_counter() - begun < 20


def test_lines_are_counted_on_behind_what_is_dropped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(salvage, "_LEAST_PART", 8)
    monkeypatch.setattr(salvage, "_PARTS", 1_000)
    text = "[\n" + '  {"title": "A"},\n  {"title": oops},\n' * 5 + '{"title": "B"} ]'
    titles, reasons = read_text(tmp_path, text)
    assert titles == ["A"] * 5 + ["B"]
    places = [f"not JSON at line {line}, column 13" for line in range(3, 12, 2)]
    assert [reason.split(":")[0] for reason in reasons] == places
