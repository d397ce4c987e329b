"""The article table: batches, ids, and an order that the input's order cannot change."""

from __future__ import annotations

import random
import re
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import arrange, table_of

from linker.articles import (
    CLEANED,
    PRECISIONS,
    SCHEMA,
    Columns,
    batch_of,
    made_id,
)
from linker.dates.moments import microseconds
from linker.readers import RejectLog
from linker.text.scrubbing import CONTROLS, scrubbed

Fields = dict[str, Any]


def article(**fields: Any) -> Fields:
    precision = "exact" if fields.get("published") else "unknown"
    blank: Fields = dict.fromkeys(SCHEMA.names, "")
    return blank | {"published": None, "precision": precision, "lang": "en"} | fields


def batch(*articles: Fields) -> pa.RecordBatch:
    columns = {name: [fields[name] for fields in articles] for name in SCHEMA.names}
    times = [microseconds(moment) for moment in columns.pop("published")]
    codes = [PRECISIONS.index(name) for name in columns.pop("precision")]
    return batch_of(
        Columns(published=np.array(times, np.int64), precision=np.array(codes, np.int8), **columns)
    )


def table(*articles: Fields) -> pa.Table:
    return table_of([batch(*articles)])


def test_schemas() -> None:
    assert CLEANED.names == [*SCHEMA.names, "cut"]
    assert batch().schema.equals(SCHEMA)
    assert table(article(title="A")).schema.equals(SCHEMA)


def test_strings_are_scrubbed_and_languages_found() -> None:
    odd = article(id="1", title="a\x00b\ud800", text="one\r\ntwo\x0b\u2028three\tfour", lang="")
    row = batch(odd, article(id="2", title="Der Hund ist im Garten", lang="")).to_pylist()
    assert row[0]["title"] == "ab\ufffd"
    assert row[0]["text"] == "one\ntwo\n\nthree\tfour"
    assert row[1]["lang"] == "de"


_ends = st.sampled_from(
    ["\r\n", "\r", "\x85", "\u2028", "\u2029", "\x00", "\x7f", "\t", "\xc2", "\u2027"]
)
_strings = st.lists(
    st.lists(st.text(max_size=3) | _ends | st.text("ab\n", max_size=9)).map("".join)
)


def scrubbed_plainly(value: str) -> str:
    value = re.sub("\r\n?|[\x0b\x0c\x85\u2028\u2029]", "\n", value)
    return re.sub("[\x00-\x08\x0e-\x1f\x7f]", "", re.sub("[\ud800-\udfff]", "\ufffd", value))


@given(_strings, st.integers(0, 3))
def test_scrubbing_is_what_its_rules_say(values: list[str], repeats: int) -> None:
    values = values * 10**repeats  # over several blocks of the compiled search
    kept = list(values)
    found, array = scrubbed(values)
    assert found == array.to_pylist() == list(map(scrubbed_plainly, kept)) and values == kept
    assert not any(re.search(CONTROLS, value) for value in found)


def test_missing_ids_are_made_from_url_else_content() -> None:
    ids = table(article(url="http://a.example/1"), article(title="T", text="X"))["id"].to_pylist()
    assert ids == [made_id("http://a.example/1", "", ""), made_id("", "T", "X")]
    assert all(len(name) == 16 and int(name, 16) >= 0 for name in ids)


def test_order_is_published_then_id_with_undated_last() -> None:
    early, late = datetime(2020, 1, 1, tzinfo=UTC), datetime(2020, 1, 2, tzinfo=UTC)
    held = table(
        article(id="c", title="undated"),
        article(id="b", title="late", published=late),
        article(id="d", title="early", published=early),
        article(id="a", title="late", published=late),
    )
    assert arrange(held, RejectLog())["id"].to_pylist() == ["d", "a", "b", "c"]


def test_identical_records_of_one_given_id_are_dropped_once() -> None:
    rejects = RejectLog()
    held = arrange(table(*[article(id="x", title="Same")] * 3, article(id="y", title="T")), rejects)
    assert held["id"].to_pylist() == ["x", "y"]
    assert [reject.reason for reject in rejects] == ["duplicate of id x"] * 2


def test_other_records_of_one_id_are_told_apart() -> None:
    rejects = RejectLog()
    day = datetime(2020, 1, 1, tzinfo=UTC)
    held = arrange(
        table(
            article(id="x", title="undated"),
            article(id="x", title="first", published=day),
            article(id="x~2", title="taken"),
            article(id="x", title="other"),
        ),
        rejects,
    )
    named = dict(zip(held["id"].to_pylist(), held["title"].to_pylist(), strict=True))
    assert named["x"] == "first"
    assert named["x~2"] == "taken"
    assert {named["x~3"], named["x~4"]} == {"undated", "other"}
    assert rejects.renamed == 2 and len(rejects) == 0


def test_ten_thousand_identical_records_without_id_all_stay() -> None:
    rejects = RejectLog()
    held = arrange(table(*[article(title="Same", text="Body")] * 10_000), rejects)
    names = held["id"].to_pylist()
    assert len(set(names)) == 10_000 and len(rejects) == 0
    assert names[:2] == [made_id("", "Same", "Body"), made_id("", "Same", "Body") + "~2"]


_dates = st.sampled_from([None, datetime(2020, 1, 1, tzinfo=UTC), datetime(2020, 1, 2, tzinfo=UTC)])
_articles = st.builds(
    lambda name, title, day: article(id=name, title=title, published=day),
    st.sampled_from(["", "a", "b", "a~2"]),
    st.sampled_from(["S", "T", "U"]),
    _dates,
)


@settings(max_examples=50)
@given(st.lists(_articles, min_size=1, max_size=12), st.randoms())
def test_input_order_changes_nothing(articles: list[Fields], chance: random.Random) -> None:
    shuffled = list(articles)
    chance.shuffle(shuffled)
    logs = RejectLog(), RejectLog()
    first, second = arrange(table(*articles), logs[0]), arrange(table(*shuffled), logs[1])
    assert first.equals(second)
    assert list(logs[0]) == list(logs[1]) and logs[0].renamed == logs[1].renamed
    assert len(set(first["id"].to_pylist())) == first.num_rows
    assert first.num_rows + len(logs[0]) == len(articles)


_moments = st.none() | st.sampled_from([datetime(2020, 1, day, tzinfo=UTC) for day in range(1, 4)])
_ids = st.text("ab~é合\U0001f600", min_size=1, max_size=3)


@given(st.lists(st.tuples(_moments, _ids), unique_by=lambda pair: pair[1], min_size=1))
def test_the_order_is_that_of_time_then_id(pairs: list[tuple[datetime | None, str]]) -> None:
    given_ones = [article(id=name, title="T", published=day) for day, name in pairs]
    names = arrange(table(*given_ones), RejectLog())["id"].to_pylist()
    late = datetime.max.replace(tzinfo=UTC)
    assert names == [name for _, name in sorted((day or late, name) for day, name in pairs)]
