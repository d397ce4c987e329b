"""Exports for other tools: the graph of stories as GraphML, a feed of stories as Atom.

Both are written from the output tables, and the same tables give the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from linker.folder import EXPORTS


def write_export(
    kind: str,
    articles: pa.Table,
    stories: pa.Table,
    links: pa.Table,
    run: Mapping[str, Any],
    folder: Path,
) -> Path:
    """Write one of `linker.folder.EXPORTS` into an existing folder and return its path.

    articles, stories, links: the output tables. run: what run.json holds.
    Raises KeyError for another kind.
    """
    from linker.exports.atom import write_atom
    from linker.exports.graphml import write_graphml

    path = folder / EXPORTS[kind]
    if kind == "graphml":
        write_graphml(articles, stories, links, path)
    else:
        write_atom(articles, stories, run, path)
    return path
