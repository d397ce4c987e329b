"""Which language a text is written in, found offline, and the normal form of given codes.

The model is py3langid's (naive Bayes over byte n-grams found by one automaton, in its wheel). Of
the identifiers tried on 40 languages it named the most single sentences rightly; its own Python
loop takes half a millisecond a sentence, so the walk over the automaton is compiled here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np

from linker.arrays import IntArray
from linker.language.codes import CODES
from linker.language.model import load_languages

if TYPE_CHECKING:
    from collections.abc import Callable

UNDETERMINED = "und"
_LETTER = re.compile(r"[^\W\d_]")
HEAD = 600  # characters looked at; longer heads name no more texts rightly


def identify(texts: Sequence[str]) -> list[str]:
    """The language code of each text, from its first 600 characters; 'und' where it has no letters.

    Codes are ISO 639-1 ('zh' for all Chinese, 'no' for both kinds of Norwegian), ISO 639-3 for the
    few languages without a two-letter code.
    """
    if not texts:
        return []
    model = load_languages()
    heads = [_head(text) for text in texts]
    offsets = np.fromiter(accumulate(map(len, heads), initial=0), np.int64, len(heads) + 1)
    data = np.frombuffer(b"".join(heads) or b"\0", np.uint8)
    labels = (*model.labels, UNDETERMINED)
    tables = (model.moves, model.rows, model.outputs, model.weights, model.prior)
    classes = _walker()(data, offsets, *tables).tolist()
    return [
        labels[label] if _LETTER.search(text) else UNDETERMINED
        for label, text in zip(classes, texts, strict=True)
    ]


@lru_cache(maxsize=4096)
def normal_code(given: str) -> str:
    """The short code for a given language code or name: "en-US", "EN", "eng", "English" -> "en".

    Anything that names no language gives "".
    """
    name = given.strip().lower().replace("-", "_").replace(" ", "_")
    if not name or len(name) > 40:
        return ""
    return CODES.get(name) or CODES.get(name.partition("_")[0], "")


def _head(text: str) -> bytes:
    """The bytes that py3langid would look at for the first characters of a text."""
    head = text[:HEAD]
    if head.isupper():
        head = head.lower()
    if not head.isascii():
        head = unicodedata.normalize("NFC", head)
    return head.encode("utf-8", "ignore")


@cache
def _walker() -> Callable[..., IntArray]:
    from linker.language.kernel import classify

    return classify
