"""Static models of others: read natively where that is exact, by their own code elsewhere."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from safetensors.numpy import save_file
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

from linker.embedding import load_encoder
from linker.embedding.encoder import MODEL
from linker.embedding.native import native_encoder
from linker.embedding.static import StaticEncoder

LETTERS = "abcdefghijklmnopqrstuvwxyzß0123456789éàç中文日本한국река河水،.,:;!?'-$§"
WORDS = ["the", "harbour", "clock", "of", "river", "rose", "##ed", "##ing", "##s"]
VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS]
VOCABULARY += [*LETTERS, *(f"##{letter}" for letter in LETTERS)]
TEXTS = ["The harbour clock.", "Rivers ROSE, rising 10-12 é", "река 中文 한국", "", "zzz ɸ"]
STATIC = {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.StaticEmbedding"}
NORMALIZE = {"idx": 1, "name": "1", "path": "1_N", "type": "sentence_transformers.models.Normalize"}


def tokenizer() -> Tokenizer:
    """As BERT's."""
    made = Tokenizer(
        models.WordPiece(
            {word: number for number, word in enumerate(VOCABULARY)},
            unk_token="[UNK]",
            max_input_chars_per_word=100,
        )
    )
    made.normalizer = normalizers.BertNormalizer(lowercase=True)
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.add_special_tokens(VOCABULARY[:5])
    return made


def weights(dtype: type = np.float32) -> NDArray[Any]:
    return np.random.default_rng(2).standard_normal((len(VOCABULARY), 16)).astype(dtype)


def write_model(
    folder: Path,
    matrix: NDArray[Any] | None = None,
    made: Tokenizer | None = None,
    modules: list[dict[str, Any]] | None = None,
    config: dict[str, Any] | None = None,
) -> Path:
    (folder / "1_N").mkdir(parents=True, exist_ok=True)
    save_file(
        {"embedding.weight": weights() if matrix is None else matrix}, folder / "model.safetensors"
    )
    (made or tokenizer()).save(str(folder / "tokenizer.json"))
    (folder / "modules.json").write_text(json.dumps([STATIC] if modules is None else modules))
    (folder / "config_sentence_transformers.json").write_text(json.dumps(config or {}))
    return folder


def told(texts: list[str], made: Tokenizer | None = None) -> NDArray[np.float64]:
    """What tokenizer and matrix say."""
    made = made or tokenizer()
    ids = [text.ids for text in made.encode_batch(texts, add_special_tokens=False)]
    sums = np.array([weights()[row].sum(axis=0, dtype=np.float64) for row in ids])
    norms = np.linalg.norm(sums, axis=1, keepdims=True)
    return sums / np.where(norms > 0, norms, 1)


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
@pytest.mark.parametrize("modules", [[STATIC], [STATIC, NORMALIZE]])
def test_a_static_model_of_another_vocabulary_is_read_natively(
    tmp_path: Path, dtype: type, modules: list[dict[str, Any]]
) -> None:
    encoder = load_encoder(str(write_model(tmp_path, weights(dtype), modules=modules)))
    assert isinstance(encoder, StaticEncoder)
    assert (encoder.name, encoder.dimension) == (str(tmp_path), 16)
    np.testing.assert_allclose(encoder.encode(TEXTS), told(TEXTS), atol=2e-3)


def test_the_shipped_folder_is_read_natively_by_its_path_too() -> None:
    ours, same = load_encoder(), load_encoder(str(MODEL))
    assert isinstance(same, StaticEncoder)
    assert (ours.encode(TEXTS) == same.encode(TEXTS)).all()


def test_a_module_in_a_folder_of_its_own_is_found(tmp_path: Path) -> None:
    write_model(tmp_path / "0_StaticEmbedding")
    modules = [STATIC | {"path": "0_StaticEmbedding"}]
    (tmp_path / "modules.json").write_text(json.dumps(modules))
    encoder = native_encoder(tmp_path, "deeper")
    assert encoder is not None
    np.testing.assert_allclose(encoder.encode(TEXTS), told(TEXTS), atol=2e-3)


def changed(**parts: Any) -> Tokenizer:
    """The tokenizer with other entries in its file."""
    settings = json.loads(tokenizer().to_str())
    for name, value in parts.items():
        settings[name] = value and (settings[name] or {}) | value
    return Tokenizer.from_str(json.dumps(settings))


