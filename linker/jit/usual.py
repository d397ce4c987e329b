"""The loops that each command uses, with the arguments that they are called with.

`usual.jsonl` has a line a loop, in the order of their first use; `python -m tests.usual` writes it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib import import_module
from importlib.resources import files
from typing import Any

from linker.jit.kernel import Kernel
from linker.jit.samples import Sample, example


@dataclass(frozen=True, slots=True)
class Usual:
    """A loop by its module and name, samples of its arguments, and the commands that use it."""

    loop: str
    arguments: list[Sample]
    uses: list[str]

    def kernel(self) -> Kernel:
        """Raises ImportError or AttributeError for one that is gone."""
        module, _, name = self.loop.rpartition(".")
        found = getattr(import_module(module), name)
        if not isinstance(found, Kernel):
            raise AttributeError(f"{self.loop} is no loop")
        return found

    def examples(self) -> tuple[Any, ...]:
        """Arguments that it can be compiled for."""
        return tuple(map(example, self.arguments))


def usual_loops(use: str | None = None) -> list[Usual]:
    """The loops of a command, or of all."""
    lines = files(__package__).joinpath("usual.jsonl").read_text("utf-8").splitlines()
    loops = [Usual(**json.loads(line)) for line in lines]
    return [one for one in loops if use is None or use in one.uses]
