"""Whether compiled loops are worth their start.

After installation a loop takes seconds to compile, and later its machine code and LLVM a tenth of
one to load. For a few texts plain Python is there sooner, with the same result: the plain twins are
what the loops are tested against.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Final

_LITTLE: Final = 100_000  # characters: .2 s of plain Python in most scripts, .8 s in Chinese
_A_TEXT: Final = 50  # characters that a text costs beside its own


class _Rent:
    """What was done without compiled loops so far, in characters."""

    paid = 0


def compiled_pays(texts: Sequence[str]) -> bool:
    """Whether to use compiled loops: where they are loaded, or have enough to do.

    What was done without them counts, so that a program that asks for little again and again has
    them soon: as with skis, which are rented until the rents come to the price of a pair, the whole
    never takes twice as long as if the end had been known.
    """
    if "linker.jit" in sys.modules:
        return True
    _Rent.paid += sum(map(len, texts)) + _A_TEXT * len(texts)
    return _Rent.paid > _LITTLE
