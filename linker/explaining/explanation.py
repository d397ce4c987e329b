"""Why an article is where it is, and why two articles are linked or not, in words and numbers."""

from __future__ import annotations

import operator
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from linker.arrays import FloatArray, IntArray
from linker.errors import LinkerError, kind_of
from linker.explaining.comparison import Evidence, complete, judge
from linker.explaining.contributions import START, contributions, weights_of
from linker.explaining.passages import Segment, compare_texts, longest_passages
from linker.explaining.terminal import difference_lines, meter, print_lines, printable, shortened
from linker.output import times_as_text
from linker.shared_terms import shared_terms
from linker.tables import LINKS

if TYPE_CHECKING:
    from linker.result import Result

NEIGHBOURS = 5
SURROUNDINGS = 10_000
"""Articles that a pair without a stored link is judged among, so that a large folder costs no more.

How crowded it is around the two is left out. Beside their links among 20,000 articles of newswire
the probabilities of 12 pairs moved by 0.070 in the mean and by 0.103 at most.
"""
PASSAGE_CHARACTERS = 300  # of a passage in words; JSON has all of it

_SHOWN = ["id", "title", "source", "lang", "published"]

FEATURE_WORDS = {
    START: "before any evidence",
    "cosine": "the texts mean the same (embedding cosine)",
    "tfidf": "rare words in common (TF-IDF cosine)",
    "names": "names near the beginning in common, in any script (TF-IDF cosine)",
    "numbers": "numbers that differ (-1: all of them)",
    "days": "weekdays that differ (-1: all of them)",
    "gap_days": "days between the two",
    "brevity": "shortness: little text to judge by",
    "crowd": "how few others are as near (less than 0: many are)",
    "rivals": "how many articles there are within a day, in logarithms (across languages)",
}


@dataclass(frozen=True, slots=True)
class Explanation:
    """`facts` for programs (plain JSON types), `str()` of it for people."""

    facts: dict[str, Any]
    lines: tuple[str, ...]

    def __str__(self) -> str:
        return "\n".join(map(printable, self.lines))

    def print(self) -> None:
        """Print it, in colour where standard output is a terminal."""
        print_lines(self.lines)


def explain_article(result: Result, name: str | int) -> Explanation:
    """Why an article is in its story: its links, its reprint relation, its nearest outsider.

    Of each link what both articles give and what each piece of evidence adds to the log-odds;
    `margin` is how far the nearest outsider is behind.
    Of a reprint also the words that it and the article it copies share and do not share.
    Raises LinkerError for an unknown id, naming ids that are like it.
    """
    article = _article(result, _as_id(name))
    story = _row(result.stories, "story_id", article["story_id"])
    inside, outside = _links_of(result, article)
    for link in (shown := inside[:NEIGHBOURS] + outside[:1]):
        link["parts"] = _parts(result, article, link["article"], link)
    _add_shared(result, article, shown)
    reprint = _reprint(article)
    copied = _article(result, article["reprint_of"]) if reprint else None
    segments = _segments(article, copied) if copied else []
    facts = {
        "article": _shown(article),
        "story": times_as_text(story),
        "confidence": article["confidence"],
        "reprint": reprint,
        "links": inside[:NEIGHBOURS],
        "nearest_outside": outside[0] if outside else None,
        "margin": _margin(article["confidence"], outside),
        "segments": [segment.to_dict() for segment in segments],
    }
    lines = [*_article_lines(facts)]
    if copied:
        lines += difference_lines(segments, article["id"], copied["id"])
    return Explanation(facts, tuple(lines))


