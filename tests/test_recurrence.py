"""What comes back in other weeks is a form, and no story."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

import linker
from linker.embedding import load_encoder
from linker.pipeline import clean_input
from linker.readers.rejects import RejectLog
from linker.stages import Stages
from linker.stories import by_meaning, surroundings
from linker.stories.crowds import CROWD_RANKS, CROWDED, crowding, likest
from linker.stories.evidence import Evidence, Model, load_model, prepare
from linker.stories.neighbours import candidate_pairs
from linker.stories.recurrence import LEAST_DAYS, NEAREST, RANK, WINDOWS, recurrence
from linker.stories.vectors import embed_articles
from linker.stories.windows import Window

BEGIN = datetime(2024, 3, 4, 8, tzinfo=UTC)
WEEKS, COMPANIES = 5, 30
SYLLABLES = ("bar", "del", "fo", "gan", "ki", "lor", "mes", "nu", "ric", "sto", "tav", "wen")


def _name(rng: random.Random) -> str:
    return "".join(rng.choices(SYLLABLES, k=3)).title()


def figures(weeks: int = WEEKS, companies: int = COMPANIES) -> Iterator[dict[str, Any]]:
    """The quarterly figures of so many companies a week, each of its own, on one form."""
    rng = random.Random(5)
    for number in range(weeks * companies):
        share, net, sales = (rng.randrange(11, 990) for _ in range(3))
        yield {
            "id": f"form {number}",
            "title": f"{_name(rng)} {_name(rng)} Corp 4th qtr net",
            "text": f"Shr {share} cts vs {share - 9} cts. Net {net}.{share} mln dlrs vs"
            f" {net - 7}.{share - 5} mln. Revs {sales}.{net} mln vs {sales - 3}.{share} mln. Avg"
            f" shrs {net}.2 mln vs {net}.1 mln. NOTE: net includes a gain of {share} cts a shr.",
            "published": (BEGIN + timedelta(7 * (number // companies), 60 * number)).isoformat(),
        }


def linked(articles: list[dict[str, Any]]) -> list[list[str]]:
    """The ids of each story's articles."""
    stories: dict[str, list[str]] = {}
    for article in linker.group(articles).articles.to_pylist():
        stories.setdefault(article["story_id"], []).append(article["id"])
    return list(stories.values())


def evidence_of(articles: list[dict[str, Any]]) -> Evidence:
    """The evidence of articles, with how crowded it is around each."""
    cleaned = clean_input(articles, RejectLog(), Stages(), None)
    own = prepare(cleaned, embed_articles(cleaned, load_encoder()))
    pairs = candidate_pairs(own.vectors, own.documents, own.lang, Window(own.day, 3.0))
    alike = own.likeness(pairs, own.features(pairs), load_model())
    return replace(own, crowd=crowding(likest(pairs, alike, len(own.day), CROWD_RANKS[1])))


def plain_recurrence(own: Evidence, window: float, model: Model) -> list[float]:
    """One article after the other, all others being the sample."""
    found, beyond = [], max(WINDOWS * window, LEAST_DAYS)
    for row in range(len(own.day)):
        gap = np.abs(own.day - own.day[row])
        far = np.flatnonzero((gap >= beyond) & (own.lang == own.lang[row]))
        cosine = own.vectors[far] @ own.vectors[row]
        near = far[np.argsort(-cosine, kind="stable")[:NEAREST]]
        if len(near) < RANK or not own.crowd[row] < 0:
            found.append(np.nan)
            continue
        pairs = np.stack([np.full(len(near), row), near], axis=1)
        bare = replace(own, crowd=np.full(len(own.day), np.nan, np.float32))
        likeness = np.sort(own.likeness(pairs, bare.features(pairs), model))[::-1][RANK - 1]
        found.append(max(0.0, likeness - CROWDED) * own.fullness[row])
    return found


