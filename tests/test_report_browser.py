"""The report in a real browser: search, filters, stories, pairs, keyboard, direction, attacks."""

from __future__ import annotations

from collections.abc import Iterator
from math import exp
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pyarrow as pa
import pytest
from browsing import BROWSER, VIEWS, Visit
from report_tables import make_tables

from linker.report import write_report

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = pytest.mark.skipif(BROWSER is None, reason="chromium is not installed")


@pytest.fixture(scope="module")
def demo_report(demo_folder: Path) -> str:
    return (demo_folder / "report.html").as_uri()


@pytest.fixture
def visit(browser: Any, report: str) -> Iterator[Visit]:
    opened = Visit(browser, report)
    yield opened
    assert opened.faults == []
    assert set(opened.requests) == {report}
    opened.page.close()


def headlines(page: Any) -> list[str]:
    return page.locator("#list h3").all_text_contents()  # type: ignore[no-any-return]


FIRST = "courier-01"  # the first report of the lighthouse that asks for tea
QUERIES = {
    "HAFENBRUCKE": "Hafenbrücke",
    "إغلاق جسر": "إغلاق جسر",
    "اغلاق": "إغلاق",
    "起重机": "起重机",
    "портовый МОСТ": "Портовый мост",
    "liman koprusu": "köprüsü",
}


def test_search_finds_headlines_in_any_script(visit: Visit) -> None:
    page = visit.page
    data = visit.data()
    for query, word in QUERIES.items():
        titles = {title for title in data["stories"]["title"] if word in title}
        page.fill("#query", query)
        visit.until(f"location.hash.includes({urlencode({'query': query})!r})")
        page.evaluate(
            "for (const more = document.getElementById('more'); !more.hidden;) more.click();"
        )
        assert titles
        assert titles <= set(headlines(page))
        assert len(headlines(page)) < len(data["stories"]["title"])
    page.fill("#query", "nothing has this")
    visit.until("document.getElementById('found').textContent === 'No story matches.'")
    page.click("#reset")
    assert page.input_value("#query") == ""


def test_filters_live_in_the_address_and_survive_the_way_back(visit: Visit) -> None:
    page = visit.page
    whole = page.inner_text("#found")
    page.select_option("#language", label="Arabic")
    page.select_option("#size", "5")
    visit.until("location.hash.includes('size')")
    kept = page.inner_text("#found")
    assert kept != whole
    page.locator("#list h3 a").nth(2).click()
    page.locator("#view-story h1").wait_for()
    page.go_back()
    page.wait_for_timeout(50)
    assert (page.inner_text("#found"), page.input_value("#size")) == (kept, "5")
    page.reload()
    assert page.inner_text("#found") == kept


def test_every_order_sorts_and_more_shows_all(visit: Visit) -> None:
    page = visit.page
    number = int(page.inner_text("#found").split()[0])
    orders = page.locator("#sort option").evaluate_all("(nodes) => nodes.map((node) => node.value)")
    for order in orders:
        page.select_option("#sort", order)
        page.wait_for_timeout(20)
        while page.locator("#more").is_visible():
            page.click("#more")
        assert len(headlines(page)) == number
    sizes = [int(text) for text in page.locator("#list .size b").all_text_contents()]
    page.select_option("#sort", "reports")
    page.wait_for_timeout(20)
    shown = [int(text) for text in page.locator("#list .size b").all_text_contents()]
    assert shown == sorted(sizes, reverse=True)[: len(shown)]


def test_a_bar_of_the_history_filters_by_its_days(visit: Visit) -> None:
    visit.page.locator(".history .bin").first.click()
    assert visit.page.input_value("#from") != ""
    assert visit.page.input_value("#to") >= visit.page.input_value("#from")


def test_a_story_folds_reprints_and_tells_why(visit: Visit) -> None:
    page = visit.page
    page.locator("#list .row:has(.copied) h3 a").first.click()
    visit.until("document.activeElement.matches('#view-story h1')")
    copies = page.locator("#view-story summary", has_text="reprint").first
    copies.click()
    page.locator("#view-story .copies li").first.wait_for()
    page.locator("#view-story summary", has_text="Evidence").first.click()
    assert "Rare words in common" in page.locator("#view-story .bars").first.inner_text()
    page.locator("#view-story .copies a", has_text="Compare").first.click()
    page.locator("#view-pair .side").first.wait_for()
    assert page.locator("#view-pair .side").count() == 2
    assert page.locator("#view-pair .text").first.inner_text() != ""


