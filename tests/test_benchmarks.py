"""The benchmarks' own parts: made-up articles, edits, tables, the page, the charts."""

from __future__ import annotations

import random
from itertools import islice
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import orjson
import pytest

from benchmarks import edits, quick
from benchmarks.articles import REPRINTED, Pile
from benchmarks.charts import draw
from benchmarks.compare import compare, report
from benchmarks.encoder import least_cosine
from benchmarks.growth import growth, growths
from benchmarks.inputs import articles
from benchmarks.neighbours import nearest_inside, recall
from benchmarks.page import fill
from benchmarks.recall import score
from benchmarks.resampled import write_resampled
from benchmarks.searches import SEARCHES
from benchmarks.shingling import shingles
from benchmarks.tables import render
from benchmarks.userscript import components, find_copies, within
from linker.stories.windows import Window


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
    rows = [{"articles": size, "seconds": size / 50} for size in (1, 5, 10, 100)]
    assert growths(rows) == {"growth": 1.0, "last_growth": 1.0}
    assert growths(rows[:2]) == {"growth": None, "last_growth": None}  # one is too short to tell


def test_an_input_has_as_many_articles_as_were_asked_for(tmp_path: Path) -> None:
    source = tmp_path / "few.jsonl"
    source.write_text('{"id": 1}\n{"id": 2}\n{"id": 3}\n')
    with articles(2, source, tmp_path / "data") as (path, folder):
        assert path.read_text().splitlines() == ['{"id": 1}', '{"id": 2}']
        assert folder.is_dir()
    with pytest.raises(SystemExit), articles(4, source, tmp_path / "data"):
        pass


def test_tables_fill_the_page_and_charts_are_well_formed(tmp_path: Path) -> None:
    page = (Path(__file__).parents[1] / "docs" / "benchmarks.md").read_text()
    for result in RESULTS:
        page = fill(page, result["benchmark"], render(result))
        assert render(result) in page
    for path in draw(RESULTS, tmp_path):
        ElementTree.parse(path)
    assert len(list(tmp_path.iterdir())) == 4
    with pytest.raises(SystemExit):
        fill(page, "nothing", "")


def test_least_cosine_knows_rows_of_zeros() -> None:
    some = np.array([[1.0, 0], [0, 0], [0, 2]])
    assert least_cosine(some, some) == 1
    assert least_cosine(some, some * [[1], [1], [0]]) == 0
    assert least_cosine(some[:1], np.array([[1.0, 1.0]])) == pytest.approx(0.5**0.5)


