"""The tables by which languages are told apart: py3langid's, kept as arrays in the user's cache.

They come packed as tightly as their wheel can be, and unpacking them takes half a second.
"""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np

from linker.arrays import FloatArray, Int32Array, IntArray, Uint32Array
from linker.language.codes import CODES
from linker.text.cache import Arrays, mapped_arrays

TABLE_VERSION = 2
"""Raise it with every change of what is kept of their tables."""

# Languages with little or no press of their own that take headlines from a large neighbour
# (Nigerian Pidgin from English, Aragonese from Spanish), dead ones, and "no language at all".
_PASSED_OVER = (
    "ace an bcl ext fuv gcf gcr gom grc guw hbo kab la lij ltg oc pcm sa vec vo wa zxx".split()  # noqa: SIM905
)


class Languages(NamedTuple):
    """moves uint32 (rows * 256,), rows int64 (states,), outputs int32 (states,) (-1: none),
    weights float32 (features, languages), prior float32 (languages,), labels a language."""

    moves: Uint32Array
    rows: IntArray
    outputs: Int32Array
    weights: FloatArray
    prior: FloatArray
    labels: tuple[str, ...]


@cache
def load_languages() -> Languages:
    """The tables of the installed py3langid without the languages that are passed over."""
    from py3langid.langid import MODEL_FILE

    packed = files("py3langid").joinpath(MODEL_FILE).read_bytes()
    digest = blake2b(packed, digest_size=16).hexdigest()
    arrays = mapped_arrays(f"languages-{TABLE_VERSION}-{digest}", _make_arrays, _usable)
    labels = (CODES[name] for name in arrays.pop("names").tolist())
    plain = {name: np.asarray(array) for name, array in arrays.items()}
    return Languages(**plain, labels=tuple(labels))


def _make_arrays() -> Arrays:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    theirs: Any = LanguageIdentifier.from_model_file(MODEL_FILE)
    kept = [i for i, name in enumerate(theirs.nb_classes) if name not in _PASSED_OVER]
    return {
        "moves": np.asarray(theirs.tk_nextmove).astype(np.uint32, copy=False),
        "rows": np.asarray(theirs.tk_row, np.int64) << 8,
        "outputs": np.asarray(theirs.tk_output, np.int32),
        "weights": np.ascontiguousarray(theirs.nb_ptc[:, kept], np.float32),
        "prior": np.asarray(theirs.nb_pc, np.float32)[kept],
        "names": np.array([theirs.nb_classes[i] for i in kept]),
    }


def _usable(arrays: Arrays) -> bool:
    """Whether stored arrays fit together as the compiled walk, which does not check, needs.

    The weights may be any numbers, as they only decide which language it is.
    """
    types = {"moves": "u4", "rows": "i8", "outputs": "i4", "weights": "f4", "prior": "f4"}
    if set(arrays) != {*types, "names"}:
        return False
    if any(arrays[name].dtype != np.dtype(kind) for name, kind in types.items()):
        return False
    moves, rows, outputs, weights = (arrays[name] for name in list(types)[:4])
    names = arrays["names"]
    return (
        moves.ndim == rows.ndim == outputs.ndim == 1
        and weights.shape[1:] == arrays["prior"].shape == names.shape
        and len(rows) == len(outputs) > int(moves.max(initial=0))
        and 0 <= rows.min() <= rows.max() <= len(moves) - 256
        and -1 <= outputs.min() <= outputs.max() < len(weights)
        and set(names.tolist()) <= CODES.keys()
    )
