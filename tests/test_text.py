"""Folding and word hashing: the compiled pass against its plain twin, and what folding means."""

from __future__ import annotations

import functools
import sys
import unicodedata
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linker.jit.strings import wide_points
from linker.text import (
    CAPITAL,
    CHARACTER,
    NUMBER,
    Words,
    cache,
    codepoints,
    concatenate,
    fold,
    folding,
    hashing,
    word_hash,
    words,
)
from linker.text.hashing import hash_column, word_hashes
from linker.text.strings import code_points
from linker.text.utf8 import points_of

ANY_TEXT = st.text(
    alphabet=st.one_of(
        st.characters(),
        st.sampled_from(
            "aA1 'ßİ\u0301\u200dا\u0640\u064e٣中がกำक़한\u1112\u1161\u11ab\ufdfa\ud800😀\x00"
        ),
    ),
    max_size=40,
)


def expected(texts: list[str]) -> Words:
    """What the plain twin says about a batch."""
    found = [folding.words_with_kinds(text) for text in texts]
    flat = [word for text in found for word in text]
    return Words(
        np.array([word_hash(word) for word, _ in flat], np.uint64),
        np.array([kind for _, kind in flat], np.uint8),
        np.concatenate(([0], np.cumsum([len(text) for text in found]))).astype(np.int64),
    )


def assert_same(left: Words, right: Words) -> None:
    np.testing.assert_array_equal(left.offsets, right.offsets)
    np.testing.assert_array_equal(left.hashes, right.hashes)
    np.testing.assert_array_equal(left.kinds, right.kinds)


@functools.cache
def all_points() -> list[str]:
    """Every code point; of blocks whose letters fold alike and of empty planes every 97th."""
    alike = [(0x3400, 0x9FFF), (0xAC00, 0xD7A3), (0xE000, 0xF8FF), (0x12000, 0x1CFFF)]
    alike += [(0x1E000, 0x1EDFF), (0x20000, 0xDFFFF), (0xE0200, sys.maxunicode)]
    sampled = [point for first, last in alike for point in range(first, last + 1, 97)]
    inside = {point for first, last in alike for point in range(first, last + 1)}
    return [chr(point) for point in sorted({*range(0xE0200)} - inside | {*sampled})]


@pytest.mark.parametrize("frame", ["{}", "ab{}cd", "中{}9{}"])
def test_twin_on_every_code_point(frame: str) -> None:
    texts = [frame.replace("{}", char) for char in all_points()]
    assert_same(word_hashes(texts), expected(texts))


@settings(max_examples=300, deadline=None)
@given(st.lists(ANY_TEXT, max_size=8))
def test_twin_on_any_text(texts: list[str]) -> None:
    assert_same(word_hashes(texts), expected(texts))


@settings(max_examples=200, deadline=None)
@given(ANY_TEXT)
def test_equal_texts_by_canonical_form_fold_alike(text: str) -> None:
    text = text.replace("\ud800", "")
    composed = unicodedata.normalize("NFC", text)
    if any(0x1100 <= ord(char) < 0x1200 for char in composed):
        return  # jamo that stay alone compose by their neighbours only
    assert words(unicodedata.normalize("NFD", composed)) == words(composed)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Hello, WORLD's 1,234!", "hello world s 1 234"),
        ("Straße ﬁn Æsop Øre Łódź naïve", "strasse fin aesop ore lodz naive"),
        ("ISTANBUL İstanbul ıstanbul", "istanbul istanbul istanbul"),
        ("مُحَمَّدٌ أحمد إلى آخرة ٱلكتـــاب", "محمد احمد الي اخره الكتاب"),
        ("یک ۱۲۳ ٤٥٦ می‌خواهم", "يك 123 456 ميخواهم"),
        ("ﷺ", "صلي الله عليه وسلم"),
        ("שָׁלוֹם עולם", "שלום עולם"),
        ("क़लम दुनिया हिन्दी", "कलम दुनिया हिन्दी"),
        ("中国2019年", "中 国 2019 年"),
        ("がガｶﾞ", "か カ カ"),
        ("ดีมาก", "ดี ม า ก"),
        ("မြန်မာ", "မြ န် မာ"),
        ("한국 \u1112\u1161\u11ab", "한국 한"),
        ("Ёлка Київ й", "елка киів и"),
        ("τὸν ΛΌΓΟΣ ᾳ", "τον λογοσ α"),
        ("co\u00adop a\u200bb x\ufe0fy", "coop ab xy"),
        ("a😀b ™c d™", "a b c d"),
        ("Việt Nam", "viet nam"),
        ("\ud800 \x00 \ufffd", ""),
        ("", ""),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_kinds() -> None:
    kinds = word_hashes(["Paris in 2019 中 ٣ B2 دي ǅ"]).kinds
    plain, capital = 0, CAPITAL
    assert kinds.tolist() == [capital, plain, NUMBER, CHARACTER, NUMBER, capital, plain, capital]