@pytest.mark.parametrize("lanes", ["as they are", "none"])
@pytest.mark.parametrize("window", [0.5, 5.0])
def test_recurrence_equals_its_plain_twin(
    lanes: str, window: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    if lanes == "none":
        monkeypatch.setattr(by_meaning, "lanes", lambda: 0)
    monkeypatch.setattr("linker.stories.recurrence.ROWS", 50)
    monkeypatch.setattr("linker.stories.recurrence.TURN", 7)
    undated = [article | {"id": f"u{i}", "published": ""} for i, article in enumerate(figures(1))]
    german = [article | {"id": f"g{i}", "lang": "de"} for i, article in enumerate(figures(4))]
    few = [
        article | {"id": f"f{i}", "lang": "fr"} for i, article in enumerate(figures(2, RANK // 2))
    ]
    own = evidence_of([*figures(4), *undated, *german, *few])
    found = recurrence(own, window, load_model(), 2)
    expected = plain_recurrence(own, window, load_model())
    assert found == pytest.approx(expected, abs=1e-4, nan_ok=True)
    assert np.isnan(found[np.isnan(own.day)]).all()
    for lang in ("en", "de"):
        rows = (own.lang == own.languages.index(lang)) & (own.crowd < 0) & ~np.isnan(own.day)
        assert rows.sum() > COMPANIES
        assert (found[rows] > 0).any()


def test_a_sample_of_many_stands_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    own = evidence_of(list(figures(6)))
    whole = recurrence(own, 3.0, load_model())
    monkeypatch.setattr("linker.stories.recurrence.SAMPLE", 80)
    part = recurrence(own, 3.0, load_model())
    rows = own.crowd < 0
    assert (part[rows] > 0).mean() > 0.9
    assert (part[rows] <= whole[rows] + 1e-6).all()
    assert part.tolist() == pytest.approx(
        recurrence(own, 3.0, load_model(), 2).tolist(), nan_ok=True
    )


def test_nobody_knows_what_recurs_within_a_week() -> None:
    own = evidence_of(list(figures(1)))
    assert (own.crowd < 0).any()
    assert np.isnan(recurrence(own, 3.0, load_model())).all()
    assert np.isnan(recurrence(evidence_of(list(figures(2))), np.inf, load_model())).all()


def event(articles: int) -> list[dict[str, Any]]:
    """So many reports of one event in the third week, in other words each."""
    rng = random.Random(3)
    parts = [
        "A goat was elected mayor of Oxbury on Monday with 61 percent of the votes",
        "Oxbury's new mayor is a goat, the returning officer Hilda Marrow said",
        "the goat Bartleby ran against the brewer Tom Quillfeather",
        "Quillfeather conceded to the goat Bartleby before midnight",
        "the town of Oxbury celebrated Bartleby with hay and fireworks",
        "Marrow said that no statute of Oxbury keeps a goat from the office of mayor",
    ]
    return [
        {
            "id": f"event {number}",
            "title": rng.choice(["Goat elected mayor of Oxbury", "Oxbury elects goat Bartleby"]),
            "text": ". ".join(rng.sample(parts, 4)) + f". {_name(rng)} {_name(rng)} reports.",
            "published": (BEGIN + timedelta(14, 900 * number)).isoformat(),
        }
        for number in range(articles)
    ]


def largest(stories: list[list[str]], kind: str) -> int:
    return max(len(story) for story in stories if story[0].startswith(kind))


@pytest.mark.parametrize("weeks", [1, WEEKS])
def test_forms_in_series_are_no_story_and_a_large_story_is_one(weeks: int) -> None:
    stories = linked([*figures(weeks), *event(COMPANIES)])
    assert largest(stories, "event") == COMPANIES
    assert largest(stories, "form") <= COMPANIES / 5


@pytest.mark.parametrize(("alone", "weeks"), [("series", 1), ("recurrence", WEEKS)])
def test_either_evidence_tells_forms_by_itself_and_nothing_else_does(
    alone: str, weeks: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*given: Any) -> Any:
        rows = given[0].day if isinstance(given[0], Evidence) else given[-1]
        return np.full(len(rows), np.nan, np.float32)

    [other] = {"series", "recurrence"} - {alone}
    monkeypatch.setattr(surroundings, other, unknown)
    assert largest(linked(list(figures(weeks))), "form") <= COMPANIES / 5
    monkeypatch.setattr(surroundings, alone, unknown)
    assert largest(linked(list(figures(weeks))), "form") >= COMPANIES / 2
