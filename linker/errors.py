"""The one exception that a user is meant to see."""

from __future__ import annotations


class LinkerError(Exception):
    """A mistake in the input or the call, said in one clear line.

    The command line prints the message and exits with status 2; Python callers catch this type.
    """


def refuse_one_string(texts: object) -> None:
    """Raise LinkerError for a string in the place of a list of them: its letters would be texts."""
    if isinstance(texts, str):
        raise LinkerError("texts must be a list of strings, not one string")
