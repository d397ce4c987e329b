"""The command line: `python -m benchmarks COMMAND`. Heavy libraries load where they are used."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.child import ChildError
from benchmarks.machine import ONE_THREAD

Result = dict[str, Any]

_DATA = Path(tempfile.gettempdir()) / "linker-benchmark-articles"


def main() -> None:
    """Run one command."""
    arguments = _parser().parse_args()
    try:
        arguments.command(arguments)
    except ChildError as error:
        sys.exit(str(error))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, command: Callable[[argparse.Namespace], None], what: str) -> Any:
        added = commands.add_parser(name, help=what, description=what)
        added.set_defaults(command=command)
        return added

    signatures = add(
        "signatures", _signatures, "Strings to MinHash signatures, beside other tools."
    )
    _add_texts(signatures, count=4000, rounds=5)
    signatures.add_argument("--tool", nargs="+", default=[], help="only these (linker always)")
    dedup = add("dedup", _dedup, "The whole command, beside only parsing the same file.")
    dedup.add_argument("sizes", nargs="*", type=int, metavar="SIZE", help="numbers of articles")
    dedup.add_argument("--input", type=Path, metavar="JSONL", help="its first SIZE lines are used")
    dedup.add_argument("--rounds", type=int, default=3)
    dedup.add_argument("--script-up-to", type=int, default=10_000, metavar="SIZE")
    dedup.add_argument("--data", type=Path, default=_DATA, help="where inputs are kept")
    _add_json(dedup)
    scale = add("scale", _scale, "linker group at several sizes, and how each stage grows.")
    scale.add_argument("sizes", nargs="*", type=int, metavar="SIZE", help="numbers of articles")
    scale.add_argument("--input", type=Path, metavar="JSONL", help="its first SIZE lines are used")
    scale.add_argument("--rounds", type=int, default=1)
    scale.add_argument("--report-up-to", type=int, default=30_000, metavar="SIZE")
    scale.add_argument("--data", type=Path, default=_DATA, help="where inputs are kept")
    _add_json(scale)
    start = add("start", _start, "How long the first and later uses take to begin.")
    start.add_argument("--runs", type=int, default=10)
    start.add_argument("--first-runs", type=int, default=3)
    _add_json(start)
    _add_texts(
        add("recall", _recall, "Which planted copies each tool finds."), count=1000, rounds=3
    )
    truth = add("truth", _truth, "How many of all alike pairs of a corpus are grouped.")
    truth.add_argument("corpus", nargs="+", type=Path, metavar="FILE")
    _add_json(truth)
    _add_vectors(add)
    _add_pages(add)
    articles = add("articles", _articles, "Write made-up articles as JSON lines.")
    articles.add_argument("count", type=int)
    articles.add_argument("--out", type=Path, required=True, metavar="FILE")
    articles.add_argument("--seed", type=int, default=0)
    return parser


def _add_vectors(add: Callable[..., Any]) -> None:
    encoder = add("encoder", _encoder, "Strings to vectors, beside other tools.")
    _add_texts(encoder, count=2000, rounds=5)
    encoder.add_argument("--tool", nargs="+", default=[], help="only these (linker always)")
    neighbours = add("neighbours", _neighbours, "Nearest articles by meaning, beside FAISS.")
    _add_files(neighbours, "--corpus", "their articles, evenly; without it they are made up")
    neighbours.add_argument("--count", type=int, default=20_000, help="articles at most")
    neighbours.add_argument("--rounds", type=int, default=3)
    _add_json(neighbours)
    roofline = add("roofline", _roofline, "Inner loops, as a share of what the machine can do.")
    _add_files(roofline, "--corpus", "their articles, evenly; without it they are made up")
    roofline.add_argument("--count", type=int, default=5000, help="articles at most")
    roofline.add_argument("--rounds", type=int, default=5)
    _add_json(roofline)
    script = add("script", _script, "linker group, beside the script a user would write.")
    _add_files(script, "--corpus", "articles to draw from; without it they are made up")
    script.add_argument("--count", type=int, default=20_000)
    script.add_argument("--rounds", type=int, default=3)
    _add_json(script)
    quality = add("quality", _quality, "The stories of labelled articles, beside other tools.")
    quality.add_argument("folder", type=Path, help="of NAME.jsonl[.gz], articles with a story")
    quality.add_argument("--only", nargs="+", default=[], metavar="NAME", help="these corpora")
    quality.add_argument("--tool", nargs="+", default=[], help="only these (linker always)")
    quality.add_argument(
        "--slow-up-to", type=int, default=1_500_000, metavar="CHARACTERS",
        help="size of a corpus up to which slow tools run",
    )  # fmt: skip
    _add_json(quality)


def _add_files(parser: argparse.ArgumentParser, option: str, what: str) -> None:
    parser.add_argument(
        option, nargs="+", action="extend", type=Path, default=[], metavar="FILE", help=what
    )


def _add_pages(add: Callable[..., Any]) -> None:
    quick = add("quick", _quick, "A short set of everything on made-up articles, in one table.")
    quick.add_argument("--data", type=Path, default=_DATA, help="where inputs are kept")
    tables = add("tables", _tables, "Print the tables of results.")
    tables.add_argument("results", nargs="+", type=Path, metavar="JSON")
    charts = add("charts", _charts, "Draw the charts of results as SVG.")
    charts.add_argument("results", nargs="+", type=Path, metavar="JSON")
    charts.add_argument("--out", type=Path, default=Path("docs"), metavar="DIR")
    compare = add("compare", _compare, "What got slower or worse from one result to another.")
    compare.add_argument("before", type=Path, metavar="A.json")
    compare.add_argument("after", type=Path, metavar="B.json")
    compare.add_argument("--all", action="store_true", help="also what is within the noise")
    write = add("write", _write, "Put the tables of results into their places on a page.")
    write.add_argument("results", nargs="+", type=Path, metavar="JSON")
    write.add_argument("--out", type=Path, default=Path("docs/benchmarks.md"), metavar="PAGE")


def _add_texts(parser: argparse.ArgumentParser, *, count: int, rounds: int) -> None:
    parser.add_argument(
        "--corpus", nargs="+", action="extend", type=Path, default=[], metavar="FILE",
        help="JSONL, also .gz, with the keys title, text and lang; without it texts are made up",
    )  # fmt: skip
    parser.add_argument("--only", nargs="+", default=[], choices=("en", "ar", "zh", "mix"))
    parser.add_argument("--count", type=int, default=count, help="texts of each corpus")
    parser.add_argument("--rounds", type=int, default=rounds)
    _add_json(parser)


def _add_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", type=Path, metavar="OUT", help="write the result here too")


def _signatures(arguments: argparse.Namespace) -> None:
    os.environ.update(ONE_THREAD)  # before a tool is imported
    from benchmarks.signatures import measure

    _finish(
        measure(
            arguments.corpus,
            count=arguments.count,
            rounds=arguments.rounds,
            chosen=arguments.tool,
            only=arguments.only,
        ),
        arguments.json,
    )


def _dedup(arguments: argparse.Namespace) -> None:
    from benchmarks.dedup import SIZES, measure
    from benchmarks.inputs import count_lines

    sizes = arguments.sizes or ([count_lines(arguments.input)] if arguments.input else SIZES)
    _finish(
        measure(
            sizes,
            source=arguments.input,
            rounds=arguments.rounds,
            script_up_to=arguments.script_up_to,
            data=arguments.data,
        ),
        arguments.json,
    )


def _scale(arguments: argparse.Namespace) -> None:
    from benchmarks.scale import SIZES, measure

    _finish(
        measure(
            arguments.sizes or SIZES,
            source=arguments.input,
            rounds=arguments.rounds,
            report_up_to=arguments.report_up_to,
            data=arguments.data,
        ),
        arguments.json,
    )


def _start(arguments: argparse.Namespace) -> None:
    from benchmarks.start import measure

    _finish(measure(runs=arguments.runs, first_runs=arguments.first_runs), arguments.json)


def _recall(arguments: argparse.Namespace) -> None:
    os.environ.update(ONE_THREAD)
    from benchmarks.recall import measure

    _finish(
        measure(
            arguments.corpus,
            count=arguments.count,
            rounds=arguments.rounds,
            only=arguments.only,
        ),
        arguments.json,
    )


def _truth(arguments: argparse.Namespace) -> None:
    from benchmarks.truth import measure

    _finish(measure(arguments.corpus), arguments.json)


def _encoder(arguments: argparse.Namespace) -> None:
    # The pool of `tokenizers` has two threads, which only the rows of two threads use.
    os.environ.update(ONE_THREAD | {"RAYON_NUM_THREADS": "2", "HF_HUB_OFFLINE": "1"})
    from benchmarks.encoder import measure

    _finish(
        measure(
            arguments.corpus,
            count=arguments.count,
            rounds=arguments.rounds,
            chosen=arguments.tool,
            only=arguments.only,
        ),
        arguments.json,
    )


def _neighbours(arguments: argparse.Namespace) -> None:
    os.environ.update(ONE_THREAD)
    from benchmarks.neighbours import measure

    _finish(
        measure(arguments.corpus, count=arguments.count, rounds=arguments.rounds), arguments.json
    )


def _roofline(arguments: argparse.Namespace) -> None:
    os.environ.update(ONE_THREAD)
    from benchmarks.roofline import measure

    _finish(
        measure(arguments.corpus, count=arguments.count, rounds=arguments.rounds), arguments.json
    )


def _script(arguments: argparse.Namespace) -> None:
    from benchmarks.script import measure

    _finish(
        measure(arguments.corpus, count=arguments.count, rounds=arguments.rounds), arguments.json
    )


def _quality(arguments: argparse.Namespace) -> None:
    os.environ["HF_HUB_OFFLINE"] = "1"
    from benchmarks.quality import measure

    _finish(
        measure(
            arguments.folder,
            only=arguments.only,
            tools=arguments.tool,
            slow_up_to=arguments.slow_up_to,
        ),
        arguments.json,
    )


def _compare(arguments: argparse.Namespace) -> None:
    from benchmarks.compare import compare, report

    before, after = _read(arguments.before), _read(arguments.after)
    print(report(compare(before, after), everything=arguments.all))


def _quick(arguments: argparse.Namespace) -> None:
    from benchmarks.quick import measure

    print(measure(arguments.data))


def _tables(arguments: argparse.Namespace) -> None:
    from benchmarks.tables import render

    for path in arguments.results:
        print(render(_read(path)))


def _charts(arguments: argparse.Namespace) -> None:
    from benchmarks.charts import draw

    for path in draw([_read(path) for path in arguments.results], arguments.out):
        print(path)


def _write(arguments: argparse.Namespace) -> None:
    from benchmarks.page import write

    write([_read(path) for path in arguments.results], arguments.out)


def _articles(arguments: argparse.Namespace) -> None:
    from benchmarks.articles import write_articles

    write_articles(arguments.out, arguments.count, arguments.seed)


def _finish(result: Result, path: Path | None) -> None:
    from benchmarks.tables import render

    print(render(result))
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n")


def _read(path: Path) -> Result:
    try:
        found: Result = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        sys.exit(f"{path}: {error}")
    return found


if __name__ == "__main__":
    main()
