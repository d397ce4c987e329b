"""How a run shows where it is: a live line on a terminal, plain lines elsewhere, or nothing."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID


class Progress(Protocol):
    """What a stage tells the person who waits."""

    def start(self, stage: str) -> None:
        """A stage begins."""

    def update(self, note: str, fraction: float | None = None) -> None:
        """Inside a stage: what is done, and which part of it (0 to 1) where that is known."""

    def finish(self, stage: str, seconds: float) -> None:
        """A stage is done."""

    def close(self) -> None:
        """No more will come; leave the terminal as it was."""


class Silent:
    """Says nothing: the Python API and `--quiet`."""

    def start(self, stage: str) -> None: ...

    def update(self, note: str, fraction: float | None = None) -> None: ...

    def finish(self, stage: str, seconds: float) -> None: ...

    def close(self) -> None: ...


class Lines:
    """One plain line a stage, and one a minute inside a long one: logs and pipes."""

    every_seconds = 60.0

    def __init__(self) -> None:
        self._stage = ""
        self._spoken = 0.0

    def start(self, stage: str) -> None:
        self._stage, self._spoken = stage, time.monotonic()

    def update(self, note: str, fraction: float | None = None) -> None:
        if time.monotonic() - self._spoken < self.every_seconds:
            return
        self._spoken = time.monotonic()
        share = "" if fraction is None else f" {fraction:.0%}"
        print(f"{self._stage}:{share} {note}", file=sys.stderr, flush=True)

    def finish(self, stage: str, seconds: float) -> None:
        print(f"{stage}: {seconds:.1f} s", file=sys.stderr, flush=True)

    def close(self) -> None: ...


class Live:
    """A bar that is drawn over itself, by rich, on standard error."""

    def __init__(self) -> None:
        self._bar = _make_bar()
        self._task: TaskID | None = None
        self._bar.start()

    def start(self, stage: str) -> None:
        self._task = self._bar.add_task(stage, total=None, note="")

    def update(self, note: str, fraction: float | None = None) -> None:
        if self._task is None:
            return
        if fraction is None:
            self._bar.update(self._task, note=note)
        else:
            self._bar.update(self._task, note=note, total=1.0, completed=fraction)

    def finish(self, stage: str, seconds: float) -> None:
        if self._task is not None:
            self._bar.remove_task(self._task)
        self._task = None

    def close(self) -> None:
        self._bar.stop()


def _make_bar() -> RichProgress:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        TextColumn("{task.fields[note]}", markup=False),
        TimeElapsedColumn(),
    )
    return Progress(*columns, console=Console(stderr=True), transient=True)


def choose(*, quiet: bool) -> Progress:
    """The display for this terminal: none when quiet, live on a terminal, else plain lines."""
    if quiet:
        return Silent()
    return Live() if sys.stderr.isatty() else Lines()
