"""The report file: complete, closed to the outside, and untouched by what articles contain."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_tables import ATTACKS, Tables, hostile_tables, make_tables

from linker.errors import LinkerError
from linker.report import write_report
from linker.report.columns import shorten
from linker.report.data import largest, page_data, web_address
from linker.report.escape import embed, source_hash
from linker.report.evidence import INSIDE, OUTSIDE, strongest
from linker.report.render import render
from linker.report.summary import facts, stages, summarise

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")


class Page(HTMLParser):
    """The elements of a page and the contents of its scripts and styles."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.contents: list[tuple[str, dict[str, str | None], str]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1][0] in {"script", "style"} and data.strip():
            self.contents.append((*self.tags[-1], data))

    def policy(self) -> str:
        return next(
            attributes["content"] or ""
            for tag, attributes in self.tags
            if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
        )

    def data(self) -> dict[str, Any]:
        return json.loads(self._block("data"))  # type: ignore[no-any-return]

    def texts(self) -> list[str]:
        names = [a["id"] for _, a in self.tags if str(a.get("id", "")).startswith("texts-")]
        return [text for name in names for text in json.loads(self._block(str(name)))]

    def _block(self, name: str) -> str:
        return next(content for _, a, content in self.contents if a.get("id") == name)


def page_of(tables: Tables) -> Page:
    return Page(render(*tables).decode())


def test_data_holds_the_tables() -> None:
    articles, stories, links, run = make_tables(150)
    page = page_of((articles, stories, links, run))
    data = page.data()
    assert data["articles"]["id"] == articles["id"].to_pylist()
    assert data["articles"]["title"] == articles["title"].to_pylist()
    assert [data["languages"][row] for row in data["articles"]["lang"]] == articles[
        "lang"
    ].to_pylist()
    story_ids = [data["stories"]["id"][row] for row in data["articles"]["story"]]
    assert story_ids == articles["story_id"].to_pylist()
    originals = [
        data["articles"]["id"][row] if row >= 0 else None for row in data["articles"]["reprint"]
    ]
    assert originals == articles["reprint_of"].to_pylist()
    assert data["stories"]["keywords"] == stories["keywords"].to_pylist()


def test_texts_hold_their_beginning_and_exact_copies_none() -> None:
    articles, *rest = make_tables(150, body=80)
    texts = page_of((articles, *rest)).texts()  # type: ignore[arg-type]
    for text, kept, kind in zip(
        articles["text"].to_pylist(), texts, articles["reprint_kind"].to_pylist(), strict=True
    ):
        assert kept == ("" if kind == "exact" else shorten(text, 1500))


def test_policy_names_exactly_the_script_and_the_style_of_the_file() -> None:
    page = page_of(make_tables(20))
    scripts = [text for tag, a, text in page.contents if tag == "script" and "type" not in a]
    styles = [text for tag, _, text in page.contents if tag == "style"]
    assert len(scripts) == len(styles) == 1
    assert page.policy().split("; ") == [
        "default-src 'none'",
        f"script-src {source_hash(scripts[0])}",
        f"style-src {source_hash(styles[0])}",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
    ]


@pytest.mark.parametrize("tables", [make_tables(60), hostile_tables()], ids=["plain", "hostile"])
def test_nothing_is_loaded_and_nothing_runs_from_an_attribute(tables: Tables) -> None:
    page = page_of(tables)
    for tag, attributes in page.tags:
        assert tag not in {"img", "iframe", "object", "embed", "base", "form action"}
        assert not {"src", "srcdoc", "style", "action", "srcset"} & attributes.keys()
        assert not [name for name in attributes if name.startswith("on")]
        href = attributes.get("href")
        assert href is None or href.startswith(("#", "data:image/svg+xml,"))


