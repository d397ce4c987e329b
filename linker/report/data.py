"""The tables of a run as one compact JSON object: columns, small integers, strings once.

Headlines, addresses, ids and names come from strangers. They are shortened here, and only http(s)
addresses are let through; escaping is the business of `render.embed`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from linker.articles import PRECISIONS
from linker.report.columns import Rows, rows_of, seconds, shorten, thousandths
from linker.report.evidence import link_columns

ARTICLES_AT_MOST = 60_000  # beyond this a browser struggles: the largest stories are shown
STORY_AT_MOST = 5_000  # ten thousand copies of one notice need not all be in the page
TITLE_CHARACTERS = 300
NAME_CHARACTERS = 120
URL_CHARACTERS = 1_000
KEYWORDS_AT_MOST = 12
KINDS = ("", "exact", "reprint", "excerpt", "version")
WEB_ADDRESS = re.compile(r"https?://[^\x00-\x20]+", re.IGNORECASE)


def largest(articles: pa.Table, stories: pa.Table) -> tuple[pa.Table, pa.Table]:
    """Return the articles and stories to show, in the order they had.

    These are the largest stories that fit, the earlier row on a tie; of a story, its first
    STORY_AT_MOST articles.
    """
    stories = stories.filter(pc.is_valid(stories["story_id"]))
    story = rows_of(articles["story_id"], stories["story_id"])
    member = (story >= 0) & (places(story) < STORY_AT_MOST)
    size = np.bincount(story[member], minlength=stories.num_rows)
    order = np.argsort(-size, kind="stable")
    shown = np.zeros(stories.num_rows, dtype=bool)
    shown[order[np.cumsum(size[order]) <= ARTICLES_AT_MOST]] = True
    shown &= size > 0
    member &= np.append(shown, False)[story]
    return articles.filter(pa.array(member)), stories.filter(pa.array(shown))


def places(groups: Rows) -> Rows:
    """Return for each row how many earlier rows are in its group: int64 (n,) of int64 (n,)."""
    order = np.argsort(groups, kind="stable")
    ordered = groups[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]][: len(ordered)])
    out = np.empty(len(groups), dtype=np.int64)
    out[order] = np.arange(len(groups)) - np.repeat(starts, np.diff(np.r_[starts, len(groups)]))
    return out


def page_data(
    articles: pa.Table, stories: pa.Table, links: pa.Table, run: Mapping[str, object]
) -> dict[str, Any]:
    """Return what the page's script reads: columns of articles, stories, topics and links.

    References between them are row numbers within the shown articles or stories, -1 for none;
    similarities are thousandths; times are whole seconds since 1970 UTC, null when unknown.
    """
    ids = _strings(articles, "id")
    languages, lang = _ranked(articles, "lang")
    sources, source = _ranked(articles, "source")
    topics = list(dict.fromkeys(_strings(stories, "topic_id")))
    topic_rows = {topic: row for row, topic in enumerate(topics)}
    story = rows_of(articles["story_id"], stories["story_id"])
    return {
        "languages": languages,
        "sources": [shorten(name, NAME_CHARACTERS) for name in sources],
        "topics": [short_id(topic) for topic in topics],
        "articles": {
            "id": [short_id(value) for value in ids],
            "title": headlines(articles),
            "url": [web_address(value) for value in _strings(articles, "url")],
            "lang": lang,
            "source": source,
            "published": seconds(articles["published"]),
            "precision": _codes(articles, "precision", PRECISIONS),
            "story": story.tolist(),
            "reprint": rows_of(articles["reprint_of"], articles["id"]).tolist(),
            "kind": _codes(articles, "reprint_kind", KINDS),
            "jaccard": thousandths(articles["jaccard"]),
            "containment": thousandths(articles["containment"]),
            "confidence": thousandths(articles["confidence"]),
            "nearest": rows_of(articles["nearest_id"], articles["id"]).tolist(),
        },
        "stories": {
            "id": [short_id(value) for value in _strings(stories, "story_id")],
            "title": [shorten(value, TITLE_CHARACTERS) for value in _strings(stories, "title")],
            "topic": [topic_rows[value] for value in _strings(stories, "topic_id")],
            "articles": stories["articles"].to_pylist(),
            "independent": stories["independent"].to_pylist(),
            "confidence": thousandths(stories["confidence"]),
            "keywords": [
                [shorten(word or "", NAME_CHARACTERS) for word in (row or [])[:KEYWORDS_AT_MOST]]
                for row in stories["keywords"].to_pylist()
            ],
        },
        "links": link_columns(links, articles, story, run),
    }


def headlines(articles: pa.Table) -> list[str]:
    """Return each article's headline, or the beginning of its text when it has none."""
    titles = _strings(articles, "title")
    if "text" not in articles.column_names:
        return [shorten(title, TITLE_CHARACTERS) for title in titles]
    starts = pc.utf8_slice_codeunits(pc.fill_null(articles["text"], ""), 0, 200).to_pylist()
    return [
        shorten(title, TITLE_CHARACTERS) if title.strip() else shorten(" ".join(start.split()), 120)
        for title, start in zip(titles, starts, strict=True)
    ]


def web_address(url: str) -> str:
    """Return `url` when it is a plain http(s) address of bearable length, else ''."""
    return url if len(url) <= URL_CHARACTERS and WEB_ADDRESS.fullmatch(url) else ""


def short_id(value: str) -> str:
    """Return an id cut to a bearable length; a cut one ends in its own hash, so it stays unique."""
    if len(value) <= NAME_CHARACTERS:
        return value
    return f"{value[:60]}…{blake2b(value.encode(), digest_size=8).hexdigest()}"


def _strings(table: pa.Table, column: str) -> list[str]:
    return pc.fill_null(table[column].cast(pa.large_string()), "").to_pylist()  # type: ignore[no-any-return]


def _codes(table: pa.Table, column: str, names: tuple[str, ...]) -> list[int]:
    """Return each value's place in `names`, the first one for what is unknown or missing."""
    if column not in table.column_names:
        return [0] * table.num_rows
    places = {name: place for place, name in enumerate(names)}
    return [places.get(value, 0) for value in _strings(table, column)]


def _ranked(table: pa.Table, column: str) -> tuple[list[str], list[int]]:
    """Return the values of a column, most frequent first, and each row's place among them."""
    values = _strings(table, column)
    counts: dict[str, int] = {}
    for value in values:
        counts[value] = counts.get(value, 0) + 1
    names = sorted(counts, key=lambda name: (-counts[name], name))
    places = {name: place for place, name in enumerate(names)}
    return names, [places[value] for value in values]
