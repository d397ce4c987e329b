"""Vectors that are kept, batches that are laid out, devices that are named: all without torch."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from click.testing import Result as Outcome
from hypothesis import given, settings
from hypothesis import strategies as st

from linker.embedding import vector_cache
from linker.embedding.batches import Layout, Tokens
from linker.embedding.devices import check_device
from linker.embedding.vector_cache import MANY, VectorCache, text_keys
from linker.errors import LinkerError

TEXTS = [f"The ferry to Brine left at {hour} o'clock." for hour in range(12)]
KEYS = text_keys(TEXTS)
VECTORS = np.random.default_rng(5).standard_normal((len(TEXTS), 6)).astype(np.float32)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(vector_cache, "cache_folder", lambda: tmp_path)
    return tmp_path


def filled(**options: int) -> VectorCache:
    cache = VectorCache("model", 6, **options)
    cache.add(KEYS[:8], VECTORS[:8])
    return cache


def only_file(folder: Path) -> Path:
    [file] = folder.rglob("*.npz")
    return file


def test_what_was_kept_is_found_bit_by_bit_in_this_run_and_the_next() -> None:
    for cache in (filled(), VectorCache("model", 6)):
        known, found = cache.find(KEYS)
        assert known.tolist() == [True] * 8 + [False] * 4
        assert found[:8].tobytes() == VECTORS[:8].tobytes()
        assert not found[8:].any()


def test_other_models_and_dimensions_find_nothing() -> None:
    filled()
    assert not VectorCache("other", 6).find(KEYS)[0].any()
    assert not VectorCache("model", 7).find(KEYS)[0].any()


def test_nothing_is_a_fine_question_and_answer(folder: Path) -> None:
    cache = VectorCache("model", 6)
    cache.add(KEYS[:0], VECTORS[:0])
    known, found = cache.find(text_keys([]))
    assert (len(known), found.shape) == (0, (0, 6))
    assert not list(folder.rglob("*.npz"))


def test_keys_tell_texts_apart() -> None:
    texts = ["", "a", "A", "a ", "a\x00", "á", "a\u0301", "\ud800"]
    assert len(np.unique(text_keys(texts), axis=0)) == len(texts)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_a_file_cut_short_is_a_miss_and_goes(folder: Path, share: float) -> None:
    filled()
    file = only_file(folder)
    content = file.read_bytes()
    file.write_bytes(content[: int(share * len(content))])
    cache = VectorCache("model", 6)
    assert not cache.find(KEYS)[0].any()
    assert not file.exists()
    cache.add(KEYS, VECTORS)
    assert cache.find(KEYS)[0].all()


def test_no_overwritten_byte_gives_a_wrong_vector(folder: Path) -> None:
    filled()
    file = only_file(folder)
    content = file.read_bytes()
    for place in range(0, len(content), 3):
        damaged = bytearray(content)
        damaged[place] ^= 0x55
        file.write_bytes(damaged)
        known, found = VectorCache("model", 6).find(KEYS)
        assert found[known].tobytes() == VECTORS[known].tobytes()


def test_a_file_of_another_kind_is_a_miss(folder: Path) -> None:
    filled()
    file = only_file(folder)
    for arrays in (
        {"keys": KEYS, "vectors": VECTORS.astype(np.float64)},
        {"keys": KEYS[:, :1], "vectors": VECTORS},
        {"keys": KEYS, "vectors": VECTORS[:3]},
        {"something": KEYS},
    ):
        np.savez(file, **arrays)  # type: ignore[arg-type]
        assert not VectorCache("model", 6).find(KEYS)[0].any()


def test_a_file_that_goes_meanwhile_is_a_miss(folder: Path) -> None:
    cache = filled()
    only_file(folder).unlink()
    assert not cache.find(KEYS)[0].any()


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_no_error(folder: Path) -> None:
    folder.chmod(0o500)
    assert not filled().find(KEYS)[0].any()


def test_a_file_in_place_of_the_folder_is_no_error(folder: Path) -> None:
    (folder / "vectors").write_text("in the way")
    assert not filled().find(KEYS)[0].any()


def test_without_a_home_folder_nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless() -> Path:
        raise RuntimeError("no home")

    monkeypatch.setattr(vector_cache, "cache_folder", homeless)
    assert not filled().find(KEYS)[0].any()


def test_many_small_files_become_one(folder: Path) -> None:
    cache = VectorCache("model", 6)
    keys = text_keys([f"text {number}" for number in range(2 * MANY)])
    vectors = np.arange(12 * MANY, dtype=np.float32).reshape(-1, 6)
    for number in range(2 * MANY):
        cache.add(keys[number : number + 1], vectors[number : number + 1])
    assert len(list(folder.rglob("*.npz"))) <= MANY
    for reader in (cache, VectorCache("model", 6)):
        known, found = reader.find(keys)
        assert known.all()
        assert (found == vectors).all()


def test_the_folder_stays_within_its_limit_and_loses_the_oldest(folder: Path) -> None:
    sizes = []
    for number in range(6):
        cache = VectorCache(f"model {number}", 6, limit=4 * sum(sizes[:1]) or 10**9)
        cache.add(KEYS, VECTORS)
        sizes.append(only_file(folder / "vectors" / f"model {number}").stat().st_size)
        os.utime(only_file(folder / "vectors" / f"model {number}"), (number, number))
    kept = sorted(path.parent.name for path in folder.rglob("*.npz"))
    assert kept == ["model 2", "model 3", "model 4", "model 5"]


def test_what_is_used_counts_as_young(folder: Path) -> None:
    filled()
    file = only_file(folder)
    os.utime(file, (1, 1))
    VectorCache("model", 6).find(KEYS)
    assert time.time() - file.stat().st_mtime < 60


def test_what_a_killed_run_left_behind_goes(folder: Path) -> None:
    filled()
    old, young = (folder / "vectors" / "model" / name for name in ("old.tmp", "young.tmp"))
    for path in (old, young):
        path.write_bytes(b"half")
    os.utime(old, (1, 1))
    VectorCache("model", 6).add(KEYS[8:], VECTORS[8:])
    assert (old.exists(), young.exists()) == (False, True)


def test_runs_at_a_time_do_not_disturb_each_other() -> None:
    keys = text_keys([f"text {number}" for number in range(400)])
    vectors = np.random.default_rng(1).standard_normal((400, 6)).astype(np.float32)

    def run(seed: int) -> None:
        order = np.random.default_rng(seed).permutation(400)
        cache = VectorCache("model", 6, limit=40_000)
        for start in range(0, 400, 10):
            rows = order[start : start + 10]
            known, found = cache.find(keys[rows])
            assert (found[known] == vectors[rows][known]).all()
            cache.add(keys[rows[~known]], vectors[rows[~known]])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(run, range(4)))
    known, found = VectorCache("model", 6).find(keys)
    assert (found[known] == vectors[known]).all()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(1, 70), min_size=1, max_size=60),
    st.sampled_from([None, 70, 100]),
    st.booleans(),
)
def test_a_batch_has_the_shape_that_the_length_says(
    lengths: list[int], longest: int | None, left: bool
) -> None:
    layout = Layout(128, longest, {"ids": 7}, left)
    texts = []
    for place, length in enumerate(lengths):
        features = {"ids": np.full(length, place + 10), "mask": np.ones(length, np.int64)}
        texts.append(Tokens(place, features, length))
    seen = []
    for batch in layout.lay(texts):
        height, width = batch.features["ids"].shape
        assert height == layout.height(width)
        assert 1 <= len(batch.places) <= height
        for place, ids, mask in zip(
            batch.places, batch.features["ids"], batch.features["mask"], strict=False
        ):
            seen.append(place)
            assert width == layout.width(lengths[place])
            real = slice(width - lengths[place], width) if left else slice(lengths[place])
            assert (ids[real] == place + 10).all()
            assert (ids == place + 10).sum() == mask.sum() == lengths[place]
            assert set(ids.tolist()) <= {7, place + 10}
    assert sorted(seen) == list(range(len(lengths)))


def test_padding_is_small_and_within_what_the_model_reads() -> None:
    layout = Layout(512, 510, {})
    for length in range(1, 511):
        assert length <= layout.width(length) <= max(length * 9 / 8, length + 7)
    assert layout.width(510) == 510
    assert Layout(512, 256, {}).width(300) == 300  # a tokenizer that knows better than its model


@pytest.mark.parametrize("name", ["auto", "cpu", "mps", "cuda", "cuda:3"])
def test_devices_have_names(name: str) -> None:
    assert check_device(name) == name


@pytest.mark.parametrize("name", ["", "gpu", "cuda:", "CPU", "cuda:x", "cpu\n"])
def test_other_names_are_no_devices(name: str) -> None:
    with pytest.raises(LinkerError, match="device is auto, cpu"):
        check_device(name)


def test_a_wrong_device_is_one_clear_line_before_anything_is_read(
    command: Callable[..., Outcome], tmp_path: Path
) -> None:
    outcome = command("group", "nowhere.jsonl", "--out", tmp_path / "out", "--device", "gpu")
    assert outcome.exit_code == 2
    assert outcome.stderr == "linker: device is auto, cpu, cuda, cuda:NUMBER or mps, not 'gpu'\n"
