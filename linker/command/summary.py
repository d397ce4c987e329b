"""What a command prints when it is done: tables, by rich on a terminal, plain elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from linker.command.no_pandas import hide_from_pyarrow
from linker.first_run import tell_first_run
from linker.progress import choose
from linker.stages import Stages

if TYPE_CHECKING:
    from linker.calibration import Calibration
    from linker.evaluation import Scores

Rows = Sequence[tuple[str, ...]]

_COUNTS = {
    "articles": "articles",
    "rejected": "rejected",
    "reprints": "reprints",
    "stories": "stories",
    "stories_of_several": "  of two or more articles",
    "largest_story": "  articles in the largest",
    "topics": "topics",
    "undated": "undated articles",
    "unread": "articles that the model cannot read (told by their words)",
}
#: Not told where there are none.
_RARE = ("unread",)


@contextmanager
def running(command: str | None, inputs: Sequence[str] = (), *, quiet: bool) -> Iterator[Stages]:
    """A stopwatch that tells this terminal about its stages until the block ends.

    command: group, dedup, compare or embed: a first run of it is told to compile; None: it is not.
    inputs: what the command is to read.
    """
    if command and not quiet:
        tell_first_run(command, inputs)
    hide_from_pyarrow()
    progress = choose(quiet=quiet)
    try:
        yield Stages(progress)
    finally:
        progress.close()


def print_summary(run: dict[str, Any], out: Path, *, quiet: bool) -> None:
    """Counts, and where the time went, on standard error."""
    if quiet:
        return
    counts = run["counts"]
    told = [key for key in _COUNTS if key in counts and (counts[key] or key not in _RARE)]
    rows = [(_COUNTS[key], f"{counts[key]:,}") for key in told]
    stages = run["stages"]
    total = sum(stage["seconds"] for stage in stages)
    times = [
        (stage["name"], f"{stage['seconds']:.1f}", f"{stage['seconds'] / total:.0%}", memory(stage))
        for stage in stages
    ]
    times.append(("all", f"{total:.1f}", "", ""))
    print_table(("", "count"), rows, sys.stderr)
    print_table(("stage", "seconds", "share", "peak MB"), times, sys.stderr)
    print(f"written to {out}", file=sys.stderr)


def memory(stage: dict[str, Any]) -> str:
    """The peak memory up to the end of a stage, in whole MB."""
    return f"{stage['peak_mb']:,.0f}"


def print_scores(scores: Scores) -> None:
    """The scores, over all articles and by language, on standard output."""
    columns = (
        "",
        "articles",
        "BCubed P",
        "R",
        "F1",
        "pairs P",
        "R",
        "F1",
        "ARI",
        "stories",
        "gold",
    )
    parts = [("all", scores), *scores.languages.items()]
    print_table(columns, [_score_row(name, part) for name, part in parts], sys.stdout)
    print(
        f"largest story {scores.largest_story:,}, in gold {scores.largest_gold_story:,};"
        f" {scores.missing:,} gold articles are missing from the output"
    )


def print_calibration(found: Calibration) -> None:
    """The curve, the best level, what it gains and how to use it, on standard output."""
    rows = [(f"{level:+.2f}", f"{f1:.3f}") for level, f1 in found.curve]
    print_table(("level", "F1"), rows, sys.stdout)
    print(
        f"Level {found.level:g} suits these {found.labels:,} labels best:"
        f" F1 {found.f1:.3f}, at balanced {found.balanced:.3f}."
    )
    gain = f"{found.held_out - found.balanced:+.3f}, standard error {found.spread:.3f}"
    print(
        "With each label judged at the level that the other half of them chose,"
        f" F1 is {found.held_out:.3f} ({gain})."
    )
    if found.use:
        print(f"Use it: linker group ... --level {found.level:g}")
    elif found.level:
        print("That is no gain beyond chance: balanced is as good; stay with --level balanced.")
    else:
        print("That is balanced: stay with --level balanced.")


def _score_row(name: str, scores: Scores) -> tuple[str, ...]:
    shares = (
        scores.bcubed_precision,
        scores.bcubed_recall,
        scores.bcubed_f1,
        scores.pairwise_precision,
        scores.pairwise_recall,
        scores.pairwise_f1,
        scores.ari,
    )
    figures = (f"{share:.3f}" for share in shares)
    return (
        name,
        f"{scores.articles:,}",
        *figures,
        f"{scores.stories:,}",
        f"{scores.gold_stories:,}",
    )


def print_table(header: tuple[str, ...], rows: Rows, stream: TextIO) -> None:
    """A table whose first column is words and whose others are figures."""
    if stream.isatty():
        _print_rich(header, rows, stream)
        return
    widths = [max(len(row[column]) for row in (header, *rows)) for column in range(len(header))]
    for row in (header, *rows):
        cells = [row[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        print("  ".join(cells).rstrip(), file=stream)
    print(file=stream)


def _print_rich(header: tuple[str, ...], rows: Rows, stream: TextIO) -> None:
    from rich.box import SIMPLE
    from rich.console import Console
    from rich.table import Table

    table = Table(box=SIMPLE)
    for column, name in enumerate(header):
        table.add_column(name, justify="left" if column == 0 else "right")
    for row in rows:
        table.add_row(*row)
    Console(file=stream).print(table)


def print_json(value: Any) -> None:
    """The value as indented JSON on standard output, in UTF-8 whatever the locale."""
    import orjson

    sys.stdout.flush()
    sys.stdout.buffer.write(orjson.dumps(value, option=orjson.OPT_INDENT_2) + b"\n")
    sys.stdout.buffer.flush()
