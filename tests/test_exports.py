"""Exports for other tools: CSV that no spreadsheet runs, GraphML and Atom that any parser reads."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree

import pyarrow as pa
import pytest
from click.testing import Result as Outcome
from hypothesis import given
from hypothesis import strategies as st
from report_tables import START, articles_table, hostile_tables, make_tables

import linker
from linker.errors import LinkerError
from linker.exports import write_export
from linker.exports.graphml import story_edges
from linker.exports.moments import iso
from linker.exports.xml import legal
from linker.output import read_table, write_table
from linker.readers.rejects import RejectLog
from linker.result import Result, load
from linker.tables import ARTICLES, STORIES

Command = Callable[..., Outcome]
GRAPH = "{http://graphml.graphdrawing.org/xmlns}"
ATOM = "{http://www.w3.org/2005/Atom}"
MARKS = "=+-@\t\r\n＝＋－＠"


def export(kind: str, folder: Path, tables: object = None) -> ElementTree.Element:
    """Write an export of tables (of 120 articles by default) and parse it."""
    path = write_export(kind, *(tables or make_tables(120)), folder)  # type: ignore[misc]
    return ElementTree.parse(path).getroot()


def data_of(node: ElementTree.Element) -> dict[str, str]:
    return {item.attrib["key"]: item.text or "" for item in node.iter(f"{GRAPH}data")}


def test_the_graph_has_a_node_a_story_and_the_facts_of_each(tmp_path: Path) -> None:
    tables = make_tables(120)
    root = export("graphml", tmp_path, tables)
    stories = tables[1].to_pylist()
    nodes = list(root.iter(f"{GRAPH}node"))
    assert [node.attrib["id"] for node in nodes] == [story["story_id"] for story in stories]
    keys = {key.attrib["id"]: key.attrib["attr.type"] for key in root.iter(f"{GRAPH}key")}
    for node, story in zip(nodes, stories, strict=True):
        data = data_of(node)
        assert data.keys() <= keys.keys()
        assert data["node_label"] == story["title"]
        assert int(data["node_independent"]) == story["independent"]
        assert data["node_languages"].split(", ") == story["languages"]
        if story["first_published"]:
            first = story["first_published"].replace(microsecond=0)
            assert datetime.fromisoformat(data["node_first_published"]) == first


def test_the_graph_joins_linked_stories_by_their_strongest_link(tmp_path: Path) -> None:
    articles, stories, links, run = make_tables(120)
    story = dict(zip(articles["id"].to_pylist(), articles["story_id"].to_pylist(), strict=True))
    best: dict[frozenset[str], tuple[float, int]] = {}
    for row in links.to_pylist():
        ends = frozenset({story[row["a"]], story[row["b"]]})
        if len(ends) == 2:
            weight, number = best.get(ends, (0.0, 0))
            best[ends] = max(weight, row["probability"]), number + 1
    edges = list(export("graphml", tmp_path, (articles, stories, links, run)).iter(f"{GRAPH}edge"))
    assert len(edges) == len(best)
    for edge in edges:
        weight, number = best[frozenset({edge.attrib["source"], edge.attrib["target"]})]
        data = data_of(edge)
        assert float(data["edge_weight"]) == pytest.approx(weight, abs=1e-4)
        assert int(data["edge_links"]) == number
        assert data["edge_same_topic"] in {"true", "false"}


def test_links_to_unknown_articles_make_no_edge() -> None:
    articles, stories, links, _ = make_tables(40)
    alone = articles.filter(pa.array([row == 0 for row in range(articles.num_rows)]))
    assert list(story_edges(alone, stories, links)) == []
    assert list(story_edges(articles, stories, links.slice(0, 0))) == []


def test_the_feed_gives_the_latest_story_first_with_its_reports(tmp_path: Path) -> None:
    tables = make_tables(120)
    root = export("atom", tmp_path, tables)
    stories = {row["title"]: row for row in tables[1].to_pylist()}
    entries = list(root.iter(f"{ATOM}entry"))
    assert len(entries) == tables[1].num_rows
    updated = [entry.findtext(f"{ATOM}updated") or "" for entry in entries]
    assert updated == sorted(updated, reverse=True)
    assert root.findtext(f"{ATOM}updated") == updated[0]
    identifiers = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert len(set(identifiers)) == len(entries)
    for entry in entries:
        story = stories[entry.findtext(f"{ATOM}title") or ""]
        summary = entry.findtext(f"{ATOM}summary") or ""
        assert summary.startswith(f"{story['independent']} independent report")
        links = entry.findall(f"{ATOM}link")
        assert [link.attrib["rel"] for link in links].count("alternate") == 1
        assert len(links) == story["independent"]
        assert entry.find(f"{ATOM}content") is not None


def test_a_story_keeps_its_entry_when_others_come(tmp_path: Path) -> None:
    def identifiers(number: int) -> dict[str | None, str | None]:
        root = export("atom", tmp_path, make_tables(number))
        return {
            entry.findtext(f"{ATOM}title"): entry.findtext(f"{ATOM}id")
            for entry in root.iter(f"{ATOM}entry")
        }

    few, many = identifiers(30), identifiers(90)
    assert few.items() <= many.items() or {*few.values()} <= {*many.values()}


def test_a_feed_is_no_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("linker.exports.atom.STORIES_AT_MOST", 5)
    monkeypatch.setattr("linker.exports.atom.REPORTS_AT_MOST", 2)
    entries = list(export("atom", tmp_path).iter(f"{ATOM}entry"))
    assert len(entries) == 5
    assert max(len(entry.findall(f"{ATOM}link")) for entry in entries) == 2


@pytest.mark.parametrize("kind", ["graphml", "atom"])
def test_hostile_strings_stay_text(tmp_path: Path, kind: str) -> None:
    tables = hostile_tables()
    root = export(kind, tmp_path, tables)
    plain = {node.tag for node in export(kind, tmp_path).iter()}
    assert {node.tag for node in root.iter()} <= plain
    titles = [legal(title) for title in tables[1]["title"].to_pylist()]
    if kind == "graphml":
        shown = [data_of(node)["node_label"] for node in root.iter(f"{GRAPH}node")]
        assert sorted(shown) == sorted(title.replace("\r", "") for title in titles)
        return
    shown = [entry.findtext(f"{ATOM}title") or "" for entry in root.iter(f"{ATOM}entry")]
    assert sorted(shown) == sorted(
        title if len(title) < 300 else title[:299] + "…" for title in titles
    )
    assert not list(root.iter(f"{ATOM}link"))


@pytest.mark.parametrize("kind", ["graphml", "atom"])
def test_odd_addresses_and_times_are_left_out(tmp_path: Path, kind: str) -> None:
    row = make_tables(1)[0].to_pylist()[0] | {"url": "javascript:alert(1)", "reprint_of": None}
    articles = articles_table([row, row | {"id": "b", "url": 'https://news.example/"><x>&amp;'}])
    times = pa.array([-(2**62), 2**62, None], pa.int64()).cast(pa.timestamp("us", tz="UTC"))
    _, stories, links, run = make_tables(10)
    first = stories.take([0, 0, 0]).set_column(
        stories.column_names.index("story_id"),
        "story_id",
        pa.array([row["story_id"], "b", "c"], pa.large_string()),
    )
    for name in ("first_published", "last_published"):
        first = first.set_column(first.column_names.index(name), name, times)
    root = export(kind, tmp_path, (articles, first, links, run))
    hrefs = [link.attrib["href"] for link in root.iter(f"{ATOM}link")]
    assert hrefs == (['https://news.example/"><x>&amp;'] if kind == "atom" else [])


@pytest.mark.parametrize("kind", ["graphml", "atom"])
def test_empty_tables_make_an_empty_file(tmp_path: Path, kind: str) -> None:
    articles, stories, links, _ = make_tables(5)
    root = export(kind, tmp_path, (articles[:0], stories[:0], links[:0], {}))
    assert not [*root.iter(f"{ATOM}entry"), *root.iter(f"{GRAPH}node")]


@pytest.mark.parametrize("kind", ["graphml", "atom"])
def test_the_same_tables_give_the_same_export(tmp_path: Path, kind: str) -> None:
    paths = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        paths.append(write_export(kind, *make_tables(80), tmp_path / name))  # type: ignore[arg-type]
    assert paths[0].read_bytes() == paths[1].read_bytes()


@given(st.text())
def test_legal_text_is_what_a_parser_takes(text: str) -> None:
    root = ElementTree.Element("a")
    root.text = legal(text)
    parsed = ElementTree.fromstring(ElementTree.tostring(root, "utf-8")).text or ""
    assert parsed == legal(text).replace("\r\n", "\n").replace("\r", "\n")


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (0, "1970-01-01T00:00:00Z"),
        (-62135596800, "0001-01-01T00:00:00Z"),
        (253402300799, "9999-12-31T23:59:59Z"),
        (253402300800, None),
        (-(2**62), None),
        (None, None),
    ],
)
def test_times_are_rfc_3339(moment: int | None, text: str | None) -> None:
    assert iso(moment) == text


def one_article(**values: object) -> pa.Table:
    row = dict.fromkeys(ARTICLES.names) | {"id": "a", "published": START, "cut": []} | values
    return pa.Table.from_pylist([row], ARTICLES)


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0")).map(str))
def test_csv_reads_back_and_begins_no_cell_with_a_formula(text: str) -> None:
    check_csv(text)


@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize("quotes", ["", "'", "''"])
def test_formulas_are_defused_and_read_back(mark: str, quotes: str) -> None:
    check_csv(f'{quotes}{mark}HYPERLINK("https://attacker.example","x")')


def check_csv(text: str) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        table = one_article(title=text, source=text, url=text)
        path = write_table(table, Path(folder), "articles", "csv")
        assert read_table(path, ARTICLES).equals(table)
        with path.open(encoding="utf-8", newline="") as file:
            cells = [cell for row in csv.reader(file) for cell in row]
    assert not [cell for cell in cells if cell.startswith(tuple(MARKS))]


def test_hostile_tables_read_back_from_csv(tmp_path: Path) -> None:
    articles = hostile_tables()[0].drop_columns("cut")
    path = write_table(articles, tmp_path, "articles", "csv")
    assert read_table(path, ARTICLES)["title"].to_pylist() == articles["title"].to_pylist()
    stories = hostile_tables()[1]
    path = write_table(stories, tmp_path, "stories", "csv")
    assert read_table(path, STORIES)["keywords"].to_pylist() == stories["keywords"].to_pylist()


def some_result() -> Result:
    articles, stories, links, run = make_tables(30)
    return Result(articles, stories, links, RejectLog(), run)


def test_exports_come_with_tables_that_can_be_read_back(tmp_path: Path) -> None:
    result = some_result()
    folder = result.save(tmp_path / "out", formats=["atom", "graphml", "atom"], with_report=False)
    assert sorted(path.name for path in folder.iterdir()) == [
        "articles.parquet", "links.parquet", "rejects.jsonl", "run.json", "stories.atom",
        "stories.graphml", "stories.parquet",
    ]  # fmt: skip
    assert load(folder).articles.equals(result.articles)
    folder = result.save(folder, formats=["csv", "atom"], with_report=False)
    assert not (folder / "articles.parquet").exists()
    with pytest.raises(LinkerError, match="unknown format 'xls'"):
        result.save(folder, formats=["xls"])


def test_group_and_report_take_several_formats(command: Command, tmp_path: Path) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "out"
    source.write_text(json.dumps({"title": "=1+1", "url": "https://news.example/1"}) + "\n")
    options = ["--format", "graphml", "--format", "csv", "--quiet", "--no-report"]
    assert command("group", source, "--out", out, *options).exit_code == 0
    assert (out / "stories.graphml").exists()
    assert not (out / "articles.parquet").exists()
    outcome = command("report", out, "--format", "atom", "--format", "jsonl")
    assert outcome.exit_code == 0
    assert str(out / "stories.atom") in outcome.stdout.splitlines()
    assert str(out / "report.html") in outcome.stdout.splitlines()
    titles = [json.loads(line)["title"] for line in (out / "stories.jsonl").open()]
    assert titles == ["=1+1"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.jsonl", "out"]
    assert command("group", source, "--out", out, "--quiet").exit_code == 0
    assert not (out / "stories.atom").exists()
    assert command("report", out, "--format", "xls").exit_code == 2


@pytest.mark.parametrize("found", [True, False])
def test_report_opens_in_the_browser(
    command: Command, demo_folder: Path, monkeypatch: pytest.MonkeyPatch, found: bool
) -> None:
    asked: list[str] = []
    monkeypatch.setattr("webbrowser.open", lambda address: asked.append(address) or found)
    outcome = command("report", demo_folder, "--open")
    assert outcome.exit_code == 0
    assert asked == [(demo_folder / "report.html").resolve().as_uri()]
    assert ("no browser" in outcome.stderr) is not found


def test_the_bundled_articles_export(demo_result: linker.Result, tmp_path: Path) -> None:
    demo_result.write_files(tmp_path, ["graphml", "atom"])
    graph = ElementTree.parse(tmp_path / "stories.graphml").getroot()
    feed = ElementTree.parse(tmp_path / "stories.atom").getroot()
    assert len(list(graph.iter(f"{GRAPH}node"))) == demo_result.stories.num_rows
    assert len(list(feed.iter(f"{ATOM}entry"))) == demo_result.stories.num_rows
    assert {edge.tag for edge in graph.iter(f"{GRAPH}edge")} == {f"{GRAPH}edge"}
