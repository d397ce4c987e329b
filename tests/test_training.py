"""Training the embedding model, on a small invented language pair."""

from __future__ import annotations

import gzip
import json
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from linker.embedding.static import StaticEncoder

TRAINING = Path(__file__).parent.parent / "training"
WORDS = 120
ROWS = 1500


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sentences of invented words; the second language writes each word otherwise."""
    folder = tmp_path_factory.mktemp("tables")
    rng = random.Random(3)
    first = ["".join(rng.choices("abdegiklmnoprstu", k=6)) for _ in range(WORDS)]
    second = ["".join(rng.choices("абдегиклмнопрсту", k=6)) for _ in range(WORDS)]
    sentences = [rng.sample(range(WORDS), 6) for _ in range(ROWS)]
    columns = {
        "en": [" ".join(first[word] for word in sentence) for sentence in sentences],
        "ru": [" ".join(second[word] for word in sentence) for sentence in sentences],
        "ar": [None] * ROWS,
    }
    table = pa.table(columns, pa.schema([(name, pa.string()) for name in columns]))
    (folder / "data").mkdir()
    pq.write_table(table.slice(200), folder / "data" / "tatoeba.parquet")
    held_out = table.slice(0, 200).select(["en", "ru"])
    for name in REPORTED:
        if name not in held_out.column_names:
            held_out = held_out.append_column(name, held_out["en"])
    pq.write_table(held_out, folder / "eval.parquet")
    return folder


REPORTED = (
    *("ar", "es", "fr", "de", "ru", "zh", "pt", "tr", "it", "fa", "hi", "id", "uk"),
    *("pl", "nl", "ja", "ko", "he", "ur", "sv", "cs", "ro", "el", "vi", "bn", "sw"),
)


def train(tables: Path, work: Path, steps: int, *more: str) -> Path:
    """Run the command of the README; returns the folder of the model."""
    out = work / "model"
    options = {
        "--data": tables / "data",
        "--eval": tables / "eval.parquet",
        "--work": work,
        "--out": out,
        "--steps": steps,
        "--batch": 256,
        "--dimension": 32,
        "--vocabulary": 600,
        "--early": 0,
        "--threads": 1,
    }
    flat = [str(part) for option in options.items() for part in option]
    command = [sys.executable, str(TRAINING / "embedding.py"), *flat, *more]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return out


def found(model: Path, tables: Path) -> float:
    """Share of held-out sentences whose nearest one in the other language is their translation."""
    sentences = pq.read_table(tables / "eval.parquet")
    encoder = StaticEncoder(model, "trained")
    left, right = (encoder.encode(sentences[name].to_pylist()) for name in ("en", "ru"))
    return float(((left @ right.T).argmax(axis=1) == np.arange(len(left))).mean())


@pytest.mark.slow
def test_trains_resumes_and_inherits(tables: Path, tmp_path: Path) -> None:
    once = train(tables, tmp_path / "a", 60)
    again = train(tables, tmp_path / "b", 60)
    same = "model.safetensors"
    assert (once / same).read_bytes() == (again / same).read_bytes()
    assert found(once, tables) > 0.8

    resumed = train(tables, tmp_path / "a", 90)
    assert (resumed / same).read_bytes() != (again / same).read_bytes()
    assert found(resumed, tables) > 0.8

    (tmp_path / "c").mkdir()
    heir = train(tables, tmp_path / "c", 1, "--start", str(tmp_path / "b"))
    assert found(heir, tables) > 0.7


@pytest.mark.slow
def test_serbian_in_cyrillic(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(TRAINING))
    from serbian import to_cyrillic, with_cyrillic

    assert to_cyrillic("Njegova ljubav, džem i New York 1999.") == (
        "Његова љубав, џем и New York 1999."
    )
    table = pa.table({"hr": ["Dobar dan", None], "sr": [None, "Dobro jutro"]})
    assert with_cyrillic(table)["sr"].to_pylist() == ["Добар дан", "Добро јутро"]


def test_a_ciphered_corpus_has_the_same_words_in_other_letters(tmp_path: Path) -> None:
    line = {"id": 1, "title": "Ábc abc", "text": "Cab 12!", "lang": "en", "story": "s"}
    path = tmp_path / "corpus.jsonl.gz"
    path.write_bytes(gzip.compress(json.dumps(line).encode()))
    command = [sys.executable, str(TRAINING / "cipher.py"), str(path)]
    [told] = map(json.loads, subprocess.check_output(command, text=True).splitlines())
    assert told == {"id": 1, "title": "ሀሁሂ ሃሁሂ", "text": "ሂሃሁ 12!", "story": "s"}
