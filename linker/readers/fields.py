"""One record of any export (a dict) as an Article: names, types and odd values settled."""

from __future__ import annotations

import html
import json
import math
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from itertools import chain, count
from typing import Any, NamedTuple

import numpy as np
import orjson

from linker.articles import PRECISIONS, Article
from linker.dates import parse_date
from linker.errors import kind_of
from linker.language import normal_code
from linker.readers.aliases import ALIASES, HTML, MAYBE_HTML, WRAPPERS
from linker.readers.markup import looks_marked_up, strip_markup

LONGEST_ID = 512  # characters; longer ids keep their beginning and a hash of the whole

_SQUEEZE = re.compile(r"[\W_]+")
SOLID = re.compile(r"[^\s\x00-\x1f\x7f\ud800-\udfff]").search
_ID_NOISE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]")
PLAIN_URL = r"[Hh][Tt][Tt][Pp][Ss]?://[!$-.0-;=@-~][!#-;=?-~]*"
"""An address that needs no escapes and no second look."""
IS_WEB = re.compile(r"https?://[^\s/?#]", re.IGNORECASE).match
_URL_NOISE = re.compile(r"[\s<>\"\x00-\x1f\x7f\ud800-\udfff]")
_ENTITY = re.compile(
    r"&(?:#[0-9]{2,6}|#[xX][0-9a-fA-F]{2,5}|amp|quot|apos|lt|gt|nbsp|[lr][sd]quo|[mn]dash|hellip);"
)
_WHOLE_PAGE = re.compile(r"<(?:!doctype|html|body)\b", re.IGNORECASE)
PLAIN_KEYS = frozenset(("id", "title", "text", "maintext", "source", "source_domain"))
_INNER = ("name", "text", "value", "rendered", "title", "headline", "content", "#text", "@value")
_INNER_LINKS = ("url", "@id", "href", "id", "$oid", "$date", "$numberLong")
_NO_VALUES = ("NAType", "NaTType")  # of pandas


class Unusable(ValueError):
    """A record that cannot be an article; the message is the reason that users read."""


class Layout(NamedTuple):
    """Which keys of a record may fill which field, best first, and the keys that fill none."""

    id: tuple[str, ...]
    title: tuple[str, ...]
    text: tuple[str, ...]
    url: tuple[str, ...]
    source: tuple[str, ...]
    published: tuple[str, ...]
    lang: tuple[str, ...]
    precision: tuple[str, ...]
    extra: tuple[str, ...]
    unknown: tuple[str, ...]
    wrappers: tuple[str, ...]


def squeeze(key: object) -> str:
    """A key without case, underscores and signs: "dc:Date" -> "dcdate"."""
    return _SQUEEZE.sub("", str(key)).lower()


@lru_cache(maxsize=4096)
def layout_of(keys: tuple[str, ...]) -> Layout:
    """The layout of records with these keys."""
    named: dict[str, list[str]] = {}
    for key in keys:
        named.setdefault(squeeze(key), []).append(key)
    fields = {
        field: tuple(key for name in names.split() for key in named.get(name, ()))
        for field, names in ALIASES.items()
    }
    known = {key for candidates in fields.values() for key in candidates}
    wrappers = tuple(key for name in WRAPPERS for key in named.get(name, ()))
    unknown = tuple(key for key in keys if key not in known)
    return Layout(**fields, unknown=unknown, wrappers=wrappers)


def told_apart(names: Sequence[str]) -> list[str]:
    """The names of columns, of which a repeated one gets a number: it is no field, but is kept.

    >>> told_apart(["title", "text", "title"])
    ['title', 'text', 'title (2)']
    """
    known: dict[str, None] = {}
    for name in names:
        numbers = (f"{name} ({number})" for number in count(2))
        known[name if name not in known else next(n for n in numbers if n not in known)] = None
    return list(known)


def is_markup(key: str) -> bool:
    """Whether what stands under a key of texts is always markup."""
    return key not in PLAIN_KEYS and squeeze(key) in HTML


def may_be_markup(key: str) -> bool:
    """Whether what stands under a key of texts is markup in some exports."""
    return key not in PLAIN_KEYS and squeeze(key) in MAYBE_HTML


