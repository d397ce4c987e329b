"""The compiled side of cleaning against its plain twins: folding, counting and the screen."""

from __future__ import annotations

import itertools
import random
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linker.articles import CUT
from linker.cleaning import (
    FirstLook,
    LineCounts,
    clean,
    clean_article,
    clean_batch,
    count_lines,
    look,
    pages,
    reading,
    runs,
    screen,
    signs,
    table,
)
from linker.cleaning.article import Cleaned, clean_once
from linker.cleaning.characters import IRREGULAR, PAYLOAD, load_characters
from linker.cleaning.counts import _print, article_lines, article_print
from linker.cleaning.fingerprint import WORD, fingerprint
from linker.cleaning.furniture import AUTHORSHIP, CONTACTS, FIGURES, PICTURES
from linker.cleaning.headlines import headline_parts
from linker.cleaning.keys import key_of_line, key_of_source, source_keys
from linker.cleaning.lines import fold_line
from linker.cleaning.phrases import Phrase, load_names, load_phrases
from linker.cleaning.points import ROOM, find_break, fold, fold_ascii, strip
from linker.cleaning.signs import make_sign, sign
from linker.cleaning.strings import plain_column, strings_of

SENTENCES = [
    "The council of Port Ellery voted on Tuesday to reopen the old lighthouse stairs.",
    "Engineers spent eleven months replacing the iron treads, and nobody could say why it took",
    "so long, since the treads had been lying in the yard behind the harbour office all the while.",
    "share.",
    "قرر مجلس بلدية مرسى الياسمين إعادة فتح سلالم المنارة القديمة مطلع الصيف المقبل.",
    "Северогавань вновь открывает лестницу старого маяка, сообщили во вторник в мэрии города.",
    "青螺港议会周二决定重新开放老灯塔的楼梯，工程师用了十一个月更换铁踏板。",
    "เทศบาลเปิดบันไดประภาคารเก่าอีกครั้งในเดือนมิถุนายนหลังจากซ่อมแซมนานสิบเอ็ดเดือน",
    "등대 계단이 열한 달 만에 다시 열린다고 항구 의회가 화요일에 밝혔다.",
    "पुराने प्रकाशस्तंभ की सीढ़ियाँ जून से फिर खुलेंगी, नगर परिषद ने मंगलवार को कहा।",
    "Ada Finch",
    "World",
    "Ada Finch and Tom Okoro",
    "12 34.5 67",
    "10:20",
    "1500/1500",
    "Comments 1500/1500",
    "Copyrighted 2031 by Ellery Media",
    "3 June 2031",
    "***",
    "Tides > Coast > Harbour",
    "ab/cd",
    "Read also the report",
    "",
    "",
]
TITLES = [
    "Port Ellery reopens its lighthouse stairs",
    "Port Ellery",
    "Mayor: the lighthouse is safe - and it always was",
    "青螺港重新开放老灯塔楼梯_新浪新闻",
    "Лестница маяка открыта (ВИДЕО)",
    "",
    " Stairs ",
    " ".join(SENTENCES[:3]),
]
DECOR = ["", "", "", "- ", "» ", "(", "* ", "\u200b", "“", "3 ", "[", "¦ ", ">> "]
ENDS = ["", "", "", ".", ":", ": 12", ")", "]", "…", " |", "!", " 2031", "\u0301", " - Ada Finch"]


def _rule_texts() -> list[str]:
    """Everything that rules are made of, as it may stand in a line."""
    phrases = load_phrases()
    listed = {phrase.text for found in phrases.by_token.values() for phrase in found}
    texts = [*phrases.whole, *listed, *(phrase.text for phrase in phrases.unspaced)]
    texts += [*load_names("agencies"), *load_names("headlines", "label")]
    texts += [*load_names("headlines", "prefix"), *load_names("headlines", "sitemark")]
    words = "|".join((AUTHORSHIP, CONTACTS, FIGURES, PICTURES.replace("\\", ""))).split("|")
    return sorted(set(texts)) + words + [f"{word}: Ada Finch" for word in words]


RULES = _rule_texts()


def _shown(rule: str, draw: random.Random) -> str:
    """A text as a page may print it: other case, other numbers, something about it."""
    shown = draw.choice((rule, rule.capitalize(), rule.upper(), rule.title()))
    shown = shown.replace("0", draw.choice(("0", "12", "1,024", "٣")))
    shown = draw.choice(DECOR) + shown + draw.choice(ENDS)
    beside = draw.choice(SENTENCES)
    return draw.choice((shown, shown, shown, f"{shown} {beside}", f"{beside} {shown}"))


