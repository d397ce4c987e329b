"""Signatures against datasketch, and sketches and shingle sets against plain twins."""

from __future__ import annotations

import itertools
from unittest.mock import patch

import numpy as np
import pytest
from copies import group, prose, shingle_set, similarity
from datasketch import MinHash
from hypothesis import given, settings
from hypothesis import strategies as st

from linker.reprints import (
    minhash,
    pair_similarity,
    shingle_hash,
    signatures,
    sketches,
)
from linker.reprints.bands import (
    band_shape,
)
from linker.reprints.plain import minhash_plain
from linker.reprints.shingles import (
    hash_shingles,
    sample,
    shingle_codes,
    shingle_sets,
    shingles,
)
from linker.reprints.signatures import permutations
from linker.reprints.sketches import Sketches, collect, sketch, sketch_all
from linker.text import word_hashes, words
from linker.text.folding import FACTOR, MASK

SCRIPTS = [
    "The ferry Aurora, delayed since Monday, left the harbour of Lindmouth at 6.45 this morning.",
    "غادرت العبّارة أورورا ميناءَ المدينة صباح اليوم الإثنين ٢٠١٩ بعد تأخير دام ثلاثة أيام",
    "渡轮“曙光号”于2019年周一早晨离开港口，船上载有三百名乘客。",
    "เรือเฟอร์รี่ออกจากท่าเรือเมื่อเช้าวันจันทร์",
    "Паром «Аврора» вышел из порта утром в понедельник, задержавшись на трое суток.",
    "페리 오로라호는 월요일 아침 항구를 떠났다 \u1112\u1161\u11ab 승객 삼백 명",
    "नौका सोमवार की सुबह बंदरगाह से तीन सौ यात्रियों के साथ रवाना हुई",
    "one two",
    "solo",
    "",
    "…!?",
]


def from_datasketch(text: str) -> np.ndarray:
    sketch = MinHash(num_perm=128, seed=1, scheme="affine32", hashfunc=shingle_hash)
    for data in shingles(words(text)):
        sketch.update(data)
    return sketch.hashvalues


@pytest.mark.parametrize("text", SCRIPTS)
def test_signature_is_datasketch_bit_for_bit(text: str) -> None:
    np.testing.assert_array_equal(minhash([text])[0], from_datasketch(text))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=80), max_size=5))
def test_signatures_of_any_text(texts: list[str]) -> None:
    found = minhash(texts)
    assert found.shape == (len(texts), 128) and found.dtype == np.uint32
    assert minhash_plain(texts, permutations()).tobytes() == found.tobytes()
    for text, row in zip(texts, found, strict=True):
        np.testing.assert_array_equal(row, from_datasketch(text))


def test_plain_signatures_of_every_script_and_a_long_text() -> None:
    texts = [*SCRIPTS, " ".join(SCRIPTS) * 40]
    np.testing.assert_array_equal(minhash_plain(texts, permutations()), minhash(texts))


def test_signatures_do_not_depend_on_threads() -> None:
    texts = [" ".join(prose(seed, seed % 90)) for seed in range(2500)]
    whole = minhash(texts)
    np.testing.assert_array_equal(minhash(texts, threads=3), whole)
    np.testing.assert_array_equal(signatures(word_hashes(texts)), whole)


FEW_WORDS = st.lists(st.sampled_from(list("abcdefgh1中")), max_size=25).map(" ".join)
SOME_WORDS = FEW_WORDS | st.integers(0, 999).map(lambda seed: " ".join(prose(seed, 90)))


def plain_band_keys(signature: list[int], bands: int, rows: int) -> list[int]:
    """The plain twin of fill_band_keys."""
    keys = []
    for band in range(bands):
        key = 0
        for value in signature[band * rows : (band + 1) * rows]:
            key = (key ^ value) * FACTOR & MASK
            key ^= key >> 32
        keys.append(key & 0xFFFFFFFF)
    return keys


