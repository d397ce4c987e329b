"""Signatures as datasketch's objects: equal to its own, and at home in its indexes and storage."""

from __future__ import annotations

import pickle
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from datasketch import (
    LeanMinHash,
    MinHash,
    MinHashLSH,
    MinHashLSHEnsemble,
    MinHashLSHForest,
    WeightedMinHashGenerator,
)
from hypothesis import given, settings
from hypothesis import strategies as st

import linker
from linker.reprints.shingles import shingles
from linker.text import words

LONG = (
    "The harbour clock of Lindmouth has stopped again, the third time this winter, and nobody at "
    "the town hall could say on Monday why it did or when the only clockmaker would come"
)
TEXTS = [
    LONG,
    LONG + " back from his holidays",
    "Паром «Аврора» вышел из порта утром в понедельник, задержавшись на трое суток из-за бури",
    "渡轮“曙光号”于2019年周一早晨离开港口，船上载有三百名乘客。",
    "two words",
    "",
]
DOCUMENT = Path(__file__).parents[1] / "docs" / "datasketch.md"


def own(text: str) -> MinHash:
    """What a user of datasketch builds without linker's signatures."""
    made = MinHash(num_perm=128, seed=1, scheme="affine32", hashfunc=linker.shingle_hash)
    made.update_batch(shingles(words(text)))
    return made


@settings(deadline=None)  # the first call loads compiled code
@given(st.lists(st.text(max_size=60) | st.sampled_from(TEXTS), max_size=4))
def test_sketches_equal_those_that_datasketch_makes(texts: list[str]) -> None:
    signatures = linker.minhash(texts)
    made = linker.to_datasketch(signatures)
    assert made == [own(text) for text in texts]
    assert linker.to_lean(signatures) == [LeanMinHash(own(text)) for text in texts]
    for back in (linker.from_datasketch(made), linker.from_datasketch(linker.to_lean(signatures))):
        assert back.dtype == np.uint32
        np.testing.assert_array_equal(back, signatures)


def test_sketches_update_merge_and_compare_like_datasketchs_own() -> None:
    first, second, *_ = linker.to_datasketch(linker.minhash(TEXTS))
    mine, yours = own(TEXTS[0]), own(TEXTS[1])
    assert first.jaccard(second) == mine.jaccard(yours) == second.jaccard(mine)
    assert first.jaccard(second) > 0.7
    more = [b"a b c d e", b"b c d e f"]
    for sketch in (first, mine):
        sketch.update(more[0])
        sketch.update_batch(more)
    assert first == mine
    first.merge(yours)
    mine.merge(second)
    assert first == mine
    assert MinHash.union(first, mine) == first
    assert second.count() == yours.count()


def test_sketches_do_not_share_their_values() -> None:
    signatures = linker.minhash(TEXTS)
    kept = signatures.copy()
    for sketch in linker.to_datasketch(signatures):
        sketch.hashvalues[:] = 0
    for lean in linker.to_lean(signatures):
        lean.hashvalues[:] = 0
    np.testing.assert_array_equal(signatures, kept)


def test_a_text_without_words_is_an_empty_sketch() -> None:
    [empty] = linker.to_datasketch(linker.minhash(["…"]))
    assert empty.is_empty()


def test_pickles_come_back_able_to_update() -> None:
    made = linker.to_datasketch(linker.minhash(TEXTS))
    back = pickle.loads(pickle.dumps(made))
    assert back == made
    back[0].update(b"one more")
    assert back[0] != made[0]
    lean = linker.to_lean(linker.minhash(TEXTS))
    assert pickle.loads(pickle.dumps(lean)) == lean


@pytest.mark.parametrize("byteorder", ["@", "<", ">"])
def test_lean_sketches_survive_a_buffer(byteorder: str) -> None:
    lean = linker.to_lean(linker.minhash(TEXTS))
    size = lean[0].bytesize(byteorder)
    buffer = bytearray(size * len(lean))
    for number, sketch in enumerate(lean):
        sketch.serialize(memoryview(buffer)[number * size :], byteorder)
    parts = [buffer[start : start + size] for start in range(0, len(buffer), size)]
    assert [LeanMinHash.deserialize(part, byteorder) for part in parts] == lean


@pytest.mark.parametrize("make", [linker.to_datasketch, linker.to_lean])
def test_lsh_finds_the_copy_and_takes_sketches_of_both_makes(make) -> None:  # type: ignore[no-untyped-def]
    index = MinHashLSH(threshold=0.7, num_perm=128)
    sketches = make(linker.minhash(TEXTS[:4]))
    for number, sketch in enumerate(sketches):
        index.insert(number, sketch)
    assert sorted(index.query(sketches[0])) == sorted(index.query(own(TEXTS[0]))) == [0, 1]
    index.insert("own", own(TEXTS[2]))
    assert set(index.query(sketches[2])) == {2, "own"}


