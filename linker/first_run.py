"""Whether a command's loops are compiled already, as is done once, in a first run."""

from __future__ import annotations

import sys
from collections.abc import Sequence

_NOTICE = "linker: first run: compiling, which takes up to a minute; later runs start at once"

# Of each command a loop that runs late in it, whatever the articles are: where that is compiled,
# so is nearly everything before it.
_LOOPS = {
    "group": "stories.keywords._heaviest",
    "dedup": "reprints.merge.merge",
    "compare": "stories.products.sparse_products",
    "embed": "embedding.pooling.pool",
    "explain": "shared_terms.weights._strongest",
    "report": "shared_terms.weights._strongest",
}


def tell_first_run(command: str, inputs: Sequence[str] = ()) -> None:
    """Say on standard error that the command will compile, if it will.

    inputs: what it is to read, if anything; where they name no file nothing is said, as then it
    ends at once.
    """
    from linker.jit.shelf import is_kept

    if not is_kept(f"linker.{_LOOPS[command]}") and (not inputs or _name_files(inputs)):
        print(_NOTICE, file=sys.stderr, flush=True)


def _name_files(inputs: Sequence[str]) -> bool:
    from linker.readers.rejects import RejectLog
    from linker.readers.sources import find_sources

    return bool(find_sources(inputs, RejectLog()))
