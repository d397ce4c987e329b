"""Programs that the benchmarks start in a process of their own: `python -m benchmarks.programs`."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def parse(path: str) -> None:
    """Read and parse a JSONL file line by line, and nothing else."""
    import orjson

    count = 0
    with Path(path).open("rb") as file:
        for line in file:
            orjson.loads(line)
            count += 1
    print(count)


def script(path: str) -> None:
    """Find near-duplicates as a user of datasketch would: the shortest script that does it."""
    import orjson
    from datasketch import MinHash, MinHashLSH

    from benchmarks.shingling import encoded_shingles

    with Path(path).open("rb") as file:
        records = [orjson.loads(line) for line in file]
    index = MinHashLSH(threshold=0.7, num_perm=128)
    copies = 0
    signatures = MinHash.generator((encoded_shingles(r["text"]) for r in records), num_perm=128)
    for record, signature in zip(records, signatures, strict=True):
        if index.query(signature):
            copies += 1
        index.insert(record["id"], signature)
    print(copies)


def write(path: str, count: str) -> None:
    """Write made-up articles, or the first of another file: count is COUNT or COUNT:FILE."""
    from benchmarks.articles import write_articles

    number, _, source = count.partition(":")
    if not source:
        write_articles(Path(path), int(number))
        return
    part = Path(f"{path}.part")
    with Path(source).open("rb") as lines, part.open("wb") as file:
        for _, line in zip(range(int(number)), lines, strict=False):
            file.write(line)
    part.replace(path)


def sign(count: str) -> None:
    """Sign so many short texts and print the seconds from the import on."""
    started = time.perf_counter()
    import linker

    linker.minhash(_short_texts(count))
    print(time.perf_counter() - started)


def _short_texts(count: str) -> list[str]:
    return [
        f"the harbour clock stopped at {hour} and nobody knew why" for hour in range(int(count))
    ]


def loop() -> None:
    """What any use of numba costs: its import and the first loop from its cache."""
    import numba
    import numpy as np

    numba.njit(cache=True)(_total)(np.ones(3))


def _total(values: Any) -> Any:
    total = 0.0
    for value in values:
        total += value
    return total


def encode(count: str) -> None:
    """Make vectors of so many short texts and print the seconds from the import on."""
    started = time.perf_counter()
    from linker.embedding import load_encoder

    load_encoder().encode(_short_texts(count))
    print(time.perf_counter() - started)


def resample(count: str, out: str, *paths: str) -> None:
    """Write articles made from those of some files, or made-up ones, and say what they are."""
    from benchmarks.resampled import write_resampled

    if paths:
        print(write_resampled(list(map(Path, paths)), int(count), Path(out)))
    else:
        write(out, count)
        print(f"{int(count):,} made-up ones")


def score(path: str, folder: str) -> None:
    """The scores of an output folder of linker against the stories of a labelled file."""
    import json

    from benchmarks.groupers import figures
    from benchmarks.texts import read_records
    from linker.evaluation import evaluate

    named = {record.get("id"): record.get("story") for record in read_records([Path(path)])}
    gold = {name: str(story) for name, story in named.items() if story is not None}
    print(json.dumps({"labelled": len(gold)} | figures(evaluate(Path(folder), gold))))


PROGRAMS: dict[str, Callable[..., None]] = {
    "parse": parse,
    "script": script,
    "write": write,
    "sign": sign,
    "loop": loop,
    "encode": encode,
    "resample": resample,
    "score": score,
}

if __name__ == "__main__":
    PROGRAMS[sys.argv[1]](*sys.argv[2:])
