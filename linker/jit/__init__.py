"""Compiled loops: numba compiles them, once; later runs load the machine code without numba.

    @njit
    def total(values): ...

`total` is then a `Kernel`. The first call with arguments of some types looks for the loop's machine
code in the user's cache folder (`shelf.py`) and links it with LLVM (`machine.py`), which takes
a millisecond a loop. Where none is kept, numba is imported and compiles it (`compiling.py`). It is
called as a function of C (`calling.py`): arrays and numbers go in as words (`arguments.py`), and
what is written comes back as Python's values (`results.py`, `memory.py`). Two modules are
written for LLVM itself and need no numba (`assembly.py`): the memory of results, and the code
points of Python's strings (`strings.py`).

In a first run other processes compile meanwhile what it will need later (`ahead.py`, `usual.py`);
one process at a time compiles a loop (`claims.py`).

A loop is best without `a[:] = b` of two arrays, `reshape` and reductions such as `a.max()`: their
messages and helpers are numba's own, so numba is imported to call it (test_jit tells).

numba keeps compiled code too, but needs its whole compiler in memory to use it: a second of every
short run.
"""

from __future__ import annotations

from linker.jit.kernel import Intrinsic, Kernel, bare, njit

__all__ = ["Intrinsic", "Kernel", "bare", "njit"]
