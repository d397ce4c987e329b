"""What is counted in articles, beside plain twins."""

from __future__ import annotations

import itertools
from collections import Counter

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linker.stories import terms as terms_module
from linker.stories.batches import chosen_batches
from linker.stories.forms import Forms, word_forms
from linker.stories.tally import HEADLINE_NAME, NAMED_WORDS, tally, tally_forms
from linker.stories.terms import count_terms, pair_id, stacked, word_id
from linker.text import CHARACTER, NUMBER, Words, word_hash, word_hashes


def plain_terms(words: Words, text: int) -> Counter[int]:
    """The terms of a text, one word after the other: the twin of the kernel."""
    part = slice(words.offsets[text], words.offsets[text + 1])
    found: list[int] = []
    kinds = words.kinds[part]
    for single, run in itertools.groupby(
        zip(words.hashes[part].tolist(), kinds.tolist(), strict=True),
        key=lambda word: bool(word[1] & CHARACTER),
    ):
        hashes = [hash_ for hash_, _ in run]
        if single and len(hashes) > 1:
            found.extend(pair_id(a, b) for a, b in itertools.pairwise(hashes))
        else:
            found.extend(word_id(hash_) for hash_ in hashes)
    return Counter(found)


@given(st.lists(st.integers(0, 7), max_size=5), st.sets(st.integers(0, 34)), st.integers(1, 4))
def test_chosen_batches_are_the_chosen_rows(
    lengths: list[int], chosen: set[int], size: int
) -> None:
    schema = pa.schema({"title": pa.string()})
    parts = [pa.record_batch([[str(row) for row in range(n)]], schema) for n in lengths]
    table = pa.Table.from_batches(parts, schema)
    rows = np.array(sorted(chosen & set(range(len(table)))), np.int64)
    batches = list(chosen_batches(table, ("title",), rows, size))
    assert all(0 < len(batch) <= size for batch in batches)
    found = [title for batch in batches for title in batch.column(0).to_pylist()]
    assert found == table["title"].take(pa.array(rows)).to_pylist()


@settings(deadline=None)
@given(st.lists(st.text("ab 1２中文字ไทย.é", max_size=30), max_size=6))
def test_terms_equal_their_plain_twin(texts: list[str]) -> None:
    words = word_hashes(texts)
    terms = count_terms(words)
    for text in range(len(texts)):
        ids, counts = terms.row(text)
        assert list(ids) == sorted(ids)
        assert dict(zip(ids.tolist(), counts.tolist(), strict=True)) == plain_terms(words, text)


NAMES = st.lists(
    st.sampled_from(["Bartholomew", "Orbeck", "won", "73", "1200", "Lindholm"]), max_size=9
)


def named_forms(texts: list[str]) -> Forms:
    return word_forms(pa.chunked_array([pa.array(texts, pa.large_string())]))


@settings(deadline=None)
@given(st.lists(st.tuples(NAMES, NAMES), min_size=1, max_size=5))
def test_names_and_numbers_equal_their_plain_twin(
    articles: list[tuple[list[str], list[str]]],
) -> None:
    titles = named_forms([" ".join(title) for title, _ in articles])
    texts = named_forms(
        [" ".join([*text, *["and"] * NAMED_WORDS, *title]) for title, text in articles]
    )
    found = tally_forms(titles, texts, np.zeros(len(articles), np.bool_))
    everywhere: list[int] = []
    for row in range(len(articles)):
        names: Counter[int] = Counter()
        numbers: Counter[int] = Counter()
        for forms, factor, near in ((titles, HEADLINE_NAME, 99), (texts, 1.0, NAMED_WORDS)):
            first, last = forms.stems.offsets[row : row + 2]
            for place in range(last - first):
                if forms.names[first + place]:
                    names[int(forms.names[first + place])] += factor if place < near else 0.0
                if forms.stems.kinds[first + place] & NUMBER:
                    numbers[word_id(int(forms.stems.hashes[first + place]))] += 1
        everywhere.extend(sorted(names))
        near_names = {name: value for name, value in names.items() if value}
        for terms, expected in ((found.names, near_names), (found.numbers, numbers)):
            ids, values = terms.row(row)
            assert list(ids) == sorted(expected)
            assert dict(zip(ids.tolist(), values.tolist(), strict=True)) == expected
    assert found.named.tolist() == everywhere
    numbers_there = found.documents.ids[found.as_words]
    assert numbers_there.tolist() == found.numbers.ids.tolist()


def test_numbers_are_the_words_of_digits() -> None:
    titles, texts = named_forms([""]), named_forms(["73 dead, ٧٣ hurt, 5G none"])
    ids, counts = tally_forms(titles, texts, np.zeros(1, np.bool_)).numbers.row(0)
    assert ids.tolist() == [word_id(word_hash("73"))]
    assert counts.tolist() == [2.0]


def test_the_tally_of_chosen_articles_is_theirs_among_all() -> None:
    rows = [("Anna on Monday", "12 goats"), ("", ""), ("Olga", "Friday, 12 and 13"), ("x", "y")]
    columns = {"title": [row[0] for row in rows], "text": [row[1] for row in rows]}
    whole = pa.table(
        {name: pa.array(column, pa.large_string()) for name, column in columns.items()}
    )
    whole = whole.append_column("lang", pa.array(["en", "vi", "vi", "en"]))
    whole = pa.concat_tables([whole[:1], whole[1:]])
    every, chosen = tally(whole), tally(whole, 2, np.array([0, 2]))
    for name in ("documents", "numbers", "names"):
        ours, theirs = getattr(chosen, name), getattr(every, name).take(np.array([0, 2]))
        assert ours.start.tolist() == theirs.start.tolist()
        assert ours.ids.tolist() == theirs.ids.tolist()
        assert ours.values.tolist() == theirs.values.tolist()
    assert chosen.words.tolist() == every.words[[0, 2]].tolist()
    assert chosen.days.tolist() == every.days[[0, 2]].tolist() == [1, 16]
    assert chosen.documents.ids[chosen.as_words].tolist() == chosen.numbers.ids.tolist()
    assert len(tally(whole[:0])) == 0


@pytest.mark.parametrize("at_a_time", [1, 2, terms_module.ROWS])
def test_stacked_rows_hold_the_scaled_terms_of_all_parts(
    at_a_time: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(terms_module, "ROWS", at_a_time)
    parts = [count_terms(word_hashes(texts)) for texts in (["a b b", "", "c"], ["b d", "e", "c"])]
    both = stacked(parts, [1.0, 2.0], threads=2)
    for row in range(3):
        ids, values = both.row(row)
        assert ids.tolist() == sorted(set(ids.tolist()))  # a word of both parts is two terms
        expected = [1.0 * parts[0].row(row)[1], 2.0 * parts[1].row(row)[1]]
        assert sorted(values.tolist()) == sorted(np.concatenate(expected).tolist())
