"""An explanation in lines for people: made of its facts alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from linker.explaining.contributions import START
from linker.explaining.passages import Segment
from linker.explaining.terminal import difference_lines, meter, shortened

PASSAGE_CHARACTERS = 300  # of a passage in words; JSON has all of it

FEATURE_WORDS = {
    START: "before any evidence",
    "cosine": "the texts mean the same (cosine of embeddings, of words where the model reads none)",
    "tfidf": "rare words in common (TF-IDF cosine)",
    "names": "names near the beginning in common, in any script (TF-IDF cosine)",
    "numbers": "numbers that differ (-1: all of them)",
    "days": "weekdays that differ (-1: all of them)",
    "gap_days": "days between the two",
    "brevity": "shortness: little text to judge by",
    "crowd": "how few others are as near (less than 0: many are)",
    "rivals": "how many articles there are within a day, in logarithms (across languages)",
    "series": "many are as near, but under other names: a form in series",
    "recurrence": "what is shared comes back in other weeks: a form in series, or a theme",
}


def article_lines(facts: dict[str, Any]) -> Iterator[str]:
    """Why an article is in its story."""
    story, reprint = facts["story"], facts["reprint"]
    yield _named(facts["article"])
    yield f"Story {story['story_id']}: {story['title']}"
    yield f"  {_size(story)}; topic {story['topic_id']}{_certainty(facts)}"
    if reprint:
        yield (
            f"It is a copy ({reprint['reprint_kind']}) of {reprint['reprint_of']}:"
            f" Jaccard {_figure(reprint['jaccard']).strip()},"
            f" containment {_figure(reprint['containment']).strip()}."
        )
    if facts["links"]:
        yield "Linked in the story with:"
        for link in facts["links"]:
            yield from _link_lines(link)
    elif not reprint:
        yield "It is alone in its story, as far as linked articles go."
    if facts["nearest_outside"]:
        behind = f"{100 * facts['margin']:.0f} points behind" if facts["margin"] > 0 else "as near"
        yield f"The runner-up, an article of another story, {behind}:"
        yield from _link_lines(facts["nearest_outside"])


def _size(story: Mapping[str, Any]) -> str:
    if story["articles"] == 1:
        return "1 article"
    if story["independent"] == 1:
        return f"{story['articles']} articles, one report and its copies"
    return f"{story['articles']} articles, {story['independent']} of them independent"


def _certainty(facts: Mapping[str, Any]) -> str:
    """How sure an article's place is; of one report, whether another tells its story."""
    sure = f"{_percent(facts['confidence'])} sure"
    if facts["story"]["independent"] > 1:
        return f"; this place is {sure}"
    return f"; {sure} that no other report tells it" if facts["nearest_outside"] else ""


def _link_lines(link: dict[str, Any]) -> Iterator[str]:
    yield f"  {_percent(link['probability'])}  {_named(link['article'])}"
    shared = _shared_words(link["shared"])
    if shared:
        yield f"       {shared}"
    parts = sorted(link["parts"].items(), key=lambda part: (part[0] != START, -part[1]))
    told = (f"{value:+.1f} {name.replace('_', ' ')}" for name, value in parts if abs(value) >= 0.05)
    yield f"       log-odds {', '.join(told)}"


def _shared_words(shared: dict[str, list[str]]) -> str:
    """ "both give 38, 1871; both have Tarrow, Halloway", or nothing."""
    told = ((verb, shared[kind]) for verb, kind in (("give", "numbers"), ("have", "words")))
    return "; ".join(f"both {verb} {', '.join(terms)}" for verb, terms in told if terms)


def pair_lines(facts: dict[str, Any]) -> Iterator[str]:
    """Why two articles are linked, or not."""
    evidence = facts["evidence"]
    yield _named(facts["a"])
    yield _named(facts["b"])
    place = "the same story" if facts["same_story"] else "two stories"
    if not facts["same_story"]:
        place += " of one topic" if facts["same_topic"] else " of two topics"
    yield f"They are in {place}. Probability of one event: {_percent(evidence['probability'])}."
    if evidence["reprint"]:
        yield f"One is a copy of the other ({evidence['reprint_kind']})."
    shared = _shared_words(facts["shared"])
    if shared:
        yield f"{shared[0].upper()}{shared[1:]}."
    yield "Evidence, and what each piece adds to the log-odds:"
    values = {START: None} | evidence
    for name, value in values.items():
        if name in facts["parts"]:
            part = facts["parts"][name]
            yield f"  {_figure(value)}  {part:+5.1f} {meter(part)}  {_feature_words(name)}"
    yield "How much of one text stands in the other:"
    for name in ("jaccard", "containment", "derivation"):
        yield f"  {_figure(evidence[name])}  {_feature_words(name)}"


def comparison_lines(facts: dict[str, Any], segments: list[Segment]) -> Iterator[str]:
    """The longest common passages, then both texts; nothing for texts that share no passage."""
    if facts["passages"]:
        yield "Passages in both:"
        for passage in facts["passages"]:
            yield f"  “{shortened(passage, PASSAGE_CHARACTERS)}”"
    if facts["passages"] or facts["evidence"]["reprint"]:
        yield from difference_lines(segments, facts["a"]["id"], facts["b"]["id"])


def _feature_words(name: str) -> str:
    known = {
        "jaccard": "of all five-word runs of the two texts stand in both (Jaccard)",
        "containment": "of the shorter text's five-word runs stand in the other (containment)",
        "derivation": "of the later text is the earlier one's, in order but edited (derivation)",
    }
    return (known | FEATURE_WORDS).get(name, name.replace("_", " "))


def _percent(share: float) -> str:
    """A probability that never rounds up to 100 %."""
    return f"{100 if share >= 1 else min(99, round(100 * share))}%"


def _figure(value: float | None) -> str:
    return "    -" if value is None else f"{value:5.2f}"


def _named(article: dict[str, Any]) -> str:
    details = [article["source"], article["lang"], (article["published"] or "undated")[:10]]
    title = article["title"] or "(no headline)"
    return f"{article['id']}  {title}  ({', '.join(part for part in details if part)})"
