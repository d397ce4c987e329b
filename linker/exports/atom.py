"""A feed of stories as Atom (RFC 4287), latest first, for a feed reader or a content system."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import numpy as np
import pyarrow as pa

from linker.exports.moments import iso
from linker.exports.xml import Document, document
from linker.report.columns import rows_of, seconds, shorten
from linker.report.data import web_address

STORIES_AT_MOST = 1_000  # a reader asks for news, not for an archive
REPORTS_AT_MOST = 20  # of one story; the tables hold them all
TITLE_CHARACTERS = 300
UNDATED = "1970-01-01T00:00:00Z"  # Atom wants a time of every entry

Row = dict[str, Any]


def write_atom(articles: pa.Table, stories: pa.Table, run: Mapping[str, Any], path: Path) -> None:
    """Write the latest STORIES_AT_MOST stories of the output tables to `path`.

    An entry's id is made from its story's, so that a reader knows it again after the next run.
    """
    order = _latest_first(stories)
    times = [seconds(stories[f"{edge}_published"].take(order)) for edge in ("first", "last")]
    # Without the times: those outside the years 1 to 9999 are no Python values.
    rows = stories.drop_columns(["first_published", "last_published"]).take(order).to_pylist()
    reports = _reports(articles, stories, order.to_pylist())
    newest = next((text for text in map(iso, times[1]) if text), UNDATED)
    feed = {"xmlns": "http://www.w3.org/2005/Atom"}
    with document(path) as xml, xml.inside("feed", feed):
        xml.element("id", _identifier("stories", *_inputs(run)))
        xml.element("title", f"Stories in {articles.num_rows:,} articles")
        xml.element("updated", newest)
        xml.element("generator", "linker", {"version": str(run.get("version", ""))})
        with xml.inside("author"):
            xml.element("name", "linker")
        for story, own, begin, end in zip(rows, reports, *times, strict=True):
            with xml.inside("entry", {"xml:lang": _language(story)}):
                _entry(xml, story, own, iso(begin), iso(end))


def _inputs(run: Mapping[str, Any]) -> list[str]:
    inputs = run.get("inputs")
    return list(map(str, inputs)) if isinstance(inputs, list) else []


def _latest_first(stories: pa.Table) -> pa.Array:
    last = [-np.inf if time is None else time for time in seconds(stories["last_published"])]
    order = np.argsort(-np.array(last, dtype=np.float64), kind="stable")
    return pa.array(order[:STORIES_AT_MOST])


def _reports(articles: pa.Table, stories: pa.Table, wanted: list[int]) -> list[list[Row]]:
    """The first independent reports of each wanted story, in the order of the articles."""
    place = {story: at for at, story in enumerate(wanted)}
    found: list[list[int]] = [[] for _ in wanted]
    copied = articles["reprint_of"].is_valid().to_pylist()
    story = rows_of(articles["story_id"], stories["story_id"]).tolist()
    for row, number in enumerate(story):
        if number in place and not copied[row] and len(found[place[number]]) < REPORTS_AT_MOST:
            found[place[number]].append(row)
    columns = articles.select(["title", "source", "url", "lang"])
    return [columns.take(pa.array(rows, pa.int64())).to_pylist() for rows in found]


def _entry(
    xml: Document, story: Row, reports: list[Row], begin: str | None, end: str | None
) -> None:
    xml.element("id", _identifier("story", story["story_id"]))
    xml.element("title", shorten(story["title"] or "No headline", TITLE_CHARACTERS))
    xml.element("updated", end or UNDATED)
    if begin:
        xml.element("published", begin)
    for number, report in enumerate(row for row in reports if web_address(row["url"] or "")):
        _link(xml, "related" if number else "alternate", report)
    for word in story["keywords"] or []:
        if word:
            xml.element("category", attributes={"term": word})
    xml.element("summary", _summary(story))
    xml.element("content", "\n".join(map(_line, reports)) or _summary(story), {"type": "text"})


def _link(xml: Document, relation: str, report: Row) -> None:
    attributes = {"rel": relation, "href": report["url"], "title": report["title"] or ""}
    language = report["lang"]
    xml.element("link", attributes=attributes | ({"hreflang": language} if language else {}))


def _summary(story: Row) -> str:
    copied = story["articles"] - story["independent"]
    parts = [_count(story["independent"], "independent report")]
    parts += [_count(copied, "reprint")] if copied else []
    parts += [", ".join(story["languages"])] if story["languages"] else []
    parts += [_count(len(story["sources"]), "source")] if story["sources"] else []
    return "; ".join(parts)


def _line(report: Row) -> str:
    title = shorten(report["title"] or "No headline", TITLE_CHARACTERS)
    return f"{title} ({report['source']})" if report["source"] else title


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _language(story: Row) -> str:
    """The language of the headline, which is the story's most frequent one; '' when unknown."""
    code: str = (story["languages"] or [""])[0] or ""
    return code if code.isascii() and code.replace("-", "").isalnum() and code != "und" else ""


def _identifier(*parts: str) -> str:
    return uuid5(NAMESPACE_URL, "linker:" + "\n".join(parts)).urn
