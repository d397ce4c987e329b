"""The embedding room: ids as `tokenizers` has them, exact pooling, the shipped model."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from linker.embedding import load_encoder
from linker.embedding.encoder import MODEL
from linker.embedding.pooling import BLOCK, pool, pool_plain, quantise
from linker.embedding.static import CHUNK, MAX_CHARACTERS, StaticEncoder
from linker.embedding.wordpiece import WordPiece
from linker.errors import LinkerError

FLOOD = {
    "en": "The river burst its banks on Monday and flooded the old town after three days of rain.",
    "ar": "فاض النهر عن ضفتيه يوم الاثنين وغمرت مياهه المدينة القديمة بعد ثلاثة أيام من المطر.",
    "fr": "La rivière a débordé lundi et inondé la vieille ville après trois jours de pluie.",
    "es": "El río se desbordó el lunes e inundó el casco antiguo tras tres días de lluvia.",
    "ru": "В понедельник река вышла из берегов и после трёх дней дождя затопила старый город.",
    "tr": "Nehir pazartesi günü taştı ve üç gün süren yağmurun ardından eski şehri su bastı.",
    "zh": "连下三天雨后，河水周一决堤，淹没了老城。",
    "ko": "사흘 동안 비가 내린 뒤 월요일에 강이 범람해 구시가지가 물에 잠겼다.",
}
COURT = {
    "en": "The court sentenced the former minister to four years in prison for taking bribes.",
    "ar": "حكمت المحكمة على الوزير السابق بالسجن أربع سنوات بتهمة تلقي الرشوة.",
    "fr": "Le tribunal a condamné l'ancien ministre à quatre ans de prison pour corruption.",
    "es": "El tribunal condenó al exministro a cuatro años de cárcel por aceptar sobornos.",
    "ru": "Суд приговорил бывшего министра к четырём годам тюрьмы за получение взяток.",
    "tr": "Mahkeme eski bakanı rüşvet aldığı için dört yıl hapis cezasına çarptırdı.",
    "zh": "法院以受贿罪判处这名前部长四年有期徒刑。",
    "ko": "법원은 뇌물을 받은 전직 장관에게 징역 4년을 선고했다.",
}
# What once went wrong somewhere: expansions, jamo, marks, ideographs, long words, lone specials.
ODD_TEXTS = [
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
]


@pytest.fixture(scope="module")
def encoder() -> StaticEncoder:
    shipped = load_encoder()
    assert isinstance(shipped, StaticEncoder)
    return shipped


TOKENIZER = Tokenizer.from_file(str(MODEL / "tokenizer.json"))
WORDPIECE = WordPiece(TOKENIZER)


def ids_of(texts: list[str]) -> list[list[int]]:
    ids, offsets = WORDPIECE.encode(texts)
    return [ids[start:end].tolist() for start, end in pairwise(offsets)]


def same_ids(texts: list[str]) -> None:
    wanted = TOKENIZER.encode_batch(texts, add_special_tokens=False)
    assert ids_of(texts) == [one.ids for one in wanted]


def test_ids_of_odd_texts_are_those_of_tokenizers() -> None:
    same_ids([*ODD_TEXTS, *FLOOD.values(), *COURT.values(), " ".join(ODD_TEXTS)])


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text(max_size=60), max_size=5))
def test_ids_of_any_text_are_those_of_tokenizers(texts: list[str]) -> None:
    same_ids(texts)


@settings(max_examples=150, deadline=None)
@given(
    st.text(
        st.one_of(
            st.characters(max_codepoint=0x24F),
            st.characters(min_codepoint=0x600, max_codepoint=0x6FF),
            st.characters(min_codepoint=0x900, max_codepoint=0xE7F),
            st.characters(min_codepoint=0x1100, max_codepoint=0x11FF),
            st.characters(min_codepoint=0x4E00, max_codepoint=0x4FFF),
            st.characters(categories=["M", "P", "Z", "Cf"]),
        ),
        max_size=120,
    )
)
def test_ids_of_news_scripts_are_those_of_tokenizers(text: str) -> None:
    same_ids([text])


@pytest.mark.slow
def test_ids_of_every_code_point_are_those_of_tokenizers() -> None:
    codes = [code for code in range(0x110000) if not 0xD800 <= code < 0xE000]
    for start in range(0, len(codes), 50_000):
        same_ids([f"ab{chr(code)}ab {chr(code)}x" for code in codes[start : start + 50_000]])


def test_special_tokens_in_a_text_are_read_as_a_space() -> None:
    assert ids_of(["a[PAD]b [UNK]"]) == ids_of(["a b"])


def test_broken_surrogates_end_a_word() -> None:
    assert ids_of(["town\ud800hall"]) == ids_of(["town hall"])


@settings(max_examples=60, deadline=None)
@example(lengths=[0], seed=0)
@example(lengths=[BLOCK + 3, 1], seed=1)
@given(st.lists(st.integers(0, 40), min_size=1, max_size=8), st.integers(0, 2**32 - 1))
def test_pooling_is_that_of_its_plain_twin(lengths: list[int], seed: int) -> None:
    rng = np.random.default_rng(seed)
    matrix = rng.integers(-32_767, 32_768, size=(50, 24)).astype(np.int16)
    matrix[0] = 32_767
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    ids = rng.integers(0, 50, size=offsets[-1]).astype(np.uint32)
    if lengths[0] > BLOCK:
        ids[:] = 0  # the largest sum there can be
    vectors = np.ones((len(lengths), 24), np.float32)
    pool(ids, offsets, matrix, vectors)
    assert vectors.tobytes() == pool_plain(ids, offsets, matrix).tobytes()


def test_quantise_keeps_proportions() -> None:
    matrix = np.array([[0.5, -1.0], [0.25, 0.0]], np.float16)
    assert quantise(matrix).tolist() == [[16_384, -32_767], [8_192, 0]]
    assert not quantise(np.zeros((2, 2), np.float16)).any()


@pytest.mark.parametrize("language", [name for name in FLOOD if name != "en"])
def test_translations_are_near(encoder: StaticEncoder, language: str) -> None:
    english = encoder.encode([FLOOD["en"], COURT["en"]])
    foreign = encoder.encode([FLOOD[language], COURT[language]])
    similarity = english @ foreign.T
    assert similarity.diagonal().min() > 0.3
    assert similarity.diagonal().min() > max(similarity[0, 1], similarity[1, 0]) + 0.15


def test_rows_have_norm_one_or_zero(encoder: StaticEncoder) -> None:
    vectors = encoder.encode(["", "  \n", "A quiet day.", "\u0301"])
    assert vectors.dtype == np.float32
    assert vectors.shape == (4, encoder.dimension)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), [0, 0, 1, 0], atol=1e-6)
    assert encoder.encode([]).shape == (0, encoder.dimension)


def test_vectors_do_not_depend_on_batch_or_threads(encoder: StaticEncoder) -> None:
    lines = [*FLOOD.values(), *COURT.values(), *ODD_TEXTS]
    texts = [f"{line} {number} {lines[number % 7]}" for number in range(40) for line in lines]
    assert len(texts) > 2 * CHUNK
    whole = encoder.encode(texts)
    assert encoder.encode(texts, threads=3).tobytes() == whole.tobytes()
    alone = np.concatenate([encoder.encode([text]) for text in texts[:40]])
    assert alone.tobytes() == whole[:40].tobytes()
    assert encoder.encode(texts[::-1])[::-1].tobytes() == whole.tobytes()


def test_threads_that_meet_new_letters_together_agree(encoder: StaticEncoder) -> None:
    texts = [*FLOOD.values(), *ODD_TEXTS] * 100
    fresh = StaticEncoder(MODEL, "fresh")
    assert fresh.encode(texts, threads=4).tobytes() == encoder.encode(texts).tobytes()


def test_long_texts_are_read_to_the_limit(encoder: StaticEncoder) -> None:
    head = "The minister resigned. " * (MAX_CHARACTERS // 23 + 1)
    long, cut = encoder.encode([head + "Rain fell. " * 1_000_000, head[:MAX_CHARACTERS]])
    assert (long == cut).all()


def test_model_is_small_and_ordinary() -> None:
    files = [path for path in MODEL.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 50_000_000
    assert {"modules.json", "README.md"} <= {path.name for path in files}


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LinkerError, match="holds no model"):
        load_encoder(str(tmp_path))


@pytest.mark.parametrize("name", ["./nowhere/model", "no such model", "/nowhere", ""])
def test_a_name_that_cannot_be_a_model_is_refused(name: str) -> None:
    with pytest.raises(LinkerError):
        load_encoder(name)


def test_a_static_folder_without_weights_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LinkerError, match="no static embedding model"):
        StaticEncoder(tmp_path, "broken")


def test_the_shipped_model_needs_no_torch() -> None:
    code = (
        "import sys; from linker.embedding import load_encoder; load_encoder().encode(['rain']);"
        "assert not {'torch', 'sentence_transformers', 'transformers'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)


@pytest.mark.slow
def test_sentence_transformers_gives_the_same_vectors(encoder: StaticEncoder) -> None:
    other = load_encoder(str(MODEL))
    texts = [*FLOOD.values(), *COURT.values(), *ODD_TEXTS, " ".join(FLOOD.values()) * 20]
    ours, theirs = encoder.encode(texts), other.encode(texts)
    assert other.dimension == encoder.dimension
    filled = np.linalg.norm(ours, axis=1) > 0
    assert ((np.linalg.norm(theirs, axis=1) > 0) == filled).all()
    assert (ours * theirs).sum(axis=1)[filled].min() >= 0.9999


@pytest.mark.slow
def test_an_unknown_model_is_one_clear_line_offline() -> None:
    code = (
        "from linker.embedding import load_encoder; from linker.errors import LinkerError\n"
        "try: load_encoder('nobody/no-such-model-at-all')\n"
        "except LinkerError as error: assert len(str(error).splitlines()) == 1\n"
        "else: raise SystemExit('loaded')"
    )
    offline = {**os.environ, "HF_HUB_OFFLINE": "1"}
    subprocess.run([sys.executable, "-c", code], check=True, timeout=300, env=offline)


@pytest.mark.slow
def test_a_damaged_folder_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "modules.json").write_text("[]", encoding="utf-8")
    (tmp_path / "config.json").write_text("{}", encoding="utf-8")
    with pytest.raises(LinkerError):
        load_encoder(str(tmp_path)).encode(["rain"])


def test_letters_that_another_thread_learnt_meanwhile_stay_where_they_are() -> None:
    """A kernel at work holds the old expansions: their rows must not move under it."""
    alphabet = WordPiece(Tokenizer.from_file(str(MODEL / "tokenizer.json")))._alphabet
    codes = np.array([ord("\ufdfa")], np.uint32)
    lock = alphabet._lock

    class Overtaken:
        def __enter__(self) -> None:
            alphabet._lock = lock
            alphabet.learn(codes)

        def __exit__(self, *_: object) -> None:
            pass

    alphabet._lock = Overtaken()  # type: ignore[assignment]
    _, starts = alphabet.learn(codes)
    assert len(starts) == 2
    assert alphabet.entries[codes[0]] & 0xFFFFFF == 0