@pytest.mark.parametrize("make", [linker.to_datasketch, linker.to_lean])
def test_forest_ranks_the_nearest_first(make) -> None:  # type: ignore[no-untyped-def]
    forest = MinHashLSHForest(num_perm=128)
    sketches = make(linker.minhash(TEXTS[:4]))
    for number, sketch in enumerate(sketches):
        forest.add(number, sketch)
    forest.index()
    assert set(forest.query(own(TEXTS[1]), 2)) == {0, 1}


def test_ensemble_finds_the_text_that_contains_another() -> None:
    texts = [*TEXTS[:4], LONG[: len(LONG) // 2]]
    sets = [set(shingles(words(text))) for text in texts]
    index = MinHashLSHEnsemble(threshold=0.8, num_perm=128, num_part=2)
    sketches = linker.to_datasketch(linker.minhash(texts))
    index.index([(number, sketches[number], len(sets[number])) for number in range(4)])
    assert set(index.query(sketches[4], len(sets[4]))) == {0, 1}


def test_what_is_no_signature_is_refused() -> None:
    wrong = [
        (np.zeros((2, 128), np.uint64), r"not uint64 \(2, 128\)"),
        (np.zeros((2, 64), np.uint32), r"not uint32 \(2, 64\)"),
        (np.zeros(128, np.uint32), r"not uint32 \(128,\)"),
        (np.zeros((2, 128)), r"not float64"),
        ([[0] * 128], "not list"),
    ]
    for signatures, message in wrong:
        for make in (linker.to_datasketch, linker.to_lean):
            with pytest.raises(linker.LinkerError, match=message):
                make(signatures)  # type: ignore[operator]
    assert linker.to_datasketch(np.empty((0, 128), np.uint32)) == []


def test_sketches_of_other_permutations_are_refused() -> None:
    others = [
        (MinHash(num_perm=128, scheme="legacy"), "scheme legacy"),
        (MinHash(num_perm=64), "64 values"),
        (MinHash(num_perm=128, seed=2), "seed 2"),
        (WeightedMinHashGenerator(3).minhash([1, 2, 3]), "a WeightedMinHash"),
    ]
    for sketch, message in others:
        with pytest.raises(linker.LinkerError, match=message):
            linker.from_datasketch([own("fine"), sketch])
    for other in (None, 3):
        with pytest.raises(linker.LinkerError, match="must be a list of MinHash"):
            linker.from_datasketch(other)  # type: ignore[arg-type]
    assert linker.from_datasketch([]).shape == (0, 128)


def test_the_documented_example_runs(capsys: pytest.CaptureFixture[str]) -> None:
    blocks = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    assert len(blocks) == 2
    exec("\n".join(blocks), {})
    assert capsys.readouterr().out == "['courier', 'gazette']\n"


@pytest.fixture
def redis_port(tmp_path: Path) -> Iterator[int]:
    """A Redis server of our own on a free port, in a folder of its own, gone afterwards."""
    redis = pytest.importorskip("redis", reason="the Python package redis is not installed")
    server = shutil.which("redis-server")
    if server is None:
        pytest.skip("there is no redis-server")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(tmp_path)]
    process = subprocess.Popen([server, "--port", str(port), *settings], stdout=subprocess.DEVNULL)
    try:
        client = redis.Redis(port=port)
        for _ in range(100):
            try:
                client.ping()
                break
            except redis.exceptions.ConnectionError:
                assert process.poll() is None, "redis-server did not start"
                time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait(10)


def test_an_index_in_redis_is_found_again(redis_port: int) -> None:
    storage = {
        "type": "redis",
        "basename": b"linker",
        "redis": {"host": "127.0.0.1", "port": redis_port},
    }
    sketches = linker.to_datasketch(linker.minhash(TEXTS[:4]))
    index = MinHashLSH(threshold=0.7, num_perm=128, storage_config=storage)
    with index.insertion_session() as session:
        for number, sketch in enumerate(sketches):
            session.insert(f"article {number}", sketch)
    again = MinHashLSH(threshold=0.7, num_perm=128, storage_config=storage)
    assert sorted(again.query(own(TEXTS[0]))) == ["article 0", "article 1"]
    assert again.query(linker.to_lean(linker.minhash(TEXTS[:4]))[2]) == ["article 2"]
    again.remove("article 1")
    assert index.query(sketches[0]) == ["article 0"]
