"""The record of a run, run.json: settings, versions, counts, seconds and memory."""

from __future__ import annotations

import platform
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from math import isfinite
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

import linker
from linker.corpus import as_paths

if TYPE_CHECKING:
    from linker.readers.rejects import RejectLog
    from linker.settings import Settings
    from linker.stages import Stages

_LIBRARIES = ("numpy", "numba", "pyarrow", "datasketch", "faiss-cpu", "trafilatura", "dateparser")


def run_record(
    source: object,
    settings: Settings,
    encoder: str | None,
    stages: Stages,
    rejects: RejectLog,
    articles: pa.Table,
) -> dict[str, Any]:
    """What run.json holds. `stages` is kept by reference, so later stages still appear in it."""
    return {
        "version": linker.__version__,
        "inputs": _names(source),
        "settings": {name: _as_json(value) for name, value in asdict(settings).items()}
        | {"threads": settings.workers, "model": settings.model or encoder},
        "versions": {"python": platform.python_version()} | _versions(),
        "counts": _counts(articles, rejects),
        "languages": _frequencies(articles["lang"]),
        "cut": _frequencies(_cut_rules(articles["cut"])),
        "passed_over": dict(sorted(rejects.passed.items())),
        "stages": stages.records,
    }


def _as_json(value: object) -> object:
    """A setting as JSON can hold it, which has no number without end: that is the text "inf"."""
    return str(value) if isinstance(value, float) and not isfinite(value) else value


def _names(source: object) -> list[str]:
    paths = as_paths(source)
    names = [type(source).__name__] if paths is None else [str(path) for path in paths]
    return [name.encode("utf-8", "replace").decode() for name in names]


def _versions() -> dict[str, str]:
    found = {}
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _counts(articles: pa.Table, rejects: RejectLog) -> dict[str, int]:
    return {
        "articles": articles.num_rows,
        "rejected": len(rejects),
        "renamed": rejects.renamed,
        "undated": articles["published"].null_count,
        "sources": len(set(articles["source"].unique().to_pylist()) - {"", None}),
        "reprints": articles.num_rows - articles["reprint_of"].null_count,
    }


def _cut_rules(cut: pa.ChunkedArray) -> pa.ChunkedArray:
    rules = [pc.struct_field(pc.list_flatten(chunk), "rule") for chunk in cut.chunks]
    return pa.chunked_array(rules, pa.string())


def _frequencies(column: pa.ChunkedArray) -> dict[str, int]:
    """How often each value stands in the column, most frequent first."""
    counts = {pair["values"]: pair["counts"] for pair in pc.value_counts(column).to_pylist()}
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0] or "")))
