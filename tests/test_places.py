"""Where articles were read: which place belongs to which row."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

import linker
from linker.pipeline import run_dedup
from linker.readers.places import Places
from linker.readers.records import Found
from linker.settings import Settings
from linker.stages import Stages
from tests.conftest import write_lines

_found = st.tuples(st.sampled_from(["a", "b"]), st.none() | st.integers(1, 4), st.just({}))
_pieces = st.lists(st.tuples(st.lists(_found, max_size=6), st.sets(st.integers(0, 5))), max_size=4)


@given(_pieces)
def test_every_row_has_the_place_it_came_with(pieces: list[tuple[list[Found], set[int]]]) -> None:
    places, expected = Places(), []
    for found, without in pieces:
        places.extend(found, without)
        expected += [held[:2] for i, held in enumerate(found) if i not in without]
    assert [places.of(row) for row in range(len(places))] == expected
    assert places.of(len(expected)) == places.of(-1) == ("", None)


def test_an_ordinary_file_is_one_run() -> None:
    places = Places()
    for begin in range(1, 4000, 500):
        places.extend([("a.jsonl", line, {}) for line in range(begin, begin + 500)])
    assert len(places) == 4000 and len(places._files) == 1


def test_duplicates_name_their_file_and_line_in_any_order_of_the_files(tmp_path: Path) -> None:
    same = {"id": "x", "title": "Harbour clock stops", "text": "At noon."}
    first = write_lines(tmp_path / "first.jsonl", [{"id": "y", "title": "Goat"}, same])
    second = tmp_path / "second.jsonl"
    second.write_text(f"\nnot JSON\n{json.dumps(same)}\n\n{json.dumps(same)}\n", "utf-8")
    for order in ([first, second], [second, first]):
        found = run_dedup(list(map(str, order)), Settings(), Stages(), None)
        told = [(r.file, r.line) for r in found.rejects if r.reason == "duplicate of id x"]
        assert told == [(str(second), 3), (str(second), 5)]


def test_duplicates_in_memory_name_the_number_of_the_record() -> None:
    same = {"id": "x", "title": "Harbour clock stops"}
    result = linker.group([same, {"title": ""}, same])
    assert [(r.file, r.line) for r in result.rejects] == [("<python>", 2), ("<python>", 3)]
