"""`linker` and `python -m linker`."""

from __future__ import annotations

import signal
import sys

TERMINATED = 143
# Threads of compiled code ask the one that parses for the interpreter now and then. By default it
# lets them wait five milliseconds each time, which is longer than they then need it.
SWITCH_SECONDS = 0.0003


def main() -> None:
    """Run the command line. A polite kill unwinds, so that no temporary folder is left behind."""
    from linker.cli import app

    sys.setswitchinterval(SWITCH_SECONDS)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))
    app(prog_name="linker")


if __name__ == "__main__":
    main()
