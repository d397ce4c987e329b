"""What an encoder is, and how one is found by name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from linker.arrays import FloatArray
from linker.embedding.devices import check_device
from linker.errors import LinkerError, kind_of

MODEL = Path(__file__).with_name("model")
SHIPPED = "linker-static"

Report = Callable[[float], None]
"""Told now and then which part of the work is done, 0 to 1."""


class Reading(NamedTuple):
    """What an encoder makes of n texts.

    `vectors` float32 (n, dimension): a row has norm 1, or 0 where the text has no content. `known`
    float32 (n,): the share of a text's tokens that the model knows, 1 for a text without any.
    """

    vectors: FloatArray
    known: FloatArray


class Encoder(Protocol):
    """Anything that turns texts into vectors of one length."""

    @property
    def name(self) -> str:
        """How run.json and the report call it."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    @property
    def averages(self) -> bool:
        """Whether a text's vector is the mean of its tokens', whatever their order and number."""

    @property
    def facts(self) -> dict[str, str | int]:
        """What a reader of run.json wants to know about it: its name, and how it read the texts."""

    def encode(
        self, texts: Sequence[str], *, threads: int = 1, report: Report | None = None
    ) -> FloatArray:
        """Vectors of the texts, in their order.

        Returns float32 (n, dimension); a row has norm 1, or 0 where the text has no content.
        Raises LinkerError for one string in place of a list.
        """

    def read(
        self, texts: Sequence[str], *, threads: int = 1, report: Report | None = None
    ) -> Reading:
        """The same vectors, and how much of each text the model knows.

        Both arrays are the caller's, to write to.
        """


def load_encoder(name: str | None = None, *, device: str = "auto", cache: bool = True) -> Encoder:
    """The shipped encoder, or the sentence-transformers model of that name or folder.

    device: where a model of torch runs, `linker.embedding.devices`; static models always run on
    the CPU. cache: keep the vectors of a model of torch on disk, for a next time.
    Raises LinkerError when there is no such model or device, or when the model is not on this
    machine and cannot be fetched.

    >>> load_encoder().encode(["The river rose by two metres overnight."]).shape
    (1, 256)
    """
    check_device(device)
    if name is not None and not isinstance(name, (str, Path)):
        raise LinkerError(f"a model is a name or a folder, not {kind_of(name)}")
    if name is None or name == SHIPPED:
        from linker.embedding.static import StaticEncoder

        return StaticEncoder(MODEL, SHIPPED)
    from linker.embedding.loading import load_other

    return load_other(name, device, cache=cache)
