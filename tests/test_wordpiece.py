"""Token ids as `tokenizers` has them: the shipped tokenizer, and small ones with other rules."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers

from linker.embedding.alphabet import USUAL
from linker.embedding.encoder import MODEL
from linker.embedding.trie import ABOVE_SHIFT, BASE_SHIFT, FIELD, TOKEN, Trie, build_trie
from linker.embedding.vocabulary import load_vocabulary
from linker.embedding.wordpiece import WordPiece
from linker.embedding.wordpiece_kernel import SLOTS
from linker.errors import LinkerError

LINES = [
    "The river burst its banks on Monday and flooded the old town after three days of rain.",
    "فاض النهر عن ضفتيه يوم الاثنين وغمرت مياهه المدينة القديمة بعد ثلاثة أيام من المطر.",
    "La rivière a débordé lundi et inondé la vieille ville après trois jours de pluie.",
    "El río se desbordó el lunes e inundó el casco antiguo tras tres días de lluvia.",
    "В понедельник река вышла из берегов и после трёх дней дождя затопила старый город.",
    "Nehir pazartesi günü taştı ve üç gün süren yağmurun ardından eski şehri su bastı.",
    "连下三天雨后，河水周一决堤，淹没了老城。",
    "사흘 동안 비가 내린 뒤 월요일에 강이 범람해 구시가지가 물에 잠겼다.",
    "三日間の雨の後、月曜日に川が氾濫し、旧市街が浸水した。",
    "แม่น้ำเอ่อล้นตลิ่งเมื่อวันจันทร์และท่วมเมืองเก่าหลังฝนตกสามวัน",
    "तीन दिन की बारिश के बाद सोमवार को नदी उफान पर आ गई और पुराने शहर में बाढ़ आ गई।",
    "Con sông vỡ bờ hôm thứ Hai và làm ngập phố cổ sau ba ngày mưa.",
    "மூன்று நாட்கள் பெய்த மழைக்குப் பிறகு திங்களன்று ஆறு கரைபுரண்டது.",
]
# What once went wrong somewhere: expansions, jamo, marks, ideographs, long words, lone specials.
ODD = [
    "",
    " \t\n\u3000",
    "\ufdfa\ufdfa and ½ ﬁ ① ǆ",
    "각 각 \u1100\u1161\u11a8",
    "مــدرســة، ى ی ک",
    "e\u0301 \u0301 İstanbul ΣΑΣ ß ẞ",
    "x" * 99 + " " + "x" * 100 + " " + "x" * 101,
    "中" * 150 + "。" + "한" * 40,
    "don't [stop]—now… 'quoted' $5 a+b=c 10–12",
    "می\u200cروم \u200d\ufeff\u00ad\u0000\u0085",
    "🙂🙂 👨\u200d👩\u200d👧 🇺🇳",
    "歌手陶喆在北京，翟\u3099氪か\u3099 ก俞ั 🔥now5°C Bundes\u00adtag ខ្មែរ\u200bថ្មី",
]


def shipped() -> bytes:
    return (MODEL / "tokenizer.json").read_bytes()


def new_tokenizer(words: list[str], steps: list[Any], longest: int = 100) -> Tokenizer:
    """A WordPiece tokenizer of these words, all letters of them, and their inner forms."""
    letters = sorted(set("".join(words)))
    tokens = ["[UNK]", *words, *letters, *(f"##{token}" for token in [*letters, *words])]
    vocabulary = {token: number for number, token in enumerate(dict.fromkeys(tokens))}
    model = models.WordPiece(vocabulary, unk_token="[UNK]", max_input_chars_per_word=longest)
    tokenizer = Tokenizer(model)
    tokenizer.normalizer = normalizers.Sequence(steps)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return tokenizer


def accents_kept() -> Tokenizer:
    """Keeps some marks of every kind, as for Vietnamese and Thai; a word of up to 30 letters."""
    words = ["ho\u031b", "ho\u0323", "ba", "การ", "ทุ่", "कि", "ك", "ة", "한", "ae", "ß", "ss"]
    words = [*words, "\u0309", "\u031b", "\u0323", "\u0e38", "\u0e48", "\u094d", "\u3099", "か"]
    steps = [
        normalizers.NFKD(),
        normalizers.Replace(
            Regex(r"[\p{Mn}&&[^\u0309\u031B\u0323\u3099\u0900-\u109F]]|[\u093C]"), ""
        ),
        normalizers.Lowercase(),
        normalizers.Replace("æ", "ae"),
        normalizers.Replace("ß", "ss"),
        normalizers.Replace("٣", "3"),
    ]
    return new_tokenizer(words, steps, 30)


class Pair:
    """A tokenizer and the pass that must have the same ids."""

    def __init__(self, source: str | bytes) -> None:
        text = source if isinstance(source, str) else source.decode()
        self.theirs = Tokenizer.from_str(text)
        self.ours = WordPiece(text.encode())

    def ids(self, texts: list[str]) -> list[list[int]]:
        ids, offsets = self.ours.encode(texts)
        return [ids[start:end].tolist() for start, end in pairwise(offsets)]

    def agree(self, texts: list[str]) -> None:
        wanted = self.theirs.encode_batch(texts, add_special_tokens=False)
        assert self.ids(texts) == [one.ids for one in wanted]


PAIRS = {"shipped": Pair(shipped()), "accents kept": Pair(accents_kept().to_str())}
every_pair = pytest.mark.parametrize("pair", PAIRS.values(), ids=PAIRS)


@every_pair
def test_ids_of_odd_texts(pair: Pair) -> None:
    pair.agree([*ODD, *LINES, " ".join(ODD), "\n".join(LINES)])


@every_pair
@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(max_size=60), max_size=5))
def test_ids_of_any_text(pair: Pair, texts: list[str]) -> None:
    pair.agree(texts)


@every_pair
@settings(max_examples=100, deadline=None)
@given(
    st.text(
        st.one_of(
            st.characters(max_codepoint=0x24F),
            st.characters(min_codepoint=0x300, max_codepoint=0x36F),
            st.characters(min_codepoint=0x600, max_codepoint=0x6FF),
            st.characters(min_codepoint=0x900, max_codepoint=0xE7F),
            st.characters(min_codepoint=0x1100, max_codepoint=0x11FF),
            st.characters(min_codepoint=0x1EA0, max_codepoint=0x1EFF),
            st.characters(min_codepoint=0x3040, max_codepoint=0x30FF),
            st.characters(min_codepoint=0x4E00, max_codepoint=0x4FFF),
            st.characters(categories=["M", "P", "Z", "Cf"]),
        ),
        max_size=120,
    )
)
def test_ids_of_news_scripts(pair: Pair, text: str) -> None:
    pair.agree([text])


@every_pair
@settings(max_examples=100, deadline=None)
@given(
    st.text(st.sampled_from("ahơờợoб \u031b\u0323\u0309\u0301\u0345ทุ่\u0e38क\u093c\u094dか\u3099ﾞ"))
)
def test_ids_of_marks_in_any_order(pair: Pair, text: str) -> None:
    """Normal forms put marks in an order of their own, across the characters of a text."""
    pair.agree([text, "b" + text])


@every_pair
@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([*"ab é中한①½ﷺß٣", "e\u0301", "\u0301", "การ"]), max_size=140))
def test_ids_of_long_words(pair: Pair, parts: list[str]) -> None:
    text = "".join(parts)
    pair.agree([text, text.replace(" ", "")])


@pytest.mark.parametrize("length", [15, 16, 17, 29, 30, 31, 99, 100, 101, 5000])
@every_pair
def test_words_about_the_limits(pair: Pair, length: int) -> None:
    pair.agree([letter * length + tail for letter in "x中กb" for tail in ("", " y", ".", "\u0301")])


@pytest.mark.slow
@every_pair
def test_ids_of_every_code_point(pair: Pair) -> None:
    codes = [code for code in range(0x110000) if not 0xD800 <= code < 0xE000]
    for start in range(0, len(codes), 50_000):
        pair.agree([f"ab{chr(code)}ab {chr(code)}x" for code in codes[start : start + 50_000]])


@pytest.mark.slow
@every_pair
def test_ids_of_every_pair_of_marks(pair: Pair) -> None:
    marks = [chr(code) for code in (*range(0x300, 0x370), 0x93C, 0x94D, 0xE38, 0xE48, 0x3099)]
    pair.agree([f"o{one}{other}a" for one in marks for other in marks])


def test_tokens_written_out_in_a_text_are_themselves() -> None:
    texts = ["a[PAD]b [UNK]", "[PAD]", "[pad] [UN K]", "[[PAD]]", *LINES]
    PAIRS["shipped"].agree(texts)
    tokenizer = accents_kept()
    tokenizer.add_tokens([AddedToken("ba", normalized=False, single_word=True)])
    tokenizer.add_special_tokens(["[CLS]", AddedToken("<s>", lstrip=True)])
    Pair(tokenizer.to_str()).agree(["ba baba ba.", "x <s>ba[CLS] ho", "<s", *LINES])


def test_broken_surrogates_end_a_word() -> None:
    for pair in PAIRS.values():
        assert pair.ids(["town\ud800hall", "\udfff"]) == pair.ids(["town hall", ""])
        assert pair.ids(["[PAD]\ud800o\u0323\u031b"]) == pair.ids(["[PAD] o\u0323\u031b"])


def test_more_words_than_the_memory_has_slots() -> None:
    chance = np.random.default_rng(0)
    words = ["".join(chance.choice(list("abcde"), 7)) for _ in range(SLOTS)]
    PAIRS["shipped"].agree([" ".join(words), " ".join(words[::-1])])


def test_threads_that_meet_new_letters_together_agree() -> None:
    rare = [chr(code) * 2 for code in range(USUAL, USUAL + 3000)]
    texts = [*LINES, *ODD, *rare] * 3
    wanted = [one.ids for one in PAIRS["shipped"].theirs.encode_batch(texts)]
    ours = WordPiece(shipped())

    def encode(start: int) -> list[list[int]]:
        ids, offsets = ours.encode(texts[start : start + 40])
        return [ids[begin:end].tolist() for begin, end in pairwise(offsets)]

    with ThreadPoolExecutor(4) as threads:
        found = [ids for part in threads.map(encode, range(0, len(texts), 40)) for ids in part]
    assert found == wanted


def test_the_worst_words_take_little_longer_than_others() -> None:
    """Each letter begins a walk of the trie again; none is longer than the longest token."""
    ours = PAIRS["shipped"].ours
    hostile = ["ﷺ" * 20_000, "internationalisatio" * 1000, "مستش" * 5000, "中" * 20_000]
    ours.encode(hostile)
    started = time.process_time()
    ours.encode(hostile)
    assert time.process_time() - started < 1


def test_another_tokenizer_is_another_vocabulary() -> None:
    source = json.loads(shipped())
    source["model"]["vocab"] |= {"river": source["model"]["vocab"]["the"]}
    source["model"]["vocab"] |= {"the": 5}
    Pair(json.dumps(source)).agree([LINES[0]])
    PAIRS["shipped"].agree([LINES[0]])


def test_damaged_tables_are_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    source = accents_kept().to_str().encode()
    fresh = load_vocabulary(source)
    [file] = (tmp_path / "linker").iterdir()
    for content in (b"", file.read_bytes()[:-1000]):
        file.write_bytes(content)
        assert (load_vocabulary(source).words.slots == fresh.words.slots).all()
    with np.load(file) as stored:
        arrays = dict(stored)
    np.savez(file, **(arrays | {"slots": arrays["slots"][:9]}))
    assert (load_vocabulary(source).words.slots == fresh.words.slots).all()


def test_tokenizers_of_another_kind_are_refused() -> None:
    bpe = Tokenizer(models.BPE())
    no_words = new_tokenizer(["a"], [normalizers.NFKD()])
    no_words.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    normal = new_tokenizer(["a"], [normalizers.NFKD()])
    normal.add_tokens([AddedToken("Zebra", normalized=True)])
    runs = new_tokenizer(["a"], [normalizers.NFKD()])
    runs.pre_tokenizer = pre_tokenizers.Whitespace()
    for tokenizer in (bpe, no_words, normal, runs):
        with pytest.raises(LinkerError):
            load_vocabulary(tokenizer.to_str().encode())
    for source in (b"", b"{}", b"\xff", b"[]"):
        with pytest.raises(LinkerError, match="no tokenizer"):
            load_vocabulary(source)


spellings = st.lists(st.integers(1, 6), min_size=1, max_size=5).map(tuple)


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.tuples(st.integers(0, 1), spellings), st.integers(0, 999), max_size=40))
def test_a_trie_holds_its_tokens_and_no_others(
    tokens: dict[tuple[int, tuple[int, ...]], int],
) -> None:
    trie = build_trie([(inside, word, number) for (inside, word), number in tokens.items()], 8)
    others = {(inside, (*word[:-1], 7)): None for inside, word in tokens}
    for (inside, word), number in (others | tokens).items():
        assert found(trie, inside, word) == number


def found(trie: Trie, inside: int, word: tuple[int, ...]) -> int | None:
    """The token of this spelling, None without one."""
    node = len(trie.slots) + inside * trie.first.shape[1] + word[0]
    slot = int(trie.first[inside, word[0]])
    for letter in word[1:]:
        base = slot >> BASE_SHIFT & FIELD
        slot = int(trie.slots[base + letter])
        if not base or slot >> ABOVE_SHIFT != node:
            return None
        node = base + letter
    return (slot & TOKEN) - 1 if slot & TOKEN else None
