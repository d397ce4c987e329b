"""A few texts are worked on without compiled loops; many, or ever more, with them; all the same."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

USES = {
    "signatures": ("import linker", "linker.minhash"),
    "vectors": ("from linker import load_encoder", "load_encoder().encode"),
}
TEXT = "the harbour clock stopped at noon and nobody could say why; Δευτέρα, 星期一"


def run(script: str) -> list[object]:
    """The lines that a process of its own prints, each in JSON."""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=300, check=True
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize("use", USES)
def test_a_few_texts_need_nothing_compiled(use: str) -> None:
    begin, call = USES[use]
    plain, before, compiled, after = run(f"""
import json, sys
{begin}
texts = [{TEXT!r}, "", "one"]
make = {call}
print(json.dumps(make(texts).tolist()))
print(json.dumps("llvmlite" in sys.modules))
import linker.jit
print(json.dumps(make(texts).tolist()))
print(json.dumps(bool({"linker.text.compiled", "linker.embedding.pooling"} & sys.modules.keys())))
""")
    assert plain == compiled
    assert (before, after) == (False, True)


@pytest.mark.parametrize("use", USES)
def test_many_texts_are_worth_it(use: str) -> None:
    begin, call = USES[use]
    assert run(f"""
import json, sys
{begin}
{call}([{TEXT!r}] * 3000)
print(json.dumps("llvmlite" in sys.modules))
""") == [True]


def test_a_few_again_and_again_are_worth_it() -> None:
    first, last = run(f"""
import json, sys
import linker
linker.minhash([{TEXT!r}])
print(json.dumps("llvmlite" in sys.modules))
for _ in range(1500):
    linker.minhash([{TEXT!r}])
print(json.dumps("llvmlite" in sys.modules))
""")
    assert (first, last) == (False, True)
