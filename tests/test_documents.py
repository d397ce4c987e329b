"""JSON documents: which objects in them are articles, and what is read of a broken one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from reading import A, B, read_rows, write

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
