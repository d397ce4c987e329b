"""Explanations: the words that two texts share, those they do not, and how both are shown."""

from __future__ import annotations

import io
import json
import math
import random
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from difflib import SequenceMatcher
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import linker
from linker.explaining.alignment import ANCHOR, Run, _common_words, shared_runs
from linker.explaining.explanation import _surroundings
from linker.explaining.passages import Segment, compare_texts, longest_passages
from linker.explaining.terminal import (
    OWN_CHARACTERS,
    SHARED_CHARACTERS,
    difference_lines,
    printable,
    shortened,
)
from linker.text import words
from linker.text.folding import compose_hangul
from linker.text.spans import word_spans

FEW_WORDS = st.lists(st.sampled_from("abcd"), max_size=12)
STORY = (
    "The ferry Aurora, delayed since Monday, left the harbour of Lindmouth at six this morning "
    "with three hundred passengers and a brass band on board."
)


def kinds(segments: list[Segment]) -> list[tuple[str, str, str]]:
    return [(part.kind, part.a, part.b) for part in segments]


def plain_length(left: list[str], right: list[str]) -> int:
    """Length of a longest common subsequence, from its definition."""

    @cache
    def length(i: int, j: int) -> int:
        if not i or not j:
            return 0
        if left[i - 1] == right[j - 1]:
            return length(i - 1, j - 1) + 1
        return max(length(i - 1, j), length(i, j - 1))

    return length(len(left), len(right))


@given(FEW_WORDS, FEW_WORDS)
def test_common_words_are_a_longest_common_subsequence(left: list[str], right: list[str]) -> None:
    pairs = _common_words(left, right)
    assert all(left[i] == right[j] for i, j in pairs)
    assert all(first[0] < next_[0] and first[1] < next_[1] for first, next_ in pairwise(pairs))
    assert len(pairs) == plain_length(left, right)


@given(FEW_WORDS, FEW_WORDS, st.lists(st.sampled_from("klmnopqrst"), max_size=9, unique=True))
def test_runs_are_equal_words_in_one_order(
    left: list[str], right: list[str], more: list[str]
) -> None:
    left, right = [*left, *more, *right], [*right, *more, *left]
    a = b = 0
    for run in shared_runs(left, right):
        assert run.size > 0
        assert run.a >= a and run.b >= b
        assert left[run.a : run.a + run.size] == right[run.b : run.b + run.size]
        a, b = run.a + run.size, run.b + run.size
    assert shared_runs(left, left) == ([Run(0, 0, len(left))] if left else [])


def test_a_chance_word_between_long_differences_is_no_run() -> None:
    left, right = [*"abcd", "the", *"efgh"], [*"klmn", "the", *"opqr"]
    assert shared_runs(left, right) == []
    quote = list("vwxyz")
    left, right = [*("left" * 9), *quote, *("lift" * 9)], [*("road" * 9), *quote, *("bump" * 9)]
    assert len(quote) == ANCHOR
    assert Run(36, 36, 5) in shared_runs(left, right)


@settings(deadline=None)
@given(st.text(max_size=60))
def test_word_spans_are_the_folded_words(text: str) -> None:
    text = compose_hangul(text)
    spans = list(word_spans(text))
    assert [word for word, _, _ in spans] == words(text)
    assert all(0 <= begin < end <= len(text) for _, begin, end in spans)


@settings(deadline=None)
@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40))
def test_segments_joined_are_the_texts(a: str, b: str, common: str) -> None:
    left, right = compose_hangul(f"{a}x{common}{b}"), compose_hangul(f"{b}x{common}{a}")
    segments = compare_texts(left, right)
    assert "".join(part.a for part in segments) == left
    assert "".join(part.b for part in segments) == right
    for part in segments:
        assert part.kind in {"shared", "a", "b", "changed"}
        if part.kind in {"a", "b"}:
            assert (part.a == "") == (part.kind == "b")
            assert (part.b == "") == (part.kind == "a")


