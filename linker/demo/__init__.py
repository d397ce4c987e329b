"""The bundled articles: invented news in fourteen languages, with gold labels.

`linker demo` groups them and the tests read them. Events, people, places and outlets are made up.
"""

from __future__ import annotations

from pathlib import Path

__all__ = ["articles_path", "gold_path"]

_FOLDER = Path(__file__).resolve().parent


def articles_path() -> Path:
    """Path of the bundled articles, one JSON object a line (UTF-8)."""
    return _FOLDER / "articles.jsonl"


def gold_path() -> Path:
    """Path of the labels of the bundled articles, one JSON object a line in the same order.

    Each line holds `id`, `story`, `topic`, `reprint_of` (an id or null) and `kind` (`exact`,
    `reprint`, `excerpt`, `version` or null).
    """
    return _FOLDER / "gold.jsonl"
