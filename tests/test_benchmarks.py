"""The benchmarks' own parts: made-up articles, edits, tables, the page, the charts."""

from __future__ import annotations

import random
from itertools import islice
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from benchmarks import edits
from benchmarks.articles import REPRINTED, Pile
from benchmarks.charts import draw
from benchmarks.dedup import growth
from benchmarks.page import fill
from benchmarks.recall import score
from benchmarks.shingling import shingles
from benchmarks.tables import render


def test_a_pile_is_the_same_for_the_same_seed_and_any_count() -> None:
    few = list(Pile(seed=3).articles(50))
    many = Pile(seed=3).articles(300)
    assert few == list(islice(many, 50))
    assert few != list(Pile(seed=4).articles(50))


def test_a_pile_holds_what_it_says() -> None:
    records = list(Pile(seed=5).articles(400))
    by_id = {record["id"]: record for record in records}
    copies = [record for record in records if "copy_of" in record]
    assert abs(len(copies) / len(records) - REPRINTED) < 0.08
    assert {record["lang"] for record in records} == {"en", "ar", "zh", "ru", "hi"}
    for copy in copies:
        original = by_id[copy["copy_of"]]
        assert copy["published"] > original["published"]
        assert (copy["text"] == original["text"]) == (copy["edit"] == "exact")


@pytest.mark.parametrize("name", edits.PLANTED)
@pytest.mark.parametrize("text", [["One two three.", "Four five."], ["一二三。"], ["word"]])
def test_an_edit_changes_a_text_and_leaves_the_original(name: str, text: list[str]) -> None:
    before = list(text)
    found = edits.PLANTED[name](text, lambda: "Quite another sentence.", random.Random(0))
    assert text == before
    assert found


def test_sentences_are_split_in_several_scripts() -> None:
    assert edits.split("One. Two!\nThree 一。二！三") == [
        "One.",
        "Two!",
        "Three 一。",
        "二！",
        "三",
    ]


def test_shingles_take_characters_of_chinese_as_words() -> None:
    assert shingles("A b c d E f") == ["a b c d e", "b c d e f"]
    assert shingles("中文中文中文") == ["中 文 中 文 中", "文 中 文 中 文"]
    assert shingles("two words") == ["two words"]
    assert shingles(" ") == []


def test_score_counts_found_pairs_and_others() -> None:
    assert score([{0}, set(), {1, 2}]) == (2, 1)


def test_growth_is_the_exponent() -> None:
    rows = [{"articles": size, "seconds": 2e-6 * size**1.5} for size in (10, 100, 1000)]
    assert growth(rows) == 1.5
    assert growth(rows[:1]) is None


def test_tables_fill_the_page_and_charts_are_well_formed(tmp_path: Path) -> None:
    page = (Path(__file__).parents[1] / "docs" / "benchmarks.md").read_text()
    for result in RESULTS:
        page = fill(page, result["benchmark"], render(result))
        assert render(result) in page
    for path in draw(RESULTS, tmp_path):
        ElementTree.parse(path)
    assert len(list(tmp_path.iterdir())) == 2
    with pytest.raises(SystemExit):
        fill(page, "nothing", "")


def result(benchmark: str, **parts: Any) -> dict[str, Any]:
    """A result with a made-up head."""
    where = {"cpu": "CPU", "cores": 2, "memory_gb": 8.0, "system": "Linux", "load": 0.1}
    head = {"date": "2025-01-01", "commit": "", "machine": where, "versions": {"python": "3.11"}}
    return {"benchmark": benchmark} | head | parts


def speed(tool: str, corpus: str, texts: int) -> dict[str, Any]:
    """A row of the signatures."""
    numbers = {"texts_a_second": texts, "slowest": texts, "fastest": texts, "ratio": 1.0}
    return {"tool": tool, "corpus": corpus, "unit": "words", "busy": 1.0} | numbers


def whole(program: str, articles: int, seconds: float) -> dict[str, Any]:
    """A row of dedup."""
    times = dict.fromkeys(("seconds", "fastest", "slowest", "user", "system"), seconds)
    row = {"program": program, "articles": articles, "peak_mb": 50.0, "input_mb": 2.0}
    stages = {"stages": {"read": seconds}} if program == "linker dedup" else {}
    return row | times | stages | {"articles_a_second": 9, "ratio": 1.0}


CORPUS = {"texts": 9, "distinct": 9, "characters": 9, "origin": "made up", "equal": 9} | {
    "compared": 9
}
RESULTS = [
    result(
        "signatures",
        rounds=1,
        missing={"gaoya": "pip install gaoya"},
        corpora=[{"name": "en"} | CORPUS, {"name": "zh"} | CORPUS],
        rows=[speed("linker", "en", 900), speed("linker", "zh", 800), speed("gaoya", "en", 100)],
    ),
    result(
        "dedup",
        rounds=1,
        source="made up",
        growth=1.0,
        last_growth=1.0,
        rows=[
            whole(program, size, size / 1000)
            for program in ("orjson only", "linker dedup")
            for size in (1000, 5000)
        ],
    ),
    result(
        "start",
        rows=[
            {"what": "--help", "runs": 1, "seconds": 1, "fastest": 1, "slowest": 1, "peak_mb": 9}
        ],
    ),
    result(
        "recall",
        rounds=1,
        missing={},
        rows=[
            {"corpus": "en", "edit": "half", "tool": "linker", "pairs": 9, "jaccard": 0.5}
            | {"alike": 1, "recall": 1.0, "others": 2, "texts_a_second": 9}
        ],
    ),
]
