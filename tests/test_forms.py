"""The forms of words that stories use: stems, names in one alphabet, weekdays, weights by place."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linker.stories.alphabets import skeleton
from linker.stories.forms import (
    BEGINNING,
    Forms,
    name_number,
    stem,
    stem_hashes,
    word_forms,
)
from linker.stories.terms import FADE, IN_TITLE, placed_terms, word_id
from linker.stories.weekdays import weekday_names
from linker.text import word_hash, word_hashes
from linker.text.folding import words_with_kinds

ALPHABET = "abcPz 1２中文字ไทย.éИванوبין가나각ㄱᄀ\ud800\x00ক্ষ"
PIECES = st.lists(
    st.one_of(st.text(ALPHABET, max_size=9), st.sampled_from(["friday", "quinta-feira", "周五"])),
    max_size=9,
)


def forms_of(texts: list[str]) -> Forms:
    clean = [text.encode("utf-8", "replace").decode() for text in texts]
    return word_forms(pa.chunked_array([pa.array(clean, pa.large_string())]))


def plain_days(words: list[str]) -> int:
    """The bits of the weekdays that words name, alone or two by two."""
    names, days = weekday_names(), 0
    for place, word in enumerate(words[:BEGINNING]):
        for name in ((word,), tuple(words[max(0, place - 1) : place + 1])):
            days |= 1 << names[name] if name in names else 0
    return days


@settings(deadline=None)
@given(st.lists(PIECES.map(" ".join), max_size=5))
def test_forms_equal_their_plain_twins(texts: list[str]) -> None:
    texts = [text.encode("utf-8", "replace").decode() for text in texts]
    forms = forms_of(texts)
    for i, text in enumerate(texts):
        found = words_with_kinds(text)
        part = slice(forms.stems.offsets[i], forms.stems.offsets[i + 1])
        assert forms.stems.hashes[part].tolist() == [word_hash(stem(word)) for word, _ in found]
        assert forms.stems.kinds[part].tolist() == [kind for _, kind in found]
        assert forms.names[part].tolist() == [name_number(word, kind) for word, kind in found]
        assert forms.days[i] == plain_days([word for word, _ in found])


def test_the_words_of_forms_are_those_of_word_hashes() -> None:
    texts = ["Kleine Häuser, große Gärten: 1,500 m² über 12 Jahre", "東京で地震", "㈜가나 ﷺ"]
    forms = forms_of(texts)
    assert forms.stems.offsets.tolist() == word_hashes(texts).offsets.tolist()
    assert forms.stems.kinds.tolist() == word_hashes(texts).kinds.tolist()


@pytest.mark.parametrize(
    ("word", "expected"),
    [("elections", "elect"), ("goat", "goat"), ("1234567", "1234567"), ("президента", "прези")],
)
def test_a_stem_is_the_beginning_of_a_word(word: str, expected: str) -> None:
    assert stem(word) == expected
    assert stem_hashes([word]).hashes.tolist() == [word_hash(expected)]


@pytest.mark.parametrize(
    "names",
    [
        ("Putin", "Путин", "بوتين", "Πούτιν"),
        ("Merkel", "Меркель", "Μέρκελ"),
        ("Netanyahu", "Нетаньяху", "נתניהו"),
    ],
)
def test_a_name_has_one_skeleton_in_all_alphabets(names: tuple[str, ...]) -> None:
    assert len({skeleton(words_with_kinds(name)[0][0]) for name in names}) == 1


def test_a_word_in_lower_case_is_no_name() -> None:
    lower, upper = forms_of(["burden", "Burden"]).names.tolist()
    assert lower == 0
    assert upper != 0


def test_weekdays_are_found_in_many_languages() -> None:
    texts = [
        "on Friday",
        "am Freitag",
        "nesta sexta-feira",
        "в пятницу",
        "يوم الجمعة",
        "周五",
        "Fri",
    ]
    assert forms_of(texts).days.tolist() == [1 << 4] * 6 + [0]


def test_no_weekday_has_two_meanings() -> None:
    names = weekday_names()
    assert all(0 < len(name) <= 2 for name in names)
    assert set(names.values()) == set(range(7))


def test_words_of_the_headline_and_the_beginning_weigh_more() -> None:
    text = " ".join(["goat", *["filler"] * 299, "comet"])
    titles, bodies = stem_hashes(["goat"]), stem_hashes([text])
    terms, lengths = placed_terms(titles, bodies, pa.array([False]).to_numpy(zero_copy_only=False))
    weight = dict(zip(*(part.tolist() for part in terms.row(0)), strict=True))
    assert weight[word_id(word_hash("goat"))] == pytest.approx(IN_TITLE + 1)
    assert weight[word_id(word_hash("comet"))] == pytest.approx(1 / (1 + 300 / FADE))
    assert lengths.tolist() == [302]
