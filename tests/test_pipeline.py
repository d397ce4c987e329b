"""The stages together: the same answer from every kind of input, in any order."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import linker
from linker import corpus
from linker.corpus import as_paths
from linker.demo import articles_path, gold_path
from linker.errors import LinkerError
from linker.output import write_table
from linker.pipeline import load_model, run_dedup
from linker.settings import Settings
from linker.spool import Tape, gather, spool
from linker.stages import Stages
from linker.tables import ARTICLES, REPRINTED, STORIES, story_names
from tests.conftest import write_lines

Records = list[dict[str, Any]]


def table_bytes(result: linker.Result, folder: Path) -> list[bytes]:
    folder.mkdir()
    names = ("articles", "stories", "links")
    return [
        write_table(getattr(result, name), folder, name, "parquet").read_bytes() for name in names
    ]


def test_the_tables_have_the_columns_that_are_promised(demo_result: linker.Result) -> None:
    assert demo_result.articles.schema.equals(ARTICLES)
    assert demo_result.stories.schema.equals(STORIES)
    assert demo_result.links.column_names[:3] == ["a", "b", "probability"]
    assert {field.type for field in demo_result.links.schema}.issubset(
        {pa.large_string(), pa.float32()}
    )


def test_ids_refer_to_rows_that_exist(demo_result: linker.Result) -> None:
    ids = set(demo_result.articles["id"].to_pylist())
    stories = set(demo_result.stories["story_id"].to_pylist())
    assert len(ids) == demo_result.articles.num_rows
    assert len(stories) == demo_result.stories.num_rows
    assert set(demo_result.articles["story_id"].to_pylist()) == stories
    for column in ("reprint_of", "nearest_id"):
        assert set(demo_result.articles[column].drop_null().to_pylist()) <= ids
    assert set(demo_result.links["a"].to_pylist()) <= ids
    assert sum(demo_result.stories["articles"].to_pylist()) == len(ids)


def test_the_bundled_articles_come_out_well(demo_result: linker.Result) -> None:
    scores = linker.evaluate(demo_result, gold_path())
    assert scores.missing == 0
    assert scores.bcubed_f1 > 0.85


def test_run_counts_what_the_tables_hold(demo_result: linker.Result) -> None:
    counts = demo_result.run["counts"]
    assert counts["articles"] == demo_result.articles.num_rows
    assert counts["stories"] == demo_result.stories.num_rows
    assert counts["reprints"] == sum(
        count for kind, count in demo_result.run["reprints"].items() if kind in KINDS
    )
    stages = [stage["name"] for stage in demo_result.run["stages"]]
    assert stages == ["read", "arrange", "clean", "fold", "reprints", "embed", "link", "describe"]
    assert all(stage["peak_mb"] > 0 for stage in demo_result.run["stages"])
    assert sum(demo_result.run["cut"].values()) > 0
    json.dumps(demo_result.run)


KINDS = ("exact", "reprint", "excerpt", "version")


def test_order_threads_and_batch_size_do_not_matter(
    demo_result: linker.Result,
    demo_records: Records,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    expected = table_bytes(demo_result, tmp_path / "expected")
    shuffled = random.Random(5).sample(demo_records, len(demo_records))
    monkeypatch.setattr(corpus, "BATCH", 7)
    file = write_lines(tmp_path / "shuffled.jsonl", shuffled)
    for threads in (1, 2):
        again = linker.group(file, threads=threads)
        assert table_bytes(again, tmp_path / str(threads)) == expected


@pytest.mark.parametrize("convert", [pd.DataFrame, pl.DataFrame, pa.Table.from_pylist], ids=str)
def test_python_input_of_every_kind(convert: Callable[[Records], object]) -> None:
    text = "The harbour clock of Brine stopped at noon on Friday and nobody can say why."
    records: Records = [
        {"id": "a", "title": "Clock", "text": text * 2, "published": "2024-05-02", "desk": 1},
        {"id": "b", "title": "Clock", "text": text * 2, "published": "2024-05-03", "desk": 2},
        {"id": "c", "title": "Goat", "text": None, "published": None, "desk": None},
    ]
    expected = linker.find_reprints(records)
    table = linker.find_reprints(convert(records))
    assert expected.schema.equals(REPRINTED)
    assert expected["reprint_of"].to_pylist() == [None, "a", None]
    columns = [name for name in table.column_names if name != "extra"]  # 1 or 1.0, as they hold it
    assert table.select(columns).equals(expected.select(columns))


def test_results_go_to_pandas_and_polars(demo_result: linker.Result) -> None:
    assert len(demo_result.articles.to_pandas()) == demo_result.articles.num_rows
    frame = pl.from_arrow(demo_result.stories)
    assert isinstance(frame, pl.DataFrame)
    assert frame.height == demo_result.stories.num_rows


def test_a_story_keeps_its_id_when_other_articles_come(demo_records: Records) -> None:
    few = [
        {"id": "a", "title": "Harbour clock of Brine stops", "published": "2024-05-02"},
        {"id": "b", "title": "The harbour clock of Brine has stopped", "published": "2024-05-03"},
    ]
    alone = linker.group(few).articles
    among = linker.group([*few, *demo_records]).articles
    ids = dict(zip(among["id"].to_pylist(), among["story_id"].to_pylist(), strict=True))
    assert ids["a"] == alone["story_id"][0].as_py()


def test_story_ids_come_from_the_earliest_member() -> None:
    ids = pa.chunked_array([["first", "second", "third", "fourth"]])
    stories, topics = story_names(ids, np.array([0, 1, 0, 2]), np.array([1, 0, 1]))
    assert len(set(stories.to_pylist())) == 3
    assert topics.to_pylist()[0] == topics.to_pylist()[2] == "t-" + stories[0].as_py()[2:]
    assert topics.to_pylist()[1] == "t-" + stories[1].as_py()[2:]


def test_saving_and_loading(demo_result: linker.Result, demo_folder: Path) -> None:
    from linker.result import load

    loaded = load(demo_folder)
    assert loaded.articles.equals(demo_result.articles)
    assert loaded.stories.equals(demo_result.stories)
    assert loaded.links.equals(demo_result.links)
    assert loaded.run == demo_result.run
    assert "<html" in (demo_folder / "report.html").read_text("utf-8")


def test_explaining(demo_result: linker.Result) -> None:
    row = demo_result.articles.filter(
        pa.compute.equal(demo_result.articles["reprint_kind"], "reprint")
    ).to_pylist()[0]
    alone = demo_result.explain(row["id"])
    assert alone.facts["reprint"]["reprint_of"] == row["reprint_of"]
    assert row["story_id"] in str(alone)
    pair = demo_result.explain(row["id"], row["reprint_of"])
    assert pair.facts["same_story"]
    assert pair.facts["evidence"]["reprint"]
    assert pair.facts["evidence"]["probability"] > 0.5
    assert pair.facts["passages"]
    with pytest.raises(linker.LinkerError, match="did you mean"):
        demo_result.explain(row["id"] + "x")


def test_a_pair_judged_anew_has_the_evidence_of_its_link(demo_result: linker.Result) -> None:
    link = demo_result.links.slice(0, 1).to_pylist()[0]
    stored = demo_result.explain(link["a"], link["b"]).facts["evidence"]
    unlinked = replace(demo_result, links=demo_result.links.slice(0, 0))
    anew = unlinked.explain(link["a"], link["b"]).facts["evidence"]
    assert stored["probability"] == link["probability"]
    # Only a run knows how crowded it is around two articles, and which forms come in series.
    around = {"crowd", "series", "recurrence"}
    assert all(anew[name] is None for name in around)
    known = stored.keys() - around - {"probability"}
    assert {name: anew[name] for name in known} == pytest.approx(
        {name: stored[name] for name in known}, abs=1e-3
    )


def test_comparing_two_articles() -> None:
    text = "The harbour clock of Brine stopped at noon on Friday and nobody can say why. " * 2
    one = {"title": "Harbour clock stops", "text": text, "id": "x"}
    other = {"title": "Clock in the harbour has stopped", "text": text, "id": "x"}
    same = linker.compare(one, other)
    assert same.reprint is not None
    assert same.jaccard == same.containment == 1.0
    far = linker.compare(one, {"title": "Goat wins the mayoral race of Upper Fennel"})
    assert far.reprint is None
    assert far.probability < same.probability
    with pytest.raises(linker.LinkerError):
        linker.compare(one, {})


def test_no_usable_record_is_an_error() -> None:
    with pytest.raises(linker.LinkerError, match=r"no .*article"):
        linker.group([{"id": "nothing else"}])
    with pytest.raises(linker.LinkerError, match=r"no .*article"):
        linker.group([])


@pytest.mark.parametrize(
    "settings", [{"level": "loud"}, {"window": 0}, {"threads": -1}, {"model": "/no/such/model"}]
)
def test_wrong_settings_are_errors(settings: dict[str, Any]) -> None:
    with pytest.raises(linker.LinkerError):
        linker.group([{"title": "Anything at all"}], **settings)


def test_threshold_is_checked() -> None:
    with pytest.raises(linker.LinkerError, match="threshold"):
        Settings(threshold=1.5)


def test_what_is_a_path() -> None:
    assert as_paths("a.jsonl") == ["a.jsonl"]
    assert as_paths(["a", Path("b")]) == ["a", Path("b")]
    assert as_paths([{"title": "x"}]) is None
    assert as_paths([]) is None


@pytest.mark.parametrize("parts", [[], [[]], [[1, 2]], [[], [1], [], [2, 3], []]], ids=str)
def test_a_tape_holds_what_was_written(parts: list[list[int]], tmp_path: Path) -> None:
    for path in (None, tmp_path / "values"):
        with Tape(np.uint32, path) as tape:
            for part in parts:
                tape.add(np.array(part, np.uint32))
            values = tape.values()
        assert values.tolist() == [value for part in parts for value in part]
        assert (values.dtype, values.flags.writeable) == (np.uint32, True)


def test_reprints_are_the_same_on_disk_and_in_memory(tmp_path: Path) -> None:
    settings = Settings(threads=2)
    on_disk = run_dedup(articles_path(), settings, Stages(), tmp_path).articles
    assert on_disk.equals(run_dedup(articles_path(), settings, Stages(), None).articles)
    assert on_disk["reprint_of"].null_count < len(on_disk)


_ROWS = pa.schema([("n", pa.int64()), ("s", pa.large_string())])


def _batches() -> list[pa.RecordBatch]:
    return [
        pa.record_batch([list(range(i, i + 5)), [str(j) for j in range(i, i + 5)]], schema=_ROWS)
        for i in range(0, 50, 5)
    ]


def test_gathering_from_a_spool_is_taking(tmp_path: Path) -> None:
    table = spool(iter(_batches()), _ROWS, tmp_path / "x").table()
    rows = random.Random(1).sample(range(50), 33)

    gathered = pa.Table.from_batches(gather(table, np.array(rows), 4))
    assert gathered.equals(table.take(rows))


@pytest.mark.parametrize("on_disk", [False, True])
def test_a_spool_gives_back_what_it_took_once(
    on_disk: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("linker.spool._PART", 3 * _batches()[0].nbytes)  # several files
    held = spool(iter(_batches()), _ROWS, tmp_path / "x" if on_disk else None)
    table, files = held.table(), len(list(tmp_path.iterdir()))

    assert held.num_rows == 50
    assert files == (4 if on_disk else 0)
    drained = held.drain()
    assert next(drained).equals(_batches()[0])
    assert len(list(tmp_path.iterdir())) == max(files - 1, 0)
    assert list(drained) == _batches()[1:]
    assert table.equals(pa.Table.from_batches(_batches()))  # what was mapped stays
    assert (list(held.drain()), list(tmp_path.iterdir())) == ([], [])


def test_a_spool_discards_what_it_holds(tmp_path: Path) -> None:
    held = spool(iter(_batches()), _ROWS, tmp_path / "x")
    table = held.table()
    held.discard()
    assert list(tmp_path.iterdir()) == []
    assert table.equals(pa.Table.from_batches(_batches()))
    assert spool(iter([]), _ROWS, tmp_path / "y").table().equals(_ROWS.empty_table())


def test_one_string_is_no_list_of_texts() -> None:
    for call in (linker.minhash, linker.load_encoder().encode):
        with pytest.raises(LinkerError, match="not one string"):
            call("a text")
    with pytest.raises(LinkerError, match="must be a dict, not a string"):
        linker.compare("a text", {"title": "b"})  # type: ignore[arg-type]


def test_articles_without_a_source_are_no_source() -> None:
    articles = [{"title": "Clock stops", "source": "Courier"}, {"title": "Goat wins race"}]
    assert linker.group(articles).run["counts"]["sources"] == 1


def test_an_encoder_is_loaded_once_whatever_it_is_called() -> None:
    assert load_model("linker-static") is load_model(None, "auto", True)
