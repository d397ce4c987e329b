"""Where the folded words of a text stand in it."""

from __future__ import annotations

from collections.abc import Iterator

from linker.text.folding import CHARACTER, fold_character, is_character, starts_word

Span = tuple[str, int, int]
"""A word and where it begins and ends."""


def word_spans(text: str) -> Iterator[Span]:
    """Each folded word of a text, as `linker.text.words` gives it, with begin and end in the text.

    A character that folds to several words gives each of them its own place.
    """
    word, kind, begin, end = "", 0, 0, 0
    for place, raw in enumerate(text):
        for char in fold_character(raw):
            if char == " " or (word and starts_word(char, kind)):
                if word:
                    yield word, begin, end
                word, kind = "", 0
            if char == " ":
                continue
            if not word:
                kind, begin = CHARACTER * is_character(char), place
            word += char
            end = place + 1
    if word:
        yield word, begin, end
