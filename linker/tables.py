"""The result tables: the articles, stories and links of a run under their public ids."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa

from linker.arrays import IntArray
from linker.articles import CUT

if TYPE_CHECKING:
    from linker.reprints import Reprints
    from linker.stories import Linked

TIME = pa.timestamp("us", tz="UTC")

_CARRIED = ["lang", "published", "source", "title", "url", "precision", "cut", "extra"]

REPRINTED = pa.schema(
    [
        ("id", pa.large_string()),
        ("reprint_of", pa.large_string()),
        ("reprint_kind", pa.string()),
        ("jaccard", pa.float32()),
        ("containment", pa.float32()),
        ("lang", pa.string()),
        ("published", TIME),
        ("source", pa.large_string()),
        ("title", pa.large_string()),
        ("url", pa.large_string()),
        ("precision", pa.string()),
        ("cut", CUT),
        ("extra", pa.large_string()),
    ]
)

ARTICLES = pa.schema(
    [
        REPRINTED.field("id"),
        ("story_id", pa.string()),
        ("topic_id", pa.string()),
        *(REPRINTED.field(i) for i in range(1, 5)),
        ("confidence", pa.float32()),
        ("nearest_id", pa.large_string()),
        *(REPRINTED.field(i) for i in range(5, 11)),
        ("text", pa.large_string()),
        *(REPRINTED.field(i) for i in range(11, len(REPRINTED))),
    ]
)

STORIES = pa.schema(
    [
        ("story_id", pa.string()),
        ("topic_id", pa.string()),
        ("title", pa.large_string()),
        ("keywords", pa.list_(pa.string())),
        ("languages", pa.list_(pa.string())),
        ("sources", pa.list_(pa.string())),
        ("articles", pa.int32()),
        ("independent", pa.int32()),
        ("first_published", TIME),
        ("last_published", TIME),
        ("confidence", pa.float32()),
    ]
)


class StoryNames(NamedTuple):
    """The id of every story number, and the id of its topic."""

    story: pa.Array
    topic: pa.Array


LINKS = pa.schema(
    [("a", pa.large_string()), ("b", pa.large_string()), ("probability", pa.float32())]
)


def reprint_table(articles: pa.Table, reprints: Reprints) -> pa.Table:
    """REPRINTED: the articles, row by row, with what each is a reprint of; without their texts."""
    columns = _reprint_columns(articles["id"], reprints)
    columns |= {name: articles[name] for name in _CARRIED}
    columns["id"] = articles["id"]
    return pa.table({name: columns[name] for name in REPRINTED.names}).cast(REPRINTED)


def article_table(
    articles: pa.Table, reprints: Reprints, linked: Linked, names: StoryNames
) -> pa.Table:
    """ARTICLES: the cleaned articles, row by row, with their story, topic and reprint relation."""
    story = pa.array(linked.story)
    columns = _reprint_columns(articles["id"], reprints)
    columns |= {name: articles[name] for name in _CARRIED}
    columns["id"] = articles["id"]
    columns["text"] = articles["text"]
    columns["story_id"] = names.story.take(story)
    columns["topic_id"] = names.topic.take(story)
    columns["confidence"] = pa.array(linked.confidence, pa.float32())
    columns["nearest_id"] = _ids_at(articles["id"], linked.nearest, linked.nearest >= 0)
    return pa.table({name: columns[name] for name in ARTICLES.names}).cast(ARTICLES)


def story_table(described: pa.Table, names: StoryNames) -> pa.Table:
    """STORIES: what `described` says of each story, in the order of their numbers."""
    columns = {"story_id": names.story, "topic_id": names.topic}
    columns |= {name: described[name] for name in STORIES.names[2:]}
    return pa.table(columns).cast(STORIES)


def link_table(articles: pa.Table, links: pa.Table) -> pa.Table:
    """LINKS and the evidence columns: row numbers become ids, the order stays."""
    ids = articles["id"].combine_chunks()
    columns = {name: links[name].cast(pa.float32()) for name in links.column_names[2:]}
    return pa.table({side: ids.take(links[side]) for side in ("a", "b")} | columns)


def story_names(ids: pa.ChunkedArray, story: IntArray, topic: IntArray) -> StoryNames:
    """Ids made from that of a story's earliest member, and of a topic's earliest story.

    So a story keeps its id when other articles come or go, and a topic that of its first story.
    `story` int64 (n,) is that of each article, earliest first, and `topic` int64 (stories,) that of
    each story; both are numbered from 0, stories by their first article.
    """
    _, earliest = np.unique(story, return_index=True)
    names = [_digest(name) for name in ids.take(pa.array(earliest)).to_pylist()]
    _, opening = np.unique(topic, return_index=True)
    return StoryNames(
        pa.array([f"s-{name}" for name in names], pa.string()),
        pa.array([f"t-{names[story]}" for story in opening[topic].tolist()], pa.string()),
    )


def _digest(text: str) -> str:
    return blake2b(text.encode(), digest_size=8).hexdigest()


def _reprint_columns(ids: pa.ChunkedArray, reprints: Reprints) -> dict[str, Any]:
    from linker.reprints import KIND_NAMES, NONE

    copied = np.asarray(reprints.kind) != NONE
    kinds = pa.array(reprints.kind.astype(np.int32), mask=~copied)
    return {
        "reprint_of": _ids_at(ids, reprints.representative, copied),
        "reprint_kind": pa.array(KIND_NAMES, pa.string()).take(kinds),
        "jaccard": pa.array(reprints.jaccard, pa.float32(), mask=~copied),
        "containment": pa.array(reprints.containment, pa.float32(), mask=~copied),
    }


def _ids_at(ids: pa.ChunkedArray, rows: Any, known: Any) -> pa.ChunkedArray:
    """The ids at `rows`, null where not `known`."""
    return ids.take(pa.array(np.asarray(rows, dtype=np.int64), mask=~np.asarray(known)))
