"""Output tables made up for the report's tests: many scripts, reprints, topics, hostile strings."""

from __future__ import annotations

import math
import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa

from linker.explaining.contributions import contributions
from linker.stories.evidence import FEATURES as EVIDENCE
from linker.stories.evidence import load_model
from linker.tables import ARTICLES, LINKS, STORIES

HEADLINES = {
    "en": (
        "Harbour bridge closed after crane hits pylon",
        "The crane struck the northern pylon at dawn.",
    ),
    "ar": (
        "إغلاق جسر الميناء بعد اصطدام رافعة بأحد أعمدته",
        "اصطدمت الرافعة بالعمود الشمالي فجرا.",
    ),
    "es": (
        "Cierran el puente del puerto tras el choque de una grúa",
        "La grúa golpeó el pilar norte al amanecer.",
    ),
    "fr": (
        "Le pont du port fermé après le choc d’une grue",
        "La grue a heurté le pylône nord à l’aube.",
    ),
    "de": (
        "Hafenbrücke nach Kranunfall gesperrt",
        "Der Kran traf im Morgengrauen den nördlichen Pylon.",
    ),
    "ru": (
        "Портовый мост закрыт после удара крана об опору",
        "Кран задел северную опору на рассвете.",
    ),
    "zh": ("起重机撞上桥塔后港口大桥关闭", "黎明时分，起重机撞上了北侧桥塔。"),
    "th": ("ปิดสะพานท่าเรือหลังเครนชนเสา", "เครนชนเสาด้านเหนือตอนรุ่งสาง"),
    "he": ("גשר הנמל נסגר לאחר שמנוף פגע בעמוד", "המנוף פגע בעמוד הצפוני עם שחר."),
    "fa": ("پل بندر پس از برخورد جرثقیل بسته شد", "جرثقیل سپیده‌دم به ستون شمالی خورد."),
    "ur": ("کرین ٹکرانے کے بعد بندرگاہ کا پل بند", "کرین فجر کے وقت شمالی ستون سے ٹکرائی۔"),
    "tr": ("Vinç direğe çarpınca liman köprüsü kapandı", "Vinç şafakta kuzey direğine çarptı."),
    "hi": ("क्रेन टकराने के बाद बंदरगाह पुल बंद", "क्रेन भोर में उत्तरी खंभे से टकराई।"),
}
SOURCES = [
    f"The {place} {kind}"
    for place in ("Alder", "Birch", "Cedar", "Dune", "Elm")
    for kind in ("Courier", "Gazette", "Post")
] + ["صحيفة الميناء", "Порт-Новости", "港口日报"]
FEATURES = (*EVIDENCE, "novelty")  # the last one is not known to the page
TIME = pa.timestamp("us", tz="UTC")
START = datetime(2026, 3, 2, 6, tzinfo=UTC)

ATTACKS = [
    "<script>window.hit=1</script>",
    "</script><script>window.hit=1</script>",
    "<!--<script>",
    "]]><svg onload=window.hit=1>",
    "<img src=x onerror=window.hit=1>",
    "<img src='https://attacker.example/x.png'>",
    "<link rel=stylesheet href=https://attacker.example/x.css>",
    "<iframe src=javascript:window.hit=1>",
    "\"><body onload=window.hit=1>",
    "' autofocus onfocus=window.hit=1 x='",
    "javascript:window.hit=1",
    "data:text/html,<script>window.hit=1</script>",
    "{{ 7 * 7 }} {% raw %}",
    "${window.hit=1} `",
    "\\u003cscript\\u003ewindow.hit=1",
    "&lt;script&gt;window.hit=1&lt;/script&gt;",
    "\u202eevil\u202c \u2066\u2067\u2068",
    "a\u2028window.hit=1\u2029b",
    "\x00\x01\x1b[31m\x7f\x85",
    "Z\u0351\u036b\u0343" * 40,
    "../../../../etc/passwd",
    "x" * 10_000,
    "<style>*{display:none}</style>",
    "<base href=https://attacker.example/>",
    "<meta http-equiv=refresh content=0;url=https://attacker.example/>",
]  # fmt: skip
ATTACKS = [
    attack + suffix
    for suffix in ("", " A", "\n", "\ufeff", " ב", "%00", "#x", "'")
    for attack in ATTACKS
]

Tables = tuple[pa.Table, pa.Table, pa.Table, dict[str, object]]


def make_tables(number: int, *, seed: int = 1, largest: int = 14, body: int = 12) -> Tables:
    """Return output tables of about `number` articles with texts of about `body` sentences."""
    rng = random.Random(seed)
    rows: list[dict[str, Any]] = []
    stories: list[dict[str, Any]] = []
    links: list[dict[str, Any]] = []
    while len(rows) < number:
        own = _story(rng, len(stories), rng.choice((1, 1, 2, 3, 5, largest)), body)
        rows += own
        stories.append(_described(own, len(stories)))
        links += _links(rng, own)
    opening = {row["id"]: row for row in rows}
    for story, other in pairwise(stories):
        ends = opening[story["story_id"]], opening[other["story_id"]]
        links.append(_link(rng, *ends, near=False))
    return articles_table(rows), stories_table(stories), links_table(links), run_facts(len(rows))