def test_hostile_strings_add_no_element() -> None:
    def shape(page: Page) -> list[str]:
        return [tag for tag, _ in page.tags if tag not in {"tr", "th", "td", "svg", "rect", "div"}]

    hostile, plain = page_of(hostile_tables()), page_of(make_tables(200))
    assert [tag for tag in shape(hostile) if tag not in shape(plain)] == []
    assert [tag for tag, _ in hostile.tags].count("script") == 3
    assert set(hostile.data()["articles"]["url"]) == {""}
    assert hostile.data()["articles"]["title"][0] == ATTACKS[0]


def test_the_page_script_never_makes_markup_from_strings() -> None:
    script = next(
        text
        for tag, a, text in page_of(make_tables(5)).contents
        if "type" not in a and tag == "script"
    )
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function", script
    )
    assert not re.search(
        r"\bfetch\(|XMLHttpRequest|WebSocket|sendBeacon|importScripts|\bimport\(", script
    )


@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_embedded_json_means_the_same_and_cannot_close_its_element(text: str) -> None:
    embedded = embed(json.dumps([text], ensure_ascii=False))
    assert json.loads(embedded) == [text]
    assert not re.search("[<>&\u2028\u2029]", embedded)


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://news.example/a?b=1&c=2", True),
        ("HTTP://news.example/", True),
        ("https://news.example/قصة", True),
        ("javascript:alert(1)", False),
        (" https://news.example", False),
        ("https://news.example/a\nb", False),
        ("//news.example", False),
        ("file:///etc/passwd", False),
        ("https://news.example/" + "x" * 5000, False),
        ("", False),
    ],
)
def test_only_plain_web_addresses_are_kept(url: str, kept: bool) -> None:
    assert web_address(url) == (url if kept else "")


def slow_strongest(
    a: list[int], b: list[int], probability: list[int], story: list[int]
) -> list[int]:
    kept = set()
    for article in range(len(story)):
        own = [link for link in range(len(a)) if article in (a[link], b[link])]
        own.sort(key=lambda link: (-probability[link], link))
        inside = [link for link in own if story[a[link]] == story[b[link]]]
        outside = [link for link in own if story[a[link]] != story[b[link]]]
        kept |= {*inside[:INSIDE], *outside[:OUTSIDE]}
    return sorted(kept)


@given(st.data())
def test_strongest_links_match_the_plain_twin(data: st.DataObject) -> None:
    story = data.draw(st.lists(st.integers(0, 2), min_size=2, max_size=8))
    pairs = [(a, b) for a in range(len(story)) for b in range(a + 1, len(story))]
    chosen = data.draw(st.lists(st.sampled_from(pairs), unique=True))
    probability = data.draw(st.lists(st.integers(0, 4), min_size=len(chosen), max_size=len(chosen)))
    a, b = [pair[0] for pair in chosen], [pair[1] for pair in chosen]
    rows = [np.array(values, dtype=np.int64) for values in (a, b, probability, story)]
    assert strongest(*rows).tolist() == slow_strongest(a, b, probability, story)


def test_the_same_tables_give_the_same_bytes(tmp_path: Path) -> None:
    write_report(*make_tables(80), tmp_path / "a.html")
    write_report(*make_tables(80), tmp_path / "b.html")
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.html", "b.html"]


def test_a_path_that_cannot_be_written_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for place in (tmp_path / "file" / "report.html", tmp_path):
        with pytest.raises(LinkerError, match="file"):
            write_report(*make_tables(3), place)
    write_report(*make_tables(3), tmp_path / "missing" / "report.html")
    assert os.listdir(tmp_path / "missing") == ["report.html"]


def test_no_articles_missing_facts_and_missing_columns_make_a_page() -> None:
    articles, stories, links, _ = make_tables(10)
    empty = page_of((articles.slice(0, 0), stories.slice(0, 0), links.slice(0, 0), {}))
    assert empty.data()["articles"]["id"] == []
    bare = articles.drop_columns(["text", "cut", "extra", "precision"])
    assert page_of((bare, stories, links.select(["a", "b", "probability"]), {})).texts() == []


