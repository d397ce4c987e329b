"""What stands behind hashed terms: words as headlines write them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from linker.arrays import Uint32Array
from linker.stories.forms import stem_hashes
from linker.stories.terms import count_terms
from linker.text import letters

#: Parts that a word joined by hyphens or apostrophes has at most; of a longer one each so many.
PARTS: Final = 8
JOINTS: Final = "'’-"

_UNSEGMENTED: Final = re.compile(f"[{letters.UNSEGMENTED_RUNS}]")


class _Patterns(NamedTuple):
    word: re.Pattern[str]
    letter: re.Pattern[str]


@lru_cache(maxsize=1)
def _patterns() -> _Patterns:
    """A word as it is written, and a letter with its marks.

    `\\w` is letters without the vowel signs of Hindi or Thai, whose words would fall to pieces.
    Signs that cannot be seen, such as joiners, belong to a word between two of its letters.
    """
    marks, unseen, numerals = map(_chars, (letters.MARK, letters.UNSEEN, letters.NUMERAL))
    letter = rf"[^\W\d_{numerals}]"
    word = rf"{letter}+(?:(?:[{marks}]+|[{unseen}]+(?={letter})){letter}*)*"
    return _Patterns(
        re.compile(rf"{word}(?:[{JOINTS}]{word}){{0,{PARTS - 1}}}"),
        re.compile(rf"{letter}[{marks}{unseen}]*"),
    )


def _chars(kind: int) -> str:
    """The characters of a kind, without those beyond the first plane."""
    points = np.flatnonzero(letters.letter_table()[: 1 << 16] & np.uint8(kind))
    return "".join(map(chr, points.tolist()))


@dataclass(frozen=True)
class Surfaces:
    """Words as headlines write them, by their terms `ids`, uint32 ascending.

    Term i is written as any of `words[start[i]:start[i + 1]]`, the most frequent first, among
    equals by code points. `home[i]` is the language that writes the first of these most often.
    """

    words: list[str]
    ids: Uint32Array
    start: list[int]
    home: npt.NDArray[np.str_]


def surfaces(headlines: Iterable[str], languages: Iterable[str]) -> Surfaces:
    """What stands behind the hashed terms: the words of these headlines, each in a language."""
    spoken: dict[str, Counter[str]] = {}
    for language, lines in _by_language(headlines, languages).items():
        spoken[language] = Counter(written("\n".join(lines)))
    counts: Counter[str] = Counter()
    most: dict[str, tuple[int, str]] = {}
    for language in sorted(spoken):
        counts.update(spoken[language])
        for word, times in spoken[language].items():
            if word not in most or times > most[word][0]:
                most[word] = times, language
    both = pa.table(
        {"word": pa.array(counts.keys(), pa.large_string()), "times": list(counts.values())}
    )
    by_frequency = [("times", "descending"), ("word", "ascending")]
    words = both["word"].combine_chunks().take(pc.sort_indices(both, sort_keys=by_frequency))
    terms = count_terms(stem_hashes(words.to_pylist()))
    single = np.flatnonzero(np.diff(terms.start) == 1)
    ids = terms.ids[terms.start[:-1][single]]
    order = np.argsort(ids, kind="stable")
    ids, first = np.unique(ids[order], return_index=True)
    forms = words.take(pa.array(single[order])).to_pylist()
    home = np.array([most[forms[place]][1] for place in first.tolist()], np.str_)
    return Surfaces(forms, ids, [*first.tolist(), len(single)], home)


def _by_language(headlines: Iterable[str], languages: Iterable[str]) -> dict[str, list[str]]:
    lines: dict[str, list[str]] = {}
    for line, language in zip(headlines, languages, strict=True):
        lines.setdefault(language, []).append(line)
    return lines


def written(text: str) -> list[str]:
    """Words as they are written; runs without spaces between words as pairs of letters."""
    words: list[str] = _patterns().word.findall(text)
    if not is_unsegmented(text):
        return words
    found: list[str] = []
    for word in words:
        if is_unsegmented(word):
            letters = _patterns().letter.findall(word)
            found.extend("".join(letters[i : i + 2]) for i in range(max(1, len(letters) - 1)))
        else:
            found.append(word)
    return found


def is_unsegmented(text: str) -> bool:
    """Whether something in a text is of a script without spaces between words."""
    return not text.isascii() and _UNSEGMENTED.search(text) is not None