def twins(layout: Layout) -> list[tuple[str, ...]]:
    """Keys of one meaning ("pub_date", "pubDate"): of these the one a record has first wins."""
    named: dict[str, list[str]] = {}
    for key in dict.fromkeys(chain.from_iterable(layout[:-2])):  # without unknown and wrappers
        named.setdefault(squeeze(key), []).append(key)
    return [tuple(keys) for keys in named.values() if len(keys) > 1]


def article_of(record: Mapping[str, Any]) -> Article:
    """The article that a record holds.

    Raises Unusable when the record is no mapping or has neither title nor text. A date that
    cannot be read and a url that is not http(s) leave their field empty and move to `extra`, with
    the keys that linker does not know.
    """
    if type(record) is not dict and not isinstance(record, Mapping):
        raise Unusable(f"not a record but {kind_of(record)}")
    record = unwrapped(record)
    layout = layout_of(tuple(record))
    spare = {key: record[key] for key in layout.unknown}
    title = take_text(record, layout.title, spare)
    text = take_text(record, layout.text, spare, "\n")
    if not title and not text:
        raise Unusable("neither title nor text")
    url = take_url(record, layout.url, spare)
    published, precision = take_published(record, layout.published, layout.precision, spare)
    return Article(
        id=tidy_id(take_text(record, layout.id, spare)),
        title=" ".join(title.split()),
        text=text.strip(),
        url=url,
        source=" ".join(take_text(record, layout.source, spare).split()) or host_of(url),
        published=published,
        precision=precision,
        lang=take_lang(record, layout.lang, spare),
        extra=packed(record, layout.extra, spare),
    )


def as_plain(value: Any) -> Any:
    """A value without NumPy and pandas: arrays as lists, no value (NA, NaT) as None."""
    if isinstance(value, (np.ndarray, np.floating)):
        return value.tolist()
    return None if type(value).__name__ in _NO_VALUES else value


def is_blank(value: object) -> bool:
    """Whether a value is none, or an empty string."""
    return not value if isinstance(value, str) else as_plain(value) is None


