"""A first run compiles its loops: it says so, and has the other cores help."""

from __future__ import annotations

import functools
import sys
from collections.abc import Sequence

_NOTICE = "linker: first run: compiling, which takes a minute or so; later runs start at once"

# Of each command or function a loop that runs late in it, whatever the articles are: where that is
# compiled, so is nearly everything before it.
_LOOPS = {
    "group": "stories.standing._standing",
    "dedup": "reprints.merge.merge",
    "compare": "stories.products.sparse_products",
    "embed": "embedding.pooling.pool",
    "explain": "shared_terms.weights._strongest",
    "report": "shared_terms.weights._strongest",
    "minhash": "reprints.kernels.fill_signatures",
    "encode": "embedding.pooling.pool",
}


def tell_first_run(command: str, inputs: Sequence[str] = ()) -> None:
    """Say on standard error that the command will compile, if it will.

    inputs: what it is to read, if anything; where they name no file nothing is said, as then it
    ends at once.
    """
    if is_first_run(command) and (not inputs or _name_files(inputs)):
        print(_NOTICE, file=sys.stderr, flush=True)


@functools.cache
def compile_ahead(use: str, threads: int) -> None:
    """In a first run, compile the loops of a command or function on other cores meanwhile, once."""
    if threads > 1 and is_first_run(use):
        from linker.jit import ahead

        ahead.start_helpers(use, threads)


def is_first_run(use: str) -> bool:
    """Whether no code of a late loop of a command or function is kept from an earlier run."""
    from linker.jit.shelf import is_kept

    return not is_kept(f"linker.{_LOOPS[use]}")


def _name_files(inputs: Sequence[str]) -> bool:
    from linker.readers.inputs import find_sources
    from linker.readers.rejects import RejectLog

    return bool(find_sources(inputs, RejectLog()))
