"""Static models of others, read as the shipped one is wherever that gives the same vectors."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import safe_open
from tokenizers import Tokenizer

from linker.arrays import FloatArray
from linker.embedding.pooling import quantise
from linker.embedding.static import WEIGHTS, StaticEncoder

CLOSE = 0.9999  # cosine that counts as the same vector
# What works character by character, so that a table of code points can stand in for it.
CONTEXT_FREE = {"NFD", "NFKD", "StripAccents", "Lowercase", "Replace", "BertNormalizer"}
# Character classes, one of them within another at most, without anything after them.
CLASSES = re.compile(r"\[(?:[^\[\]]|\[[^\[\]]*\])*\](?:\|\[[^\[\]]*\])*")
# Short, so that one token that differs shows: scripts, accents, expansions, long words.
TRIALS = [
    "the harbour clock of Brine stopped at 11:45, nobody knew why",
    "don't [stop]—now… 'quoted' $5 a+b=c",
    "é e\u0301\u0323 İ Σας ß ﬁ ½ ①",
    "فاضَ النهرُ عن ضفتيه ى ی ك",
    "В понедельник река вышла из берегов",
    "连下三天雨后，河水周一决堤。",
    "각 한국어 日本語 ไทย हिन्दी தமிழ்",
    "x" * 99 + " " + "y" * 101,
    "tab\tnull\x00zero\u200bjoin\u200der\u00a0\ufeff\u00ad",
    "🙂 👨\u200d👩\u200d👧 ǆ \ufdfa",
]


def native_encoder(folder: Path, name: str) -> StaticEncoder | None:
    """The static model of that folder; None where it is none, or one that needs its own code.

    That a folder is suitable is read from its files, and then tried: its vectors of a few texts
    and of every token have to be near enough those that its tokenizer and matrix say.
    """
    try:
        place = _static_part(folder)
        if place is None:
            return None
        settings = _json(place / "tokenizer.json")
        if not _suitable(settings):
            return None
        with safe_open(str(place / "model.safetensors"), framework="numpy") as file:
            weights = np.asarray(file.get_tensor(WEIGHTS), np.float32)
        tokenizer = Tokenizer.from_file(str(place / "tokenizer.json"))
        if not _precise(weights):
            return None
        encoder = StaticEncoder(place, name)
        return encoder if _agrees(encoder, tokenizer, weights) else None
    except Exception:  # not such a folder: the usual loader says what is wrong with it, if anything
        return None


def _static_part(folder: Path) -> Path | None:
    """The folder of the token matrix, where that and at most a normalisation is all there is."""
    modules = _json(folder / "modules.json")
    kinds = [module["type"].rsplit(".", 1)[-1] for module in modules]
    if kinds not in (["StaticEmbedding"], ["StaticEmbedding", "Normalize"]):
        return None
    config = folder / "config_sentence_transformers.json"
    options = _json(config) if config.is_file() else {}
    if options.get("truncate_dim") or any((options.get("prompts") or {}).values()):
        return None
    return folder / str(modules[0]["path"])


def _suitable(settings: dict[str, Any]) -> bool:
    """Whether linker.embedding.wordpiece has all that this tokenizer does, as far as files say."""
    return (
        settings["model"]["type"] == "WordPiece"
        and settings["truncation"] is None
        and _splits_by_character(settings["pre_tokenizer"])
        and _is_context_free(settings["normalizer"])
    )


def _splits_by_character(splitter: dict[str, Any]) -> bool:
    """Whether it is BERT's, with characters beside that each are a word by themselves."""
    bert, *others = splitter.get("pretokenizers", [splitter])
    return bert["type"] == "BertPreTokenizer" and all(
        (other["type"], other["behavior"], other["invert"]) == ("Split", "Isolated", False)
        and _is_one_character(other["pattern"])
        for other in others
    )


def _is_context_free(normalizer: dict[str, Any] | None) -> bool:
    steps = [] if normalizer is None else normalizer.get("normalizers", [normalizer])
    kinds = [step["type"] for step in steps]
    patterns = [step["pattern"] for step in steps if "pattern" in step]
    return CONTEXT_FREE.issuperset(kinds) and all(map(_is_one_character, patterns))


def _is_one_character(pattern: dict[str, str]) -> bool:
    if "Regex" in pattern:
        return CLASSES.fullmatch(pattern["Regex"]) is not None
    return len(pattern["String"]) == 1


def _precise(weights: FloatArray) -> bool:
    """Whether whole numbers under one scale say each row well."""
    with np.errstate(over="ignore"):
        narrow = weights.astype(np.float16)
    if not np.isfinite(narrow).all():
        return False
    whole = quantise(narrow).astype(np.float32)
    norms = np.linalg.norm(weights, axis=1) * np.linalg.norm(whole, axis=1)
    near = (norms > 0) & ((whole * weights).sum(axis=1) >= CLOSE * norms)
    return bool((near | ~weights.any(axis=1)).all())


def _agrees(encoder: StaticEncoder, tokenizer: Tokenizer, weights: FloatArray) -> bool:
    tokenizer.no_padding()
    tokens = tokenizer.encode_batch(TRIALS, add_special_tokens=False)
    wanted = np.array([weights[text.ids].sum(axis=0, dtype=np.float64) for text in tokens])
    found, norms = encoder.encode(TRIALS), np.linalg.norm(wanted, axis=1)
    near = (norms > 0) & ((wanted * found).sum(axis=1) >= CLOSE * norms)
    return bool((near | (norms == 0) & ~found.any(axis=1)).all())


def _json(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))
