"""The commands. Each one parses, calls the API and prints; nothing here decides anything.

Heavy libraries are imported inside the commands, so that `--help` is instant.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from linker import __version__
from linker.failures import USER_ERROR, OneLineErrors

if TYPE_CHECKING:
    from linker.pipeline import Settings
    from linker.readers.rejects import RejectLog
    from linker.stages import Stages

    Writer = Callable[[Stages, Path, Path], RejectLog]


app = typer.Typer(
    cls=OneLineErrors,
    help="Finds reprints, stories and topics in piles of news articles. Offline, in any language.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class Level(StrEnum):
    """How much evidence a story needs."""

    strict = "strict"
    balanced = "balanced"
    broad = "broad"


class Format(StrEnum):
    """The files that tables are written to."""

    parquet = "parquet"
    jsonl = "jsonl"
    csv = "csv"


Inputs = Annotated[
    list[str],
    typer.Argument(
        metavar="INPUT...",
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
Threads = Annotated[
    int, typer.Option("--threads", min=0, help="Threads; 0 is one a core.", show_default="0")
]
Quiet = Annotated[bool, typer.Option("--quiet", help="Print nothing but errors.")]
Strict = Annotated[
    bool,
    typer.Option("--strict-input", help="Exit with 2 when any record was rejected."),
]
OutputFormat = Annotated[Format, typer.Option("--format", help="The files of the tables.")]


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"linker {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """Finds reprints, stories and topics in piles of news articles. Offline, in any language."""


@app.command()
def group(
    inputs: Inputs,
    out: Out,
    model: Model = None,
    window: Annotated[
        float, typer.Option("--window", metavar="DAYS", help="Compare articles this near in time.")
    ] = 3.0,
    level: Annotated[Level, typer.Option("--level", help="The evidence a story needs.")] = (
        Level.balanced
    ),
    file_format: OutputFormat = Format.parquet,
    threads: Threads = 0,
    seed: Annotated[int, typer.Option("--seed", help="Seed of what is random.")] = 0,
    no_report: Annotated[bool, typer.Option("--no-report", help="Write no report.html.")] = False,
    strict_input: Strict = False,
    quiet: Quiet = False,
) -> None:
    """Group articles into stories, topics and reprints.

    Example: linker group news/*.jsonl.gz --out grouped
    """
    from linker.pipeline import Settings

    settings = Settings(model, window, level.value, threads, seed)
    rejects = _group(inputs, out, settings, file_format.value, report=not no_report, quiet=quiet)
    _finish(rejects, f"{out / 'rejects.jsonl'}", strict=strict_input)


@app.command()
def dedup(
    inputs: Inputs,
    out: Out,
    threshold: Annotated[
        float, typer.Option("--threshold", help="Least Jaccard similarity of a reprint.")
    ] = 0.7,
    file_format: OutputFormat = Format.parquet,
    memory: Annotated[
        float,
        typer.Option("--memory", metavar="GB", help="About how much to sort in; the rest is disk."),
    ] = 1.0,
    threads: Threads = 0,
    strict_input: Strict = False,
    quiet: Quiet = False,
) -> None:
    """Find reprints only.

    Exact, edited and shortened copies, and later versions of a page.

    Example: linker dedup news.jsonl --out reprints --threshold 0.8
    """
    from linker.folder import OutputFolder
    from linker.output import write_table
    from linker.pipeline import Settings, run_dedup
    from linker.result import write_record
    from linker.summary import print_summary, running

    settings = Settings(threads=threads, threshold=threshold, memory=memory)
    with OutputFolder(out) as folder, running(quiet=quiet) as stages:
        found = run_dedup(inputs, settings, stages, folder.scratch)
        with stages.stage("write"):
            write_table(found.articles, folder.path, "articles", file_format.value)
        write_record(found.rejects, found.run, folder.path)
        folder.commit()
    print_summary(found.run, out, quiet=quiet)
    _finish(found.rejects, f"{out / 'rejects.jsonl'}", strict=strict_input)


@app.command()
def compare(
    inputs: Inputs,
    pairs: Annotated[
        Path, typer.Option("--pairs", metavar="PAIRS.jsonl", help='Lines {"a": ID, "b": ID}.')
    ],
    out: Annotated[Path, typer.Option("--out", metavar="SCORES.jsonl", help="The scores.")],
    model: Model = None,
    threads: Threads = 0,
    strict_input: Strict = False,
    quiet: Quiet = False,
) -> None:
    """Judge given pairs of articles.

    Probability of one event, reprint or not, and each piece of evidence.

    Example: linker compare news.jsonl --pairs pairs.jsonl --out scores.jsonl
    """
    import orjson

    from linker.pairs import read_pairs
    from linker.pipeline import Settings, run_compare

    wanted = read_pairs(pairs)

    def write(stages: Stages, scratch: Path, file: Path) -> RejectLog:
        settings = Settings(model, threads=threads)
        judged, rejects = run_compare(inputs, wanted, settings, stages, scratch)
        with file.open("wb") as lines:
            lines.writelines(orjson.dumps(evidence.to_dict()) + b"\n" for evidence in judged)
        return rejects

    _write_file(out, write, strict=strict_input, quiet=quiet)


@app.command()
def explain(
    folder: Folder,
    id_a: Annotated[str, typer.Argument(metavar="ID_A", help="An article's id.")],
    id_b: Annotated[str | None, typer.Argument(metavar="[ID_B]", help="Another one's.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say why articles are linked, or not.

    With one id: why the article is in its story. With two: why they are linked or not.

    Example: linker explain grouped courier-01 quillport-01
    """
    from linker.result import load

    explanation = load(folder).explain(id_a, id_b)
    _print_json(explanation.facts) if as_json else explanation.print()


@app.command()
def evaluate(
    predicted: Folder,
    gold: Annotated[
        Path, typer.Argument(metavar="GOLD.jsonl", help='Lines {"id": ID, "story": LABEL}.')
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Score stories against gold labels.

    BCubed, pairwise and ARI, over all articles and by language.

    Example: linker evaluate grouped gold.jsonl
    """
    from linker.evaluation import evaluate as score
    from linker.summary import print_scores

    scores = score(predicted, gold)
    _print_json(scores.to_dict()) if as_json else print_scores(scores)


@app.command()
def report(folder: Folder) -> None:
    """Write DIR/report.html, again or for the first time.

    Example: linker report grouped
    """
    from linker.folder import replacing
    from linker.result import load

    result = load(folder)
    with replacing(folder / "report.html") as file:
        result.report(file)
    print(folder / "report.html")


@app.command()
def embed(
    inputs: Inputs,
    out: Annotated[Path, typer.Option("--out", metavar="VECTORS.npy", help="The vectors.")],
    model: Model = None,
    threads: Threads = 0,
    strict_input: Strict = False,
    quiet: Quiet = False,
) -> None:
    """Write one vector an article.

    float32 (n, d), rows of norm 1 (0 for nothing to embed), in the order of the input.

    Example: linker embed news.jsonl --out vectors.npy
    """
    from linker.pipeline import Settings, run_embed

    def write(stages: Stages, scratch: Path, file: Path) -> RejectLog:
        import numpy as np

        vectors, rejects = run_embed(inputs, Settings(model, threads=threads), stages, scratch)
        with file.open("wb") as stream:
            np.save(stream, vectors)
        return rejects

    _write_file(out, write, strict=strict_input, quiet=quiet)


@app.command()
def demo(out: Out = Path("linker-demo"), threads: Threads = 0, quiet: Quiet = False) -> None:
    """Group the bundled articles.

    Invented news in many languages, with a report to look at.

    Example: linker demo
    """
    from linker.demo import articles_path
    from linker.pipeline import Settings

    settings = Settings(threads=threads)
    _group([str(articles_path())], out, settings, "parquet", report=True, quiet=quiet)
    print(f"The report: {out / 'report.html'}")


def _group(
    inputs: list[str], out: Path, settings: Settings, file_format: str, *, report: bool, quiet: bool
) -> RejectLog:
    from linker.folder import OutputFolder
    from linker.pipeline import run_group
    from linker.summary import print_summary, running

    with OutputFolder(out) as folder, running(quiet=quiet) as stages:
        result = run_group(inputs, settings, stages, folder.scratch)
        with stages.stage("write"):
            result.write_tables(folder.path, file_format)
        if report:
            with stages.stage("report"):
                result.report(folder.path / "report.html")
        result.write_record(folder.path)
        folder.commit()
    print_summary(result.run, out, quiet=quiet)
    return result.rejects


def _write_file(out: Path, write: Writer, *, strict: bool, quiet: bool) -> None:
    """Run a command whose output is one file, its rejects beside it."""
    import tempfile

    from linker.folder import replacing
    from linker.result import write_rejects
    from linker.summary import running

    rejects_path = out.with_name(out.name + ".rejects.jsonl")
    with (
        replacing(out) as file,
        tempfile.TemporaryDirectory(dir=out.parent, prefix=".linker-") as scratch,
        running(quiet=quiet) as stages,
    ):
        rejects = write(stages, Path(scratch), file)
    if len(rejects):
        with replacing(rejects_path) as file:
            write_rejects(rejects, file)
    _finish(rejects, str(rejects_path), strict=strict)


def _finish(rejects: RejectLog, path: str, *, strict: bool) -> None:
    """Say how many records were rejected; with --strict-input that is an error."""
    if not len(rejects):
        return
    records = "1 record was" if len(rejects) == 1 else f"{len(rejects):,} records were"
    print(f"linker: {records} rejected, see {path}", file=sys.stderr)
    if strict:
        raise typer.Exit(USER_ERROR)


def _print_json(value: Any) -> None:
    import orjson

    print(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode())