def test_copies_of_one_report_are_not_called_certain(visit: Visit) -> None:
    stories = visit.data()["stories"]
    rows = list(zip(stories["id"], stories["articles"], stories["independent"], strict=True))
    for words, found in (
        ("copies of one report", [row for row in rows if row[1] > 1 and row[2] == 1]),
        ("% sure", [row for row in rows if row[2] > 1]),
    ):
        visit.go(story=found[0][0])
        said = visit.page.locator("#view-story .meta").first.inner_text()
        assert [name in said for name in ("copies of one report", "% sure")] == [
            name == words for name in ("copies of one report", "% sure")
        ]


def test_an_exact_copy_has_no_difference(visit: Visit) -> None:
    page = visit.page
    data = visit.data()["articles"]
    row = data["kind"].index(1)
    visit.go(**{"pair": data["id"][data["reprint"][row]], "with": data["id"][row]})
    assert "Word for word the same" in page.inner_text(".verdict")
    assert page.locator("#view-pair mark, #view-pair del, #view-pair ins").count() == 0


def test_right_to_left_headlines_keep_their_direction_inside_the_page(visit: Visit) -> None:
    directions = visit.page.locator("#list h3 bdi").evaluate_all(
        "(nodes) => nodes.map((node) => [node.lang, getComputedStyle(node).direction])"
    )
    seen = dict(directions)
    assert {seen[tag] for tag in ("ar", "he", "fa", "ur")} == {"rtl"}
    assert {seen[tag] for tag in ("en", "ru", "zh", "th")} == {"ltr"}
    assert visit.page.evaluate("getComputedStyle(document.body).direction") == "ltr"


