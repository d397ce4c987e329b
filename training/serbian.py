"""Serbian in both of its scripts: most Serbian and all Croatian texts of the tables are Latin.

The rules are those of Serbian orthography, letter for letter. Foreign spellings (w, q, x, y, a
capital inside a word) stay as they are, since Cyrillic would respell them by sound.
"""

from __future__ import annotations

import re

import pyarrow as pa

DIGRAPHS = {"lj": "љ", "nj": "њ", "dž": "џ", "dj": "ђ"}
LETTERS = dict(zip("abvgdđežzijklmnoprstćufhcčš", "абвгдђежзијклмнопрстћуфхцчш", strict=True))
WORD = re.compile(r"[^\W\d_]+")
LATIN = re.compile("[a-zčćšžđ]")
FOREIGN = re.compile("[wqxyWQXY]|(?<=[a-zčćšžđ])[A-ZČĆŠŽĐ]")


def with_cyrillic(table: pa.Table) -> pa.Table:
    """Half of the Latin Serbian texts in Cyrillic; and Croatian ones where there is no Serbian."""
    if "sr" not in table.column_names and "hr" not in table.column_names:
        return table
    nothing = [None] * table.num_rows
    serbian = table["sr"].to_pylist() if "sr" in table.column_names else nothing
    croatian = table["hr"].to_pylist() if "hr" in table.column_names else nothing
    written = [
        _one(row, own, other)
        for row, (own, other) in enumerate(zip(serbian, croatian, strict=True))
    ]
    column = pa.array(written, pa.string())
    if "sr" in table.column_names:
        return table.set_column(table.column_names.index("sr"), "sr", column)
    return table.append_column("sr", column)


def to_cyrillic(text: str) -> str:
    """Latin Serbian or Croatian words in Cyrillic letters; anything else stays."""
    return WORD.sub(lambda found: _word(found.group()), text)


def _one(row: int, serbian: str | None, croatian: str | None) -> str | None:
    if serbian:
        return to_cyrillic(serbian) if row % 2 and LATIN.search(serbian.lower()) else serbian
    return to_cyrillic(croatian) if croatian else None


def _word(word: str) -> str:
    if FOREIGN.search(word):
        return word
    lower = word.lower()
    for pair, letter in DIGRAPHS.items():
        lower = lower.replace(pair, letter)
    cyrillic = "".join(LETTERS.get(letter, letter) for letter in lower)
    return cyrillic.capitalize() if word[0].isupper() else cyrillic
