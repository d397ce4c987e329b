"""Write a corpus in a script that the shipped model does not know.

    python training/cipher.py CORPUS.jsonl.gz > CIPHERED.jsonl

Each letter becomes one of Ethiopic, which has no capitals: the words stay as different as they are,
and all that the model knows of them is gone. What is left to tell stories by is what there is in a
language of another script.
"""

from __future__ import annotations

import gzip
import json
import sys

LETTERS = [letter for letter in map(chr, range(0x1200, 0x1380)) if letter.isalpha()]


class Cipher:
    """Letters one to one, in the order in which they come up."""

    def __init__(self) -> None:
        self._given: dict[str, str] = {}

    def __call__(self, text: str) -> str:
        """The text in the other letters. Raises IndexError for more letters than there are."""
        return "".join(self._letter(letter) for letter in text.lower())

    def _letter(self, letter: str) -> str:
        if not letter.isalpha():
            return letter
        return self._given.setdefault(letter, LETTERS[len(self._given)])


def main(path: str) -> None:
    cipher = Cipher()
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in map(json.loads, lines):
            told = {key: cipher(line.get(key) or "") for key in ("title", "text")}
            line.pop("lang", None)
            print(json.dumps(line | told, ensure_ascii=False))


if __name__ == "__main__":
    main(sys.argv[1])