def _story(rng: random.Random, number: int, size: int, body: int) -> list[dict[str, Any]]:
    begin = START + timedelta(hours=rng.uniform(0, 24 * 40))
    rows = []
    for place in range(size):
        lang = rng.choice(list(HEADLINES))
        title, sentence = HEADLINES[lang]
        copied = place > 0 and rng.random() < 0.4
        of = rows[0]["id"] if copied else None
        kind = rng.choice(("exact", "reprint", "excerpt", "version")) if copied else None
        if copied:
            lang, title = rows[0]["lang"], rows[0]["title"]
        later = begin + timedelta(hours=place * rng.uniform(0, 5))
        published = None if rng.random() < 0.05 else later
        text = "\n".join(f"{sentence} {number} {rng.randrange(90)}." for _ in range(body))
        rows.append(
            {
                "id": f"s{number}-{place}", "story_id": f"s{number}-0",
                "topic_id": f"t{number // 3}", "reprint_of": of, "reprint_kind": kind,
                "jaccard": rng.uniform(0.7, 1) if copied else None,
                "containment": rng.uniform(0.8, 1) if copied else None,
                "confidence": rng.uniform(0.6, 1), "nearest_id": None, "lang": lang,
                "published": published,
                "source": rng.choice(SOURCES), "title": title if copied else f"{title} ({number})",
                "url": f"https://news.example/{number}/{place}?a=1&b=2",
                "precision": rng.choice(("exact", "day")),
                "text": rows[0]["text"] if kind == "exact" else text, "cut": [], "extra": "",
            }
        )  # fmt: skip
    return rows


def _described(rows: list[dict[str, Any]], number: int) -> dict[str, Any]:
    times = [row["published"] for row in rows if row["published"]]
    return {
        "story_id": rows[0]["story_id"], "topic_id": rows[0]["topic_id"], "title": rows[0]["title"],
        "keywords": ["bridge", "جسر", "crane", "起重机"][: 1 + number % 4],
        "languages": sorted({row["lang"] for row in rows}),
        "sources": sorted({row["source"] for row in rows}),
        "articles": len(rows), "independent": sum(row["reprint_of"] is None for row in rows),
        "first_published": min(times, default=None), "last_published": max(times, default=None),
        "confidence": 0.5 + number % 50 / 100,
    }  # fmt: skip


def _links(rng: random.Random, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    own = [row for row in rows if row["reprint_of"] is None]
    return [_link(rng, a, b, near=True) for at, a in enumerate(own) for b in own[at + 1 : at + 6]]


def _link(
    rng: random.Random, a: dict[str, Any], b: dict[str, Any], *, near: bool
) -> dict[str, Any]:
    """A link whose probability is what its features add up to."""
    low, high = (0.3, 0.9) if near else (0.0, 0.15)
    features = {name: rng.uniform(low, high) for name in FEATURES}
    features["gap_days"] = rng.uniform(0, 3)
    columns = {name: np.array([value]) for name, value in features.items()}
    cross = np.array([a["lang"] != b["lang"]])
    odds = sum(part[0] for part in contributions(columns, cross, load_model()).values())
    return {"a": a["id"], "b": b["id"], "probability": 1 / (1 + math.exp(-odds)), **features}


def articles_table(rows: list[dict[str, Any]]) -> pa.Table:
    """Return the table of articles with the columns and types that a run writes."""
    return pa.Table.from_pylist(rows, ARTICLES)


def stories_table(rows: list[dict[str, Any]]) -> pa.Table:
    """Return the table of stories with the columns and types that a run writes."""
    return pa.Table.from_pylist(rows, STORIES)


def links_table(rows: list[dict[str, Any]]) -> pa.Table:
    """Return the table of links; its feature columns are FEATURES."""
    evidence = [pa.field(name, pa.float32()) for name in FEATURES]
    return pa.Table.from_pylist(rows, pa.schema([*LINKS, *evidence]))


def run_facts(number: int) -> dict[str, object]:
    """Return what run.json holds after a run over `number` articles."""
    return {
        "version": "0.1.0",
        "settings": {"window": 3, "level": "balanced", "inputs": ["a.jsonl", "<b>.jsonl"]},
        "counts": {"articles": number, "rejected": 3, "reprints": {"exact": 4, "version": 1}},
        "stages": [
            {"name": name, "seconds": seconds, "peak_mb": 210.4 + 40 * place}
            for place, (name, seconds) in enumerate(
                [("read", 0.41), ("clean", 0.22), ("reprints", 0.35), ("embed", 1.4), ("link", 0.8)]
            )
        ],
        "cut": {"comments": 31, "cookies": 12, "caption printed again": 40},
    }


def hostile_tables() -> Tables:
    """Return tables in which every string of an article and a story is an attack."""
    rows, stories = [], []
    template = make_tables(1)[0].to_pylist()[0]
    for number, attack in enumerate(ATTACKS):
        row = template | {
            "id": f"{number}{attack}", "story_id": f"{number // 2}{ATTACKS[number // 2 * 2]}",
            "topic_id": ATTACKS[number % 5], "title": attack, "url": attack, "source": attack,
            "lang": attack[:20] or "und", "text": f"{attack}\n{attack}", "reprint_of": None,
            "reprint_kind": None, "published": START,
        }  # fmt: skip
        rows.append(row)
        if number % 2 == 0:
            story = _described([row], number) | {"keywords": [attack, attack]}
            stories.append(story)
    facts: dict[str, object] = {
        "version": ATTACKS[0],
        "settings": {attack: attack for attack in ATTACKS},
        "counts": {ATTACKS[1]: 1},
        "stages": [{"name": ATTACKS[1], "seconds": 1.0, "peak_mb": None}],
        "cut": {ATTACKS[4]: 2},
    }
    rng = random.Random(1)
    links = [_link(rng, *ends, near=True) for ends in pairwise(rows)]
    return articles_table(rows), stories_table(stories), links_table(links), facts