def as_text(value: object, joiner: str = " ", depth: int = 4) -> str:
    """Any JSON or Python value as text: lists joined, of a mapping its name or text."""
    if isinstance(value, str):
        return value
    value = as_plain(value)
    if value is None or depth == 0:
        return ""
    if isinstance(value, (list, tuple)):
        parts = [as_text(part, joiner, depth - 1) for part in value]
        return joiner.join(part for part in parts if part)
    if isinstance(value, Mapping):
        found = (as_text(value[k], joiner, depth - 1) for k in _INNER + _INNER_LINKS if k in value)
        return next((text for text in found if text), "")
    if isinstance(value, float):
        if math.isnan(value):
            return ""
        return str(int(value)) if value.is_integer() else str(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(value)


def unwrapped(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """The record, or what it is with the article in it that one of its values is."""
    layout = layout_of(tuple(record))
    for key in () if layout.title else layout.wrappers:
        inner = record[key]
        if isinstance(inner, Mapping) and layout_of(tuple(inner)).title:
            return {k: v for k, v in record.items() if k != key} | dict(inner)
    return record


def take_text(
    record: Mapping[str, Any], keys: tuple[str, ...], spare: dict[str, Any], joiner: str = " "
) -> str:
    """The first of these keys that holds something; what the others hold becomes spare."""
    for place, key in enumerate(keys):
        value = record[key]
        text = value if type(value) is str else as_text(value, joiner)
        if SOLID(text):
            if key not in PLAIN_KEYS:
                text = readable(key, text, value)
            text = unescape(text)
            later = keys[place + 1 :]
            spare.update((key, record[key]) for key in later if not is_blank(record[key]))
            return text
        if not is_blank(value):
            spare[key] = value
    return ""


def unescape(text: str) -> str:
    """The text without HTML entities: exports escape once too often, and not all do."""
    return html.unescape(text) if "&" in text and _ENTITY.search(text) else text


def readable(key: str, text: str, value: object) -> str:
    """The text under a key without its markup, where the key or the text says that it has some."""
    name = squeeze(key)
    if name in HTML and _WHOLE_PAGE.search(text[:2000]):
        from linker.readers.html import page_record

        return str((page_record(text) or {}).get("text", ""))
    markup = name in HTML or (isinstance(value, Mapping) and "rendered" in value)
    if markup or (name in MAYBE_HTML and looks_marked_up(text)):
        return strip_markup(text)
    return text


def take_url(record: Mapping[str, Any], keys: tuple[str, ...], spare: dict[str, Any]) -> str:
    """The first of these keys that holds a web address; anything else they hold becomes spare."""
    for key in keys:
        url = as_text(record[key]).strip()
        if IS_WEB(url):
            spare.pop(key, None)  # ninjs: one uri is both id and url
            return _URL_NOISE.sub(_percent, url)
        if url:
            spare[key] = record[key]
    return ""


def _percent(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match[0].encode("utf-8", "replace"))


def host_of(url: str) -> str:
    """The host of a url without port, user and "www."; "" for no url."""
    if not url:
        return ""
    authority = url.split("/", 3)[2].partition("?")[0].partition("#")[0]
    return authority.rpartition("@")[2].partition(":")[0].lower().removeprefix("www.")


def take_published(
    record: Mapping[str, Any], keys: tuple[str, ...], marks: tuple[str, ...], spare: dict[str, Any]
) -> tuple[datetime | None, str]:
    """The first date that can be read, and its precision, which a key of `marks` may name."""
    found: tuple[datetime | None, str] = (None, "unknown")
    for key in keys:
        value = record[key]
        if found[0] is None:
            found = parse_date(_date_in(as_plain(value)))
            if found[0] is not None:
                continue
        if not is_blank(value):
            spare[key] = value
    for key in marks:
        mark = record[key]
        if found[0] is not None and isinstance(mark, str) and mark in PRECISIONS[:2]:
            return found[0], mark
    return found


def _date_in(value: Any) -> Any:
    """The date that a value is or holds; one of MongoDB's own form stays as it is."""
    if isinstance(value, list) or (isinstance(value, Mapping) and "$date" not in value):
        return as_text(value)
    return value


def take_lang(record: Mapping[str, Any], keys: tuple[str, ...], spare: dict[str, Any]) -> str:
    """The code of the first of these keys that names a language, '' if none does."""
    for key in keys:
        given = as_text(record[key])
        code = normal_code(given)
        if code:
            return code
        if given and given != "und":
            spare[key] = record[key]
    return ""


def tidy_id(given: str) -> str:
    """A given id without what cannot be printed, at most LONGEST_ID characters long."""
    if not given.isprintable():
        given = _ID_NOISE.sub("", given)
    given = given.strip()
    if len(given) <= LONGEST_ID:
        return given
    digest = blake2b(given.encode("utf-8", "replace"), digest_size=8).hexdigest()
    return f"{given[: LONGEST_ID - 17]}-{digest}"


def packed(record: Mapping[str, Any], keys: tuple[str, ...], spare: dict[str, Any]) -> str:
    """What no field took, as one JSON object of sorted keys; '' for nothing."""
    for key in keys:
        spare = _merge(spare, key, record[key])
    if not spare:
        return ""
    spare = {str(key): value for key, value in spare.items() if as_plain(value) is not None}
    try:
        packed = orjson.dumps(spare, default=_writable, option=orjson.OPT_SORT_KEYS)
        return packed.decode() if spare else ""
    except (TypeError, ValueError):  # huge integers, odd keys, lone surrogates, deep nesting
        return _pack_slowly(spare)


def _merge(spare: dict[str, Any], key: str, value: object) -> dict[str, Any]:
    """Unpack the `extra` column that an earlier run wrote."""
    try:
        held = orjson.loads(value) if isinstance(value, str) and value else value
    except ValueError:
        held = value
    held = as_plain(held)
    if isinstance(held, Mapping):
        return {**held, **spare}
    return spare | {key: held} if held else spare


def _writable(value: object) -> Any:
    plain = as_plain(value)
    return str(value) if plain is value else plain


def _pack_slowly(spare: dict[str, Any]) -> str:
    try:
        return json.dumps(spare, sort_keys=True, default=_writable)
    except (TypeError, ValueError, RecursionError):
        return json.dumps({key: str(type(value)) for key, value in sorted(spare.items())})