def test_dates_outside_the_calendar_are_kept_as_seconds_and_left_out_of_the_span() -> None:
    articles, *rest = make_tables(10)
    limits = [-(2**62), 2**62, None, *[0] * (articles.num_rows - 3)]
    column = pa.array(limits, pa.int64()).cast(pa.timestamp("us", tz="UTC"))
    place = articles.column_names.index("published")
    odd = articles.set_column(place, "published", column)
    assert page_of((odd, *rest)).data()["articles"]["published"][1] == 2**62 // 10**6  # type: ignore[arg-type]
    assert summarise(odd, rest[0]).span == "1 January 1970"


def test_an_article_without_a_headline_shows_how_its_text_begins() -> None:
    articles, stories, links, _ = make_tables(6)
    untitled = articles.set_column(
        articles.column_names.index("title"),
        "title",
        pa.array([""] * articles.num_rows, pa.large_string()),
    )
    titles = page_data(untitled, stories, links, {})["articles"]["title"]
    assert all(title and "\n" not in title for title in titles)


def test_more_articles_than_a_browser_bears_leave_the_smallest_stories_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("linker.report.data.ARTICLES_AT_MOST", 60)
    articles, stories, links, run = make_tables(200)
    shown, shown_stories = largest(articles, stories)
    assert 40 <= shown.num_rows <= 60
    assert set(shown["story_id"].to_pylist()) == set(shown_stories["story_id"].to_pylist())
    html = render(articles, stories, links, run).decode()
    assert f"shows the {shown_stories.num_rows} largest stories" in html
    assert f"{stories.num_rows} stories in {articles.num_rows} articles" in html


def test_a_story_of_very_many_copies_keeps_its_count_and_shows_the_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("linker.report.data.STORY_AT_MOST", 5)
    articles, stories, links, run = make_tables(100)
    data = page_of((articles, stories, links, run)).data()
    assert data["stories"]["articles"] == stories["articles"].to_pylist()
    assert max(np.bincount(data["articles"]["story"])) == 5
    assert set(stories["story_id"].to_pylist()) <= set(data["articles"]["id"])


def test_the_figures_of_the_run_are_stated() -> None:
    run = {"stages": [{"name": "read", "seconds": 1, "peak_mb": 5}, {"name": "x"}, "y"], "cut": 3}
    assert [(stage.name, stage.share) for stage in stages(run)] == [("read", 100.0)]
    told = {
        "counts": {"a_b": {"c": 1}},
        "reprints": {"exact": 2},
        "inputs": ["x"],
        "other": {"d": 3},
    }
    assert facts(told, "counts", "reprints", "inputs", "missing") == [
        ("a b · c", 1),
        ("reprints · exact", 2),
        ("inputs", ["x"]),
    ]
    html = render(*make_tables(30)).decode()
    assert "caption printed again" in html
    assert "a.jsonl, &lt;b&gt;.jsonl" in html


@pytest.mark.skipif(BROWSER is None, reason="chromium is not installed")
@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("", ["stories", 'class="row"', 'dir="rtl"', "<circle"]),
        ("#story=s1-0", ["independent report", 'rel="noopener noreferrer"', "<summary>Text"]),
        ("#topic=t0", ["Stories, earliest first"]),
        ("#pair=s0-0&with=s1-0", ["Two articles compared", 'class="text whole"']),
    ],
)
def test_a_browser_draws_each_view(tmp_path: Path, address: str, expected: list[str]) -> None:
    write_report(*make_tables(60), tmp_path / "report.html")
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync"]
    options += ["--disable-background-networking", "--disable-component-update"]
    options += ["--virtual-time-budget=3000", "--dump-dom", f"--user-data-dir={tmp_path / 'own'}"]
    url = (tmp_path / "report.html").as_uri() + address
    shown = subprocess.run(
        [str(BROWSER), *options, url], capture_output=True, text=True, timeout=60, check=True
    ).stdout
    body = shown[shown.index("<main") : shown.index('<script type="application/json" id="data"')]
    assert [words for words in expected if words not in body] == []