def explain_pair(result: Result, a: str | int, b: str | int) -> Explanation:
    """Why two articles are linked or not: probability, every feature, and their texts compared.

    Takes the stored link where there is one; other pairs are judged anew against all articles.
    Raises LinkerError for an unknown id, naming ids that are like it.
    """
    first, second = _article(result, _as_id(a)), _article(result, _as_id(b))
    evidence = _judged(result, first, second)
    segments = _segments(first, second)
    facts = {
        "a": _shown(first),
        "b": _shown(second),
        "same_story": first["story_id"] == second["story_id"],
        "same_topic": first["topic_id"] == second["topic_id"],
        "story_ids": [first["story_id"], second["story_id"]],
        "evidence": evidence.to_dict(),
        "parts": _parts(result, first, second, evidence.features),
        "shared": _shared(result, [(first["id"], second["id"])])[0],
        "passages": longest_passages(segments),
        "segments": [segment.to_dict() for segment in segments],
    }
    return Explanation(facts, (*_pair_lines(facts), *_comparison_lines(facts, segments)))


def check_id(result: Result, name: str | int | None) -> None:
    """Raise LinkerError for the id of no article, naming ids that are like it; None is none."""
    if name is not None:
        _article(result, _as_id(name))


def _segments(first: dict[str, Any], second: dict[str, Any]) -> list[Segment]:
    """The two texts compared; where an article has no text, its title stands in for it."""
    a, b = (article["text"] or article["title"] or "" for article in (first, second))
    return compare_texts(a, b)


def _judged(result: Result, first: dict[str, Any], second: dict[str, Any]) -> Evidence:
    """The evidence of two articles: that of their link or, without one, judged anew."""
    from linker.pipeline import load_model

    articles = result.articles
    rows = [_index(articles["id"], row["id"]) for row in (first, second)]
    stored = _link_between(result.links, first["id"], second["id"])
    if stored is None:
        encoder = load_model(result.run.get("settings", {}).get("model"))
        chosen = _surroundings(articles.num_rows, rows)
        places = np.searchsorted(chosen, rows).tolist()
        rivals = _rivals(articles)[chosen]
        among = articles.take(pa.array(chosen))
        [evidence] = judge(among, [(places[0], places[1])], encoder, threads=1, rivals=rivals)
        return evidence
    two = pa.concat_tables([articles.slice(row, 1) for row in sorted(rows)])
    features = {name: stored[name] for name in stored if name not in LINKS.names}
    return complete(two, (first["id"], second["id"]), stored["probability"], features)


def _rivals(articles: pa.Table) -> FloatArray:
    """The evidence of that name of each article, as a run counts it: without the copies."""
    from linker.stories import count_rivals, days_of

    day = days_of(articles["published"])
    return count_rivals(day, pc.is_null(articles["reprint_of"]).to_numpy())


def _surroundings(n: int, rows: Sequence[int]) -> IntArray:
    """Two of n rows among SURROUNDINGS others, evenly spread, ascending.

    How rare a word is and what is usual in a language is counted over these.
    """
    spread = np.linspace(0, n - 1, min(SURROUNDINGS, n))
    return np.union1d(spread.astype(np.int64), rows)


def _parts(
    result: Result, a: Mapping[str, Any], b: Mapping[str, Any], features: Mapping[str, Any]
) -> dict[str, float]:
    """What each piece of evidence of two articles adds to the log-odds of one story."""
    values = {
        name: np.array([np.nan if features[name] is None else float(features[name])])
        for name in features
        if name in result.links.column_names and name not in LINKS.names
    }
    cross = np.array([a["lang"] != b["lang"]])
    parts = contributions(values, cross, weights_of(result.run))
    return {name: round(float(part[0]), 3) for name, part in parts.items()}


def _shared(result: Result, pairs: Sequence[tuple[str, str]]) -> list[dict[str, list[str]]]:
    """The numbers and rare words that the articles of each pair of ids both give."""
    ids = result.articles["id"]
    rows = np.array([[_index(ids, name) for name in pair] for pair in pairs], np.int64)
    found = shared_terms(result.articles, rows.reshape(-1, 2))
    shared = (found.of(pair) for pair in range(len(pairs)))
    return [{"numbers": list(one.numbers), "words": list(one.words)} for one in shared]


