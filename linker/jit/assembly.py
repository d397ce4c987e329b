"""Functions in the words of LLVM: machine code without numba.

Source: https://llvm.org/docs/LangRef.html
"""

from __future__ import annotations

from linker.jit import machine, shelf


def linked(module: str, source_file: str, source: str, symbol: str) -> int:
    """The address of a function of a module's source: from the shelf, or compiled now and kept."""
    kept = shelf.take(module, "")
    if kept is None:
        code = machine.compiled(source)
        kept = shelf.Code(symbol, None, [shelf.state(source_file)], code)
        shelf.keep(module, "", kept)
    return machine.link(kept.code, symbol)