def test_threads_and_chunks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [f"Text {i} \u1112\u1161 مرحبا 世界 " * (i % 7) for i in range(200)]
    whole = word_hashes(texts)
    monkeypatch.setattr(hashing, "_CHUNK", 300)
    assert_same(word_hashes(texts), whole)
    assert_same(word_hashes(texts, threads=3), whole)
    parts = [word_hashes(texts[:1]), word_hashes([]), word_hashes(texts[1:])]
    assert_same(concatenate(parts), whole)


def test_huge_texts() -> None:
    few = "the ﷺ ½ 中 ok "
    huge = word_hashes([few * 100_000, few])
    ones = word_hashes([few])
    assert len(huge.hashes) == 100_001 * len(ones.hashes)
    np.testing.assert_array_equal(huge.hashes[-len(ones.hashes) :], ones.hashes)
    np.testing.assert_array_equal(huge.hashes, np.tile(ones.hashes, 100_001))


@settings(deadline=None)
@given(st.lists(st.text(max_size=30), max_size=8), st.integers(0, 3))
def test_columns_are_hashed_as_lists(texts: list[str], start: int) -> None:
    usable = [text.encode("utf-8", "replace").decode() for text in texts]
    column = pa.array(usable, pa.large_string()).slice(start)
    assert_same(hash_column(column), word_hashes(usable[start:]))
    plain = hash_column(column, kinds=False)
    assert len(plain.kinds) == 0
    np.testing.assert_array_equal(plain.hashes, word_hashes(usable[start:]).hashes)


@given(
    st.lists(
        st.text(max_size=40)
        | st.text(st.sampled_from("aé北📰\0 "), max_size=40)
        | st.text(st.sampled_from("aaéé北ع "), max_size=90)  # no four bytes, so whole blocks
    ),
    st.data(),
)
def test_code_points_of_a_column_are_those_of_its_strings(
    texts: list[str], data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(texts)))
    points, offsets = points_of(pa.array(texts, pa.large_string())[start:])
    expected, ends = code_points(texts[start:])
    np.testing.assert_array_equal(offsets - offsets[0], ends)
    np.testing.assert_array_equal(points[offsets[0] : offsets[-1]], expected)


@given(st.lists(st.text(st.characters() | st.sampled_from("aé北📰\0\ud800"), max_size=40)))
def test_code_points_of_strings_are_those_that_python_encodes(texts: list[str]) -> None:
    encoded = "".join(texts).encode("utf-32-le", "surrogatepass")
    for points, offsets in (wide_points(texts), code_points(texts)):
        np.testing.assert_array_equal(points, np.frombuffer(encoded, np.uint32))
        np.testing.assert_array_equal(offsets, np.cumsum([0, *map(len, texts)]))


class Liar(str):
    """A string that says of itself that it is shorter than it is."""

    def __len__(self) -> int:
        return 1


def test_code_points_of_strings_are_counted_by_the_strings_themselves() -> None:
    points, offsets = wide_points([Liar("北京"), Liar("ab")])
    assert "".join(map(chr, points)) == "北京ab"
    assert offsets.tolist() == [0, 2, 4]


