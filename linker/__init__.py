"""Finds reprints, stories and topics in piles of news articles.

Everything public is here and is imported on first use, so `import linker` costs nothing:

    import linker
    result = linker.group("articles.jsonl")
    print(result.stories.to_pandas())
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from linker.errors import LinkerError
from linker.lazy import lazy

if TYPE_CHECKING:
    from linker.embedding import load_encoder
    from linker.evaluation import Scores, evaluate
    from linker.explaining.comparison import Evidence
    from linker.pipeline import compare, find_reprints, group
    from linker.reprints import minhash, shingle_hash
    from linker.reprints.exchange import from_datasketch, to_datasketch, to_lean
    from linker.result import Result

__version__ = "0.1.0"

__all__ = [
    "Evidence",
    "LinkerError",
    "Result",
    "Scores",
    "__version__",
    "compare",
    "evaluate",
    "find_reprints",
    "from_datasketch",
    "group",
    "load_encoder",
    "minhash",
    "shingle_hash",
    "to_datasketch",
    "to_lean",
]

_HOMES = {
    "Evidence": "linker.explaining.comparison",
    "Result": "linker.result",
    "Scores": "linker.evaluation",
    "compare": "linker.pipeline",
    "evaluate": "linker.evaluation",
    "find_reprints": "linker.pipeline",
    "from_datasketch": "linker.reprints.exchange",
    "group": "linker.pipeline",
    "load_encoder": "linker.embedding",
    "minhash": "linker.reprints",
    "shingle_hash": "linker.reprints",
    "to_datasketch": "linker.reprints.exchange",
    "to_lean": "linker.reprints.exchange",
}

__getattr__ = lazy(__name__, _HOMES)


def __dir__() -> list[str]:
    return sorted(__all__)