def _page(draw: random.Random, odd: str) -> tuple[str, str, str]:
    """A title, a text and a source, mixed from sentences, rules and decoration."""
    lines = []
    for _ in range(draw.randrange(1, 9)):
        kind = draw.random()
        if kind < 0.6:
            lines.append(draw.choice(SENTENCES))
        elif kind < 0.7:
            lines.append(" ".join(draw.choices(SENTENCES, k=8)))
        elif kind < 0.75:
            lines.append(odd)
        else:
            lines.append(_shown(draw.choice(RULES), draw))
    title = draw.choice(TITLES)
    kind = draw.random()
    if kind < 0.3:
        divider = draw.choice((": ", " | ", " - ", " – ", "|", "::", " >> ", "_", "- "))
        title = divider.join(draw.sample((title, _shown(draw.choice(RULES), draw)), 2))
    elif kind < 0.4:
        title = draw.choice((_shown(draw.choice(RULES), draw), draw.choice(lines), odd))
    return title, "\n".join(lines), draw.choice(("", "Courier", "www.courier.example"))


def _batch(rows: list[tuple[str, str, str]]) -> pa.RecordBatch:
    titles, texts, sources = (list(column) for column in zip(*rows, strict=True))
    columns = {"title": titles, "text": texts, "source": sources, "lang": ["und"] * len(rows)}
    arrays = [pa.array(values, pa.large_string()) for values in columns.values()]
    return pa.RecordBatch.from_arrays(arrays, names=list(columns))


def _site(number: int) -> tuple[str, str, str]:
    story = f"The council of town number {number} met and bought {number * 7} ladders in the end."
    line = "The Ellery Courier, friend of every harbour"
    return f"Town {number} buys ladders - Tide Room", f"{story}\n{SENTENCES[0]}\n{line}", "Courier"


COUNTS = count_lines([_batch([_site(number) for number in range(12)])])
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
PAGES = st.builds(_page, st.randoms(use_true_random=False), TEXT)


def _plain(rows: list[tuple[str, str, str]], counts: LineCounts) -> list[Cleaned]:
    return [clean_article(title, text, source, counts=counts) for title, text, source in rows]


@settings(max_examples=300, deadline=None)
@given(rows=st.lists(PAGES, min_size=1, max_size=12))
def test_what_the_screen_lets_pass_is_clean(rows: list[tuple[str, str, str]]) -> None:
    flagged = screen(_batch(rows), COUNTS)
    for row, (title, text, source) in enumerate(rows):
        cleaned = clean_article(title, text, source, counts=COUNTS)
        unchanged = (cleaned.title, cleaned.text, cleaned.cut) == (title, text, [])
        assert unchanged or flagged[row], (title, text, source, cleaned.cut)


@settings(max_examples=100, deadline=None)
@given(rows=st.lists(PAGES, min_size=1, max_size=6), begin=st.integers(0, 3))
def test_batches_are_cleaned_like_articles(rows: list[tuple[str, str, str]], begin: int) -> None:
    batch = _batch(rows).slice(begin)
    cleaned = clean_batch(batch, COUNTS)
    expected = _plain(rows[begin:], COUNTS)
    assert cleaned.column("title").to_pylist() == [article.title for article in expected]
    assert cleaned.column("text").to_pylist() == [article.text for article in expected]
    cuts = [
        [(cut["rule"], cut["text"]) for cut in row] for row in cleaned.column("cut").to_pylist()
    ]
    assert cuts == [article.cut for article in expected]
    assert cleaned.schema.field("cut").type == CUT
    cleaned.validate(full=True)


def test_ordinary_news_is_let_pass_and_not_copied() -> None:
    text = "\n\n".join(sentence for sentence in SENTENCES if len(sentence) > 60)
    batch = _batch([("Port Ellery reopens its lighthouse stairs", text, "Courier")] * 3)
    assert not screen(batch, LineCounts()).any()
    cleaned = clean_batch(batch, LineCounts())
    before, after = (given.column("text").buffers()[2] for given in (batch, cleaned))
    assert before.address == after.address