def test_case_accents_and_punctuation_are_no_difference() -> None:
    other = STORY.upper().replace("AURORA,", "“Áurora” –")
    assert kinds(compare_texts(STORY, other)) == [("shared", STORY, other)]


def test_differences_are_cut_at_white_space() -> None:
    assert kinds(
        compare_texts("He said: “We go home today.”", "He said: “They go home,” and left")
    ) == [
        ("shared", "He said: ", "He said: "),
        ("changed", "“We ", "“They "),
        ("shared", "go home ", "go home,” "),
        ("changed", "today.”", "and left"),
    ]
    assert kinds(compare_texts("one two three", "one two")) == [
        ("shared", "one two ", "one two"),
        ("a", "three", ""),
    ]


def test_a_number_is_one_word() -> None:
    segments = compare_texts("It costs 3,000 euros at 6.45", "It costs 2,000 euros at 6:45")
    assert kinds(segments) == [
        ("shared", "It costs ", "It costs "),
        ("changed", "3,000 ", "2,000 "),
        ("shared", "euros at 6.45", "euros at 6:45"),
    ]
    lists = compare_texts("In 2019 2020 2021", "In 2019 2022 2021")
    assert kinds(lists)[1] == ("changed", "2020 ", "2022 ")


@pytest.mark.parametrize(
    ("a", "b", "changed"),
    [
        ("渡轮于周一离开港口，船上有三百人。", "渡轮于周二离开港口，船上有三百人。", ("一", "二")),
        ("เรือออกจากท่าเมื่อเช้าวันจันทร์", "เรือออกจากท่าเมื่อเย็นวันจันทร์", ("ช้า", "ย็น")),
        ("غادرت العبّارة المدينة اليوم", "غادرت العبارة القرية اليوم", ("المدينة ", "القرية ")),
    ],
)  # fmt: skip
def test_any_script_is_compared_and_left_as_written(
    a: str, b: str, changed: tuple[str, str]
) -> None:
    segments = compare_texts(a, b)
    assert [(part.a, part.b) for part in segments if part.kind == "changed"] == [changed]
    assert "".join(part.a for part in segments) == a


def test_texts_without_words() -> None:
    assert compare_texts("", "") == compare_texts("…", "!") == []
    assert kinds(compare_texts("", "word")) == [("b", "", "word")]


def test_the_longest_passages_come_first_on_one_line() -> None:
    text = " ".join(f"w{number}" for number in range(30))
    segments = compare_texts(f"x {text}\n\nand more", f"{text} y")
    assert longest_passages(segments) == [text]
    assert longest_passages(compare_texts("only four words here", "only four words here")) == []


def edited(size: int, seed: int) -> tuple[str, str]:
    """Two texts of so many words, one in ten of them different, with a paragraph cut out."""
    random_ = random.Random(seed)
    known = ["".join(random_.choices("abcdefghij", k=random_.randint(1, 9))) for _ in range(800)]
    left = random_.choices(known, k=size)
    right = [word if random_.random() > 0.1 else random_.choice(known) for word in left]
    del right[size // 3 : size // 3 + 100]
    return " ".join(left), " ".join(right)


def test_as_much_is_shared_as_difflib_finds() -> None:
    a, b = edited(600, 1)
    shared = sum(part.words for part in compare_texts(a, b) if part.kind == "shared")
    found = SequenceMatcher(None, a.split(), b.split(), autojunk=False).get_matching_blocks()
    assert shared >= 0.97 * sum(block.size for block in found)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        edited(5000, 2),
        (edited(5000, 3)[0], edited(5000, 4)[0]),
        ("la " * 5000, "la le " * 2500),
        (" ".join(["the", "of"] * 2500), " ".join(["of", "of", "the"] * 1700)),
    ],
    ids=["edited", "strangers", "repeated", "periodic"],
)
def test_long_texts_are_compared_at_once(a: str, b: str) -> None:
    begin = time.process_time()
    compare_texts(a, b)
    assert time.process_time() - begin < 5  # a tenth of it here; difflib takes minutes for some


