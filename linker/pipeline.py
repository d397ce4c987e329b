"""The way of an article: the stages in their order, each timed."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from linker.corpus import (
    arrange_articles,
    as_paths,
    clean_articles,
    fold_articles,
    read_articles,
    sketch_articles,
    take_rows,
)
from linker.errors import LinkerError, kind_of
from linker.first_run import compile_ahead
from linker.record import run_record
from linker.result import Result
from linker.settings import DEFAULT_THRESHOLD, Settings
from linker.stages import Stages
from linker.tables import article_table, link_table, reprint_table, story_names, story_table
from linker.threads import both

if TYPE_CHECKING:
    from linker.arrays import FloatArray
    from linker.embedding import Encoder
    from linker.explaining.comparison import Evidence
    from linker.readers.rejects import RejectLog
    from linker.reprints import Reprints


@dataclass(frozen=True, slots=True)
class Reprinted:
    """The outcome of `dedup`: the articles with what each is a reprint of, and the run."""

    articles: pa.Table
    rejects: RejectLog
    run: dict[str, Any]


def group(
    articles: object,
    *,
    model: str | None = None,
    window: float = 3.0,
    level: str = "balanced",
    threads: int = 0,
    seed: int = 0,
    device: str = "auto",
    cache: bool = True,
) -> Result:
    """Group articles into stories and topics and name the reprints among them.

    articles: a path, glob or folder, a list of those, a list of dicts, or a pandas, polars or
    Arrow table. model: None for the shipped encoder, else a sentence-transformers name or folder.
    window: days either side of an article in which others are compared with it. level: strict,
    balanced or broad. threads: 0 for all cores; the result does not depend on it. seed: kept in
    the record of the run; nothing is random. device: where a model of torch runs, auto, cpu, cuda
    or mps. cache: keep its vectors on disk for the next run.

    Raises LinkerError when no record is usable or a setting is wrong.

        >>> result = group([{"title": "The harbour clock has stopped again"}])
        >>> result.stories["title"].to_pylist()
        ['The harbour clock has stopped again']
    """
    settings = Settings(model, window, level, threads, seed, device=device, cache=cache)
    with _scratch(articles) as folder:
        return run_group(articles, settings, Stages(), folder)


def run_group(source: object, settings: Settings, stages: Stages, folder: Path | None) -> Result:
    """All stages of `group`; `folder` is where the texts are kept meanwhile, None for memory."""
    from linker.explaining.contributions import weights_record
    from linker.readers.rejects import RejectLog
    from linker.stories import LinkSettings, describe, embed_articles, link_stories, link_topics
    from linker.stories.evidence import load_model as load_weights

    compile_ahead("group", settings.workers)
    rejects = RejectLog()
    choice = LinkSettings(settings.window, settings.level, settings.workers)
    encoder = load_model(settings.model, settings.device, settings.cache)
    table = clean_input(source, rejects, stages, folder, settings.workers)
    reprints = reprints_among(table, settings, stages)
    with stages.stage("embed"):
        report = stages.progress.update
        vectors = embed_articles(table, encoder, settings.workers, report, reprints.originals)
    with stages.stage("link"):
        linked = link_stories(
            table,
            reprints,
            vectors,
            choice,
            report=stages.progress.update,
        )
    with stages.stage("describe"):
        # Topics take compiled loops and faces the interpreter, so that they hardly meet.
        topic, (faces, links) = both(
            lambda: link_topics(linked, settings.workers),
            lambda: (
                describe(table, linked, reprints, settings.workers),
                link_table(table, linked.links),
            ),
            settings.workers,
        )
        names = story_names(table["id"], linked.story, topic)
        articles = article_table(table, reprints, linked, names)
        stories = story_table(faces, names)
    run = run_record(source, settings, encoder.name, stages, rejects, articles)
    run["reprints"] = dict(sorted(reprints.counts.items()))
    unread = int(linked.evidence.unread[linked.node].sum())
    run["counts"] |= _story_counts(stories, links) | {"unread": unread}
    run["evidence"] = weights_record(load_weights())
    run["encoder"] = encoder.facts
    return Result(articles, stories, links, rejects, run)


def reprints_among(table: pa.Table, settings: Settings, stages: Stages) -> Reprints:
    """Which of the cleaned articles are copies of which.

    The words of a large input are gigabytes; they are let go of with the end of this.
    """
    from linker.reprints import group_reprints

    with stages.stage("fold"):
        words = fold_articles(table, settings.workers)
    with stages.stage("reprints"):
        return group_reprints(words, table, threshold=settings.threshold, threads=settings.workers)


def find_reprints(
    articles: object, threshold: float = DEFAULT_THRESHOLD, *, threads: int = 0
) -> pa.Table:
    """The articles, earliest first, with what each is a reprint of: `linker.tables.REPRINTED`.

    Takes what `group` takes. threshold: least Jaccard similarity of the five-word shingles.

        >>> text = "the harbour clock stopped at noon and nobody could say why it did"
        >>> table = find_reprints([{"id": "a", "text": text}, {"id": "b", "text": text}])
        >>> table["reprint_of"].to_pylist()
        [None, 'a']
    """
    settings = Settings(threads=threads, threshold=threshold)
    with _scratch(articles) as folder:
        return run_dedup(articles, settings, Stages(), folder).articles


def run_dedup(source: object, settings: Settings, stages: Stages, folder: Path | None) -> Reprinted:
    """The stages of `find_reprints`."""
    from linker.arrangement import arrangement
    from linker.cleaning import FirstLook
    from linker.readers.rejects import RejectLog
    from linker.reprints import Rule, group_sketches

    compile_ahead("dedup", settings.workers)
    rejects = RejectLog()
    first = FirstLook()
    with stages.stage("read"):
        found = read_articles(source, rejects, stages, folder, first, settings.workers)
    with stages.stage("arrange"):
        looked, (rows, ids) = both(
            first.settle, lambda: arrangement(found.table(), rejects), settings.workers
        )
    with stages.stage("sketch"):
        articles, sketches, shingles = sketch_articles(
            found,
            looked,
            stages,
            folder,
            threshold=settings.threshold,
            threads=settings.workers,
        )
    with stages.stage("reprints"):
        articles = take_rows(articles, rows, settings.workers).add_column(0, "id", ids)
        reprints = group_sketches(
            sketches.take(rows),
            lambda chosen: shingles.take(rows[chosen]),
            articles,
            settings.threshold,
            Rule.TEXTS,
            threads=settings.workers,
            memory=int(settings.memory * 1e9),
        )
    articles = reprint_table(articles, reprints)
    run = run_record(source, settings, None, stages, rejects, articles)
    run["reprints"] = dict(sorted(reprints.counts.items()))
    return Reprinted(articles, rejects, run)


def compare(
    article_a: Mapping[str, Any],
    article_b: Mapping[str, Any],
    *,
    model: str | None = None,
    device: str = "auto",
    cache: bool = True,
) -> Evidence:
    """How probable it is that two articles report the same event, and what speaks for it.

    Each article is a dict with the keys of a JSONL line, its id ignored. Which words are rare and
    what is usual in a language comes from the background that is shipped with linker.
    Raises LinkerError when one of the two has neither title nor text.

        >>> compare({"title": "Ferry sinks"}, {"title": "A ferry sank"}).reprint
    """
    from linker.explaining.comparison import judge
    from linker.readers import RejectLog, read_python

    settings = Settings(model, device=device, cache=cache)
    for article in (article_a, article_b):
        if not isinstance(article, Mapping):
            raise LinkerError(f"an article must be a dict, not {kind_of(article)}")
    rejects = RejectLog()
    two = [dict(article_a) | {"id": "a"}, dict(article_b) | {"id": "b"}]
    try:  # each by itself: what the dates of one say of the other's is nothing
        read = [batch for article in two for batch in read_python([article], rejects)]
    except LinkerError as error:
        reason = rejects.first.reason if rejects.first else error
        raise LinkerError(f"cannot compare: {reason}") from None
    articles = clean_input(pa.Table.from_batches(read), rejects, Stages(), None, threads=1)
    ids = articles["id"].to_pylist()
    pair, encoder = (ids.index("a"), ids.index("b")), load_model(settings.model, device, cache)
    [evidence] = judge(articles, [pair], encoder, threads=1)
    return evidence


def run_compare(
    source: object,
    pairs: Sequence[tuple[str, str, int]],
    settings: Settings,
    stages: Stages,
    folder: Path | None,
    pairs_name: str = "pairs",
) -> tuple[list[Evidence], RejectLog]:
    """Judge pairs of ids against the background of the whole input, in their order.

    Each comes with its line: a pair with an id that the input lacks is left out and logged as a
    reject of that line of the file `pairs_name`. Raises LinkerError when that leaves none.
    """
    from linker.explaining.comparison import judge
    from linker.readers.records import preview
    from linker.readers.rejects import Reject, RejectLog

    compile_ahead("compare", settings.workers)
    rejects = RejectLog()
    encoder = load_model(settings.model, settings.device, settings.cache)
    articles = clean_input(source, rejects, stages, folder, settings.workers)
    rows = {name: row for row, name in enumerate(articles["id"].to_pylist())}
    known: list[tuple[int, int]] = []
    unknown: list[str] = []
    for a, b, line in pairs:
        missing = [name for name in (a, b) if name not in rows]
        if missing:
            reason = f"the input has no article {missing[0]!r}"
            rejects.add(Reject(pairs_name, line, reason, preview({"a": a, "b": b})))
            unknown += missing
        else:
            known.append((rows[a], rows[b]))
    if unknown and not known:
        raise LinkerError(
            f"no pair to compare: the input lacks an article of each, first {unknown[0][:200]!r}"
        )
    with stages.stage("compare"):
        return judge(
            articles, known, encoder, threads=settings.workers, report=stages.progress.update
        ), rejects


def run_embed(
    source: object, settings: Settings, stages: Stages, folder: Path | None
) -> tuple[FloatArray, RejectLog]:
    """The vectors of cleaned headline and text, float32 (n, d), in the order of the input."""
    from linker.cleaning import FirstLook
    from linker.readers.rejects import RejectLog
    from linker.stories import embed_articles

    compile_ahead("embed", settings.workers)
    rejects = RejectLog()
    encoder = load_model(settings.model, settings.device, settings.cache)
    first = FirstLook()
    with stages.stage("read"):
        found = read_articles(source, rejects, stages, folder, first, settings.workers)
    with stages.stage("clean"):
        table = clean_articles(found, first.settle(), stages, folder)
    with stages.stage("embed"):
        vectors = embed_articles(table, encoder, settings.workers, report=stages.progress.update)
    return vectors.body, rejects


def clean_input(
    source: object, rejects: RejectLog, stages: Stages, folder: Path | None, threads: int = 1
) -> pa.Table:
    """The first stages, which every command shares: cleaned articles in canonical order."""
    from linker.cleaning import FirstLook, Looked

    first = FirstLook()
    with stages.stage("read"):
        found = read_articles(source, rejects, stages, folder, first, threads)
    with stages.stage("arrange"):
        (counts, flagged), (arranged, rows) = both(
            first.settle, lambda: arrange_articles(found, rejects, folder), threads
        )
    with stages.stage("clean"):
        # Records that arranging drops are copies of others, hence change no count.
        return clean_articles(arranged, Looked(counts, flagged[rows]), stages, folder)


def load_model(name: str | None, device: str = "auto", cache: bool = True) -> Encoder:
    """The encoder of a run, kept for the next one.

    It is loaded before anything is read, so that a wrong name costs no waiting.
    """
    from linker.embedding.encoder import SHIPPED

    return _loaded(None if name == SHIPPED else name, device, cache)


@lru_cache(maxsize=1)
def _loaded(name: str | None, device: str, cache: bool) -> Encoder:
    from linker.embedding import load_encoder

    return load_encoder(name, device=device, cache=cache)


@contextmanager
def _scratch(source: object) -> Iterator[Path | None]:
    """A folder for the texts of files; none for articles that are in memory already."""
    if as_paths(source) is None:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="linker-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def _story_counts(stories: pa.Table, links: pa.Table) -> dict[str, int]:
    import pyarrow.compute as pc

    sizes = stories["articles"]
    return {
        "stories": stories.num_rows,
        "stories_of_several": pc.sum(pc.greater(sizes, 1)).as_py() or 0,
        "largest_story": pc.max(sizes).as_py() or 0,
        "topics": pc.count_distinct(stories["topic_id"]).as_py(),
        "links": links.num_rows,
    }
