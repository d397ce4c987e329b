"""Articles in a script that the model does not know: told by their words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from click.testing import Result as Outcome
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from linker import compare, group
from linker.embedding import load_encoder
from linker.stories import Vectors, embed_articles
from linker.stories.projection import PARTS, ROWS, projected
from linker.stories.terms import Terms
from linker.text.folding import mix
from tests.conftest import write_lines

FERRY = (
    "ბორანი ჩაიძირა ლინდჰოლმთან",
    "ლინდჰოლმის პორტთან ბორანი ჩაიძირა, თოთხმეტი მგზავრი გადაარჩინეს. მაშველები ეძებენ კაპიტანს.",
)
ENGLISH = ("Ferry sinks off Lindholm", "A ferry sank off the port of Lindholm. All were saved.")
COPYRIGHT = "All rights reserved. This material may not be published."


def vectors_of(*articles: tuple[str, str], threads: int = 1) -> Vectors:
    titles, texts = zip(*articles, strict=True)
    return embed_articles(pa.table({"title": titles, "text": texts}), load_encoder(), threads)


def test_an_article_that_the_model_cannot_read_has_no_vector() -> None:
    vectors = vectors_of(FERRY, ENGLISH, ("", FERRY[1]), (FERRY[0], ""), ("", ""), threads=2)
    for rows in (vectors.title, vectors.body):
        assert rows.any(axis=1).tolist() == [False, True, False, False, False]


def test_a_line_that_it_can_read_does_not_stand_for_the_article() -> None:
    long = FERRY[1] * 8
    kept, lost = vectors_of((FERRY[0], ENGLISH[1] * 20), (FERRY[0], long + COPYRIGHT)).body
    assert kept.any()
    assert not lost.any()


def test_a_headline_of_signs_does_not_outweigh_a_sentence() -> None:
    assert vectors_of(("\U0001f534" * 3, ENGLISH[1])).body.any()


def test_what_it_cannot_read_is_left_out_of_the_others() -> None:
    text = ENGLISH[1] * 20
    with_, without = vectors_of((FERRY[0], text), ("", text)).body
    assert with_ == pytest.approx(without, abs=1e-6)


def rows_of(counts: list[int], seed: int) -> Terms:
    """Sparse rows of unit length, of so many terms each."""
    rng = np.random.default_rng(seed)
    start = np.cumsum([0, *counts])
    ids = [np.sort(rng.choice(5000, count, replace=False)) for count in counts]
    values = [row / np.linalg.norm(row) for row in map(rng.random, counts) if len(row)]
    flat = np.concatenate([np.empty(0), *values]).astype(np.float32)
    return Terms(start, np.concatenate([np.empty(0), *ids]).astype(np.uint32), flat)


def project_plain(rows: Terms, dimension: int) -> NDArray[np.float64]:
    """The twin of `projection.projected`."""
    found = np.zeros((len(rows), dimension))
    for row, vector in enumerate(found):
        for term, value in zip(*(part.tolist() for part in rows.row(row)), strict=True):
            for part, drawn in enumerate(mix(term).to_bytes(8, "little")[:PARTS]):
                first, last = part * dimension // PARTS, (part + 1) * dimension // PARTS
                place = first + ((drawn & 127) * (last - first) >> 7)
                vector[place] += -value if drawn >> 7 else value
    norms = np.linalg.norm(found, axis=1, keepdims=True)
    plain: NDArray[np.float64] = found / np.where(norms > 0, norms, 1.0)
    return plain


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(0, 30), max_size=5), st.sampled_from([1, 5, 8, 100, 256]), st.integers(0)
)
def test_rows_are_projected_as_by_the_plain_twin(
    counts: list[int], dimension: int, seed: int
) -> None:
    rows = rows_of(counts, seed)
    found, expected = projected(rows, dimension), project_plain(rows, dimension)
    assert found.dtype == np.float32
    # Where terms cancel out what is left is rounding.
    sure = np.abs(np.linalg.norm(found, axis=1) - np.linalg.norm(expected, axis=1)) < 0.5
    assert found[sure] == pytest.approx(expected[sure], abs=1e-3)


def test_projections_keep_inner_products() -> None:
    rows = rows_of([60] * (ROWS + 40), 3)
    dense = np.zeros((len(rows), 5000), np.float32)
    dense[rows.rows(), rows.ids] = rows.values
    both = dense[1::2] + dense[::2]
    dense[1::2] = both / np.linalg.norm(both, axis=1, keepdims=True)
    mixed = Terms(
        np.concatenate([[0], np.cumsum((dense > 0).sum(axis=1))]),
        np.nonzero(dense)[1].astype(np.uint32),
        dense[dense > 0],
    )
    found = projected(mixed, 256, threads=2)
    near = (found[::2] * found[1::2]).sum(axis=1) - (dense[::2] * dense[1::2]).sum(axis=1)
    far = (found[:-2:2] * found[3::2]).sum(axis=1) - (dense[:-2:2] * dense[3::2]).sum(axis=1)
    assert abs(near.mean()) < 0.01 and abs(far.mean()) < 0.01
    assert near.std() < 1 / 16 and far.std() < 1.2 / 16


GEORGIAN = str.maketrans(
    {chr(ord(first) + place): chr(0x10D0 + place) for first in "aA" for place in range(26)}
)
"""The letters of English one to one to those of Georgian."""


def test_stories_in_such_a_script_are_found_and_strangers_stay_apart() -> None:
    events = [
        ["Goat elected mayor of Oxbury. A goat named Bartholomew won 212 votes on Monday.",
         "Oxbury picks goat as mayor. Voters gave the goat Bartholomew 212 votes."],
        ["Ferry strike halts Lindholm port. Dockers stopped fourteen ferries over pay.",
         "Lindholm ferries idle as dockers strike. Fourteen ferries lay in port over pay."],
        ["Comet Virel seen from Mount Asker. Astronomers photographed the comet at dawn.",
         "Astronomers at Mount Asker see comet Virel. The comet was photographed at dawn."],
        ["Baker of Thorle wins prize for rye bread. Judges praised crust and crumb.",
         "Rye bread wins baker of Thorle a prize. Crust and crumb pleased the judges."],
    ]  # fmt: skip
    told = [text for both in events for text in both]
    georgian = [
        {"id": f"{i:02}", "title": title.translate(GEORGIAN), "text": text.translate(GEORGIAN)}
        for i, (title, _, text) in enumerate(line.partition(". ") for line in told)
    ]
    # Of the same events, in a language that it can read: nothing says so.
    english = [{"id": f"en{i}", "title": line, "text": ""} for i, line in enumerate(told[::2])]
    result = group([*georgian, *english], threads=1)
    table, links = result.articles, result.links
    stories = dict(zip(table["id"].to_pylist(), table["story_id"].to_pylist(), strict=True))
    found = [stories[article["id"]] for article in georgian]
    assert found[::2] == found[1::2]
    assert len(set(found)) == 4
    assert not set(found) & {stories[article["id"]] for article in english}
    assert result.run["counts"]["unread"] == len(georgian)
    sides = [[name.startswith("en") for name in links[side].to_pylist()] for side in ("a", "b")]
    assert sides[0] == sides[1]


def grouped(language: str, *titles: str) -> tuple[int, list[str]]:
    """How many of these headlines are unread, and their stories."""
    articles = [
        {"id": str(i), "title": title, "text": "", "lang": language}
        for i, title in enumerate(titles)
    ]
    result = group(articles, threads=1)
    return result.run["counts"]["unread"], result.articles["story_id"].to_pylist()


def test_a_rare_character_leaves_the_rest_of_its_headline_to_be_read() -> None:
    singer = "歌手陶喆北京演唱会门票十分钟售罄", "歌手陶喆：北京演唱会门票，十分钟内售罄"
    unread, (one, other, stranger) = grouped("zh", *singer, "海关总署公布前三季度进出口数据")
    assert unread == 0
    assert one == other != stranger


def test_an_unread_headline_is_compared_with_the_others_of_its_language() -> None:
    cars = "Tesla Model Y იყიდება თბილისში უკვე", "Tesla Model Y Long Range: იყიდება თბილისში"
    unread, (one, other, stranger) = grouped("ka", *cars, "Manchester United Chelsea 2:1")
    assert unread == 1
    assert one == other != stranger


def test_a_copy_of_an_unread_article_is_unread_as_well() -> None:
    assert grouped("ka", FERRY[0], FERRY[0], "თბილისში თოვს")[0] == 3


def test_the_summary_tells_of_unread_articles_where_there_are_some(
    command: Callable[..., Outcome], tmp_path: Path
) -> None:
    for name, story, told in (("ka", FERRY, True), ("en", ENGLISH, False)):
        news = write_lines(tmp_path / f"{name}.jsonl", [{"title": story[0], "text": story[1]}])
        outcome = command("group", news, "--out", tmp_path / name)
        assert outcome.exit_code == 0
        assert ("that the model cannot read" in outcome.stderr) == told


def test_what_words_say_of_a_meaning_is_not_known() -> None:
    georgian, english = ({"title": title, "text": text} for title, text in (FERRY, ENGLISH))
    assert compare(georgian, english).features["cosine"] is None
    assert compare(georgian, georgian).features["cosine"] == pytest.approx(1.0)
