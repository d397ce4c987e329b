"""What a tokenizer.json says, as tables that are quick to load; made once, kept on disk."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from hashlib import blake2b
from importlib.metadata import version
from typing import Any, Final, NamedTuple

import numpy as np
import orjson

from linker.embedding.alphabet import USUAL, Alphabet, Letters
from linker.embedding.trie import BASE_SHIFT, FIELD, Token, Trie, build_trie
from linker.errors import LinkerError
from linker.text.cache import Arrays, cached_arrays

VERSION: Final = 1
"""Raise it with every change of what the tables hold."""

_MOST_LETTERS: Final = (1 << 16) - 3  # beside them 0, the unknown letter, and the count of all
_DTYPES: Final = {
    "first": np.uint64,
    "slots": np.uint64,
    "entries": np.uint64,
    "rows": np.uint16,
    "starts": np.int64,
    "order": np.uint8,
    "facts": np.uint8,
}


class Vocabulary(NamedTuple):
    """A WordPiece tokenizer as data.

    words: its tokens. letters: of the first USUAL code points. numbers: its letters, from 1.
    longest: letters of a word beyond which it is unknown; unknown: the id of such a word. size:
    greater than any id. added: what is a token wherever it stands written in a text.
    """

    words: Trie
    letters: Letters
    numbers: dict[str, int]
    longest: int
    unknown: int
    size: int
    added: list[str]


def load_vocabulary(source: bytes) -> Vocabulary:
    """The tables of a tokenizer.json, from the user's cache folder or made in a few seconds.

    They are kept under the hash of the source and the versions that they depend on, so that another
    model has its own. Raises LinkerError for what is not a tokenizer, or one of another kind.
    """
    digest = blake2b(source, digest_size=16).hexdigest()
    versions = f"tokenizers-{version('tokenizers')}-unicode-{unicodedata.unidata_version}"
    name = f"vocabulary-{VERSION}-{versions}-{digest}"
    arrays = cached_arrays(name, lambda: _make_arrays(source), _usable)
    facts = orjson.loads(arrays["facts"].tobytes())
    return Vocabulary(
        Trie(arrays["first"], arrays["slots"]),
        Letters(*(arrays[name] for name in Letters._fields)),
        {letter: number for number, letter in enumerate(facts["letters"], 1)},
        *(facts[name] for name in ("longest", "unknown", "size", "added")),
    )


def _usable(arrays: Arrays) -> bool:
    """Whether stored arrays have the shapes that the compiled pass indexes without checks."""
    if {key: value.dtype for key, value in arrays.items()} != _DTYPES:
        return False
    first, slots, starts = arrays["first"], arrays["slots"], arrays["starts"]
    bases = max(int((part >> BASE_SHIFT & FIELD).max(initial=0)) for part in (first, slots))
    return (
        first.shape[0] == 2
        and bases + first.shape[1] <= len(slots)
        and arrays["entries"].shape == (USUAL,)
        and arrays["order"].shape == (USUAL, 2)
        and bool(starts[0] == 0 and starts[-1] == len(arrays["rows"]))
    )


def _make_arrays(source: bytes) -> Arrays:
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_str(source.decode())
        whole = orjson.loads(source)
    except Exception as error:  # it raises plain Exception
        raise LinkerError(f"no tokenizer: {error}") from error
    model = whole["model"]
    _check(tokenizer, whole)
    vocabulary: dict[str, int] = model["vocab"]
    letters = sorted(set().union(*vocabulary))
    numbers = {letter: number for number, letter in enumerate(letters, 1)}
    if len(letters) > _MOST_LETTERS:
        raise LinkerError(f"a vocabulary of {len(letters):,} letters is too large")
    try:
        words = build_trie(_tokens(model, numbers), len(letters) + 2)
    except OverflowError as error:
        raise LinkerError(str(error)) from error
    alphabet = Alphabet(lambda: tokenizer, numbers)
    alphabet.learn(range(USUAL))
    found = alphabet.letters
    added = whole.get("added_tokens") or []
    facts = {
        "letters": letters,
        "longest": model["max_input_chars_per_word"],
        "unknown": vocabulary[model["unk_token"]],
        "size": max([*vocabulary.values(), *(token["id"] for token in added)]) + 1,
        "added": [token["content"] for token in added],
    }
    return {
        **words._asdict(),
        "entries": found.entries[:USUAL].copy(),
        "rows": found.rows,
        "starts": found.starts,
        "order": found.order[:USUAL].copy(),
        "facts": np.frombuffer(orjson.dumps(facts), np.uint8),
    }


def _check(tokenizer: Any, whole: dict[str, Any]) -> None:
    """Refuse what the tables cannot say."""
    model = whole["model"]
    if model.get("type") != "WordPiece":
        raise LinkerError(f"the tokenizer is of the kind {model.get('type')}, not WordPiece")
    if model["unk_token"] not in model["vocab"]:
        raise LinkerError(f"the vocabulary lacks {model['unk_token']}")
    if any(token["normalized"] for token in whole.get("added_tokens") or []):
        raise LinkerError("the tokenizer has added tokens that are looked for in normal forms")
    prefix = model["continuing_subword_prefix"]
    # Were the prefix part of words, a token with it could begin one.
    pieces = tokenizer.pre_tokenizer and tokenizer.pre_tokenizer.pre_tokenize_str(f"a{prefix}a")
    if not pieces or len(pieces) < 2:
        raise LinkerError("the tokenizer does not split words at the prefix of inner tokens")


def _tokens(model: dict[str, Any], numbers: dict[str, int]) -> Iterator[Token]:
    prefix = model["continuing_subword_prefix"]
    for spelling, number in model["vocab"].items():
        inside = spelling.startswith(prefix) and len(spelling) > len(prefix)
        bare = spelling.removeprefix(prefix) if inside else spelling
        yield int(inside), [numbers[letter] for letter in bare], number
