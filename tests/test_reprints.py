"""Groups of reprints as a reader would make them, and against a plain twin."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest
from copies import Pile, article, group, prose, shingle_set, similarity, table

from linker.errors import LinkerError
from linker.reprints import (
    EXACT,
    EXCERPT,
    NONE,
    REPRINT,
    VERSION,
    Rule,
    pair_similarity,
)
from linker.reprints.assign import judge
from linker.reprints.candidates import Members
from linker.reprints.facts import Facts, describe
from linker.reprints.groups import join_pairs
from linker.reprints.kernels import Similarity
from linker.reprints.shingles import (
    hash_shingles,
)
from linker.reprints.sketches import sketch
from linker.text import word_hashes


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
    shingles = hash_shingles(words_of_all)
    sketches = sketch(words_of_all, 0.7, shingles)
    facts = describe(sketches, rows, threads=1)
    pairs = [later << 32 | earlier for later in range(len(texts)) for earlier in range(later)]
    members = Members(sketches, facts)
    joined, _ = join_pairs(members, np.array(pairs, np.uint64), shingles.take, 0.7, rule)
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
