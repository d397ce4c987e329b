"""The arguments and options that several commands share, and the values that some of them take."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class TableFormat(StrEnum):
    """The files that tables are written to."""

    parquet = "parquet"
    jsonl = "jsonl"
    csv = "csv"


class Format(StrEnum):
    """The files that tables are written to, and those for other tools."""

    parquet = "parquet"
    jsonl = "jsonl"
    csv = "csv"
    graphml = "graphml"
    atom = "atom"


Inputs = Annotated[
    list[str],
    typer.Argument(
        metavar="INPUT",
        help="Files, globs or folders: JSONL, CSV, TSV, Parquet, text, HTML, RSS/Atom, WARC, "
        "each also .gz or .zst. '-' is JSONL on standard input.",
        show_default=False,
    ),
]
Folder = Annotated[Path, typer.Argument(metavar="DIR", help="An output of `linker group`.")]
Out = Annotated[Path, typer.Option("--out", metavar="DIR", help="The output folder.")]
Model = Annotated[
    str | None,
    typer.Option(
        "--model",
        metavar="NAME_OR_DIR",
        help="A sentence-transformers model in place of the one that is shipped.",
    ),
]
Device = Annotated[
    str,
    typer.Option(
        "--device",
        metavar="auto|cpu|cuda|mps",
        help="Where --model runs; auto is a GPU if there is one. Static models always use the CPU.",
    ),
]
Level = Annotated[
    str,
    typer.Option(
        "--level",
        metavar="strict|balanced|broad|NUMBER",
        help="The evidence a story needs; `linker calibrate` finds a number for your own labels.",
    ),
]
NoCache = Annotated[
    bool,
    typer.Option("--no-cache", help="Do not keep the vectors of --model for the next run."),
]
Threads = Annotated[
    int,
    typer.Option(
        "--threads", metavar="N", min=0, help="Threads, 4 a core at most; 0 is one a core."
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", help="Print nothing but errors.")]
Strict = Annotated[
    bool,
    typer.Option("--strict-input", help="Exit with 2 when any record was rejected."),
]
Formats = Annotated[
    list[Format] | None,
    typer.Option(
        "--format",
        metavar="|".join(Format),
        help="Tables as parquet, jsonl or csv; graphml is the graph of stories, atom a feed of"
        " them. May be given again for more.",
        show_default="parquet",
    ),
]
