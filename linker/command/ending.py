"""How a command that read articles ends: its file, what it left out, and its exit status."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from linker.command.failures import USER_ERROR

if TYPE_CHECKING:
    from collections import Counter

    from linker.readers.rejects import RejectLog
    from linker.stages import Stages

    Writer = Callable[[Stages, Path, Path], RejectLog]

_MOST_KINDS = 5


def write_file(
    command: str, inputs: Sequence[str], out: Path, write: Writer, *, strict: bool, quiet: bool
) -> None:
    """Run a command whose output is one file, its rejects beside it if there are any."""
    import tempfile

    from linker.command.summary import running
    from linker.folder import replacing
    from linker.result import write_rejects

    rejects_path = rejects_beside(out)
    with (
        replacing(out) as file,
        tempfile.TemporaryDirectory(dir=out.parent, prefix=".linker-") as scratch,
        running(command, inputs, quiet=quiet) as stages,
    ):
        check_apart(inputs, out, rejects_path)
        rejects = write(stages, Path(scratch), file)
    if len(rejects):
        with replacing(rejects_path) as file:
            write_rejects(rejects, file)
    elif rejects_path.is_file():  # of an earlier run
        rejects_path.unlink()
    finish(rejects, rejects_path, strict=strict, quiet=quiet)


def rejects_beside(out: Path) -> Path:
    """The file of rejects of an output that is one file."""
    return out.with_name(out.name + ".rejects.jsonl")


def check_apart(inputs: Sequence[str], *outputs: Path) -> None:
    """Raise LinkerError where an output, a file or a folder, would replace what the inputs name."""
    from linker.errors import LinkerError
    from linker.readers.inputs import find_sources
    from linker.readers.rejects import RejectLog

    places = {Path(os.path.realpath(out)): out for out in outputs if out.exists()}
    for source in find_sources(inputs, RejectLog()) if places else ():
        read = Path(os.path.realpath(source.path))
        for place, out in places.items():
            if read.is_relative_to(place):
                raise LinkerError(
                    f"{source.path} is read, and would be replaced; give the output {out} "
                    "another name"
                )


def finish(rejects: RejectLog, path: Path | None, *, strict: bool, quiet: bool) -> None:
    """Say what became of odd records: how many were rejected, passed over, given another id.

    path: where the rejects were written; None where they were not: then the first one is told.
    With --strict-input a rejected record is an error.
    """
    if rejects.renamed and not quiet:
        _warn_of_ids(rejects.renamed)
    if rejects.passed and not quiet:
        _tell_passed(rejects.passed)
    if not len(rejects):
        return
    records = "1 record was" if len(rejects) == 1 else f"{len(rejects):,} records were"
    where = f"see {path}" if path else f"the first: {rejects.first}"
    print(f"linker: {records} rejected, {where}", file=sys.stderr)
    if strict:
        raise typer.Exit(USER_ERROR)


def _warn_of_ids(renamed: int) -> None:
    articles = "1 article has" if renamed == 1 else f"{renamed:,} articles have"
    print(
        f"linker: warning: {articles} the id of an earlier one, given or made from the same address"
        " or text, and a number added to it (ID~2); in files of labels or pairs, ID means the"
        " earliest",
        file=sys.stderr,
    )


def _tell_passed(passed: Counter[str]) -> None:
    records = "1 record" if passed.total() == 1 else f"{passed.total():,} records"
    kinds = [f"{kind}: {number:,}" for kind, number in passed.most_common(_MOST_KINDS)]
    others = passed.total() - sum(number for _, number in passed.most_common(_MOST_KINDS))
    kinds += [f"others: {others:,}"] * bool(others)
    print(
        f"linker: {records} of web archives were passed over, as only pages sent with status 200"
        f" are articles ({', '.join(kinds)})",
        file=sys.stderr,
    )
