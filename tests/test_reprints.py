"""Reprints: signatures against datasketch, kernels against plain twins, and groups as a reader
would make them."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest
from datasketch import MinHash
from hypothesis import given, settings
from hypothesis import strategies as st

from linker.errors import LinkerError
from linker.reprints import (
    EXACT,
    EXCERPT,
    NONE,
    REPRINT,
    VERSION,
    Reprints,
    Rule,
    group_reprints,
    minhash,
    pair_similarity,
    shingle_hash,
    signatures,
)
from linker.reprints.assign import judge
from linker.reprints.bands import (
    FULL_BUCKET,
    NEAR,
    BucketCounts,
    band_shape,
    bucket_pairs,
    pack,
    pack_all,
    shared_bucket_pairs,
)
from linker.reprints.buckets import add_sizes, keep_shared
from linker.reprints.candidates import Members
from linker.reprints.excerpts import excerpt_pairs, unpack
from linker.reprints.facts import Facts, describe
from linker.reprints.groups import join_pairs
from linker.reprints.kernels import Similarity
from linker.reprints.shingles import (
    distinct,
    hash_shingles,
    sample,
    shingle_codes,
    shingle_sets,
    shingles,
)
from linker.reprints.sketches import collect, sketch
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
VOCABULARY = [f"word{number}" for number in range(3000)]
START = datetime(2021, 3, 1, tzinfo=UTC)
Pile = Callable[[int], list[dict[str, object]]]


def prose(seed: int, length: int = 300) -> list[str]:
    return random.Random(seed).choices(VOCABULARY, k=length)


def article(text: str | list[str], hours: float | None = 0, **fields: str) -> dict[str, object]:
    body = text if isinstance(text, str) else " ".join(text)
    published = None if hours is None else START + timedelta(hours=hours)
    empty = {"title": "", "url": "", "source": ""}
    return empty | fields | {"text": body, "published": published}


def table(articles: list[dict[str, object]]) -> pa.Table:
    strings = {
        name: pa.array([one[name] for one in articles], pa.large_string())
        for name in ("title", "text", "url", "source")
    }
    moments = pa.array([one["published"] for one in articles], pa.timestamp("us", "UTC"))
    return pa.table(strings | {"published": moments})


def group(
    *articles: dict[str, object],
    threshold: float = 0.7,
    rule: Rule = Rule.REPORTS,
    threads: int = 1,
) -> Reprints:
    rows = table(list(articles))
    batch = word_hashes(rows["text"].to_pylist())
    return group_reprints(batch, rows, threshold=threshold, rule=rule, threads=threads)


def shingle_set(text: str) -> set[int]:
    return {shingle_hash(data) for data in shingles(words(text))}


def similarity(left: set[int], right: set[int]) -> tuple[float, float]:
    """The plain twin of compare."""
    common = len(left & right)
    if not left or not right:
        return 0.0, 0.0
    return common / len(left | right), common / min(len(left), len(right))


# Signatures


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
    for text, row in zip(texts, found, strict=True):
        np.testing.assert_array_equal(row, from_datasketch(text))


def test_signatures_do_not_depend_on_threads() -> None:
    texts = [" ".join(prose(seed, seed % 90)) for seed in range(2500)]
    whole = minhash(texts)
    np.testing.assert_array_equal(minhash(texts, threads=3), whole)
    np.testing.assert_array_equal(signatures(word_hashes(texts)), whole)


FEW_WORDS = st.lists(st.sampled_from(list("abcdefgh1中")), max_size=25).map(" ".join)


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
@given(st.lists(FEW_WORDS, min_size=1, max_size=6), st.sampled_from([0.5, 0.7, 0.9]))
def test_sketches(texts: list[str], threshold: float) -> None:
    part = sketch(word_hashes(texts), threshold)
    shape = band_shape(threshold)
    for row, text in enumerate(texts):
        signature = from_datasketch(text).tolist()
        assert part.keys[:, row].tolist() == plain_band_keys(signature, *shape)
        assert part.sizes[row] == len(words(text))
    taken = part.take(np.arange(len(texts))[::-1].copy())
    assert taken.sizes.tolist() == part.sizes.tolist()[::-1]
    assert taken.samples.counts.tolist() == part.samples.counts.tolist()[::-1]


def test_sketches_in_parts_are_those_of_the_whole() -> None:
    texts = [" ".join(prose(seed, seed % 40)) for seed in range(30)]
    whole = sketch(word_hashes(texts), 0.7)
    parts = (sketch(word_hashes(texts[start : start + 7]), 0.7) for start in range(0, 30, 7))
    joined = collect(parts)
    for name in ("keys", "sizes", "bodies", "numbers"):
        np.testing.assert_array_equal(getattr(joined, name), getattr(whole, name))
    for one, other in zip(joined.samples, whole.samples, strict=True):
        np.testing.assert_array_equal(one, other)


# Shingle sets and exact similarity


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
    assert shingle_codes(samples).tolist() == expected
    parts = [shingle_codes(samples, part, 5) for part in range(5)]
    assert np.concatenate(parts).tolist() == expected
    none = sample(hash_shingles(word_hashes([])), 2)
    assert len(none.starts) == len(shingle_codes(none)) == 0


def test_no_pairs_no_texts() -> None:
    jaccard, containment = pair_similarity(word_hashes(["a"]), np.empty((0, 2), np.int64))
    assert len(jaccard) == len(containment) == 0
    assert minhash([]).shape == (0, 128)
    assert group().counts["groups"] == 0


# Candidates


def plain_pairs(buckets: list[list[int]]) -> set[tuple[int, int]]:
    """The plain twin of bucket_pairs."""
    found = set()
    for bucket in buckets:
        reach = len(bucket) if len(bucket) <= FULL_BUCKET else NEAR
        for place, later in enumerate(bucket):
            for earlier in bucket[max(0, place - reach) : place] + bucket[: min(place, 1)]:
                found.add((later, earlier))
    return found


@pytest.mark.parametrize("sizes", [[1, 2, 3], [FULL_BUCKET, FULL_BUCKET + 1], [100, 1, 5, 60], []])
def test_bucket_pairs(sizes: list[int]) -> None:
    members = np.random.default_rng(0).permutation(sum(sizes))
    keys = np.repeat(np.arange(len(sizes)), sizes)
    codes = distinct(pack(keys.astype(np.uint64), members))
    counts = BucketCounts()
    later, earlier = unpack(bucket_pairs(codes, counts))
    buckets = [sorted(members[keys == key].tolist()) for key in range(len(sizes))]
    assert set(zip(later.tolist(), earlier.tolist(), strict=True)) == plain_pairs(buckets)
    assert len(later) == len(plain_pairs(buckets))
    assert counts.largest == max(sizes, default=0)
    assert counts.large == sum(size > FULL_BUCKET for size in sizes)


FEW_CODES = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 5)), max_size=40)


@settings(max_examples=60, deadline=None)
@given(FEW_CODES, st.sampled_from([0.1, 0.3, 0.7]))
def test_passes_over_codes_equal_plain_counting(codes: list[tuple[int, int]], share: float) -> None:
    packed = np.array([high << 32 | low for high, low in codes], np.uint64)
    assert distinct(packed.copy()).tolist() == sorted(set(packed.tolist()))
    sizes = np.zeros(6, np.int64)
    add_sizes(packed, sizes)
    assert sizes.tolist() == [sum(low == member for _, low in codes) for member in range(6)]
    often = [
        high << 32 | low
        for (high, low), count in sorted(Counter(codes).items())
        if count >= share * min(sizes[high], sizes[low])
    ]
    packed.sort()
    assert packed[: keep_shared(packed, sizes, share)].tolist() == often
    keys = np.array([low for _, low in codes], np.uint32)
    everyone = pack(keys.astype(np.uint64), np.arange(len(keys)))
    assert pack_all(keys).tolist() == everyone.tolist()


def test_band_shape() -> None:
    assert band_shape(0.7) == (25, 5)
    assert band_shape(0.95)[1] > 5 > band_shape(0.5)[1]


def test_bands_find_pairs_at_the_threshold() -> None:
    """200 pairs of Jaccard about 0.72: expect 99 %, ask for 95."""
    texts = []
    for seed in range(200):
        original = prose(seed)
        edited = list(original)
        for place in range(20, 300, 29):
            edited[place] = f"edit{seed}"
        texts += [" ".join(original), " ".join(edited)]
    batch = word_hashes(texts)
    jaccard, _ = pair_similarity(batch, np.arange(400).reshape(-1, 2))
    assert 0.70 <= jaccard.min() <= jaccard.max() < 0.75
    everyone = np.arange(400)
    codes = [pack(keys.astype(np.uint64), everyone) for keys in sketch(batch, 0.7).keys]
    later, earlier = unpack(shared_bucket_pairs(codes, BucketCounts()))
    assert ((later == earlier + 1) & (earlier % 2 == 0)).sum() >= 190


def test_excerpts_of_fifty_words_are_candidates() -> None:
    texts = []
    for seed in range(200):
        original = prose(seed, 800)
        start = seed * 3
        texts += [" ".join(original), " ".join(original[start : start + 50])]
    samples = sketch(word_hashes(texts), 0.7).samples
    pairs = excerpt_pairs(samples, BucketCounts())
    in_parts = excerpt_pairs(samples, BucketCounts(), threads=2, memory=50_000)
    np.testing.assert_array_equal(in_parts, pairs)
    later, earlier = unpack(pairs)
    found = (later == earlier + 1) & (earlier % 2 == 0)
    assert found.sum() >= 194
    assert len(later) == found.sum()


# Groups


def test_kinds_of_copies() -> None:
    original = prose(1)
    accented = " ".join(word.replace("o", "ó").upper() for word in original)
    footer = original[:290] + prose(77, 15)
    reprints = group(
        article(original, 0, title="Ferry leaves"),
        article(accented, 1, title="Another headline"),
        article(footer, 2),
        article(original[:180], 3),
        article(original[100:160], 4),
        article(prose(2), 5),
        article("", 6),
        article("", 7),
    )
    assert reprints.kind.tolist() == [NONE, EXACT, REPRINT, EXCERPT, EXCERPT, NONE, NONE, NONE]
    assert reprints.representative.tolist() == [0, 0, 0, 0, 0, 5, 6, 7]
    assert reprints.containment[3] == 1 and 0.55 < reprints.jaccard[3] < 0.65
    assert reprints.counts["groups"] == 1 and reprints.counts["excerpt"] == 2


def test_versions() -> None:
    first, page = prose(1), {"url": "https://www.example.org/a/", "source": "Gazette"}
    update = first[:150] + prose(5, 150)
    title = {"source": "Gazette", "title": "Ferry leaves Lindmouth harbour after three days"}
    later = title | {"title": "Ferry leaves Lindmouth harbour after four days"}
    reprints = group(
        article(first, 0, **page),
        article(update, 1, **(page | {"url": "http://example.org/a#comments"})),
        article(prose(2), 2, **title),
        article(prose(2)[:200] + prose(6, 100), 3, **later),
        article(prose(2)[:200] + prose(7, 100), 300, **later),
        article(prose(3), 4, **title),
    )
    assert reprints.kind.tolist() == [NONE, VERSION, NONE, VERSION, NONE, NONE]
    assert reprints.representative.tolist() == [0, 0, 2, 2, 4, 5]


def test_representative_is_earliest_then_longest_then_first() -> None:
    text = prose(1)
    longer = text + prose(8, 5)
    assert group(article(longer, 2), article(text, 1)).representative.tolist() == [1, 1]
    assert group(article(text, 1), article(longer, 1)).representative.tolist() == [1, 1]
    assert group(article(text, 1), article(text, 1)).representative.tolist() == [0, 0]
    assert group(article(longer, None), article(text, 9)).representative.tolist() == [1, 1]
    assert group(article(text[:180], None), article(text, None)).representative.tolist() == [1, 1]


def test_longer_copy_of_an_earlier_text() -> None:
    text = prose(1)
    with_additions = group(article(text[:180], 0), article(text, 1))
    assert with_additions.kind.tolist() == [NONE, REPRINT]
    quoting = group(article(text[:60], 0), article(text, 1))
    assert quoting.kind.tolist() == [NONE, NONE]


def test_a_strict_threshold_is_strict() -> None:
    text, edited = prose(1), prose(1)
    edited[::30] = ["changed"] * 10
    longer = [*text, *prose(8, 90)]
    loose, strict = (
        group(article(text, 0), article(edited, 1), article(longer, 2), threshold=threshold)
        for threshold in (0.7, 0.95)
    )
    assert loose.kind.tolist() == [NONE, REPRINT, REPRINT]
    assert strict.kind.tolist() == [NONE, NONE, REPRINT]  # contained whole


def test_similarity_does_not_chain() -> None:
    texts = [prose(1)]
    for step in range(12):
        changed = list(texts[-1])
        for place in range(step * 7 % 60, 300, 60):
            changed[place] = f"step{step}"
        texts.append(changed)
    reprints = group(*(article(text, hour) for hour, text in enumerate(texts)))
    pairs = np.stack((np.arange(len(texts)), reprints.representative), axis=1)
    batch = word_hashes([" ".join(text) for text in texts])
    jaccard, containment = pair_similarity(batch, pairs)
    assert ((jaccard >= 0.7) | (containment >= 0.8)).all()
    np.testing.assert_array_equal(jaccard, reprints.jaccard)
    np.testing.assert_array_equal(containment, reprints.containment)
    neighbours = np.stack((np.arange(len(texts) - 1), np.arange(1, len(texts))), axis=1)
    assert (pair_similarity(batch, neighbours)[0] >= 0.7).all()
    assert 1 < len(set(reprints.representative.tolist())) < len(texts)


def test_alike_articles_stay_together_where_one_is_contained_in_a_third() -> None:
    long, short = prose(1, 400), prose(1, 400)[100:240]
    edited = [*short[6:], *prose(8, 35)]
    reprints = group(article(long, 0), article(short, 1), article(edited, 2))
    assert reprints.kind.tolist() == [NONE, NONE, REPRINT]
    assert reprints.representative.tolist() == [0, 1, 1]
    whole = group(article(long, 0), article(short, 1), article(short[10:], 2))
    assert whole.kind.tolist() == [NONE, EXCERPT, EXCERPT]
    assert whole.representative.tolist() == [0, 0, 0]


def test_a_short_text_joins_by_containment_where_it_is_alike_to_a_copy() -> None:
    text = prose(4, 9)
    copy = text[1:9]
    other = [*copy, "elsewhere"]
    articles = article(text, 0), article(copy, 1), article(other, 2)
    ends = word_hashes([" ".join(text), " ".join(other)])
    assert pair_similarity(ends, np.array([[0, 1]])) == (np.float32(4 / 6), np.float32(0.8))
    assert group(*articles, rule=Rule.TEXTS).representative.tolist() == [0, 0, 0]
    assert group(articles[0], articles[2], rule=Rule.TEXTS).representative.tolist() == [0, 1]
    assert group(*articles).representative.tolist() == [0, 1, 2]


def test_short_texts_need_equal_titles() -> None:
    body = "Qtly div 18 cts vs 18 cts prior. Pay April 10. Record March 20"
    other = body.replace("April 10", "April 14")
    reprints = group(
        article(body, 0, title="Norwick Corp declares dividend"),
        article(body, 1, title="Selby Corp declares dividend"),
        article(other, 2, title="Norwick Corp declares dividend"),
        article(body, 3, title="NORWICK Corp declares dividend"),
    )
    assert reprints.kind.tolist() == [NONE, NONE, NONE, EXACT]


def test_brief_excerpt() -> None:
    text = prose(1)
    reprints = group(article(text, 0), article(text[50:80], 100), article(text[150:165], 1))
    assert reprints.kind.tolist() == [NONE, EXCERPT, NONE]


def test_brief_forms_filled_in_on_other_days() -> None:
    form = prose(3, 30)
    monday, tuesday = [*form, "1.5", "billion"], [*form, "2.5", "billion"]
    edited = ["update", "today", *monday]
    reprints = group(
        article(monday, 0), article(edited, 2), article(tuesday, 4), article(edited[1:], 72)
    )
    assert reprints.kind.tolist() == [NONE, REPRINT, NONE, REPRINT]
    edited = [*monday[:15], "edited", *monday[16:]]
    assert group(article(monday, 0), article(edited, 2)).kind.tolist() == [NONE, REPRINT]
    assert group(article(monday, 0), article(edited, 90)).kind.tolist() == [NONE, NONE]


def mixed_pile(seed: int) -> list[dict[str, object]]:
    rng = random.Random(seed)
    pile = []
    for number in range(80):
        text = prose(rng.randrange(25), rng.choice((60, 200, 300)))
        start = rng.choice((0, 0, 0, rng.randrange(len(text) // 2)))
        text = text[start:] + prose(1000 + number, rng.choice((0, 0, 3, 20, 80)))
        fields = {"url": rng.choice(("", f"https://example.org/{rng.randrange(40)}"))}
        pile.append(article(text, number, source="S", title=f"Title {number % 30}", **fields))
    return pile


def short_pile(seed: int) -> list[dict[str, object]]:
    """Texts of a few words around one of some phrases."""
    rng = random.Random(seed)
    pile = []
    for number in range(120):
        start, end = rng.randrange(3), rng.randrange(10, 13)
        text = prose(rng.randrange(12), 12)[start:end] + prose(2000 + number, rng.randrange(2))
        pile.append(article(text, number, title="Title"))
    return pile


def test_groups_do_not_depend_on_order_or_threads() -> None:
    pile = mixed_pile(4)
    whole = group(*pile)
    assert {EXACT, REPRINT, EXCERPT, VERSION} <= set(whole.kind.tolist())
    order = np.random.default_rng(1).permutation(len(pile))
    shuffled = group(*(pile[row] for row in order), threads=2)
    np.testing.assert_array_equal(order[shuffled.representative], whole.representative[order])
    np.testing.assert_array_equal(shuffled.kind, whole.kind[order])
    np.testing.assert_array_equal(shuffled.jaccard, whole.jaccard[order])
    assert shuffled.counts == whole.counts


class Plain:
    """The plain twin of join and merge, every pair of articles a candidate."""

    def __init__(self, facts: Facts, texts: list[str], rule: Rule) -> None:
        self.facts, self.rule = facts, rule
        self.sets = [shingle_set(text) for text in texts]
        self.representative = list(range(len(texts)))
        self.kinds = [NONE] * len(texts)

    def shares(self, one: int, other: int) -> tuple[float, float]:
        jaccard, containment = similarity(self.sets[one], self.sets[other])
        return float(np.float32(jaccard)), float(np.float32(containment))

    def kind(self, later: int, earlier: int, linked: bool = False) -> int:
        shares = map(np.float32, self.shares(later, earlier))
        shared = Similarity(*shares, min(len(self.sets[later]), len(self.sets[earlier])))
        of_reports = self.rule is Rule.REPORTS
        return judge.py_func(self.facts, later, earlier, shared, 0.7, of_reports, linked)

    def alike(self, later: int, earlier: int) -> bool:
        return self.shares(later, earlier)[0] >= float(np.float32(0.7))

    def group(self, head: int) -> list[int]:
        return [row for row, other in enumerate(self.representative) if other == head]

    def join(self) -> None:
        for later in range(len(self.sets)):
            found = [
                (*self.shares(later, head), -head)
                for head in range(later)
                if self.representative[head] == head
                and self.kind(later, head) != NONE
                and self.alike(later, head)
            ]
            if found:
                self.representative[later] = -max(found)[2]
                self.kinds[later] = self.kind(later, self.representative[later])

    def merge(self) -> None:
        heads = [row for row, other in enumerate(self.representative) if other == row]
        groups = {head: self.group(head) for head in heads}
        for head in heads:
            linked: dict[int, bool] = {}
            for low in (low for low in heads if low < head):
                both = itertools.product(groups[head], groups[low])
                link = self.rule is Rule.TEXTS and any(self.alike(*pair) for pair in both)
                other = self.representative[low]
                linked[other] = linked.get(other, False) or link
            found = [
                (*self.shares(head, other), -other)
                for other, link in linked.items()
                if self.kind(head, other, link) != NONE
            ]
            if not found:
                continue
            other = -max(found)[2]
            kinds = [self.kind(row, other, linked[other]) for row in groups[head]]
            if NONE not in kinds:
                for row, kind in zip(groups[head], kinds, strict=True):
                    self.representative[row], self.kinds[row] = other, kind


@pytest.mark.parametrize("rule", Rule)
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("pile", [mixed_pile, short_pile])
def test_join_and_merge_equal_their_plain_twin(pile: Pile, seed: int, rule: Rule) -> None:
    rows = table(pile(seed))
    texts = rows["text"].to_pylist()
    words_of_all = word_hashes(texts)
    sketches = sketch(words_of_all, 0.7)
    facts = describe(sketches, rows, threads=1)
    pairs = [later << 32 | earlier for later in range(len(texts)) for earlier in range(later)]
    members = Members(sketches, facts)
    joined, _ = join_pairs(
        members, np.array(pairs, np.uint64), hash_shingles(words_of_all).take, 0.7, rule
    )
    plain = Plain(facts, texts, rule)
    plain.join()
    alone = list(plain.representative)
    plain.merge()
    assert joined.representative.tolist() == plain.representative
    assert joined.kind.tolist() == plain.kinds
    if rule is Rule.TEXTS:
        assert alone != plain.representative


def test_ten_thousand_identical_articles() -> None:
    text = " ".join(prose(1))
    reprints = group(*(article(text, 0) for _ in range(10_000)))
    assert reprints.counts["exact"] == 9_999
    assert reprints.counts["verified"] == 0
    assert not reprints.representative.any()


def test_chain_and_template_of_many_articles_stay_bounded() -> None:
    current, pile = prose(1), []
    template = prose(2)
    for number in range(3000):
        current[number * 37 % 300] = f"changed{number}"
        filled = list(template)
        filled[::20] = [f"name{number}"] * 15
        pile += [article(list(current), number), article(filled, number)]
    reprints = group(*pile)
    assert reprints.counts["candidates"] < 60 * len(pile)
    assert reprints.counts["large_buckets"] > 0
    assert reprints.counts["largest_bucket"] >= 3000
    copies = reprints.kind[0::2] != NONE
    assert copies.mean() > 0.9
    assert (reprints.kind[1::2] == NONE).all()


@pytest.mark.parametrize("threshold", [0.0, -1.0, 1.01, float("nan")])
def test_threshold_out_of_range(threshold: float) -> None:
    with pytest.raises(LinkerError, match="threshold"):
        group(article("a"), threshold=threshold)
