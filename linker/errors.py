"""The one exception that a user is meant to see, and what values of a wrong type are told."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from operator import index
from typing import SupportsIndex

_KINDS = {
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    str: "a string",
    type(None): "nothing",
}


class LinkerError(Exception):
    """A mistake in the input or the call, said in one clear line.

    The command line prints the message and exits with status 2; Python callers catch this type.
    """


def kind_of(value: object) -> str:
    """What a value is, in the words of a message: "a whole number", "a list", "an object"."""
    name = type(value).__name__
    article = "an" if name[:1].lower() in "aeiou" else "a"
    return _KINDS.get(type(value), f"{article} {name}")


def whole_number(name: str, value: SupportsIndex) -> int:
    """The value of a setting as int. Raises LinkerError, naming the setting, for another type."""
    try:
        return index(value)
    except TypeError:
        raise LinkerError(f"{name} must be a whole number, not {_told(value)}") from None


def number(name: str, value: float) -> float:
    """The value of a setting as float. Raises LinkerError, naming the setting, for another type."""
    try:
        if not isinstance(value, (str, bytes)):
            return float(value)
    except (TypeError, ValueError, OverflowError):
        pass
    raise LinkerError(f"{name} must be a number, not {_told(value)}")


def check_texts(texts: object) -> None:
    """Raise LinkerError for what is not a list of strings; the letters of one would be texts."""
    if isinstance(texts, (str, bytes)):
        raise LinkerError("texts must be a list of strings, not one string")
    named = isinstance(texts, Mapping) or hasattr(texts, "columns")  # a loop would see the names
    if named or not isinstance(texts, Collection):
        raise LinkerError(f"texts must be a list of strings, not {kind_of(texts)}")
    if set(map(type, texts)) <= {str}:  # a quarter of the time of the closer look
        return
    other = next((text for text in texts if not isinstance(text, str)), "")
    if not isinstance(other, str):
        raise LinkerError(f"texts must be strings, not {kind_of(other)}")


def listed(texts: Collection[str]) -> Sequence[str]:
    """The texts as they are, if they can be numbered, else in a list. Raises as check_texts."""
    check_texts(texts)
    return texts if isinstance(texts, Sequence) else list(texts)


def _told(value: object) -> str:
    return repr(value)[:80] if isinstance(value, (str, int, float)) else kind_of(value)
