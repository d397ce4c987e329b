"""The rows of stories added up, beside their plain twins."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linker.stories.added import add_vectors, added_unit_rows
from linker.stories.terms import Terms

ROWS = st.lists(
    st.dictionaries(st.sampled_from([0, 3, 2**31, 2**32 - 1]), st.integers(1, 9)), max_size=7
)


def terms_of(rows: list[dict[int, int]]) -> Terms:
    entries = [entry for row in rows for entry in sorted(row.items())]
    return Terms(
        np.cumsum([0, *map(len, rows)]),
        np.array([term for term, _ in entries], np.uint32),
        np.array([value for _, value in entries], np.float32),
    )


def plain_sum(rows: list[dict[int, int]]) -> dict[int, float]:
    total: dict[int, float] = defaultdict(float)
    for row in rows:
        for term, value in row.items():
            total[term] += value
    norm = sum(value * value for value in total.values()) ** 0.5
    return {term: total[term] / norm for term in sorted(total)}


@settings(deadline=None)
@given(ROWS, st.randoms())
def test_rows_of_groups_are_added(rows: list[dict[int, int]], random: Random) -> None:
    order = list(range(len(rows)))
    random.shuffle(order)
    cuts = sorted([0, len(rows), *(random.randint(0, len(rows)) for _ in range(3))])
    terms = terms_of(rows)
    found = Terms(
        *added_unit_rows(terms.start, terms.ids, terms.values, np.array(order, int), np.array(cuts))
    )
    assert len(found) == len(cuts) - 1
    for group, (first, last) in enumerate(pairwise(cuts)):
        ids, values = found.row(group)
        expected = plain_sum([rows[row] for row in order[first:last]])
        assert ids.tolist() == list(expected)
        assert values.tolist() == pytest.approx(list(expected.values()), rel=1e-6)


def test_vectors_of_groups_are_added() -> None:
    vectors = np.arange(12, dtype=np.float32).reshape(4, 3)
    order, begin, sums = np.array([2, 0, 3, 1]), np.array([0, 3, 3, 4]), np.zeros((3, 3))
    add_vectors(vectors, order, begin, sums)
    assert sums.tolist() == [[15.0, 18.0, 21.0], [0.0, 0.0, 0.0], [3.0, 4.0, 5.0]]
