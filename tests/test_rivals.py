"""How many others an article has to be told from."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import linker
from linker.stories import count_rivals, days_of
from linker.stories.rivals import FEWEST_RIVALS, USUAL_RIVALS, WITHIN_DAYS


def plain_rivals(day: list[float]) -> list[float]:
    """Whoever is near in time or may be, the article itself among them."""
    found = []
    for own in day:
        around = sum(not abs(own - other) > WITHIN_DAYS for other in day)
        found.append(np.log(max(around, FEWEST_RIVALS) / USUAL_RIVALS))
    return found


DAYS = st.one_of(st.just(float("nan")), st.integers(-40, 40).map(lambda quarter: quarter / 4))


@given(st.lists(DAYS, max_size=30), st.integers(1, 40))
def test_rivals_equal_their_plain_twin(day: list[float], times: int) -> None:
    repeated = day * times
    assert count_rivals(np.array(repeated)) == pytest.approx(plain_rivals(repeated), abs=1e-6)


def test_few_articles_are_no_proof_that_they_tell_one_story() -> None:
    assert count_rivals(np.zeros(3))[0] == count_rivals(np.zeros(90))[0]
    assert count_rivals(np.zeros(1000)) == pytest.approx(0.0, abs=1e-6)


def test_days_are_counted_from_1970() -> None:
    times = [datetime(1970, 1, 2, 12, tzinfo=UTC), None, datetime(1969, 12, 31, tzinfo=UTC)]
    column = pa.chunked_array([pa.array(times, pa.timestamp("us", "UTC"))])
    assert days_of(column).tolist() == pytest.approx([1.5, np.nan, -1.0], nan_ok=True)


@given(st.lists(st.tuples(DAYS, st.booleans()), max_size=30), st.integers(4, 40))
def test_copies_are_no_rivals(articles: list[tuple[float, bool]], times: int) -> None:
    day = np.array([time for time, _ in articles] * times)
    counted = np.array([marked for _, marked in articles] * times, np.bool_)
    found = count_rivals(day, counted)
    assert found[counted] == pytest.approx(count_rivals(day[counted]), abs=1e-6)


def test_a_pair_of_two_languages_is_less_probable_among_more_articles() -> None:
    pair = [
        {"id": "a", "title": "Goat elected mayor", "text": "A goat was elected mayor of Oxbury."},
        {"id": "b", "title": "Ziege gewählt", "text": "Die Ziege von Oxbury ist Bürgermeisterin."},
    ]
    others = [
        {"id": f"x{i}", "title": f"Notice {i}", "text": f"Number {i} of the gazette is out."}
        for i in range(400)
    ]

    def link(articles: list[dict[str, str]]) -> dict[str, float]:
        dated = [article | {"published": "2024-03-04T10:00:00Z"} for article in articles]
        links = linker.group(dated).links.to_pylist()
        return next(link for link in links if {link["a"], link["b"]} == {"a", "b"})

    few, many = link(pair), link(pair + others)
    assert few["rivals"] < many["rivals"]
    assert few["probability"] > many["probability"]
