"""The nearest vectors by brute force, which is FAISS's work."""

from __future__ import annotations

import os
import platform
import sys
import threading
from types import ModuleType
from typing import Final

from linker.arrays import FloatArray, IntArray
from linker.jit.machine import has

_CORE: Final = "OPENBLAS_CORETYPE"
_lock = threading.Lock()


def nearest(rows: FloatArray, among: FloatArray, k: int) -> IntArray:
    """For each row the places of the k (at most len(among)) with the largest inner product.

    int64 (n, k), the largest first. On one thread: FAISS's own mostly wait for one another.
    """
    faiss = load_faiss()
    faiss.omp_set_num_threads(1)  # which is a thread's own setting
    _, places = faiss.knn(rows, among, k, metric=faiss.METRIC_INNER_PRODUCT)
    found: IntArray = places
    return found


def load_faiss() -> ModuleType:
    """FAISS, loaded when it is first needed.

    Its wheels bring an OpenBLAS of 2021, which takes processors that are younger for one of 2004,
    and then multiplies matrices at a quarter of their speed (AMD's of 2024 on). It can be told what
    they are while it is loaded, unless the user tells it.
    """
    with _lock:
        core = _core() if "faiss" not in sys.modules and _CORE not in os.environ else ""
        if core:
            os.environ[_CORE] = core
        try:
            import faiss
        finally:
            if core:
                del os.environ[_CORE]
    return faiss


def _core() -> str:
    """What OpenBLAS calls the youngest kind of processor that can do no more than this one.

    Empty where there is nothing to tell. Source: https://github.com/OpenMathLib/OpenBLAS
    (README, DYNAMIC_ARCH); AVX-512 stands for the sets of Intel's Skylake-X.
    """
    if platform.machine().lower() not in ("x86_64", "amd64"):
        return ""
    if has("avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl"):
        return "SKYLAKEX"
    return "HASWELL" if has("avx2", "fma") else ""