def test_the_keyboard_reaches_a_story_and_what_is_folded(visit: Visit) -> None:
    page = visit.page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "overview-title"
    page.locator("#list h3 a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_timeout(50)
    page.locator("#view-story summary").first.focus()
    page.keyboard.press("Enter")
    assert page.locator("#view-story details[open]").count() == 1


def test_a_stroke_goes_to_the_search_field(visit: Visit) -> None:
    page = visit.page
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "query"
    page.keyboard.type("a/b")
    assert page.input_value("#query") == "a/b"


def test_a_narrow_window_scrolls_one_way_only(visit: Visit) -> None:
    visit.page.set_viewport_size({"width": 360, "height": 800})
    for parameters in VIEWS:
        visit.go(**parameters)
        visit.unfold()
        assert visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_link_says_what_both_give_and_adds_up_to_its_probability(
    browser: Any, demo_report: str
) -> None:
    visit = Visit(browser, demo_report)
    links, articles = visit.data()["links"], visit.data()["articles"]
    for link, probability in enumerate(links["probability"]):
        odds = sum(part[link] for part in links["parts"]) / 100
        assert 1 / (1 + exp(-odds)) == pytest.approx(probability / 1000, abs=0.01)
    visit.go(story=visit.data()["stories"]["id"][articles["story"][articles["id"].index(FIRST)]])
    page = visit.page
    words = page.locator("#view-story .why").all_inner_texts()
    assert any("both give the numbers" in text and "1871" in text for text in words)
    assert any("both name" in text and "Tarrow" in text for text in words)
    visit.unfold()
    bars = page.locator("#view-story .bars").first
    labels = bars.locator("th").all_inner_texts()
    assert labels[0] == "Before any evidence"
    assert labels[-1] == "One story"
    figures = bars.locator("td.number").all_inner_texts()
    assert figures[0].startswith("−")
    assert figures[-1].endswith("%")
    assert "points behind" in page.locator("#view-story").inner_text()
    page.close()


def test_a_story_names_its_runner_up_and_its_follow_ups(browser: Any, demo_report: str) -> None:
    visit = Visit(browser, demo_report)
    data = visit.data()
    story = data["articles"]["story"][data["articles"]["id"].index(FIRST)]
    visit.go(story=data["stories"]["id"][story])
    page = visit.page
    text = page.locator("#view-story").inner_text()
    assert "This story holds together at" in text
    assert "a margin of" in text
    assert "Follow-up stories" in text
    assert "days later" in text
    page.locator("#view-story h2", has_text="Follow-up").locator("xpath=..").locator(
        "h3 a"
    ).last.click()
    page.wait_for_timeout(50)
    assert "Earlier in this topic" in page.locator("#view-story").inner_text()
    assert "days earlier" in page.locator("#view-story").inner_text()
    page.close()


def test_an_edited_reprint_is_shown_as_a_difference(browser: Any, demo_report: str) -> None:
    visit = Visit(browser, demo_report)
    visit.go(**{"pair": "cormorant-01", "with": "quillport-01"})
    page = visit.page
    removed = page.locator("#view-pair .side").first.locator("del").all_inner_texts()
    added = page.locator("#view-pair .side").last.locator("ins").all_inner_texts()
    assert "reporters" in removed
    assert "a packed quayside" in added
    assert "taken out" in page.inner_text(".verdict")
    left = page.locator("#view-pair .side .text").first.inner_text()
    assert left.startswith("CAPE TARROW (Cormorant) - An unmanned lighthouse")
    visit.go(**{"pair": "quillport-01", "with": "cormorant-01"})
    assert "reporters" in page.locator("#view-pair .side").last.locator("del").all_inner_texts()
    page.close()


def test_a_translation_has_what_both_give_marked(browser: Any, demo_report: str) -> None:
    visit = Visit(browser, demo_report)
    visit.go(**{"pair": "vallombrin-01", "with": "manara-01"})
    for side in ("first", "last"):
        marked = getattr(visit.page.locator("#view-pair .side"), side).locator("mark")
        assert {"1871", "1989", "SEND"} <= set(" ".join(marked.all_inner_texts()).split())
    assert "rare words that both give are marked" in visit.page.inner_text(".verdict")
    visit.page.close()


def test_sources_lead_to_their_stories(visit: Visit) -> None:
    page = visit.page
    visit.go(sources="")
    data = visit.data()
    rows = page.locator("#view-sources tbody tr")
    assert rows.count() == len(set(filter(None, data["sources"])))
    own = [int(text) for text in rows.locator("td:nth-of-type(2)").all_inner_texts()]
    assert own == sorted(own, reverse=True)
    assert sum(own) == data["articles"]["reprint"].count(-1)
    name = rows.first.locator("th").inner_text()
    rows.first.locator("a").click()
    page.wait_for_timeout(50)
    assert page.locator("#source option:checked").inner_text() == name
    page.locator("#view-overview").wait_for()


def test_a_choice_of_one_is_not_offered(browser: Any, tmp_path: Path) -> None:
    articles, stories, links, run = make_tables(1)
    articles = articles.set_column(
        articles.column_names.index("source"), "source", pa.array([""] * articles.num_rows)
    )
    write_report(articles[:1], stories[:1], links[:0], run, tmp_path / "report.html")
    visit = Visit(browser, (tmp_path / "report.html").as_uri())
    for field in ("language", "source", "size"):
        assert not visit.page.locator(f"#{field}").is_visible()
    visit.go(sources="")
    assert "No article names its source" in visit.page.inner_text("#view-sources")
    assert visit.faults == []
    visit.page.close()


def test_long_lists_are_drawn_a_slice_at_a_time(browser: Any, tmp_path: Path) -> None:
    tables = make_tables(700, largest=320)
    write_report(*tables, tmp_path / "report.html")
    visit = Visit(browser, (tmp_path / "report.html").as_uri())
    page = visit.page
    stories = sorted(tables[1].to_pylist(), key=lambda story: -story["independent"])
    visit.go(story=stories[0]["story_id"])
    assert page.locator("#view-story .reports > li").count() == 100
    while page.locator("#view-story > .more button").count():
        page.locator("#view-story > .more button").first.click()
    assert page.locator("#view-story .reports > li").count() == stories[0]["independent"]
    page.locator("#view-story summary", has_text="reprint").first.click()
    page.locator("#view-story .copies li").first.wait_for()
    for parameters in [*VIEWS, {"story": stories[0]["story_id"]}]:
        visit.go(**parameters)
        visit.unfold()
        assert "[object" not in page.inner_text("main")
        assert "undefined" not in page.inner_text("main")
    assert visit.faults == []
    page.close()
