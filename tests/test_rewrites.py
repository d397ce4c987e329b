"""Rewrites: the alignment kernel against its plain twin, derivation, and what is called a copy."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import linker
from linker.reprints import (
    EXCERPT,
    NONE,
    REPRINT,
    VERSION,
    Rule,
    find_rewrites,
    sketch,
)
from linker.reprints.assign import judge
from linker.reprints.facts import Facts, describe
from linker.reprints.kernels import Similarity
from linker.reprints.rewrites import REWRITE_WORDS, REWRITTEN, derivations
from linker.reprints.subsequence import MOST_WORDS, common_in_order, less_chance
from linker.text import word_hashes

VOCABULARY = [f"word{number}" for number in range(3000)]
START = datetime(2021, 3, 1, 6, tzinfo=UTC)


def prose(seed: int, length: int = 200) -> list[str]:
    return random.Random(seed).choices(VOCABULARY, k=length)


def edited(words: list[str], every: int = 3) -> list[str]:
    """Every third word another: no run of five words is left."""
    return [f"other{place}" if place % every == 0 else word for place, word in enumerate(words)]


def table(rows: list[tuple[list[str] | str, str, float | None]]) -> tuple[list[str], pa.Table]:
    texts = [text if isinstance(text, str) else " ".join(text) for text, _, _ in rows]
    times = [None if hours is None else START + timedelta(hours=hours) for _, _, hours in rows]
    columns = {
        "title": pa.array([""] * len(rows), pa.large_string()),
        "url": pa.array([""] * len(rows), pa.large_string()),
        "source": pa.array([source for _, source, _ in rows], pa.large_string()),
        "published": pa.array(times, pa.timestamp("us", "UTC")),
    }
    return texts, pa.table(columns)


def rewritten(*rows: tuple[list[str] | str, str, float | None]) -> bool:
    """Whether the first two articles are rewrites of each other, asked in both orders."""
    texts, articles = table(list(rows))
    found = find_rewrites(word_hashes(texts), articles, np.array([[0, 1], [1, 0]]))
    assert found.derivation[0] == found.derivation[1]
    assert found.rewritten[0] == found.rewritten[1]
    return bool(found.rewritten[0])


# The kernel


def plain_common_in_order(left: list[int], right: list[int]) -> int:
    """The plain twin: the textbook table, row by row."""
    before = [0] * (len(right) + 1)
    for word in left:
        row = [0]
        for place, other in enumerate(right):
            row.append(before[place] + 1 if word == other else max(row[place], before[place + 1]))
        before = row
    return before[-1]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.integers(0, 9), max_size=200),
    st.lists(st.integers(0, 9), max_size=200),
    st.integers(0, 60),
)
def test_subsequence_equals_its_plain_twin(left: list[int], right: list[int], shift: int) -> None:
    # shifted, so that words meet in the table of the kernel or lie far apart in it
    arrays = [np.array(words, np.uint64) << np.uint64(shift) for words in (left, right)]
    assert common_in_order(arrays[0], arrays[1]) == plain_common_in_order(left, right)


@pytest.mark.parametrize("length", [1, 63, 64, 65, 128, 129, 1000])
def test_a_text_is_wholly_in_order_with_itself(length: int) -> None:
    words = np.random.default_rng(length).integers(0, 50, length).astype(np.uint64)
    assert common_in_order(words, words) == length
    assert common_in_order(words, np.append(np.uint64(99), words)) == length


def test_chance_is_taken_off() -> None:
    assert less_chance(100, 100, 100) == 1
    assert less_chance(11, 100, 100) == 0
    assert less_chance(50, 100, 100) > less_chance(50, 1600, 100)  # a long text holds more words
    assert less_chance(0, 0, 5) == less_chance(0, 5, 0) == 0
    assert less_chance(5, 10**7, 5) == 1


# Derivation


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=60), min_size=2, max_size=5))
def test_derivation_of_any_texts(texts: list[str]) -> None:
    words = word_hashes(texts)
    pairs = np.array([(a, b) for a in range(len(texts)) for b in range(len(texts))])
    found = derivations(words, pairs)
    assert found.dtype == np.float32 and ((found >= 0) & (found <= 1)).all()
    same = found[pairs[:, 0] == pairs[:, 1]]
    np.testing.assert_array_equal(same, (words.counts > 0).astype(np.float32))
    alone = [
        derivations(word_hashes([texts[a], texts[b]]), np.array([[0, 1]]))[0] for a, b in pairs
    ]
    np.testing.assert_array_equal(found, alone)  # whatever stands beside a text in the table


def test_derivation_follows_the_order_of_words() -> None:
    text = prose(1)
    found = derivations(
        word_hashes([" ".join(part) for part in (text, edited(text), text[::-1], prose(2))]),
        np.array([(0, 1), (0, 2), (0, 3)]),
    )
    assert found[0] > 0.6 and (found[1:] < 0.05).all()


def test_neighbouring_characters_count_where_each_is_a_word() -> None:
    characters = [chr(0x0E01 + number) for number in range(40)]
    drawn = random.Random(3)
    thai = ["".join(drawn.choices(characters, k=400)) for _ in range(2)]
    found = derivations(word_hashes([*thai, thai[0][:200]]), np.array([(0, 1), (0, 2)]))
    assert found[0] < 0.05 and found[1] > 0.98  # the last of the excerpt has no neighbour


def test_very_long_texts_are_cut() -> None:
    long = " ".join(prose(4, MOST_WORDS))
    words = word_hashes([long, f"{long} {' '.join(prose(5, 300))}"])
    assert derivations(words, np.array([[0, 1]]))[0] == 1


# Rewrites


def test_an_article_edited_throughout_is_a_rewrite() -> None:
    text = prose(6)
    assert rewritten((text, "agency", 0), (edited(text)[:90], "daily", 5))
    assert rewritten((text, "agency", 0), (edited(text)[:90], "daily", 24 * 30))
    assert rewritten((text, "", None), (edited(text)[:90], "", None))
    assert not rewritten((text, "agency", 0), (prose(7), "daily", 5))


def test_a_report_with_much_of_its_own_is_no_rewrite() -> None:
    text = prose(8, 60)
    assert not rewritten((text, "agency", 0), (edited(text) + prose(9, 200), "daily", 5))
    # the same two, the longer one first: then the shorter is an edited part of it
    assert rewritten((text, "agency", 5), (edited(text) + prose(9, 200), "daily", 0))


def test_an_outlet_does_not_rewrite_itself() -> None:
    text = prose(10)
    assert not rewritten((text, "agency", 0), (edited(text), "agency", 24))
    assert rewritten((text, "", 0), (edited(text), "agency", 24))
    assert not rewritten((text, "", 0), (edited(text), "agency", 24 * 7))


def test_a_sentence_or_two_are_no_rewrite() -> None:
    text = prose(11)
    assert rewritten((text, "agency", 0), (edited(text)[:REWRITE_WORDS], "daily", 5))
    assert not rewritten((text, "agency", 0), (edited(text)[: REWRITE_WORDS - 1], "daily", 5))
    assert not rewritten(("", "agency", 0), ("", "daily", 5))


def test_no_pairs_and_no_words() -> None:
    texts, articles = table([("", "", None), ("…", "", None)])
    none = np.empty((0, 2), np.int64)
    assert len(find_rewrites(word_hashes(texts), articles, none).derivation) == 0
    found = find_rewrites(word_hashes(texts), articles, np.array([[0, 1], [0, 0]]))
    assert not found.derivation.any() and not found.rewritten.any()


def test_compare_calls_a_rewrite_a_reprint() -> None:
    text = prose(12)
    source = {"text": " ".join(text), "source": "agency", "published": "2021-03-01"}
    copy = {"text": " ".join(edited(text)), "source": "daily", "published": "2021-03-02"}
    evidence = linker.compare(source, copy)
    assert evidence.reprint == "reprint" and evidence.jaccard == evidence.containment == 0
    assert evidence.derivation is not None and evidence.derivation >= REWRITTEN
    assert evidence.to_dict()["derivation"] == evidence.derivation
    other = linker.compare(source, {"text": " ".join(prose(13))})
    assert other.reprint is None and other.derivation == 0


# Copies of texts and copies of reports


def facts_of(*rows: tuple[list[str] | str, str, float | None]) -> Facts:
    texts, articles = table(list(rows))
    return facts_of_table(texts, articles)


def facts_of_table(texts: list[str], articles: pa.Table) -> Facts:
    return describe(sketch(word_hashes(texts), 0.7), articles, threads=1)


def kinds(facts: Facts, jaccard: float, containment: float, smaller: int) -> dict[Rule, int]:
    shared = Similarity(np.float32(jaccard), np.float32(containment), smaller)
    return {rule: judge(facts, 1, 0, shared, 0.7, rule is Rule.REPORTS, False) for rule in Rule}


def test_short_texts_are_copies_by_text_and_other_reports() -> None:
    facts = facts_of((prose(14, 30), "", 0), (prose(15, 30), "", 24 * 7))
    assert kinds(facts, 0.8, 0.9, 26) == {Rule.TEXTS: REPRINT, Rule.REPORTS: NONE}
    assert kinds(facts, 0.69, 0.79, 26) == {Rule.TEXTS: NONE, Rule.REPORTS: NONE}


def test_a_longer_piece_around_a_text_is_a_copy_of_it_only_by_text() -> None:
    facts = facts_of((prose(16, 60), "", 0), (prose(17, 400), "", 1))
    assert kinds(facts, 0.14, 1, 56) == {Rule.TEXTS: REPRINT, Rule.REPORTS: NONE}
    shorter = facts_of((prose(16, 400), "", 0), (prose(17, 60), "", 1))
    assert kinds(shorter, 0.14, 1, 56) == {Rule.TEXTS: EXCERPT, Rule.REPORTS: EXCERPT}


def test_a_brief_is_a_version_only_among_longer_texts() -> None:
    """Half the text in common under one title is too little evidence in a text of a few words."""
    texts, articles = table([(prose(18, 30), "daily", 0), (prose(19, 30), "daily", 30)])
    titles = pa.array(["The harbour clock"] * 2, pa.large_string())
    facts = facts_of_table(texts, articles.set_column(0, "title", titles))
    assert kinds(facts, 0.4, 0.6, 26) == {Rule.TEXTS: NONE, Rule.REPORTS: NONE}
    assert kinds(facts, 0.75, 0.9, 26) == {Rule.TEXTS: VERSION, Rule.REPORTS: NONE}


@pytest.mark.parametrize(("common", "union"), [(7, 10), (70, 100), (21, 30)])
def test_the_threshold_itself_is_reached(common: int, union: int) -> None:
    facts = facts_of((prose(20), "", 0), (prose(21), "", 1))
    assert kinds(facts, common / union, 0.75, 90)[Rule.REPORTS] == REPRINT
