"""Which spellings stand in a text: the compiled pass beside its plain twin."""

from __future__ import annotations

import itertools

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linker.stories.standing import Spellings, first_standing, spellings, standing, stands_in
from linker.stories.surfaces import PARTS, surfaces, written
from linker.text.compiled import Text
from linker.text.letters import letter_kind, letter_table
from linker.text.utf8 import points_of

# Letters with and without case and accents, marks, joints, what cannot be seen, digits and
# numerals, scripts with and without spaces.
ALPHABET = "abAB é\u0301\u200d\u00ad'’--  .1²٣中国日本カーกาก็่ि मल한\n"


def found(known: Spellings, stories: list[list[str]]) -> list[list[int]]:
    """The spelling of each term that stands in each story, by the compiled pass."""
    terms = len(known.table.first) - 1
    texts = [text for story in stories for text in story]
    begin = np.cumsum([0, *map(len, stories)])
    wanted = np.tile(np.arange(terms), len(stories))
    ends = np.arange(len(stories) + 1) * terms
    text = Text(*points_of(pa.array(texts, pa.large_string())))
    return standing(text, begin, wanted, ends, known.table).reshape(len(stories), -1).tolist()


def plain(known: Spellings, stories: list[list[str]]) -> list[list[int]]:
    edges = [*itertools.pairwise(known.table.first.tolist())]
    wanted = [[known.words[first:last] for first, last in edges]] * len(stories)
    rows = [
        [first_standing(words, texts) for words in own]
        for own, texts in zip(wanted, stories, strict=True)
    ]
    return [
        [first + at if at >= 0 else -1 for at, (first, _) in zip(row, edges, strict=True)]
        for row in rows
    ]


TEXTS = st.lists(st.text(ALPHABET, max_size=30), min_size=1, max_size=4)


@given(TEXTS, st.lists(TEXTS, min_size=1, max_size=3))
@settings(deadline=None, max_examples=300)
def test_what_stands_in_a_text_is_what_the_plain_twin_finds(
    headlines: list[str], stories: list[list[str]]
) -> None:
    known = spellings(surfaces(headlines, ["en"] * len(headlines)))
    stories = [*stories, headlines]
    assert found(known, stories) == plain(known, stories)


def test_every_word_stands_where_it_is_written() -> None:
    headlines = ["O’Neil-Smith's co-operation", "می\u200cشود", "新発売 12", "กรุงที่", "²x ½y"]
    known = spellings(surfaces(headlines, ["en"] * 5))
    [at] = found(known, [headlines])
    assert min(at) >= 0


@pytest.mark.parametrize(
    "kind", ["a-" * 3000, "a\u0301\u200d" * 3000, "中" * 6000, "\u200d" * 6000]
)
def test_of_a_text_of_one_pattern_the_same_is_found(kind: str) -> None:
    """A word that goes on for ever, or never begins, is still looked up."""
    known = spellings(surfaces([kind + "b", "a b 中中"], ["en", "en"]))
    [at] = found(known, [[kind + " b"]])
    assert [at] == plain(known, [[kind + " b"]])


def test_a_long_chain_of_parts_is_cut() -> None:
    chain = "-".join("abcdefghijklm")
    assert written(chain) == [chain[: 2 * PARTS - 1], chain[2 * PARTS :]]
    assert all(stands_in(word, chain) for word in written(chain))


def test_the_table_of_letters_is_its_plain_twin() -> None:
    chance = np.random.default_rng(3)
    points = [*range(0x3000), *chance.integers(0x3000, 0xD800, 5000).tolist(), 0xE0100, 0x1D7CE]
    table = letter_table()
    assert [table[point] for point in points] == [letter_kind(chr(point)) for point in points]