@pytest.mark.parametrize("search", SEARCHES, ids=lambda search: f"{search.name}, {search.setting}")
def test_searches_find_neighbours_within_the_window(search: Any) -> None:
    chance = np.random.default_rng(0)
    vectors = chance.normal(size=(300, 16)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    window = Window(np.sort(chance.uniform(0, 20, 300)), 3.0)
    wanted = nearest_inside(vectors, window)
    pairs = search.find(search.build(vectors, window), vectors, window)
    assert window.holds(pairs).all()
    assert 0.1 < recall(pairs, vectors, wanted) <= 1
    everyone = np.stack(np.meshgrid(np.arange(300), np.arange(300)), axis=-1).reshape(-1, 2)
    inside = everyone[(everyone[:, 0] != everyone[:, 1]) & window.holds(everyone)]
    assert recall(inside, vectors, wanted) == 1
    assert recall(inside[:0], vectors, wanted) == 0


def test_the_script_joins_copies_and_what_is_near() -> None:
    text = "the harbour clock stopped at noon and nobody could say why it did so"
    assert find_copies([text, "another text of other words entirely, and a longer one", text]) == [
        (0, 2)
    ]
    assert components(4, [(0, 2), (2, 3)]).tolist() == [0, 1, 0, 0]
    days = ["2025-01-01T00:00:00Z", "2025-01-03", None, "2025-01-09T00:00:00+00:00"]
    pairs = np.array([[0, 1], [0, 2], [0, 3]])
    assert within(pairs, [day and f"{day[:10]}T00:00:00Z" for day in days]).tolist() == [
        True,
        True,
        False,
    ]


def test_resampled_articles_are_real_ones_and_mixtures(tmp_path: Path) -> None:
    source, out = tmp_path / "few.jsonl", tmp_path / "many.jsonl"
    records = list(Pile(seed=6).articles(40))
    source.write_bytes(b"".join(orjson.dumps(record) + b"\n" for record in records))
    write_resampled([source], 100, out)
    many = [orjson.loads(line) for line in out.read_bytes().splitlines()]
    assert len({record["id"] for record in many}) == 100
    real = {record["text"] for record in records}
    assert sum(record["text"] in real for record in many) == 40
    assert "story" not in many[0]


def test_the_short_table_holds_vectors_and_stories() -> None:
    found = {result["benchmark"]: result for result in RESULTS}
    assert [row[3] for row in quick.encoder_rows(found)] == ["MiniLM"]
    assert {row[3] for row in quick.script_rows(found)} == {"the script"}
    assert quick.neighbour_rows(found) == quick.quality_rows(found) == []
    assert quick.scale_rows(found)[0][1:3] == ["5.00", "1.00"]
    assert quick.roofline_rows(found)[0][1:3] == ["1", "10"]


def test_compare_tells_noise_from_a_change() -> None:
    before = result("encoder", rows=[speed("linker", "en", 900), speed("linker", "zh", 800)])
    after = result("encoder", rows=[speed("linker", "en", 450), speed("linker", "zh", 799)])
    changes = {change.where: change.verdict for change in compare(before, after)}
    assert changes == {"en, linker, words": "slower", "zh, linker, words": ""}
    assert "1 of 2 figures" in report(compare(before, after))
    assert "-50.0%" in report(compare(before, after))
    with pytest.raises(SystemExit):
        compare(before, result("recall", rows=[]))


def test_compare_believes_any_change_of_quality() -> None:
    before = result("quality", rows=[{"corpus": "news", "tool": "linker", "f1": 0.9}])
    after = result("quality", rows=[{"corpus": "news", "tool": "linker", "f1": 0.89}])
    assert [change.verdict for change in compare(before, after)] == ["worse"]


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
        threads=[
            speed("linker", corpus, texts) | {"what": f"threads: {threads}", "texts": 9}
            for corpus in ("en", "zh")
            for threads, texts in ((1, 500), (2, 900))
        ],
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
    result(
        "encoder",
        rounds=1,
        missing={},
        corpora=[{"name": "en"} | CORPUS],
        rows=[
            speed("linker", "en", 9) | {"model": "the shipped model", "cosine": 1.0},
            speed("MiniLM", "en", 1) | {"model": "another", "cosine": None},
        ],
    ),
    result(
        "neighbours",
        rounds=1,
        **{"vectors": 9, "dimension": 4, "span": 60.0, "nearest": 24, "window": 3.0, "pairs": 9},
        rows=[
            {"tool": "linker", "setting": "24", "build": 0.0, "recall": 1.0, "ratio": 1.0}
            | dict.fromkeys(("seconds", "fastest", "slowest"), 1.0)
        ],
    ),
    result(
        "script",
        rounds=1,
        articles="made up",
        rows=[
            whole(name, 9, 1.0)
            for name in ("linker group --no-report", "linker group", "the script")
        ],
    ),
    result(
        "scale",
        rounds=1,
        source="made up",
        rows=[
            whole("linker group --no-report", size, size / 1000) | {"stories": 9, "links": 9}
            for size in (1000, 5000)
        ],
        stages=[
            {"what": "read", "articles": size, "seconds": size / 2000, "peak_mb": 9.0}
            for size in (1000, 5000)
        ],
        growth={
            name: {"growth": 1.0, "last_growth": None}
            for name in ("linker group --no-report", "read")
        },
    ),
    result(
        "roofline",
        rounds=1,
        articles=9,
        source="made up",
        limits=[{"tool": "copy", "what": "a copy", "unit": "bytes", "rate": 10**10}],
        rows=[
            {"tool": "pooling", "unit": "bytes", "amount": 10**6, "seconds": 0.001, "share": 0.1}
            | {"fastest": 0.001, "slowest": 0.001, "rate": 10**9, "limit": "copy"}
        ],
    ),
    result(
        "quality",
        missing={},
        left_out=["tool of news"],
        slow_up_to=9,
        rows=[
            {"corpus": "news", "tool": "linker", "articles": 9, "f1": 0.9, "precision": 0.9}
            | {"recall": 0.9, "at": "as it is", "tried": 1, "fixed": 0.9, "fixed_at": "as it is"}
            | {"seconds": 1.0}
        ],
        judged=[
            {"corpus": "pairs", "tool": "linker", "articles": 9, "measure": "F1", "pairs": 9}
            | {"value": 0.9, "at": "from 0.50", "seconds": 1.0}
        ],
    ),
]
