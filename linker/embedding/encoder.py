"""What an encoder is, and how one is found by name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

MODEL = Path(__file__).with_name("model")
SHIPPED = "linker-static"


class Encoder(Protocol):
    """Anything that turns texts into vectors of one length."""

    @property
    def name(self) -> str:
        """How run.json and the report call it."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    def encode(self, texts: Sequence[str], *, threads: int = 1) -> NDArray[np.float32]:
        """Vectors of the texts, in their order.

        Returns float32 (n, dimension); a row has norm 1, or 0 where the text has no content.
        """


def load_encoder(name: str | None = None) -> Encoder:
    """The shipped encoder, or the sentence-transformers model of that name or folder.

    Raises LinkerError when there is no such model, or when it is not on this machine and cannot
    be fetched.

    >>> load_encoder().encode(["The river rose by two metres overnight."]).shape
    (1, 256)
    """
    if name is None or name == SHIPPED:
        from linker.embedding.static import StaticEncoder

        return StaticEncoder(MODEL, SHIPPED)
    from linker.embedding.transformer import TransformerEncoder

    return TransformerEncoder(name)
