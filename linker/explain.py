"""Why an article is where it is, and why two articles are linked or not, in words and numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from linker.comparison import Evidence, complete, judge
from linker.errors import LinkerError
from linker.passages import Segment, compare_texts, longest_passages
from linker.shown import difference_lines, print_lines, printable, shortened
from linker.tables import LINKS

if TYPE_CHECKING:
    from linker.result import Result

NEIGHBOURS = 5
PASSAGE_CHARACTERS = 300  # of a passage in words; JSON has all of it

_SHOWN = ["id", "title", "source", "lang", "published"]

FEATURE_WORDS = {
    "cosine": "the texts mean the same (embedding cosine)",
    "title_cosine": "the headlines mean the same (embedding cosine)",
    "tfidf": "rare words in common (TF-IDF cosine)",
    "title_tfidf": "rare words of the headlines in common (TF-IDF cosine)",
    "numbers": "numbers in common",
    "names": "names in common",
    "gap_days": "days between the two",
    "brevity": "shortness: little text to judge by",
    "same_source": "the same source",
    "cross_language": "two languages",
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


def explain_article(result: Result, name: str) -> Explanation:
    """Why an article is in its story: its links, its reprint relation, its nearest outsider.

    Of a reprint also the words that it and the article it copies share and do not share.
    Raises LinkerError for an unknown id, naming ids that are like it.
    """
    article = _article(result, name)
    story = _row(result.stories, "story_id", article["story_id"])
    inside, outside = _links_of(result, article)
    reprint = _reprint(article)
    copied = _article(result, article["reprint_of"]) if reprint else None
    segments = _segments(article, copied) if copied else []
    facts = {
        "article": _shown(article),
        "story": _plain(story),
        "confidence": article["confidence"],
        "reprint": reprint,
        "links": inside[:NEIGHBOURS],
        "nearest_outside": outside[0] if outside else None,
        "segments": [segment.to_dict() for segment in segments],
    }
    lines = [*_article_lines(facts)]
    if copied:
        lines += difference_lines(segments, article["id"], copied["id"])
    return Explanation(facts, tuple(lines))


def explain_pair(result: Result, a: str, b: str) -> Explanation:
    """Why two articles are linked or not: probability, every feature, and their texts compared.

    Takes the stored link where there is one; other pairs are judged anew against all articles.
    Raises LinkerError for an unknown id, naming ids that are like it.
    """
    first, second = _article(result, a), _article(result, b)
    evidence = _judged(result, first, second)
    segments = _segments(first, second)
    facts = {
        "a": _shown(first),
        "b": _shown(second),
        "same_story": first["story_id"] == second["story_id"],
        "same_topic": first["topic_id"] == second["topic_id"],
        "story_ids": [first["story_id"], second["story_id"]],
        "evidence": evidence.to_dict(),
        "passages": longest_passages(segments),
        "segments": [segment.to_dict() for segment in segments],
    }
    return Explanation(facts, (*_pair_lines(facts), *_comparison_lines(facts, segments)))


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
        [evidence] = judge(articles, [(rows[0], rows[1])], encoder, threads=1)
        return evidence
    two = pa.concat_tables([articles.slice(row, 1) for row in sorted(rows)])
    features = {name: stored[name] for name in stored if name not in LINKS.names}
    return complete(two, (first["id"], second["id"]), stored["probability"], features)


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
    return _plain({key: article[key] for key in _SHOWN})


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {
        key: value.isoformat().replace("+00:00", "Z") if hasattr(value, "isoformat") else value
        for key, value in row.items()
    }


def _article_lines(facts: dict[str, Any]) -> Iterator[str]:
    story, reprint = facts["story"], facts["reprint"]
    yield _named(facts["article"])
    yield f"Story {story['story_id']}: {story['title']}"
    yield (
        f"  {story['articles']} articles, {story['independent']} of them independent;"
        f" topic {story['topic_id']}; this place is {facts['confidence']:.0%} sure"
    )
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
        yield "The nearest article of another story:"
        yield from _link_lines(facts["nearest_outside"])


def _link_lines(link: dict[str, Any]) -> Iterator[str]:
    yield f"  {link['probability']:.0%}  {_named(link['article'])}"
    known = (
        f"{name.replace('_', ' ')} {value:.2f}"
        for name, value in link.items()
        if name not in {"article", "probability"} and value is not None
    )
    yield f"       {', '.join(known)}"


def _pair_lines(facts: dict[str, Any]) -> Iterator[str]:
    evidence = facts["evidence"]
    yield _named(facts["a"])
    yield _named(facts["b"])
    place = "the same story" if facts["same_story"] else "two stories"
    if not facts["same_story"]:
        place += " of one topic" if facts["same_topic"] else " of two topics"
    yield f"They are in {place}. Probability of one event: {evidence['probability']:.0%}."
    if evidence["reprint"]:
        yield f"One is a copy of the other ({evidence['reprint_kind']})."
    yield "Evidence:"
    for name, value in evidence.items():
        if name not in {"a", "b", "probability", "reprint", "reprint_kind"}:
            yield f"  {_figure(value)}  {_feature_words(name)}"


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


def _figure(value: float | None) -> str:
    return "   -" if value is None else f"{value:4.2f}"


def _named(article: dict[str, Any]) -> str:
    details = [article["source"], article["lang"], (article["published"] or "undated")[:10]]
    title = article["title"] or "(no headline)"
    return f"{article['id']}  {title}  ({', '.join(part for part in details if part)})"