@settings(max_examples=40, deadline=None)
@given(st.lists(SOME_WORDS, min_size=1, max_size=6), st.sampled_from([0.5, 0.7, 0.9]))
def test_sketches(texts: list[str], threshold: float) -> None:
    part = sketch(word_hashes(texts), threshold)
    shape = band_shape(threshold)
    for row, text in enumerate(texts):
        signature = from_datasketch(text).tolist()
        own = part.samples.values[part.samples.starts[row] : part.samples.stops[row]]
        having = shape.bands if len(set(own.tolist())) < shape.enough else shape.few
        keys = plain_band_keys(signature, having, shape.rows)
        first = part.firsts[row]
        assert part.bands[row] == having
        assert part.keys[first : first + having].tolist() == keys
        assert part.sizes[row] == len(words(text))
    taken = part.take(np.arange(len(texts))[::-1].copy())
    assert taken.sizes.tolist() == part.sizes.tolist()[::-1]
    assert taken.samples.counts.tolist() == part.samples.counts.tolist()[::-1]
    assert taken.firsts.tolist() == part.firsts.tolist()[::-1]


def test_sketches_in_parts_are_those_of_the_whole() -> None:
    texts = [" ".join(prose(seed, seed % 40)) for seed in range(30)]
    whole = sketch(word_hashes(texts), 0.7)
    parts = (sketch(word_hashes(texts[start : start + 7]), 0.7) for start in range(0, 30, 7))
    with patch.object(sketches, "_AT_A_TIME", 4):
        _assert_same(sketch_all(word_hashes(texts), 0.7, threads=3), whole)
    _assert_same(collect(parts), whole)
    _assert_same(sketch_all(word_hashes([]), 0.7, threads=2), sketch(word_hashes([]), 0.7))


def _assert_same(joined: Sketches, whole: Sketches) -> None:
    for name in ("keys", "sizes", "bodies", "numbers"):
        np.testing.assert_array_equal(getattr(joined, name), getattr(whole, name))
    for one, other in zip(joined.samples, whole.samples, strict=True):
        np.testing.assert_array_equal(one, other)


@settings(max_examples=100, deadline=None)
@given(st.lists(FEW_WORDS, min_size=1, max_size=6))
def test_sets_and_similarity_equal_plain_sets(texts: list[str]) -> None:
    batch = word_hashes(texts)
    rows = np.arange(len(texts))[::-1].copy()
    sets = shingle_sets(hash_shingles(batch).take(rows))
    for place, row in enumerate(rows):
        values = sets.values[sets.starts[place] : sets.stops[place]]
        assert values.tolist() == sorted(shingle_set(texts[row]))
    pairs = np.array(list(itertools.product(range(len(texts)), repeat=2)))
    jaccard, containment = pair_similarity(batch, pairs)
    plain = [similarity(shingle_set(texts[a]), shingle_set(texts[b])) for a, b in pairs]
    np.testing.assert_allclose(jaccard, [one[0] for one in plain], rtol=1e-6)
    np.testing.assert_allclose(containment, [one[1] for one in plain], rtol=1e-6)


def test_samples() -> None:
    texts = [" ".join(prose(1)), "", " ".join(prose(2)), "a b c d e " * 400]
    samples = sample(hash_shingles(word_hashes(texts)), 2)
    expected = sorted(
        value << 32 | row
        for row, text in enumerate(texts)
        for value in shingle_set(text)
        if value % 4 == 0
    )
    every = np.array([2, 0, 1, 3])
    for room in (np.empty(1, np.uint64), np.empty(1000, np.uint64)):
        assert shingle_codes(samples, every, room).tolist() == expected
        parts = [shingle_codes(samples, every, room, part, 5).tolist() for part in range(5)]
        assert [code for part in parts for code in part] == expected
        some = [code for code in expected if code & 0xFFFFFFFF in (0, 3)]
        assert shingle_codes(samples, np.array([3, 0]), room).tolist() == some
    none = sample(hash_shingles(word_hashes([])), 2)
    assert len(none.starts) == len(shingle_codes(none, every[:0], np.empty(1, np.uint64))) == 0


def test_no_pairs_no_texts() -> None:
    jaccard, containment = pair_similarity(word_hashes(["a"]), np.empty((0, 2), np.int64))
    assert len(jaccard) == len(containment) == 0
    assert minhash([]).shape == (0, 128)
    assert group().counts["groups"] == 0