def test_bytes_that_are_no_text_give_some_code_point() -> None:
    for held in (b"\xff\xff\xff\xff", b"\xe2\x82", b"\xc3", b"a" * 9 + b"\xf4", b"\x80\x80"):
        sizes = np.array([0, len(held)], np.int64)
        column = pa.LargeStringArray.from_buffers(1, pa.py_buffer(sizes), pa.py_buffer(held))
        points, offsets = points_of(column)
        assert points.max(initial=0) <= 0x10FFFF
        assert offsets[-1] == len(points)


def test_expansions_that_outgrow_the_room() -> None:
    texts = ["\ufdfa" * 1000, "㍿" * 500]
    assert_same(word_hashes(texts), expected(texts))


def test_take() -> None:
    texts = ["one two", "", "three four five"]
    taken = word_hashes(texts).take(np.array([2, 0, 1, 2]))
    assert_same(taken, word_hashes([texts[i] for i in (2, 0, 1, 2)]))


def test_long_numbers_do_not_collide() -> None:
    texts = [" ".join(str(10**11 + number) for number in range(100_000))]
    assert len(np.unique(word_hashes(texts).hashes)) == 100_000


def test_damaged_cache_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "cache_folder", lambda: tmp_path / "deep")
    made = cache.cached_arrays("numbers", _numbers, _has_both)
    file = tmp_path / "deep" / "numbers.npz"
    assert file.exists() and len(list(file.parent.iterdir())) == 1
    whole = file.read_bytes()
    np.savez(file, a=made["a"])  # sound, but not all that is asked for
    for damage in (file.read_bytes(), b"", b"PK\x03\x04 not a zip", whole[:100]):
        file.write_bytes(damage)
        again = cache.cached_arrays("numbers", _numbers, _has_both)
        np.testing.assert_array_equal(again["a"], made["a"])
        with np.load(file) as stored:
            assert sorted(stored.files) == ["a", "b"]


def _numbers() -> dict[str, np.ndarray]:
    return {"a": np.arange(900), "b": np.ones(2)}


def _has_both(arrays: dict[str, np.ndarray]) -> bool:
    return sorted(arrays) == ["a", "b"] and len(arrays["a"]) == 900


def test_mapped_arrays_are_loaded_and_damaged_ones_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "cache_folder", lambda: tmp_path / "deep")
    file = tmp_path / "deep" / "numbers" / "a.npy"
    for damage in ("none", "empty", "other", "cut", "gone"):
        if damage == "gone":
            file.unlink()
        elif damage != "none":
            part = {"empty": b"", "other": b"not an array", "cut": file.read_bytes()[:200]}
            file.write_bytes(part[damage])
        for times in range(2):  # made, then loaded
            arrays = cache.mapped_arrays("numbers", _numbers, _has_both)
            assert isinstance(arrays["a"], np.memmap) == (times == 1)
            assert arrays["a"].tolist() == list(range(900)) and arrays["b"].tolist() == [1, 1]
            del arrays
        assert [path.name for path in file.parent.parent.iterdir()] == ["numbers"]


def test_the_arrays_of_a_quicker_process_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "cache_folder", lambda: tmp_path)

    def overtaken() -> dict[str, np.ndarray]:
        cache.mapped_arrays("numbers", _numbers, _has_both)
        (tmp_path / "numbers" / "mark").touch()
        return _numbers()

    assert _has_both(cache.mapped_arrays("numbers", overtaken, _has_both))
    assert (tmp_path / "numbers" / "mark").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["numbers"]


def test_unwritable_cache_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    monkeypatch.setattr(cache, "cache_folder", lambda: blocked / "linker")
    assert cache.cached_arrays("numbers", _numbers, _has_both)["b"].tolist() == [1, 1]
    assert cache.mapped_arrays("numbers", _numbers, _has_both)["b"].tolist() == [1, 1]


def test_tables_of_another_shape_are_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "cache_folder", lambda: tmp_path)
    codepoints.load_tables.__wrapped__()
    [file] = tmp_path.iterdir()
    np.savez(file, entries=np.zeros(5, np.uint32))
    tables = codepoints.load_tables.__wrapped__()
    assert tables.entries.shape == (0x110000,)


def test_an_interrupted_write_leaves_no_file(tmp_path: Path) -> None:
    def interrupted(file: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cache.save(tmp_path / "kept" / "a.npz", interrupted)
    assert not list((tmp_path / "kept").iterdir())