def test_lines_shorten_what_is_shared_and_say_what_the_marks_mean() -> None:
    segments = compare_texts(f"{STORY} {STORY} It rained.", f"{STORY} {STORY}")
    lines = list(difference_lines(segments, "one", "two"))
    assert lines[0] == "Word for word (= in both, - only in one, + only in two):"
    assert lines[1].startswith("  = The ferry Aurora, delayed")
    assert lines[1].endswith("a brass band on board.")
    assert "characters] …" in lines[1]
    assert lines[2:] == ["  - It rained."]
    assert list(difference_lines(compare_texts("a b", "a b"), "", "")) == [
        "Word for word the same."
    ]
    assert list(difference_lines(compare_texts("a", "b"), "", "")) == ["No passage stands in both."]


@given(
    st.text(alphabet="ab 港", max_size=800),
    st.sampled_from([20, SHARED_CHARACTERS, OWN_CHARACTERS]),
)
def test_a_shortened_line_keeps_both_ends(text: str, characters: int) -> None:
    line, short = " ".join(text.split()), shortened(text, characters)
    if len(line) <= characters:
        assert short == line
    else:
        head, tail = short.split(" … [")[0], short.split("] … ")[1]
        assert head and line.startswith(head)
        assert tail and line.endswith(tail)
        assert len(head) + len(tail) <= characters


def test_many_differences_end_in_a_count() -> None:
    a = " ".join(f"same{number} same same left{number}" for number in range(300))
    lines = list(difference_lines(compare_texts(a, a.replace("left", "right")), "a", "b"))
    assert len(lines) < 250
    assert lines[-1].endswith("lines more; --json has all of them")


def test_nothing_that_a_terminal_obeys_is_printed() -> None:
    assert printable("a\x1b[31mred\x07\x9b2J\x00 and\ttab") == "a�[31mred��2J� and\ttab"


def test_a_reprint_shows_how_it_differs(demo_result: linker.Result) -> None:
    kind = demo_result.articles["reprint_kind"]
    row = demo_result.articles.filter(pc.equal(kind, "reprint")).to_pylist()[0]
    alone = demo_result.explain(row["id"])
    pair = demo_result.explain(row["id"], row["reprint_of"])
    assert alone.facts["segments"] == pair.facts["segments"]
    assert {"a", "b", "kind"} == set(alone.facts["segments"][0])
    assert "".join(part["a"] for part in alone.facts["segments"]) == row["text"]
    for explanation in (alone, pair):
        assert f"- only in {row['id']}, + only in {row['reprint_of']}" in str(explanation)
        assert "\n  = " in str(explanation)
    assert pair.facts["passages"][0] in " ".join(row["text"].split())
    original = demo_result.explain(row["reprint_of"])
    assert original.facts["segments"] == []
    json.dumps(pair.facts)


def test_a_place_is_explained_by_what_both_give_and_by_its_margin(
    demo_result: linker.Result,
) -> None:
    explanation = demo_result.explain("courier-01")
    [link, *_] = explanation.facts["links"]
    assert set(link["shared"]["numbers"]) & {"1871", "1989", "2.14", "38"}
    assert "Tarrow" in link["shared"]["words"]
    odds = sum(link["parts"].values())
    assert 1 / (1 + math.exp(-odds)) == pytest.approx(link["probability"], abs=0.001)
    outside = explanation.facts["nearest_outside"]
    margin = explanation.facts["confidence"] - outside["probability"]
    assert explanation.facts["margin"] == pytest.approx(margin, abs=0.001)
    assert "both give" in str(explanation)
    assert "points behind" in str(explanation)
    json.dumps(explanation.facts)


