"""The graph of stories as GraphML: a node a story, an edge between two that share a link.

Gephi, Cytoscape, yEd, networkx and igraph read it. The format: http://graphml.graphdrawing.org
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from linker.exports.moments import iso
from linker.exports.xml import Document, document
from linker.report.columns import rows_of, seconds

NODE_KEYS = {
    "label": "string",
    "topic": "string",
    "keywords": "string",
    "languages": "string",
    "sources": "int",
    "articles": "int",
    "independent": "int",
    "first_published": "string",
    "last_published": "string",
    "confidence": "double",
}
EDGE_KEYS = {"weight": "double", "links": "int", "same_topic": "boolean"}

Edge = tuple[int, int, float, int]


def write_graphml(articles: pa.Table, stories: pa.Table, links: pa.Table, path: Path) -> None:
    """Write the graph of the output tables to `path`.

    An edge joins two stories of which articles were linked: `weight` is the highest probability of
    those links, `links` their number.
    """
    root = {"xmlns": "http://graphml.graphdrawing.org/xmlns"}
    ids, topics = stories["story_id"].to_pylist(), stories["topic_id"].to_pylist()
    with document(path) as xml, xml.inside("graphml", root):
        _keys(xml, "node", NODE_KEYS)
        _keys(xml, "edge", EDGE_KEYS)
        with xml.inside("graph", {"id": "stories", "edgedefault": "undirected"}):
            for name, values in zip(ids, _node_values(stories), strict=True):
                with xml.inside("node", {"id": name}):
                    _data(xml, "node", values)
            for a, b, weight, number in story_edges(articles, stories, links):
                same = "true" if topics[a] == topics[b] else "false"
                with xml.inside("edge", {"source": ids[a], "target": ids[b]}):
                    values = {"weight": f"{weight:.4f}", "links": str(number), "same_topic": same}
                    _data(xml, "edge", values)


def story_edges(articles: pa.Table, stories: pa.Table, links: pa.Table) -> Iterator[Edge]:
    """Each two stories with a link between them: rows a < b, highest probability, how many."""
    story = rows_of(articles["story_id"], stories["story_id"])
    ends = [rows_of(links[name], articles["id"]) for name in ("a", "b")]
    known = (ends[0] >= 0) & (ends[1] >= 0)
    ends = [story[end[known]] for end in ends]
    low, high = np.minimum(*ends), np.maximum(*ends)
    between = (low != high) & (low >= 0)
    probability = pc.fill_null(links["probability"].cast(pa.float64()), 0.0).to_numpy()[known]
    n = stories.num_rows
    keys, at, counts = np.unique(
        low[between] * n + high[between], return_inverse=True, return_counts=True
    )
    best = np.zeros(len(keys))
    np.maximum.at(best, at, np.nan_to_num(probability[between]))
    rows = zip(keys.tolist(), best.tolist(), counts.tolist(), strict=True)
    return ((key // n, key % n, weight, number) for key, weight, number in rows)


def _keys(xml: Document, of: str, keys: dict[str, str]) -> None:
    for name, kind in keys.items():
        attributes = {"id": f"{of}_{name}", "for": of, "attr.name": name, "attr.type": kind}
        xml.element("key", attributes=attributes)


def _data(xml: Document, of: str, values: dict[str, str]) -> None:
    for name, value in values.items():
        if value:
            xml.element("data", value, {"key": f"{of}_{name}"})


def _node_values(stories: pa.Table) -> Iterator[dict[str, str]]:
    first, last = (seconds(stories[f"{edge}_published"]) for edge in ("first", "last"))
    columns = ("title", "topic_id", "keywords", "languages", "sources")
    rows: list[dict[str, Any]] = stories.select(
        [*columns, "articles", "independent", "confidence"]
    ).to_pylist()
    for row, begin, end in zip(rows, first, last, strict=True):
        yield {
            "label": row["title"] or "",
            "topic": row["topic_id"] or "",
            "keywords": _joined(row["keywords"]),
            "languages": _joined(row["languages"]),
            "sources": str(len(row["sources"] or [])),
            "articles": str(row["articles"]),
            "independent": str(row["independent"]),
            "first_published": iso(begin) or "",
            "last_published": iso(end) or "",
            "confidence": f"{row['confidence']:.4f}" if row["confidence"] is not None else "",
        }


def _joined(values: list[str | None] | None) -> str:
    return ", ".join(value for value in values or [] if value)
