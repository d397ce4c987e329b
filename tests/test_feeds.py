"""Feeds: broken ones, and the outlet of their entries."""

from __future__ import annotations

from pathlib import Path

import pytest
from reading import read_rows, write

HEAD = '<?xml version="1.0"?><rss version="2.0"><channel><title>The Lantern</title>'
ITEM = "<item><guid>{0}</guid><title>Item {0}</title><description>It rained.</description></item>"
ITEMS = "\n".join(map(ITEM.format, "abc"))
TAIL = "</channel></rss>"
ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom"><title>The Lantern</title>'
    "<entry><id>tag:a</id><title>Item a</title></entry>"
    "<entry><id>tag:b</id><title>Item b</title><summary>It rai"
)


def read_feed(path: Path, data: str | bytes) -> tuple[list[str], list[tuple[int | None, str]]]:
    rows, rejects = read_rows(write(path / "a.xml", data))
    titles = [row["title"] for row in rows]
    return titles, [(reject.line, reject.reason) for reject in rejects]


@pytest.mark.parametrize("data", [HEAD + ITEMS[:-40], ATOM])
def test_the_entry_that_a_feed_ends_in_is_rejected(data: str, tmp_path: Path) -> None:
    titles, [(line, reason)] = read_feed(tmp_path, data)
    assert titles == [f"Item {name}" for name in "abc"[: len(titles)]]
    assert line == len(titles) + 1
    assert reason.startswith("the feed ends within this entry (line ")


@pytest.mark.parametrize("end", ["", "</chan", "<ite", "<item rdf:abo"])
def test_a_feed_that_ends_between_entries_says_so(end: str, tmp_path: Path) -> None:
    titles, [(line, reason)] = read_feed(tmp_path, HEAD + ITEMS + end)
    assert titles == ["Item a", "Item b", "Item c"]
    assert line is None and reason.startswith("the feed ends early (line ")


def test_a_feed_that_is_not_well_formed_says_so(tmp_path: Path) -> None:
    titles, [(line, reason)] = read_feed(tmp_path, HEAD + ITEMS.replace("It", "<b> a < b") + TAIL)
    assert len(titles) == 3 and line is None
    assert reason.startswith("not well-formed XML in line 1: ")


@pytest.mark.parametrize(
    "data",
    [
        HEAD + ITEMS + TAIL,
        HEAD.replace("?>", ' encoding="nonsense"?>') + ITEMS + TAIL,
        HEAD + ITEMS.replace("It rained", "It&nbsp;rained &copy;") + TAIL,
        HEAD + ITEMS.replace("It rained.", "<dc:x>It rained.</dc:x>") + TAIL,
        HEAD.replace("?>", ' encoding="cp1252"?>').encode() + ITEMS.encode() + TAIL.encode(),
    ],
)
def test_a_whole_feed_has_no_rejects(data: str | bytes, tmp_path: Path) -> None:
    assert read_feed(tmp_path, data) == (["Item a", "Item b", "Item c"], [])


@pytest.mark.parametrize(
    ("link", "source"),
    [
        ("", "The Lantern"),
        ("<link>/news/1</link>", "The Lantern"),
        ("<guid>urn:lantern:1</guid>", "The Lantern"),
        ("<guid>lantern-77</guid>", "The Lantern"),
        ("<link>https://www.lantern.example/1</link>", "lantern.example"),
        ("<link>/1</link><source url='https://b.example/rss'>Beacon</source>", "Beacon"),
    ],
)
def test_an_entry_without_a_web_address_is_of_the_feed(
    link: str, source: str, tmp_path: Path
) -> None:
    item = f"<item><title>A</title>{link}</item>"
    (row,), rejects = read_rows(write(tmp_path / "a.rss", HEAD + item + TAIL))
    assert (row["source"], rejects) == (source, [])
