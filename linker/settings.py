"""What a caller may choose about a run."""

from __future__ import annotations

import os
from dataclasses import dataclass
from math import inf
from pathlib import Path

from linker.embedding.devices import check_device
from linker.errors import LinkerError, kind_of, number, whole_number

DEFAULT_THRESHOLD = 0.7
DEFAULT_MEMORY = 1.0
"""GB in which reprints are sorted out."""
LEAST_MEMORY = 0.001
"""In less they are sorted in so many steps that nothing else gets done."""
MOST_PER_CORE = 4
"""Threads: more of them wait for each other."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a caller may choose about a run.

    model: a sentence-transformers name or folder, None for the shipped one; window: days either
    side of an article in which others are compared with it; level: how much evidence a story
    needs; threads: 0 for all cores, MOST_PER_CORE a core are the most that are started; seed: kept
    in run.json, as nothing is random; threshold: least Jaccard similarity of a reprint; memory: GB
    to sort candidates for reprints in, about; device: where a model runs, auto, cpu, cuda or mps;
    cache: keep the vectors of a model other than the shipped one for the next run.
    Raises LinkerError for a value of a wrong type or out of its range.
    """

    model: str | None = None
    window: float = 3.0
    level: str = "balanced"
    threads: int = 0
    seed: int = 0
    threshold: float = DEFAULT_THRESHOLD
    memory: float = DEFAULT_MEMORY
    device: str = "auto"
    cache: bool = True

    def __post_init__(self) -> None:
        for name in ("threads", "seed"):
            object.__setattr__(self, name, whole_number(name, getattr(self, name)))
        for name in ("window", "threshold", "memory"):
            object.__setattr__(self, name, number(name, getattr(self, name)))
        if self.model is not None:
            object.__setattr__(self, "model", _model_name(self.model))
        if self.threads < 0:
            raise LinkerError(f"threads cannot be {self.threads}; 0 means all cores")
        if not 0 < self.threshold <= 1:
            raise LinkerError(f"threshold is more than 0 and at most 1, not {self.threshold:g}")
        if not LEAST_MEMORY <= self.memory < inf:
            raise LinkerError(f"memory is {LEAST_MEMORY:g} GB or more, not {self.memory:g}")
        if not 0 <= self.seed < 1 << 63:
            raise LinkerError(f"seed is 0 or more and less than 2^63, not {self.seed}")
        check_device(self.device)

    @property
    def workers(self) -> int:
        """How many threads to start."""
        cores = os.cpu_count() or 1
        return min(self.threads, MOST_PER_CORE * cores) or cores


def _model_name(model: object) -> str:
    if isinstance(model, (str, Path)):
        return str(model)
    raise LinkerError(f"model must be a name or a folder, not {kind_of(model)}")