def test_articles_with_a_decorated_headline_take_no_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "\n\n".join(sentence for sentence in SENTENCES if len(sentence) > 60)
    title = "Port Ellery reopens its lighthouse stairs"
    again = f"{title}\n\n{text}"
    rows = [(f"LIVE: {title}", text, "Courier"), (f"LIVE: {title}", again, "Courier")]
    taken = []

    def counted(*given: Any) -> Any:
        taken.append(given[:2])
        return clean_once(*given)

    monkeypatch.setattr(table, "clean_once", counted)
    cleaned = clean_batch(_batch(rows), LineCounts())
    assert cleaned.column("title").to_pylist() == [title, title]
    assert cleaned.column("text").to_pylist() == [text, text]
    assert set(taken) == {rows[1][:2]}


TITLE = "Port Ellery reopens its lighthouse stairs"


@pytest.mark.parametrize("text", ["Advertisement", "", "Advertisement\nShare", TITLE, f"{TITLE}\n"])
@pytest.mark.parametrize("title", [f"LIVE: {TITLE}", f"VIDEO: LIVE: {TITLE}", "LIVE: Share", " "])
def test_pages_of_nothing_but_rules_under_a_decorated_headline(title: str, text: str) -> None:
    cleaned = clean_batch(_batch([(title, text, "Courier")]), LineCounts()).to_pylist()[0]
    [expected] = _plain([(title, text, "Courier")], LineCounts())
    assert (cleaned["title"], cleaned["text"]) == (expected.title, expected.text)
    assert [(cut["rule"], cut["text"]) for cut in cleaned["cut"]] == expected.cut


@pytest.mark.parametrize("rule", RULES[::17])
def test_a_rule_is_found_wherever_it_cuts(rule: str) -> None:
    for draw in map(random.Random, range(6)):
        rows = [("A headline of some words", f"{SENTENCES[0]}\n{_shown(rule, draw)}", "")]
        (article,) = _plain(rows, LineCounts())
        assert screen(_batch(rows), LineCounts())[0] or not article.cut


def test_every_name_and_phrase_has_a_sign() -> None:
    assert all(signs.runs_of(name) for name in load_names("agencies"))
    assert all(signs.runs_of(name) for name in load_names("headlines", "prefix"))
    table = signs.load_signs()
    for phrase in _phrases():
        for key, mark in signs._phrase_signs(phrase):
            assert signs.maybe(table, np.uint64(key))
            assert signs.find(table, np.uint64(key)) & mark == mark


def _phrases() -> list[Phrase]:
    return list({p.text: p for found in load_phrases().by_token.values() for p in found}.values())


def test_every_phrase_inside_a_line_is_found() -> None:
    """Alone, between words, and where letters stand before and after it without a space."""
    lines = []
    for phrase in _phrases():
        if phrase.mark not in "^<$":
            lines += [phrase.text, f"Mr. Finch {phrase.text} at noon"]
            if len(signs._inner_part(phrase.text, signs.runs_of(phrase.text))) > 1:
                lines.append(f"The qx{phrase.text}qx of the harbour")
    titles = strings_of(pa.array(lines, pa.large_string()))
    nothing = strings_of(pa.array([""] * len(lines), pa.large_string()))
    found = pages.read_articles(titles, nothing, np.zeros(len(lines), np.uint64)).heads
    missed = np.flatnonzero(found[reading.DOUBTS] & runs.PHRASE == 0)
    assert [lines[row] for row in missed] == []


@settings(max_examples=300, deadline=None)
@given(line=TEXT)
def test_folding_is_that_of_fold_line(line: str) -> None:
    column = strings_of(pa.array([line], pa.large_string()))
    points, bounds = np.zeros((2, ROOM), np.uint64)
    table = load_characters()
    begin, end = strip(column.data, 0, int(column.offsets[1]), table)
    assert column.text(begin, end) == line.strip()
    found = fold(_points_of(line), table, points, bounds)
    if not int(found.seen) & IRREGULAR:
        folded = "".join(chr(int(point) & PAYLOAD) for point in points[: found.size])
        assert (folded, found.tokens) == (fold_line(line), len(fold_line(line).split()))
        assert _runs(folded, bounds, found.runs) == signs.runs_of(folded)


def _points_of(line: str) -> np.ndarray:
    return np.array([ord(char) for char in line], np.uint64)


