"""A story's face: its compiled parts beside plain twins, and the cases at the edges."""

from __future__ import annotations

import itertools
from collections import Counter
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linker.stories.background import load_background
from linker.stories.describe import _by_frequency, _centres, _headlines, _times
from linker.stories.forms import stem_hashes
from linker.stories.keywords import KEYWORDS, READ, Beginnings, _grown, keywords, usual_terms
from linker.stories.surfaces import surfaces, written
from linker.stories.terms import Terms, count_terms

WOODS = "Amber Birch Cedar Dogwood Elm Fir Ginkgo Hazel Ivy Juniper Kapok Larch"
SEEDS = st.integers(0, 2**32 - 1)


def read_of(texts: list[str]) -> list[Beginnings]:
    """Stories of one text each."""
    return [Beginnings(pa.array(texts, pa.large_string()), np.arange(len(texts) + 1))]


def some_stories(rng: np.random.Generator, rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows in a random order, cut into stories of one row or more."""
    cuts = np.flatnonzero(rng.random(rows - 1) < 0.4) + 1
    return rng.permutation(rows), np.concatenate([[0], cuts, [rows]])


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_the_centre_is_that_of_the_most_frequent_language(seed: int) -> None:
    rng = np.random.default_rng(seed)
    vectors = rng.integers(-2, 3, (30, 4)).astype(np.float32)
    lang = rng.integers(0, 3, 30)
    rows, begin = some_stories(rng, 30)
    found = _centres(vectors, lang, 3, rows, begin)
    for story, at in enumerate(found.tolist()):
        members = rows[begin[story] : begin[story + 1]]
        spoken = lang[members] == np.bincount(lang[members]).argmax()
        own = vectors[members[spoken]].astype(np.float64)
        assert rows[at] == members[spoken][(own @ own.sum(axis=0)).argmax()]


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_keywords_are_the_heaviest_known_terms(seed: int) -> None:
    rng = np.random.default_rng(seed)
    known = surfaces([WOODS], ["en"])
    terms = np.unique(np.concatenate([known.ids, rng.integers(0, 2**32, 12).astype(np.uint32)]))
    held = rng.random((READ + 5, len(terms))) < 0.3
    start = np.concatenate([[0], np.cumsum(held.sum(axis=1))])
    ids = np.concatenate([terms[row] for row in held])
    values = (rng.integers(1, 4, len(ids)) / 4).astype(np.float32)
    documents = Terms(start, ids, values)
    rows, begin = some_stories(rng, len(held))
    begin = begin if rng.random() < 0.5 else np.array([0, len(rows)])
    word = dict(zip(known.ids.tolist(), known.words, strict=True))
    stories = len(begin) - 1
    for story, own in enumerate(
        keywords(documents, rows, begin, known, read_of([WOODS] * stories), [()] * stories)
    ):
        weight: Counter[int] = Counter()
        for row in rows[begin[story] : begin[story + 1]][:READ]:
            for term, value in zip(*documents.row(int(row)), strict=True):
                weight[int(term)] += float(value)
        heaviest = sorted((-value, term) for term, value in weight.items() if term in word)
        assert own == [word[term] for _, term in heaviest[:KEYWORDS]]


def test_a_keyword_is_written_as_in_its_own_story() -> None:
    known = surfaces(["canned fish", "canned beans", "Cannes opens", "GOAT"], ["en"] * 4)
    documents = count_terms(stem_hashes(["Cannes Goat opens", "canned", "canned"]))
    rows, begin = np.arange(3), np.array([0, 1, 2, 3])
    texts = ["Cannes opens and a goat scanned", "canned", "scanned or Canned"]
    found = keywords(documents, rows, begin, known, read_of(texts), [()] * 3)
    assert [sorted(words) for words in found] == [["Cannes", "goat", "opens"], ["canned"], []]


def test_a_keyword_stands_in_its_story_as_a_whole_word() -> None:
    headline = "साल भर"
    known = surfaces([headline], ["hi"])
    documents = count_terms(stem_hashes([headline, headline]))
    begin = np.array([0, 1, 2])
    found = keywords(documents, np.arange(2), begin, known, read_of(["मिसाल", headline]), [()] * 2)
    assert [sorted(words) for words in found] == [[], ["भर", "साल"]]


def _found(headlines: list[str], languages: list[str]) -> list[list[str]]:
    """The keywords of stories of one article each, which are their headlines."""
    known = surfaces(headlines, languages)
    names = sorted(set(languages))
    lang = np.array([names.index(language) for language in languages])
    begin = np.arange(len(headlines) + 1)
    usual = usual_terms(known, lang, begin, names, load_background())
    documents = count_terms(stem_hashes(headlines))
    found = keywords(documents, begin[:-1], begin, known, read_of(headlines), usual)
    return [sorted(words) for words in found]


def test_what_is_usual_in_a_language_is_no_keyword_there() -> None:
    french = "les chèvres sont au conseil"
    assert _found([french, french], ["fr", "xx"]) == [
        ["chèvres", "conseil"],
        ["au", "chèvres", "conseil", "les", "sont"],  # of an unknown language nothing is usual
    ]


def test_german_war_is_no_english_war() -> None:
    english, german = "a war began", "es war einmal"
    assert "war" in _found([english, german, german], ["en", "de", "de"])[0]
    assert "war" not in _found([german, english, english], ["de", "en", "en"])[0]
    known = surfaces([english, "war again", german], ["en", "en", "de"])
    place = [known.words[first] for first in known.start[:-1]].index("war")
    both = usual_terms(known, np.array([0, 1]), np.array([0, 2]), ["en", "de"], load_background())
    assert place not in next(both)  # where both are, it is what most headlines mean


def test_syllables_of_names_are_keywords() -> None:
    assert _found(["Bão vào Đà Nẵng"], ["vi"]) == [["Bão", "Nẵng", "vào", "Đà"]]
    assert _found(["中国"], ["zh"]) == [["中国"]]


def test_the_languages_of_a_story_are_taken_together() -> None:
    known = surfaces(["les chèvres", "the gate"], ["fr", "en"])
    languages, background = ["en", "fr"], load_background()
    lang = np.array([1, 0])
    alone = list(usual_terms(known, lang, np.array([0, 1, 2]), languages, background))
    together = list(usual_terms(known, lang, np.array([0, 2]), languages, background))
    assert together == [alone[0] | alone[1]] and alone[0] and alone[1]


@pytest.mark.parametrize(
    ("headline", "text"),
    [
        ("Haifa port", "Haifa\u200f, port\u200e reopened"),
        ("\ufeffHaifa\u200b port\u200e", "Haifa port"),
    ],
)
def test_what_cannot_be_seen_ends_a_word_and_is_none_of_it(headline: str, text: str) -> None:
    known = surfaces([headline], ["en"])
    documents = count_terms(stem_hashes([headline]))
    found = keywords(documents, np.arange(1), np.array([0, 1]), known, read_of([text]), [()])
    assert [sorted(words) for words in found] == [["Haifa", "port"]]


def test_words_as_they_are_written() -> None:
    assert written("Prime Minister's visit, 2 days: co-operation") == [
        "Prime", "Minister's", "visit", "days", "co-operation",
    ]  # fmt: skip
    assert written("東京都で火事") == ["東京", "京都", "都で", "で火", "火事"]
    assert written("") == []
    assert written("ग्रैंडमास्टर को वज़ीर") == ["ग्रैंडमास्टर", "को", "वज़ीर"]
    assert written("می\u200cشود کِتاب") == ["می\u200cشود", "کِتاب"]
    assert written("e\u0301lue\u0301e a\u0300") == ["e\u0301lue\u0301e", "a\u0300"]
    assert written("ที่นี่") == ["ที่นี่"] and written("กรุงที่") == ["กรุ", "รุง", "งที่"]


@pytest.mark.parametrize(
    ("piece", "text", "whole"),
    [
        ("际象", "国际象棋赛，国际象棋，国际象棋", "国际象棋"),
        ("际象", "国际象棋赛，国际象棋", "际象"),  # twice shows nothing
        ("际象", "际象际象际象", "际象"),
        ("际象", "国际象棋和世界际象棋，国际象棋", "际象棋"),
        ("际象", "a际象b a际象b a际象b", "际象"),
        ("际象", "甲乙丙丁际象戊己庚辛" * 3, "际象"),  # no word is that long
        ("ラン", "トランプ、トランプ、トランプ", "ラン"),
    ],
)
def test_a_piece_grows_to_what_it_never_stands_without(piece: str, text: str, whole: str) -> None:
    assert _grown(piece, text) == whole


def test_a_keyword_is_no_part_of_one_that_grew() -> None:
    headline = "国际象棋"
    known = surfaces([headline], ["zh"])
    documents = count_terms(stem_hashes([headline]))
    text = "国际象棋，国际象棋，国际象棋"
    found = keywords(documents, np.arange(1), np.array([0, 1]), known, read_of([text]), [()])
    assert found == [["国际象棋"]]


def test_the_most_frequent_way_to_write_a_word_comes_first() -> None:
    known = surfaces(["Fire in Orbeck", "FIRE", "fire", "fire"], ["en"] * 4)
    forms = [known.words[a:b] for a, b in itertools.pairwise(known.start)]
    assert sorted(forms) == [["Orbeck"], ["fire", "FIRE", "Fire"], ["in"]]


def test_values_by_frequency_leave_out_what_is_empty() -> None:
    values = pa.chunked_array([["b", "a", ""], ["a", None, "c", "b"]])
    found = _by_frequency(values, np.array([0, 0, 0, 0, 1, 3, 3]), 4)
    assert found.to_pylist() == [["a", "b"], [], [], ["b", "c"]]
    assert (
        _by_frequency(pa.chunked_array([], pa.string()), np.empty(0, np.int64), 0).to_pylist() == []
    )


def test_times_of_a_story_without_any() -> None:
    days = [datetime(2026, 3, day, tzinfo=UTC) for day in (3, 1, 2)]
    column = pa.chunked_array([pa.array([*days, None], pa.timestamp("us", tz="UTC"))])
    first, last = _times(column, np.array([0, 0, 1, 2]), 3)
    assert first.to_pylist() == [days[1], days[2], None]
    assert last.to_pylist() == [days[0], days[2], None]


def test_an_article_without_a_headline_lends_the_beginning_of_its_text() -> None:
    texts = pa.chunked_array([["ignored", "First line\nsecond", "x" * 500]])
    articles = pa.table({"title": ["Headline", "", ""], "text": texts})
    assert _headlines(articles) == ["Headline", "First line", "x" * 120]
