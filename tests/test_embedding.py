"""The embedding room: ids as `tokenizers` has them, exact pooling, the shipped model."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numba import njit
from numpy.typing import NDArray

from linker.embedding import load_encoder
from linker.embedding.compiled import CHUNK, CompiledModel
from linker.embedding.encoder import MODEL
from linker.embedding.memory import load_wide, prefetch, store_wide
from linker.embedding.plain import (
    MAX_CHARACTERS,
    PlainModel,
    largest_magnitude,
    pool_plain,
    quantise_plain,
)
from linker.embedding.pooling import BLOCK, pool, quantise
from linker.embedding.static import StaticEncoder, _map_weights
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
ODD_TEXTS = [
    "",
    " \t\n\u3000",
    "e\u0301 \u0301 İstanbul",
    "中" * 150 + "。",
    "a[PAD]b",
    "\ud800 🙂",
    "\ufdfa",
]


@pytest.fixture(scope="module")
def encoder() -> StaticEncoder:
    shipped = load_encoder()
    assert isinstance(shipped, StaticEncoder)
    return shipped


@settings(max_examples=60, deadline=None)
@example(lengths=[0], seed=0)
@example(lengths=[BLOCK + 3, 1], seed=1)
@example(lengths=[0, 4, 5, 40], seed=2)
@given(st.lists(st.integers(0, 40), min_size=1, max_size=8), st.integers(0, 2**32 - 1))
def test_pooling_is_that_of_its_plain_twin(lengths: list[int], seed: int) -> None:
    rng = np.random.default_rng(seed)
    width = 24 + seed % 4  # also where it is no multiple of the lanes
    matrix = rng.integers(-32_767, 32_768, size=(50, width)).astype(np.int16)
    matrix[0] = 32_767
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    ids = rng.integers(0, 50, size=offsets[-1]).astype(np.uint32)
    if lengths[0] > BLOCK:
        ids[:] = 0  # the largest sum there can be
    vectors = np.ones((len(lengths), width), np.float32)
    pool(ids, offsets, matrix.reshape(-1), vectors)
    assert vectors.tobytes() == pool_plain(ids, offsets, matrix).tobytes()


def _quantise_plain(matrix: NDArray[np.float16]) -> NDArray[np.int16]:
    return quantise_plain(matrix, largest_magnitude(matrix))


@pytest.mark.parametrize("rounded", [quantise, _quantise_plain])
def test_quantise_keeps_proportions(rounded: Any) -> None:
    matrix = np.array([[0.5, -1.0], [0.25, -0.0]], np.float16)
    assert rounded(matrix).tolist() == [[16_384, -32_767], [8_192, 0]]
    assert not rounded(np.zeros((2, 2), np.float16)).any()
    assert rounded(np.zeros((0, 2), np.float16)).shape == (0, 2)
    for odd in (np.inf, -np.inf, np.nan):
        with pytest.raises(ValueError, match="finite"):
            rounded(np.array([[1, odd]], np.float16))


@settings(max_examples=30, deadline=None)
@given(st.binary(min_size=24, max_size=24), st.integers(0, 8), st.integers(0, 2**64 - 1))
def test_wide_numbers_lie_anywhere(content: bytes, place: int, value: int) -> None:
    array = np.frombuffer(content, np.uint16).copy()
    assert _load(array, place) == int.from_bytes(content[2 * place : 2 * place + 8], "little")
    _store(array, place, np.uint64(value))
    whole = content[: 2 * place] + value.to_bytes(8, "little") + content[2 * place + 8 :]
    assert array.tobytes() == whole


@njit
def _load(array: Any, place: int) -> Any:
    prefetch(array, np.uint64(place))
    return load_wide(array, np.uint64(place))


@njit
def _store(array: Any, place: int, value: int) -> None:
    store_wide(array, np.uint64(place), np.uint64(value))


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 40), st.integers(1, 70), st.integers(0, 2**32 - 1))
def test_quantise_is_rounding_under_one_scale(rows: int, columns: int, seed: int) -> None:
    matrix = np.random.default_rng(seed).normal(size=(rows, columns)).astype(np.float16)
    exact = matrix.astype(np.float64) * (32_767 / np.abs(matrix).max().astype(np.float64))
    assert (quantise(matrix) == np.rint(exact)).all()
    assert (_quantise_plain(matrix) == np.rint(exact)).all()


@pytest.fixture(scope="module")
def twins() -> tuple[CompiledModel, PlainModel]:
    weights = _map_weights(MODEL / "model.safetensors")
    source = (MODEL / "tokenizer.json").read_bytes()
    return CompiledModel(weights, source), PlainModel(weights, source)


@settings(max_examples=60, deadline=None)
@example([])
@example([*FLOOD.values(), *COURT.values(), *ODD_TEXTS])
@given(st.lists(st.text(max_size=60), max_size=6))
def test_a_model_is_that_of_its_plain_twin(
    twins: tuple[CompiledModel, PlainModel], texts: list[str]
) -> None:
    compiled, plain = twins
    for found, expected in zip(compiled.read(texts), plain.read(texts), strict=True):
        assert found.dtype == expected.dtype == np.float32
        assert found.tobytes() == expected.tobytes()


def test_how_much_of_a_text_is_known(encoder: StaticEncoder) -> None:
    texts = ["Rain fell.", "წვიმა მოვიდა.", "Rain წვიმა fell მოვიდა", "", "   "]
    vectors, known = encoder.read(texts, threads=2)
    assert known.tolist() == pytest.approx([1.0, 1 / 3, 0.5, 1.0, 1.0])
    assert (vectors == encoder.encode(texts)).all()
    assert encoder.read(list(FLOOD.values()))[1].min() == 1.0


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


HEADER = b'{"embedding.weight": {"dtype": "F16", "shape": [2, 4], "data_offsets": [0, 16]}}'


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff" * 8,
        b"\x02" + bytes(7) + b"{}",
        b"\x05" + bytes(7) + b"[1,2]",
        bytes([len(HEADER)]) + bytes(7) + HEADER,  # no numbers after it
        bytes([len(HEADER)]) + bytes(7) + HEADER.replace(b"16]", b"12]") + bytes(16),
        bytes([len(HEADER)]) + bytes(7) + HEADER.replace(b"F16", b"I16") + bytes(16),
        bytes([len(HEADER)]) + bytes(7) + HEADER + b"\xff" * 16,  # not finite
    ],
)
@pytest.mark.parametrize("compiled", [True, False])
def test_damaged_weights_are_refused(
    tmp_path: Path, content: bytes, compiled: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "model.safetensors").write_bytes(content)
    (tmp_path / "tokenizer.json").write_bytes((MODEL / "tokenizer.json").read_bytes())
    monkeypatch.setattr("linker.embedding.static.compiled_pays", lambda _: compiled)
    with pytest.raises(LinkerError, match="no static embedding model"):
        StaticEncoder(tmp_path, "broken").encode(["rain"])


@pytest.mark.parametrize("compiled", [True, False])
def test_a_model_with_too_few_vectors_is_refused(
    tmp_path: Path, compiled: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = bytes([len(HEADER)]) + bytes(7) + HEADER
    (tmp_path / "model.safetensors").write_bytes(head + bytes(16))
    with pytest.raises(LinkerError, match=r"no tokenizer\.json"):
        StaticEncoder(tmp_path, "small")
    (tmp_path / "tokenizer.json").write_bytes((MODEL / "tokenizer.json").read_bytes())
    monkeypatch.setattr("linker.embedding.static.compiled_pays", lambda _: compiled)
    with pytest.raises(LinkerError, match="has 2 vectors"):
        StaticEncoder(tmp_path, "small").encode(["rain"])


@pytest.mark.parametrize("compiled", [True, False])
@pytest.mark.parametrize("damage", [b"{", b"\xff", b"[]", b""])
def test_a_damaged_tokenizer_is_refused(
    tmp_path: Path, compiled: bool, damage: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(MODEL / "model.safetensors", tmp_path)
    (tmp_path / "tokenizer.json").write_bytes(damage)
    monkeypatch.setattr("linker.embedding.static.compiled_pays", lambda _: compiled)
    with pytest.raises(LinkerError, match="no tokenizer"):
        StaticEncoder(tmp_path, "broken").encode(["rain"])


def test_the_shipped_model_needs_no_torch() -> None:
    code = (
        "import sys; from linker.embedding import load_encoder; load_encoder().encode(['rain']);"
        "assert not {'torch', 'sentence_transformers', 'transformers'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)


@pytest.mark.slow
def test_sentence_transformers_gives_the_same_vectors(encoder: StaticEncoder) -> None:
    from sentence_transformers import SentenceTransformer

    texts = [*FLOOD.values(), *COURT.values(), *ODD_TEXTS, " ".join(FLOOD.values()) * 20]
    texts = [text for text in texts if text.isprintable()]  # it refuses broken surrogates
    ours = encoder.encode(texts)
    theirs = SentenceTransformer(str(MODEL), device="cpu").encode(texts).astype(np.float64)
    norms = np.linalg.norm(theirs, axis=1)
    assert theirs.shape == ours.shape
    assert ((norms > 0) == (np.linalg.norm(ours, axis=1) > 0)).all()
    filled = norms > 0
    assert ((ours * theirs).sum(axis=1)[filled] / norms[filled]).min() >= 0.9999


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


def test_emoji_do_not_decide_what_a_headline_is_about(encoder: StaticEncoder) -> None:
    adorned, bare, sign = encoder.encode(["🔥Harbour clock stops❗️", "harbour clock stops", "🔥"])
    assert adorned.tolist() == bare.tolist()
    assert not sign.any()