def _runs(folded: str, bounds: np.ndarray, count: int) -> list[str]:
    return [folded[begin:end] for begin, end in bounds[: 2 * count].reshape(-1, 2).tolist()]


@settings(max_examples=200, deadline=None)
@given(line=st.text(st.characters(max_codepoint=127), max_size=90))
def test_ascii_is_folded_alike(line: str) -> None:
    data = strings_of(pa.array([line], pa.large_string())).data[: len(line)]
    table = load_characters()
    points, again = np.zeros((2, ROOM), np.uint64)
    bounds, found = np.zeros((2, ROOM), np.uint64)
    folded = fold_ascii(data, table, points, bounds)
    assert folded == fold(_points_of(line), table, again, found)
    assert (points[: folded.size] == again[: folded.size]).all()
    assert (bounds[: 2 * folded.runs] == found[: 2 * folded.runs]).all()


@given(data=st.binary(max_size=200), begin=st.integers(0, 20))
def test_breaks_are_found(data: bytes, begin: int) -> None:
    begin = min(begin, len(data))
    expected = data.find(b"\n", begin)
    column = np.frombuffer(data + b"\n", np.uint8)
    assert find_break(column, begin, len(data)) == (expected if expected >= 0 else len(data))


MASK = (1 << 64) - 1


def _spread(word: int, place: int) -> int:
    word ^= place * 0x9E3779B97F4A7C15 & MASK
    word = (word ^ word >> 32) * 0xBF58476D1CE4E5B9 & MASK
    return word ^ word >> 29


def _mix(value: int) -> int:
    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9 & MASK
    value = (value ^ value >> 27) * 0x94D049BB133111EB & MASK
    return value ^ value >> 31


def _fingerprint(data: bytes) -> int:
    """The definition, in whole numbers."""
    whole = len(data) // WORD * WORD
    value = len(data)
    for place in range(0, whole, WORD):
        value += _spread(int.from_bytes(data[place : place + WORD], "little"), place + WORD)
    value += _spread(int.from_bytes(data[whole:], "little"), len(data) + 1)
    return _mix(value & MASK)


@given(data=st.binary(max_size=90))
def test_fingerprints_are_what_they_say(data: bytes) -> None:
    assert fingerprint(np.frombuffer(data, np.uint8)) == _fingerprint(data)


def test_fingerprints_tell_paragraphs_apart() -> None:
    words = [" ".join(order) for order in itertools.permutations(SENTENCES[0].split()[:8])]
    prints = {_print(text) for text in words}
    assert len(prints) >= len(words) - 2


@settings(max_examples=200, deadline=None)
@given(title=TEXT, lines=st.lists(st.one_of(TEXT, st.sampled_from(SENTENCES)), max_size=6))
def test_lines_are_read_as_python_reads_them(title: str, lines: list[str]) -> None:
    text = "\n".join([*lines, "World"])  # no paragraph at the end, so all lines are kept
    titles = strings_of(pa.array(["", title], pa.large_string()))
    strings = strings_of(pa.array(["", text], pa.large_string()))
    sources = source_keys(strings_of(pa.array(["", "Courier"], pa.large_string())))
    read = pages.read_articles(titles, strings, sources)
    kept = [line.strip() for line in text.split("\n") if line.strip()]
    assert read.sizes.tolist() == [0, len(kept)]
    assert read.lines[reading.SIZE].tolist() == [len(line) for line in kept]
    places = read.lines[[reading.BEGIN, reading.END]].T.tolist()
    assert [strings.text(*place) for place in places] == kept
    long = [_fingerprint(line.encode()) >> 32 for line in kept if len(line) >= 60]
    assert read.prints.tolist() == [1 << 32, min(long, default=1 << 32)]
    (part,) = _look([(title, text, "Courier")])._counter.parts
    assert part.prints.tolist() == [article_print(title, text)]
    expected = {*article_lines(title, text), *("\0" + part for part in headline_parts(title))}
    source = key_of_source("Courier")
    keys = {key_of_line(source, line) for line in expected}
    assert keys - {key_of_line(source, "")} == set(part.keys.tolist()) - {key_of_line(source, "")}


def _look(rows: list[tuple[str, str, str]], size: int = 1 << 20) -> FirstLook:
    first = FirstLook()
    for begin in range(0, len(rows), size):
        first.add(look(_batch(rows[begin : begin + size])))
    return first


