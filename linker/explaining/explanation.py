"""Why an article is where it is, and why two articles are linked or not, in words and numbers."""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from linker.arrays import FloatArray, IntArray
from linker.errors import LinkerError, kind_of
from linker.explaining.comparison import Evidence, complete, judge
from linker.explaining.contributions import contributions, weights_of
from linker.explaining.passages import Segment, compare_texts, longest_passages
from linker.explaining.terminal import difference_lines, print_lines, printable
from linker.explaining.words import article_lines, comparison_lines, pair_lines
from linker.output import times_as_text
from linker.settings import Settings
from linker.shared_terms import shared_terms
from linker.tables import LINKS

if TYPE_CHECKING:
    from linker.result import Result

NEIGHBOURS = 5
SURROUNDINGS = 10_000
"""Articles that a pair without a stored link is judged among, so that a large folder costs no more.

How crowded it is around the two, and whether they are of a series, is left out. Beside their links
among 20,000 articles of newswire the probabilities of 12 pairs moved by 0.070 in the mean and by
0.103 at most; those of a series or a form that recurs may move by more.
"""

_SHOWN = ["id", "title", "source", "lang", "published"]


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
    Raises LinkerError for an unknown id, naming ids that are like it, or an unknown story.
    """
    article = _article(result, _as_id(name))
    story = _story(result, article)
    inside, outside = _links_of(result, article)
    for link in (shown := inside[:NEIGHBOURS] + outside[:1]):
        link["parts"] = _parts(result, article, link["article"], link)
    _add_shared(result, article, shown)
    reprint = _reprint(article)
    copied = _find(result.articles, "id", reprint["reprint_of"]) if reprint else None
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
    lines = [*article_lines(facts)]
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
    return Explanation(facts, (*pair_lines(facts), *comparison_lines(facts, segments)))


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
        encoder = load_model(_model_of(result.run))
        chosen = _surroundings(articles.num_rows, rows)
        places = np.searchsorted(chosen, rows).tolist()
        rivals = _rivals(articles)[chosen]
        among = articles.take(pa.array(chosen))
        [evidence] = judge(among, [(places[0], places[1])], encoder, threads=1, rivals=rivals)
        return evidence
    two = pa.concat_tables([articles.slice(row, 1) for row in sorted(rows)])
    features = {name: stored[name] for name in stored if name not in LINKS.names}
    return complete(two, (first["id"], second["id"]), stored["probability"], features)


def _model_of(run: Mapping[str, Any]) -> str | None:
    """The name of a run's model. Raises LinkerError for what is none."""
    settings = run.get("settings")
    return Settings(settings.get("model")).model if isinstance(settings, Mapping) else None


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
        other = _find(result.articles, "id", row["b"] if row["a"] == name else row["a"])
        if other is None:  # somebody took it out of the table
            continue
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
    article = _find(result.articles, "id", name)
    if article is None:
        raise LinkerError(_unknown(result.articles["id"], name))
    return article


def _story(result: Result, article: Mapping[str, Any]) -> dict[str, Any]:
    story = _find(result.stories, "story_id", article["story_id"])
    if story is None:
        raise LinkerError(
            f"the table of stories lacks {article['story_id']}, which article {article['id']} is in"
        )
    return story


def _find(table: pa.Table, column: str, value: str) -> dict[str, Any] | None:
    """The first row with a value in a column, None where there is none."""
    index = _index(table[column], value)
    return None if index < 0 else table.slice(index, 1).to_pylist()[0]


def _index(column: pa.ChunkedArray, name: str) -> int:
    return int(pc.index(column, pa.scalar(name, column.type)).as_py())


def _unknown(ids: pa.ChunkedArray, name: str) -> str:
    from difflib import get_close_matches

    close = get_close_matches(name[:200], ids.to_pylist(), n=3, cutoff=0.5)
    hint = f"; did you mean {', '.join(close)}?" if close else ""
    return f"there is no article {name[:200]!r}{hint}"


def _reprint(article: dict[str, Any]) -> dict[str, Any] | None:
    if article["reprint_of"] in (None, article["id"]):
        return None
    return {key: article[key] for key in ("reprint_of", "reprint_kind", "jaccard", "containment")}


def _shown(article: dict[str, Any]) -> dict[str, Any]:
    return times_as_text({key: article[key] for key in _SHOWN})