def test_a_pair_shows_what_each_piece_of_evidence_adds(demo_result: linker.Result) -> None:
    link = demo_result.links.sort_by([("probability", "descending")]).slice(0, 1).to_pylist()[0]
    pair = demo_result.explain(link["a"], link["b"])
    assert pair.facts["parts"].keys() >= {"intercept", "cosine", "tfidf", "gap_days"}
    odds = sum(pair.facts["parts"].values())
    assert 1 / (1 + math.exp(-odds)) == pytest.approx(link["probability"], abs=0.001)
    assert "before any evidence" in str(pair)
    figures = str(pair).split("log-odds:\n")[1].split("\nHow much")[0].splitlines()
    assert len({line.index("|") for line in figures}) == 1, "a column that is not straight"
    assert "█" in str(pair)
    assert " 100%" not in str(pair)


def test_a_pair_without_a_link_is_judged_among_some_of_a_large_folder(
    demo_result: linker.Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = replace(demo_result, links=demo_result.links.slice(0, 0))
    whole = bare.explain("courier-01", "vallombrin-01").facts["evidence"]["probability"]
    monkeypatch.setattr("linker.explaining.explanation.SURROUNDINGS", 40)
    among = _surroundings(demo_result.articles.num_rows, (3, 100))
    assert len(among) <= 42
    assert {3, 100} < set(among.tolist())
    assert (np.diff(among) > 0).all()
    some = bare.explain("courier-01", "vallombrin-01").facts["evidence"]["probability"]
    assert some == pytest.approx(whole, abs=0.1)


def test_texts_that_share_nothing_are_not_printed(demo_result: linker.Result) -> None:
    languages = demo_result.articles["lang"].to_pylist()
    ids = demo_result.articles["id"].to_pylist()
    pair = demo_result.explain(ids[languages.index("ja")], ids[languages.index("en")])
    assert pair.facts["passages"] == []
    assert {part["kind"] for part in pair.facts["segments"]} == {"changed"}
    assert "only in" not in str(pair)


def test_a_missing_text_is_stood_in_for_by_the_headline(demo_result: linker.Result) -> None:
    heads = [{"id": name, "title": STORY} for name in "ab"]
    pair = linker.group(heads).explain("a", "b")
    assert [part["kind"] for part in pair.facts["segments"]] == ["shared"]
    assert "Word for word the same." in str(pair)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_colours_are_for_terminals(
    demo_result: linker.Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = demo_result.articles["reprint_kind"]
    row = demo_result.articles.filter(pc.equal(kind, "reprint")).to_pylist()[0]
    explanation = demo_result.explain(row["id"])
    explanation = replace(explanation, lines=(*explanation.lines, "[bold]as written[/bold]"))
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    shown = {}
    for stream in (io.StringIO(), Terminal()):
        monkeypatch.setattr(sys, "stdout", stream)
        explanation.print()
        shown[stream.isatty()] = stream.getvalue()
    assert shown[False] == f"{explanation}\n"
    assert "\x1b[31m  - " in shown[True]
    assert "\x1b[32m  + " in shown[True]
    assert "[bold]as written[/bold]" in shown[True]


def test_json_of_the_command_holds_the_segments(
    command: Callable[..., object], demo_folder: Path, demo_result: linker.Result
) -> None:
    kind = demo_result.articles["reprint_kind"]
    row = demo_result.articles.filter(pc.equal(kind, "reprint")).to_pylist()[0]
    outcome = command("explain", demo_folder, row["id"], "--json")
    assert json.loads(outcome.stdout)["segments"]  # type: ignore[attr-defined]


def test_copies_of_one_report_are_not_called_certain() -> None:
    text = "The harbour clock of Brine stopped at noon and nobody could say why it did. " * 4
    rows = [{"id": name, "title": "Harbour clock stops", "text": text} for name in "ab"]
    result = linker.group([*rows, {"id": "c", "title": "Goat wins the race of Upper Fennel"}])
    said = str(result.explain("b"))
    assert "2 articles, one report and its copies" in said
    assert "this place" not in said
    assert "1 article;" in str(result.explain("c"))
