"""The nearest vectors: what FAISS finds, and what its linear algebra is told of the processor."""

from __future__ import annotations

import os
import platform
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linker.stories import nearest as module
from linker.stories.nearest import nearest

CORES = {"SKYLAKEX": "SkylakeX", "HASWELL": "Haswell"}
SEARCH = """
import os, numpy
from linker.stories.nearest import nearest
vectors = numpy.eye(4, dtype=numpy.float32)
assert nearest(vectors, vectors, 1).ravel().tolist() == [0, 1, 2, 3]
print(os.environ.get("OPENBLAS_CORETYPE"))
"""


@given(st.integers(0, 99), st.integers(1, 40), st.integers(1, 60))
def test_the_nearest_have_the_largest_products(seed: int, rows: int, others: int) -> None:
    chance = np.random.default_rng(seed)
    own = chance.standard_normal((rows, 8)).astype(np.float32)
    among = chance.standard_normal((others, 8)).astype(np.float32)
    k = min(5, others)
    products = own @ among.T
    found = np.take_along_axis(products, nearest(own, among, k), axis=1)
    np.testing.assert_allclose(found, -np.sort(-products, axis=1)[:, :k], rtol=1e-5, atol=1e-5)


def searched(told: str | None) -> tuple[str, list[str]]:
    """What the environment says after a search in a new process, and the cores that were chosen."""
    known = {name: value for name, value in os.environ.items() if name != "OPENBLAS_CORETYPE"}
    known |= {"OPENBLAS_VERBOSE": "2"} | ({"OPENBLAS_CORETYPE": told} if told else {})
    run = subprocess.run(
        [sys.executable, "-c", SEARCH], capture_output=True, text=True, env=known, check=True
    )
    said = run.stdout.splitlines() + run.stderr.splitlines()
    cores = [line.removeprefix("Core: ") for line in said if line.startswith("Core: ")]
    [left] = (line for line in run.stdout.splitlines() if not line.startswith("Core: "))
    return left, cores


@pytest.mark.skipif(
    platform.machine().lower() not in ("x86_64", "amd64"), reason="not a processor of this kind"
)
def test_linear_algebra_is_told_what_the_processor_is_unless_the_user_tells() -> None:
    left, cores = searched(None)
    if len(cores) < 2:
        pytest.skip("NumPy and FAISS do not both have an OpenBLAS here")
    assert left == "None"
    assert cores[-1] == CORES.get(module._core(), cores[-1])
    assert searched("Haswell") == ("Haswell", ["Haswell"] * len(cores))
