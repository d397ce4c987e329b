"""What articles share, worked out token by token, against plain twins that read whole texts."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from linker.distinct import distinct
from linker.shared_terms.numbers import MANY, NUMBERS, USUAL, numbers_of, value
from linker.shared_terms.tokens import Tokens, tokens_of
from linker.shared_terms.weights import RARE, numbered, rare_terms
from linker.stories.background import load_background, rarity
from linker.stories.forms import stem_hashes
from linker.stories.terms import count_terms, pair_id, word_ids
from linker.stories.tfidf import weigh
from linker.text import word_hashes

WORDS = ["goat", "goats", "Étoile-du-Nord", "3,000", "港口大桥", "港 口", "thuyền", "thiêng", "x",
         "a\u00a0b", "1\u202f000", "\u1112\u1161\u11ab", "\0", "\x1c", "ปลา", "٧٣", "2:14", "don’t",
         "trường học", "学", "2026", "(2026)", "bridge", "brid\u00adge", "BRIDGE"]  # fmt: skip
TEXT = st.lists(st.sampled_from(WORDS), max_size=20).flatmap(
    lambda words: st.sampled_from([" ", "\n", "\t ", ""]).map(lambda space: space.join(words))
)
TEXTS = st.lists(st.tuples(TEXT | st.text(max_size=20), st.sampled_from(["en", "vi", "zh", ""])))


def tokens(rows: list[tuple[str, str]]) -> tuple[list[str], list[str], Tokens]:
    texts = [text.encode("utf-8", "replace").decode() for text, _ in rows]
    lang = [code for _, code in rows]
    return texts, lang, tokens_of(pa.array(texts, pa.large_string()), numbered(lang)[1])


@settings(deadline=None)  # the first example compiles
@given(st.lists(st.integers(0, 2**64 - 1) | st.integers(0, 9)), st.integers(0, 9000))
def test_distinct_keys_are_numbered_as_they_are_met(keys: list[int], more: int) -> None:
    keys += range(more)
    numbers, first = distinct(np.array(keys, np.uint64))
    names = list(dict.fromkeys(keys))
    assert [names[number] for number in numbers.tolist()] == keys
    assert [keys[place] for place in first.tolist()] == names


@settings(deadline=None)  # the first example compiles
@given(TEXTS)
def test_tokens_are_what_stands_between_white_space_of_ascii(rows: list[tuple[str, str]]) -> None:
    texts, lang, found = tokens(rows)
    strings = found.strings.to_pylist()
    for i, text in enumerate(texts):
        own = found.places[found.offsets[i] : found.offsets[i + 1]].tolist()
        assert [strings[place] for place in own] == re.findall("[^\t-\r\x1c-\x1f ]+", text)
        assert all(lang[found.first[place]] == lang[i] for place in own)
    assert len({(lang[row], name) for row, name in zip(found.first, strings, strict=True)}) == len(
        strings
    )
    assert found.counts.sum() == len(found.places)


@settings(deadline=None)  # the first example compiles
@given(TEXTS)
def test_weights_are_those_of_whole_texts(rows: list[tuple[str, str]]) -> None:
    texts, lang, found = tokens(rows)
    strings = found.strings.to_pylist()
    terms, own = rare_terms(found, word_hashes(strings), stem_hashes(strings), lang)
    expected = slow_weights(texts, lang)
    for i, row in enumerate(expected):
        ids, values = terms.row(i)
        assert own[ids - 1].tolist() == sorted(row)
        np.testing.assert_array_equal(values, [row[term] for term in sorted(row)])


def slow_weights(texts: list[str], lang: list[str]) -> list[dict[int, np.float32]]:
    """The weights of the RARE terms of each text, counted in whole texts."""
    languages, codes = numbered(lang)
    syllabic = np.array([code == "vi" for code in lang], np.bool_)
    words, stems = word_hashes(texts), stem_hashes(texts)
    counted, stemmed = count_terms(words, syllabic), count_terms(stems, syllabic)
    stem = dict(zip(word_ids(words.hashes).tolist(), word_ids(stems.hashes).tolist(), strict=True))
    rare = rarity(stemmed, codes, languages, load_background())
    by_key = dict(zip(stemmed.keys().tolist(), rare.tolist(), strict=True))
    keys = (counted.rows() << 32) + [stem.get(term, term) for term in counted.ids.tolist()]
    idf = np.array([by_key.get(key, 0.0) for key in keys.tolist()], np.float32)
    weights = weigh(counted, idf).where(idf >= RARE)
    return [
        dict(zip(ids.tolist(), values, strict=True))
        for ids, values in (weights.row(i) for i in range(len(texts)))
    ]


def test_pairs_reach_from_one_token_to_the_next() -> None:
    _, _, found = tokens([("港 口", "zh"), ("goat", "zh")])
    strings = found.strings.to_pylist()
    terms, own = rare_terms(found, word_hashes(strings), stem_hashes(strings), ["zh", "zh"])
    first, second = word_hashes(["港 口"]).hashes.tolist()
    assert own[terms.row(0)[0] - 1].tolist() == [pair_id(first, second)]


@settings(deadline=None)  # the first example compiles
@given(TEXTS)
def test_numbers_are_those_of_whole_texts(rows: list[tuple[str, str]]) -> None:
    texts, _, found = tokens(rows)
    pairs = np.array([(a, b) for a in range(len(rows)) for b in range(len(rows))], np.int64)
    numbers = numbers_of(found)
    shared = numbers.shared(pairs.reshape(-1, 2)).tolist()
    named = [[numbers.forms[place] for place in row if place >= 0] for row in shared]
    assert named == slow_numbers(texts, pairs.tolist())


def slow_numbers(texts: list[str], pairs: list[list[int]]) -> list[list[str]]:
    """The numbers that both texts of each pair give, by a search in whole texts."""
    number = re.compile(r"\d+(?:[.,:٫٬’'\u00a0\u202f]\d+)*")
    found = [
        {value(form): form for form in reversed(number.findall(text)) if len(form) > 1}
        for text in texts
    ]
    times = Counter(name for row in found for name in row)
    most = USUAL * len(texts) if len(texts) >= MANY else len(texts)
    shared = []
    for a, b in pairs:
        both = [name for name in found[a].keys() & found[b].keys() if times[name] <= most]
        both.sort(key=lambda name: (times[name], -len(name), name))
        shared.append([found[a][name] for name in both[:NUMBERS]])
    return shared