@settings(max_examples=100, deadline=None)
@given(rows=st.lists(PAGES, min_size=1, max_size=12), size=st.integers(1, 5))
def test_the_first_look_flags_what_counting_shows(
    rows: list[tuple[str, str, str]], size: int
) -> None:
    rows = [_site(number) for number in range(12)] + rows
    counts, flagged = _look(rows, size).settle()
    assert counts == count_lines([_batch(rows)])
    assert flagged.tolist() == screen(_batch(rows), counts).tolist()
    assert flagged[:12].all()
    for row, article in enumerate(_plain(rows, counts)):
        unchanged = (article.title, article.text, article.cut) == (*rows[row][:2], [])
        assert unchanged or flagged[row]
    cleaned = clean_batch(_batch(rows), counts, flagged)
    assert cleaned.equals(clean_batch(_batch(rows), counts))
    (again,) = clean([_batch(rows)], counts, flagged)
    assert again.equals(cleaned)


def test_a_look_at_nothing_finds_nothing() -> None:
    assert FirstLook().settle().flagged.tolist() == []


def _count_plainly(rows: list[tuple[str, str, str]]) -> tuple[set[int], set[int], dict[str, int]]:
    """The definition of LineCounts, in sets."""
    articles, found = defaultdict(set), defaultdict(set)
    for title, text, source in rows:
        article = article_print(title, text)
        articles[source].add(article)
        parts = [f"\0{part}" for part in headline_parts(title)]
        for line in {*article_lines(title, text), *parts} - {""}:
            found[source, line].add(article)
    frequent, dominant = set(), set()
    for (source, line), times in found.items():
        few, share = 5 if source else 10, len(times) / len(articles[source])
        key = key_of_line(key_of_source(source), line)
        if len(times) >= few and share >= 0.1:
            frequent.add(key)
        if len(times) >= max(few, 8) and share >= 0.25:
            dominant.add(key)
    return frequent, dominant, {source: len(prints) for source, prints in articles.items()}


def test_counting_is_what_it_says() -> None:
    draw = random.Random(7)
    rows = [_page(draw, " Ł\u0f71\u0f72\u0f39 ") for _ in range(300)] + [
        _site(n) for n in range(30)
    ]
    counts = count_lines([_batch(rows[:100]), _batch(rows[100:101]), _batch(rows[101:])])
    assert (counts.frequent, counts.dominant, counts.sources) == _count_plainly(rows)
    assert counts.frequent
    assert counts.dominant


def test_batches_are_cleaned_on_several_threads() -> None:
    draw = random.Random(3)
    batches = [_batch([_page(draw, "x") for _ in range(40)]) for _ in range(8)]
    alone = [clean_batch(batch, COUNTS) for batch in batches]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda batch: clean_batch(batch, COUNTS), batches))
    assert all(one.equals(other) for one, other in zip(alone, together, strict=True))


@pytest.mark.parametrize("count", [0, 1])
def test_nothing_at_all_passes(count: int) -> None:
    batch = _batch([("", "", "")]).slice(0, count)
    assert screen(batch, LineCounts()).tolist() == [False] * count
    assert count_lines([batch]).frequent == frozenset()
    assert clean_batch(batch, LineCounts()).column("text").to_pylist() == [""] * count


def test_hostile_pages_are_left_to_python() -> None:
    many = "\n".join(f"{number} boats" for number in range(3000))
    huge = "word " * 200_000
    rows = [("A title", many, "a"), (huge, huge, huge), ("\0", "\0\n\x1c\n\U000e0041", "\0")]
    cleaned = clean_batch(_batch(rows), count_lines([_batch(rows)]))
    expected = _plain(rows, count_lines([_batch(rows)]))
    assert cleaned.column("text").to_pylist() == [article.text for article in expected]


def test_missing_values_are_empty_strings() -> None:
    batch = _batch([("A", "B", "C")])
    empty = pa.nulls(1, pa.large_string())
    batch = pa.RecordBatch.from_arrays([empty] * 4, names=batch.schema.names)
    assert plain_column(batch, "title").to_pylist() == [""]
    assert clean_batch(batch, count_lines([batch])).column("text").to_pylist() == [""]


@given(st.integers(0, 9), st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 10))
def test_a_sign_is_that_of_its_plain_twin(kind: int, first: int, second: int) -> None:
    assert make_sign(kind, first, second) == sign(kind, np.uint64(first), np.uint64(second))
