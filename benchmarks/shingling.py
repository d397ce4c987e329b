"""Five-word shingles in plain Python, as a user of a MinHash library would write them."""

from __future__ import annotations

import re

SHINGLE_WORDS = 5

# Chinese characters and kana are words of their own; everything else is split at spaces.
_CHARACTER = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")


def words(text: str) -> list[str]:
    """Lower-case words: what stands between spaces, and each Chinese or Japanese character."""
    text = text.lower()
    if not text.isascii() and _CHARACTER.search(text):
        text = _CHARACTER.sub(r" \g<0> ", text)
    return text.split()


def shingles(text: str) -> list[str]:
    """Every run of five words; a shorter text is one shingle."""
    found = words(text)
    runs = max(len(found) - SHINGLE_WORDS + 1, min(len(found), 1))
    return [" ".join(found[start : start + SHINGLE_WORDS]) for start in range(runs)]


def encoded_shingles(text: str) -> list[bytes]:
    """The shingles in UTF-8, for libraries that take bytes."""
    return [shingle.encode("utf-8", "surrogatepass") for shingle in shingles(text)]