def _add_shared(
    result: Result, article: Mapping[str, Any], links: Sequence[dict[str, Any]]
) -> None:
    if not links:
        return
    found = _shared(result, [(article["id"], link["article"]["id"]) for link in links])
    for link, shared in zip(links, found, strict=True):
        link["shared"] = shared


def _margin(confidence: float, outside: Sequence[Mapping[str, Any]]) -> float | None:
    return round(confidence - outside[0]["probability"], 4) if outside else None


def _link_between(links: pa.Table, a: str, b: str) -> dict[str, Any] | None:
    def match(left: str, right: str) -> Any:
        return pc.and_(pc.equal(links["a"], left), pc.equal(links["b"], right))

    found = links.filter(pc.or_(match(a, b), match(b, a))).to_pylist()
    return found[0] if found else None


def _links_of(
    result: Result, article: dict[str, Any]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The article's stored links inside its story and out of it, most probable first.

    A reprint has the links of its representative.
    """
    name = article["reprint_of"] or article["id"]
    links = result.links
    touching = links.filter(pc.or_(pc.equal(links["a"], name), pc.equal(links["b"], name)))
    inside: list[dict[str, Any]] = []
    outside: list[dict[str, Any]] = []
    for row in touching.to_pylist():
        other = _article(result, row["b"] if row["a"] == name else row["a"])
        features = {key: row[key] for key in row if key not in {"a", "b"}}
        link = {"article": _shown(other)} | features
        (inside if other["story_id"] == article["story_id"] else outside).append(link)
    for side in (inside, outside):
        side.sort(key=lambda link: (-link["probability"], link["article"]["id"]))
    return inside, outside


def _as_id(name: str | int) -> str:
    """An id as the table has it; a whole number stands for its figures, as it does in input."""
    if isinstance(name, str):
        return name.encode("utf-8", "replace").decode()  # a shell can hand over half a character
    try:
        return str(operator.index(name))
    except TypeError:
        raise LinkerError(f"an id is a string or a whole number, not {kind_of(name)}") from None


def _article(result: Result, name: str) -> dict[str, Any]:
    index = _index(result.articles["id"], name)
    if index < 0:
        raise LinkerError(_unknown(result.articles["id"], name))
    return result.articles.slice(index, 1).to_pylist()[0]  # type: ignore[no-any-return]


def _index(column: pa.ChunkedArray, name: str) -> int:
    return int(pc.index(column, pa.scalar(name, column.type)).as_py())


def _row(table: pa.Table, column: str, value: str) -> dict[str, Any]:
    return table.slice(_index(table[column], value), 1).to_pylist()[0]  # type: ignore[no-any-return]


def _unknown(ids: pa.ChunkedArray, name: str) -> str:
    from difflib import get_close_matches

    close = get_close_matches(name[:200], ids.to_pylist(), n=3, cutoff=0.5)
    hint = f"; did you mean {', '.join(close)}?" if close else ""
    return f"there is no article {name[:200]!r}{hint}"


def _reprint(article: dict[str, Any]) -> dict[str, Any] | None:
    if article["reprint_of"] is None:
        return None
    return {key: article[key] for key in ("reprint_of", "reprint_kind", "jaccard", "containment")}


def _shown(article: dict[str, Any]) -> dict[str, Any]:
    return times_as_text({key: article[key] for key in _SHOWN})


def _article_lines(facts: dict[str, Any]) -> Iterator[str]:
    story, reprint = facts["story"], facts["reprint"]
    yield _named(facts["article"])
    yield f"Story {story['story_id']}: {story['title']}"
    yield f"  {_size(story)}; topic {story['topic_id']}{_certainty(facts)}"
    if reprint:
        yield (
            f"It is a copy ({reprint['reprint_kind']}) of {reprint['reprint_of']}:"
            f" Jaccard {reprint['jaccard']:.2f}, containment {reprint['containment']:.2f}."
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


def _pair_lines(facts: dict[str, Any]) -> Iterator[str]:
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


def _comparison_lines(facts: dict[str, Any], segments: list[Segment]) -> Iterator[str]:
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
