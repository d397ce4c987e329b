"""`linker` and `python -m linker`."""

from __future__ import annotations

import gc
import io
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn, TextIO

from linker.command.no_pandas import begin_command

TERMINATED = 143
# Threads of compiled code ask the one that parses for the interpreter now and then. By default it
# lets them wait five milliseconds each time, which is longer than they then need it.
SWITCH_SECONDS = 0.0003
# Libraries and rows make many objects that stay, and hardly any in circles; to look for circles as
# often as Python does by default takes a tenth of the time of a run.
NEW_OBJECTS = 100_000


def main() -> None:
    """Run the command line. A polite kill unwinds, so that no temporary folder is left behind."""
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.set_threshold(NEW_OBJECTS, 20, 50)
    begin_command()
    _open_closed_streams()
    sys.stderr = _unheard(sys.stderr)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # headlines are in scripts that a locale may lack
    try:
        from linker.cli import app
    except KeyboardInterrupt:  # from here on the command itself says so
        sys.exit("linker: interrupted; nothing was written")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))
    try:
        app(prog_name="linker")
    except SystemExit as ended:
        _leave(ended)


def _leave(ended: SystemExit) -> NoReturn:
    """End the process at once; Python would take its objects apart first, which takes a while.

    What a command opens it closes, and its threads, if one is left after an error, have nothing to
    finish. What cannot be said any more is left to Python.
    """
    if ended.code is None or isinstance(ended.code, int):
        with suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(ended.code or 0)
    raise ended


def _open_closed_streams() -> None:
    """Put the empty file in the place of standard streams that the shell closed (`>&-`).

    Python has None there, which every print would have to know. The streams live as long as the
    process.
    """
    sys.stdin = sys.stdin or Path(os.devnull).open()  # noqa: SIM115
    sys.stdout = sys.stdout or Path(os.devnull).open("w")  # noqa: SIM115
    sys.stderr = sys.stderr or Path(os.devnull).open("w")  # noqa: SIM115


class _Unheard(io.FileIO):
    """Standard error, which goes to nowhere once nobody can take it any more.

    `linker group ... 2>&1 | head -1` closes it, a full disk refuses it: to lose what a run says of
    itself is no reason to lose what it finds.
    """

    def write(self, data: Any, /) -> int:
        try:
            return super().write(data)
        except OSError:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.fileno())
            os.close(nowhere)
            return len(data)


def _unheard(stream: TextIO) -> TextIO:
    """The same stream by way of `_Unheard`; a stream that is no file as it is."""
    try:
        raw = _Unheard(stream.fileno(), "w", closefd=False)
    except (OSError, ValueError):
        return stream
    return io.TextIOWrapper(
        io.BufferedWriter(raw), stream.encoding, stream.errors, line_buffering=True
    )


if __name__ == "__main__":
    main()
