"""Copies without a headline: a missing one is no other one, and goes with one report only."""

from __future__ import annotations

import random

import linker

SHORT = "The harbour clock of Brine stopped at noon on Monday and nobody could say why it did so."


def reprints(*articles: dict[str, str]) -> dict[str, tuple[str | None, str | None]]:
    found = linker.group(list(articles)).articles
    columns = (found[name].to_pylist() for name in ("id", "reprint_of", "reprint_kind"))
    return {name: (of, kind) for name, of, kind in zip(*columns, strict=True)}


def test_the_same_short_text_is_a_copy_when_one_headline_is_missing() -> None:
    titled = {"title": "Clock stops", "text": SHORT}
    for pair in ((titled, {"text": SHORT}), ({"text": SHORT}, titled)):
        assert linker.compare(*pair).reprint == "exact"
    assert linker.compare(titled, {"title": "Goat wins", "text": SHORT}).reprint is None


def test_an_untitled_copy_joins_no_two_reports() -> None:
    articles = [
        {"id": "none", "text": SHORT, "published": "2024-05-01"},
        {"id": "first", "title": "Clock stops", "text": SHORT, "published": "2024-05-02"},
        {"id": "other", "title": "Goat wins", "text": SHORT, "published": "2024-05-03"},
    ]
    expected = {"none": (None, None), "first": ("none", "exact"), "other": (None, None)}
    for _ in range(3):
        assert reprints(*articles) == expected
        random.Random(1).shuffle(articles)
