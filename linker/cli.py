"""The commands. Each one parses, calls the API and prints; nothing here decides anything.

Heavy libraries are imported inside the commands, so that `--help` is instant.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from linker import __version__
from linker.command.ending import check_apart, finish, rejects_beside, write_file
from linker.command.failures import OneLineErrors
from linker.command.options import (
    Device,
    Folder,
    Format,
    Formats,
    Inputs,
    Level,
    Model,
    NoCache,
    Out,
    Quiet,
    Strict,
    TableFormat,
    Threads,
)

if TYPE_CHECKING:
    from linker.readers.rejects import RejectLog
    from linker.settings import Settings
    from linker.stages import Stages

app = typer.Typer(
    cls=OneLineErrors,
    help="Finds reprints, stories and topics in piles of news articles. Offline, in any language.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


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
    device: Device = "auto",
    no_cache: NoCache = False,
    window: Annotated[
        float, typer.Option("--window", metavar="DAYS", help="Compare articles this near in time.")
    ] = 3.0,
    level: Level = "balanced",
    formats: Formats = None,
    threads: Threads = 0,
    seed: Annotated[
        int, typer.Option("--seed", metavar="N", help="Only noted: nothing is random.")
    ] = 0,
    no_report: Annotated[bool, typer.Option("--no-report", help="Write no report.html.")] = False,
    strict_input: Strict = False,
    quiet: Quiet = False,
) -> None:
    """Group articles into stories, topics and reprints.

    Example: linker group news/*.jsonl.gz --out grouped
    """
    from linker.settings import Settings

    settings = Settings(model, window, level, threads, seed, device=device, cache=not no_cache)
    rejects = _group(inputs, out, settings, formats or [], report=not no_report, quiet=quiet)
    finish(rejects, out / "rejects.jsonl", strict=strict_input, quiet=quiet)


@app.command()
def dedup(
    inputs: Inputs,
    out: Out,
    threshold: Annotated[
        float,
        typer.Option("--threshold", metavar="0..1", help="Least Jaccard similarity of a reprint."),
    ] = 0.7,
    file_format: Annotated[
        TableFormat,
        typer.Option("--format", metavar="|".join(TableFormat), help="The files of the tables."),
    ] = TableFormat.parquet,
    memory: Annotated[
        float,
        typer.Option(
            "--memory",
            metavar="GB",
            help="About how much to sort in, 0.001 at least; the rest is disk.",
        ),
    ] = 1.0,
    threads: Threads = 0,
    strict_input: Strict = False,
    quiet: Quiet = False,
) -> None:
    """Find reprints only.

    Exact, edited and shortened copies, and later versions of a page.

    Example: linker dedup news.jsonl --out reprints --threshold 0.8
    """
    from linker.command.summary import print_summary, running
    from linker.folder import OutputFolder
    from linker.output import write_table
    from linker.pipeline import run_dedup
    from linker.result import write_record
    from linker.settings import Settings

    settings = Settings(threads=threads, threshold=threshold, memory=memory)
    with OutputFolder(out) as folder, running("dedup", inputs, quiet=quiet) as stages:
        check_apart(inputs, out)
        found = run_dedup(inputs, settings, stages, folder.scratch)
        with stages.stage("write"):
            write_table(found.articles, folder.path, "articles", file_format.value)
        write_record(found.rejects, found.run, folder.path)
        folder.commit()
    print_summary(found.run, out, quiet=quiet)
    finish(found.rejects, out / "rejects.jsonl", strict=strict_input, quiet=quiet)


@app.command()
def compare(
    inputs: Inputs,
    pairs: Annotated[
        Path, typer.Option("--pairs", metavar="PAIRS.jsonl", help='Lines {"a": ID, "b": ID}.')
    ],
    out: Annotated[Path, typer.Option("--out", metavar="SCORES.jsonl", help="The scores.")],
    model: Model = None,
    device: Device = "auto",
    no_cache: NoCache = False,
    threads: Threads = 0,
    strict_input: Strict = False,
    quiet: Quiet = False,
) -> None:
    """Judge given pairs of articles.

    Probability of one event, reprint or not, and each piece of evidence.

    Example: linker compare news.jsonl --pairs pairs.jsonl --out scores.jsonl
    """
    import orjson

    from linker.command.pairs import read_pairs
    from linker.pipeline import run_compare
    from linker.settings import Settings

    wanted = read_pairs(pairs)

    def write(stages: Stages, scratch: Path, file: Path) -> RejectLog:
        check_apart([str(pairs)], out, rejects_beside(out))
        settings = Settings(model, threads=threads, device=device, cache=not no_cache)
        judged, rejects = run_compare(inputs, wanted, settings, stages, scratch, str(pairs))
        with file.open("wb") as lines:
            lines.writelines(orjson.dumps(evidence.to_dict()) + b"\n" for evidence in judged)
        return rejects

    write_file("compare", inputs, out, write, strict=strict_input, quiet=quiet)


@app.command()
def explain(
    folder: Folder,
    id_a: Annotated[str, typer.Argument(metavar="ID_A", help="An article's id.")],
    id_b: Annotated[str | None, typer.Argument(metavar="ID_B", help="Another one's.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say why articles are linked, or not.

    With one id: why the article is in its story. With two: why they are linked or not. Ids that
    begin with a dash go behind --, as in: linker explain grouped -- -1 -2

    Example: linker explain grouped courier-01 quillport-01
    """
    from linker.command.summary import print_json
    from linker.explaining.explanation import check_id
    from linker.first_run import tell_first_run
    from linker.result import load

    result = load(folder)
    for name in (id_a, id_b):
        check_id(result, name)
    if not as_json or sys.stderr.isatty():
        tell_first_run("explain")
    explanation = result.explain(id_a, id_b)
    print_json(explanation.facts) if as_json else explanation.print()


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
    from linker.command.summary import print_json, print_scores
    from linker.evaluation import evaluate as score

    scores = score(predicted, gold)
    print_json(scores.to_dict()) if as_json else print_scores(scores)


@app.command()
def calibrate(
    inputs: Inputs,
    gold: Annotated[
        Path,
        typer.Option("--gold", metavar="GOLD.jsonl", help="Labelled stories or pairs, see above."),
    ],
    model: Model = None,
    device: Device = "auto",
    no_cache: NoCache = False,
    window: Annotated[
        float, typer.Option("--window", metavar="DAYS", help="Compare articles this near in time.")
    ] = 3.0,
    threads: Threads = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    strict_input: Strict = False,
    quiet: Quiet = False,
) -> None:
    """Find the --level that suits your own labels, and what it gains.

    GOLD.jsonl has lines {"id": ID, "story": LABEL}, or {"a": ID, "b": ID, "same": true}.

    Example: linker calibrate news/*.jsonl.gz --gold labels.jsonl
    """
    import tempfile

    from linker.calibration import run_calibrate
    from linker.command.summary import print_calibration, print_json, running
    from linker.settings import Settings

    settings = Settings(model, window, threads=threads, device=device, cache=not no_cache)
    to_program = as_json and not sys.stderr.isatty()
    with (
        tempfile.TemporaryDirectory(prefix="linker-") as scratch,
        running(None if to_program else "group", inputs, quiet=quiet) as stages,
    ):
        found, rejects = run_calibrate(inputs, gold, settings, stages, Path(scratch))
    print_json(found.to_dict()) if as_json else print_calibration(found)
    finish(rejects, None, strict=strict_input, quiet=quiet)


@app.command()
def report(
    folder: Folder,
    formats: Annotated[
        list[Format] | None,
        typer.Option(
            "--format",
            metavar="|".join(Format),
            help="Also write this: tables as parquet, jsonl or csv; graphml, the graph of stories;"
            " atom, a feed of them. May be given again for more.",
        ),
    ] = None,
    open_it: Annotated[bool, typer.Option("--open", help="Open it in the browser.")] = False,
) -> None:
    """Write DIR/report.html, again or for the first time, and files for other tools.

    Example: linker report grouped --open
    """
    from linker.first_run import tell_first_run
    from linker.folder import adding
    from linker.result import load

    result = load(folder)
    tell_first_run("report")
    with adding(folder) as files:
        result.report(files / "report.html")
        for file_format in formats or []:
            result.write_format(files, file_format)
        names = sorted(file.name for file in files.iterdir())
    for name in names:
        print(folder / name)
    if open_it:
        _open(folder / "report.html")


def _open(page: Path) -> None:
    """Show a page in the browser of this desktop; where there is none, say so."""
    import webbrowser

    if not webbrowser.open(page.resolve().as_uri()):
        print("linker: found no browser; open the file yourself", file=sys.stderr)


@app.command()
def embed(
    inputs: Inputs,
    out: Annotated[Path, typer.Option("--out", metavar="VECTORS.npy", help="The vectors.")],
    model: Model = None,
    device: Device = "auto",
    no_cache: NoCache = False,
    threads: Threads = 0,
    strict_input: Strict = False,
    quiet: Quiet = False,
) -> None:
    """Write one vector an article.

    float32 (n, d), rows of norm 1 (0 for nothing that the model can read), in the order of the
    input.

    Example: linker embed news.jsonl --out vectors.npy
    """
    from linker.pipeline import run_embed
    from linker.settings import Settings

    def write(stages: Stages, scratch: Path, file: Path) -> RejectLog:
        import numpy as np

        settings = Settings(model, threads=threads, device=device, cache=not no_cache)
        vectors, rejects = run_embed(inputs, settings, stages, scratch)
        with file.open("wb") as stream:
            np.save(stream, vectors)
        return rejects

    write_file("embed", inputs, out, write, strict=strict_input, quiet=quiet)


@app.command()
def demo(out: Out = Path("linker-demo"), threads: Threads = 0, quiet: Quiet = False) -> None:
    """Group the bundled articles.

    Invented news in many languages, with a report to look at.

    Example: linker demo
    """
    from linker.demo import articles_path
    from linker.settings import Settings

    settings = Settings(threads=threads)
    _group([str(articles_path())], out, settings, [], report=True, quiet=quiet)
    if not quiet:
        print(f"The report: {out / 'report.html'}")


def _group(
    inputs: list[str],
    out: Path,
    settings: Settings,
    formats: list[Format],
    *,
    report: bool,
    quiet: bool,
) -> RejectLog:
    from linker.command.summary import print_summary, running
    from linker.folder import OutputFolder
    from linker.pipeline import run_group

    with OutputFolder(out) as folder, running("group", inputs, quiet=quiet) as stages:
        check_apart(inputs, out)
        result = run_group(inputs, settings, stages, folder.scratch)
        with stages.stage("write"):
            result.write_files(folder.path, formats, settings.workers)
        if report:
            with stages.stage("report"):
                result.report(folder.path / "report.html")
        result.write_record(folder.path)
        folder.commit()
    print_summary(result.run, out, quiet=quiet)
    return result.rejects
