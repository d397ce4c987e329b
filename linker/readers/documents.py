"""What a JSON document holds: its items, those of the lists that it wraps, or one article."""

from __future__ import annotations

from typing import Any

from linker.readers.aliases import LISTS, WRAPPERS
from linker.readers.fields import SOLID, Layout, as_text, layout_of, squeeze

DEPTH = 3  # of objects around a list of articles
_TOLD_OF_FEEDS = ("description", "summary", "abstract")  # by programs that make JSON of them
_CONTAINERS = ("articles", "items", "entries")
_JSON_FEED = "https://jsonfeed.org/version/"


def records_in(value: Any, depth: int = DEPTH) -> list[Any]:
    """The records of a document: its items, or those of all the lists of articles that it wraps.

    An object that is an article is one record, whatever lists and objects stand in it.
    """
    if isinstance(value, list):
        return value
    if not isinstance(value, dict) or not depth or is_article(value):
        return [value]
    parts = (wrapped(key, inner, depth - 1) for key, inner in value.items())
    return [record for part in parts for record in part] or [value]


def wrapped(key: str, inner: Any, depth: int = DEPTH) -> list[Any]:
    """The records in one value of an object that is no article; none where it holds no article."""
    if squeeze(key) not in LISTS or not isinstance(inner, (list, dict)):
        return []
    found = records_in(inner, depth)
    if found and found[0] is inner and squeeze(key) in WRAPPERS and layout_of(tuple(inner)).title:
        return []  # one article, to which what stands around it belongs: see `fields.unwrapped`
    return found if any(map(_looks_like_article, found)) else []


def is_article(record: dict[str, Any]) -> bool:
    """Whether an object has a title or a text of its own, and is no collection of articles."""
    if str(record.get("version")).startswith(_JSON_FEED):
        return False
    layout = layout_of(tuple(record))
    if any(_is_text(record[key]) for key in layout.text if squeeze(key) not in _TOLD_OF_FEEDS):
        return True
    said = (*layout.title, *layout.text)
    return any(SOLID(as_text(record[key])) for key in said) and not _is_collection(record, layout)


def _is_text(value: Any) -> bool:
    parts = value if isinstance(value, list) else [value]
    return any(isinstance(part, str) and SOLID(part) for part in parts)


def _is_collection(record: dict[str, Any], layout: Layout) -> bool:
    """Whether an object tells of the articles in a list of its own.

    So it does where a title is all that it says beside them; with an address or a description too,
    as a feed has, where the list has the name of one.
    """
    says_more = layout.id or layout.url or layout.text
    names = _CONTAINERS if says_more else LISTS
    lists = [inner for key, inner in record.items() if squeeze(key) in names]
    return any(isinstance(inner, list) and inner and _are_whole(inner[:3]) for inner in lists)


def _are_whole(values: list[Any]) -> bool:
    """Whether each has a title, and a text or an address."""
    if not all(isinstance(value, dict) for value in values):
        return False
    layouts = [layout_of(tuple(value)) for value in values]
    return all(layout.title and (layout.text or layout.url) for layout in layouts)


def _looks_like_article(value: object) -> bool:
    if not isinstance(value, dict):
        return False
    layout = layout_of(tuple(value))
    return bool(layout.title or layout.wrappers or (layout.text and (layout.url or layout.id)))
