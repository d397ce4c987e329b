"""The bundled articles are complete, varied, and labelled as their words say.

The overlap of copies is checked with a plain word-shingle count written here, so that the labels
do not depend on the code they are meant to judge.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections import Counter, defaultdict
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

from linker.demo import articles_path, gold_path

Record = dict[str, Any]

ALIASES = {
    "maintext": "text",
    "body_text": "text",
    "headline": "title",
    "date_publish": "published",
    "versioncreated": "published",
    "source_domain": "source",
    "language": "lang",
}
KEYS = {"id", "title", "text", "url", "source", "published", "lang"}
UNKNOWN_KEYS = {"section", "author", "word_count", "tags", "wire_version"}
LANGUAGES = {"ar", "de", "en", "es", "fa", "fr", "hi", "it", "ja", "ko", "pt", "ru", "tr", "zh"}
LOOK_ALIKES = [
    ("quake-qasr-mourad", "quake-sarikuyu"),
    ("ferry-yakamoz", "ferry-santa-aurelia"),
    ("final-litoral", "final-vallees"),
    ("plant-harzfels", "plant-erlenzell"),
    ("goat-ruling", "rooster-ruling"),
]
FOLLOW_UPS = [
    ("lighthouse-morse", "lighthouse-cause"),
    ("goat-elected", "goat-ruling"),
    ("cheese-heist", "cheese-arrest"),
    ("cheese-arrest", "cheese-trial"),
    ("flood-wadi-nasim", "flood-relief-vote"),
    ("chess-prodigy", "chess-by-telegram"),
]
SHINGLE = 5


def read_lines(path: Path) -> list[Record]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def made_id(url: str) -> str:
    return hashlib.blake2b(url.encode(), digest_size=8).hexdigest()


@cache
def articles() -> dict[str, Record]:
    """Every article by its id, aliases turned into our own keys."""
    found = {}
    for raw in read_lines(articles_path()):
        record = {ALIASES.get(key, key): value for key, value in raw.items()}
        found[record.get("id") or made_id(record["url"])] = record
    return found


@cache
def gold() -> dict[str, Record]:
    return {label["id"]: label for label in read_lines(gold_path())}


def words(text: str) -> list[str]:
    """Folded words: no case, marks, tatweel or alef forms, ASCII digits; a CJK sign is a word."""
    folded = unicodedata.normalize("NFKD", text.casefold()).replace("\u0640", "")
    bare = "".join(c for c in folded if not unicodedata.category(c).startswith("M"))
    bare = "".join(str(unicodedata.digit(c, c)) for c in bare)
    return re.findall(r"[\u3040-\u30ff\u4e00-\u9fff]|[^\W_\u3040-\u30ff\u4e00-\u9fff]+", bare)


@cache
def shingles(article: str) -> frozenset[tuple[str, ...]]:
    found = words(articles()[article].get("text", ""))
    last = max(1, len(found) - SHINGLE + 1)
    return frozenset(tuple(found[i : i + SHINGLE]) for i in range(last)) - {()}


def jaccard(a: str, b: str) -> float:
    union = len(shingles(a) | shingles(b))
    return len(shingles(a) & shingles(b)) / union if union else 0.0


def containment(a: str, b: str) -> float:
    smaller = min(len(shingles(a)), len(shingles(b)))
    return len(shingles(a) & shingles(b)) / smaller if smaller else 0.0


def is_edited_copy(copy: str, original: str) -> bool:
    """Much the same words, or the whole original with other news around it."""
    overlap = jaccard(copy, original)
    return overlap >= 0.7 or (overlap >= 0.5 and containment(copy, original) >= 0.95)


def stories() -> dict[str, list[str]]:
    members: dict[str, list[str]] = defaultdict(list)
    for label in gold().values():
        members[label["story"]].append(label["id"])
    return members


def languages_of(ids: list[str]) -> set[str]:
    return {articles()[i]["lang"] for i in ids if "lang" in articles()[i]}


def copies(kind: str) -> list[Record]:
    return [label for label in gold().values() if label["kind"] == kind]


def test_every_line_is_one_readable_object() -> None:
    for line in articles_path().read_text(encoding="utf-8").splitlines():
        assert "\\u" not in line
        assert isinstance(json.loads(line), dict)


def test_ids_are_unique_and_gold_is_complete() -> None:
    assert len(articles()) == len(read_lines(articles_path()))
    assert len(gold()) == len(read_lines(gold_path()))
    assert list(articles()) == list(gold())


def test_keys_are_known() -> None:
    for record in read_lines(articles_path()):
        assert set(record) <= KEYS | set(ALIASES) | UNKNOWN_KEYS
    for label in gold().values():
        assert set(label) == {"id", "story", "topic", "reprint_of", "kind"}


def test_there_are_enough_of_them() -> None:
    wide = [ids for ids in stories().values() if len(languages_of(ids)) >= 3]
    assert len(articles()) >= 95
    assert len(stories()) >= 22
    assert len(wide) >= 10
    assert languages_of(list(articles())) == LANGUAGES


def test_outlets_are_invented() -> None:
    for record in articles().values():
        assert re.fullmatch(r"https://[a-z0-9-]+\.example/[a-z0-9-]+", record["url"])


def test_records_have_the_gaps_real_files_have() -> None:
    raw = read_lines(articles_path())
    keys = Counter(key for record in raw for key in record)
    assert sum("id" not in record for record in raw) == 2
    assert sum("published" not in record for record in articles().values()) == 3
    assert sum("lang" not in record for record in articles().values()) >= 4
    assert sum(not record.get("title") for record in articles().values()) >= 2
    assert sum(not record.get("text") for record in articles().values()) >= 2
    assert all(keys[alias] for alias in ALIASES)
    assert all(keys[key] for key in UNKNOWN_KEYS)


def test_dates_come_in_several_forms() -> None:
    dates = [r["published"] for r in articles().values() if "published" in r]
    texts = [date for date in dates if isinstance(date, str)]
    assert any(isinstance(date, int) for date in dates)
    assert any(re.search(r"T.*[+]\d\d:\d\d$", date) for date in texts)
    assert any(re.match(r"[A-Z][a-z]{2}, \d\d", date) for date in texts)
    assert any(re.search("[\u0660-\u0669]", date) for date in texts)
    assert any(re.search("[\u06f0-\u06f9]", date) for date in texts)
    assert any(re.fullmatch(r"\d{4}-\d\d-\d\d", date) for date in texts)


def test_stories_have_one_topic_each() -> None:
    for ids in stories().values():
        assert len({gold()[i]["topic"] for i in ids}) == 1


def test_follow_ups_share_a_topic_and_look_alikes_do_not() -> None:
    topic = {label["story"]: label["topic"] for label in gold().values()}
    assert all(topic[a] == topic[b] for a, b in FOLLOW_UPS)
    assert all(topic[a] != topic[b] for a, b in LOOK_ALIKES)


def test_every_kind_of_copy_is_present() -> None:
    counts = Counter(label["kind"] for label in gold().values())
    assert min(counts[kind] for kind in ("exact", "reprint", "excerpt", "version")) >= 2
    assert set(counts) == {None, "exact", "reprint", "excerpt", "version"}


def test_a_copy_points_at_an_original_of_its_story() -> None:
    for label in gold().values():
        assert (label["kind"] is None) == (label["reprint_of"] is None)
        if label["reprint_of"] is not None:
            original = gold()[label["reprint_of"]]
            assert original["reprint_of"] is None
            assert original["story"] == label["story"]


def test_copies_overlap_as_their_kind_claims() -> None:
    assert all(jaccard(c["id"], c["reprint_of"]) == 1 for c in copies("exact"))
    assert all(is_edited_copy(c["id"], c["reprint_of"]) for c in copies("reprint"))
    assert all(jaccard(c["id"], c["reprint_of"]) >= 0.7 for c in copies("version"))
    assert all(containment(c["id"], c["reprint_of"]) >= 0.9 for c in copies("excerpt"))


def test_a_later_version_has_the_address_of_the_first() -> None:
    for copy in copies("version"):
        assert articles()[copy["id"]]["url"] == articles()[copy["reprint_of"]]["url"]


def test_articles_that_are_not_copies_share_few_words_in_a_row() -> None:
    written = [i for i, label in gold().items() if label["reprint_of"] is None]
    for a, b in combinations(written, 2):
        assert containment(a, b) < 0.5


def test_look_alikes_share_wording_but_no_copy() -> None:
    for first, second in LOOK_ALIKES:
        pairs = [(a, b) for a in stories()[first] for b in stories()[second]]
        assert 0.03 < max(jaccard(a, b) for a, b in pairs) < 0.5
