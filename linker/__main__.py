"""`linker` and `python -m linker`."""

from __future__ import annotations

import gc
import signal
import sys

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
    from linker.cli import app

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))
    app(prog_name="linker")


if __name__ == "__main__":
    main()
