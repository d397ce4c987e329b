"""`linker` and `python -m linker`."""

from __future__ import annotations

import signal
import sys

TERMINATED = 143


def main() -> None:
    """Run the command line. A polite kill unwinds, so that no temporary folder is left behind."""
    from linker.cli import app

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))
    app(prog_name="linker")


if __name__ == "__main__":
    main()