def with_words(*words: str) -> Tokenizer:
    made = tokenizer()
    made.add_tokens(list(words))
    return made


def with_normalizer(*steps: normalizers.Normalizer) -> Tokenizer:
    made = tokenizer()
    made.normalizer = normalizers.Sequence(list(steps))
    return made


def with_splits(pattern: str | Regex, behavior: str) -> Tokenizer:
    made = tokenizer()
    bert = pre_tokenizers.BertPreTokenizer()
    made.pre_tokenizer = pre_tokenizers.Sequence([bert, pre_tokenizers.Split(pattern, behavior)])
    return made


SUITABLE = {
    "letters that are words": lambda: with_splits(Regex(r"[\p{Han}&&[^国]]"), "isolated"),
    "another unknown word": lambda: changed(model={"unk_token": "[MASK]"}),
    "another mark inside words": lambda: changed(model={"continuing_subword_prefix": "@@"}),
    "longer words": lambda: changed(model={"max_input_chars_per_word": 200}),
    "accents that stay": lambda: with_normalizer(normalizers.NFD()),
    "no normal form": lambda: changed(normalizer=None),
}
UNSUITABLE = {
    "words split off": lambda: with_splits("har", "isolated"),
    "runs of letters": lambda: with_splits(Regex(r"\p{Han}+"), "isolated"),
    "letters that end words": lambda: with_splits("文", "merged_with_previous"),
    "another splitter": lambda: changed(pre_tokenizer={"type": "WhitespaceSplit"}),
    "truncation": lambda: changed(
        truncation={
            "direction": "Right",
            "max_length": 8,
            "strategy": "LongestFirst",
            "stride": 0,
        }
    ),
    "words that are not special": lambda: with_words("harbour clock"),
    "composition": lambda: with_normalizer(normalizers.NFKC()),
    "longer replacements": lambda: with_normalizer(normalizers.Replace("ab", "c")),
}


@pytest.mark.parametrize("what", SUITABLE)
def test_a_tokenizer_of_another_make_is_read_natively(tmp_path: Path, what: str) -> None:
    made = SUITABLE[what]()
    encoder = native_encoder(write_model(tmp_path, made=made), "x")
    assert encoder is not None
    np.testing.assert_allclose(encoder.encode(TEXTS), told(TEXTS, made), atol=2e-3)


@pytest.mark.parametrize("what", UNSUITABLE)
def test_a_tokenizer_that_does_more_is_left_to_its_own_code(tmp_path: Path, what: str) -> None:
    assert native_encoder(write_model(tmp_path, made=UNSUITABLE[what]()), "x") is None


@pytest.mark.parametrize(
    "options",
    [
        {"modules": [STATIC, {"path": "1_Dense", "type": "sentence_transformers.models.Dense"}]},
        {"modules": []},
        {"config": {"prompts": {"query": "query: "}}},
        {"config": {"truncate_dim": 8}},
        {"matrix": weights()[:20]},
        {"matrix": weights() * 1e6},
        {"matrix": np.concatenate([weights()[:1] * 1e4, weights()[1:]])},
        {"matrix": np.full((len(VOCABULARY), 16), np.nan, np.float32)},
    ],
)
def test_a_model_that_would_come_out_otherwise_is_left_to_its_own_code(
    tmp_path: Path, options: dict[str, Any]
) -> None:
    assert native_encoder(write_model(tmp_path, **options), "x") is None


def test_rows_of_zero_are_no_obstacle(tmp_path: Path) -> None:
    matrix = weights()
    matrix[:5] = 0
    assert native_encoder(write_model(tmp_path, matrix), "x") is not None


@pytest.mark.parametrize("file", ["modules.json", "tokenizer.json", "model.safetensors"])
def test_damaged_files_are_left_to_those_who_can_say_so(tmp_path: Path, file: str) -> None:
    write_model(tmp_path)
    (tmp_path / file).write_bytes(b"{")
    assert native_encoder(tmp_path, "x") is None


def test_a_static_model_needs_no_torch(tmp_path: Path) -> None:
    code = (
        "import sys; from linker.embedding import load_encoder;"
        f"load_encoder({str(write_model(tmp_path))!r}).encode(['rain']);"
        "assert not {'torch', 'sentence_transformers', 'transformers'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)
