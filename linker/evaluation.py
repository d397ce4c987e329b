"""How well predicted stories match gold ones: BCubed, pairwise and ARI, overall and by language."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from linker.arrays import DoubleArray, IntArray
from linker.errors import LinkerError, kind_of

if TYPE_CHECKING:
    import pyarrow as pa

_Read = Mapping[Any, Any] | list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Scores:
    """Agreement of two clusterings over the articles that gold names.

    BCubed: Bagga & Baldwin 1998, averaged an article as in Amigo et al. 2009. Pairwise: precision
    and recall of the pairs in one story. ARI: Hubert & Arabie 1985. F1 is the harmonic mean. An
    article that the prediction lacks (`missing`) counts as a story of its own. `languages` scores
    the articles of each language by themselves.
    """

    articles: int
    missing: int
    bcubed_precision: float
    bcubed_recall: float
    bcubed_f1: float
    pairwise_precision: float
    pairwise_recall: float
    pairwise_f1: float
    ari: float
    stories: int
    gold_stories: int
    largest_story: int
    largest_gold_story: int
    languages: dict[str, Scores] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The scores as plain numbers, for JSON."""
        return asdict(self)


def evaluate(predicted: object, gold: object) -> Scores:
    """Score predicted stories against gold ones.

    Each is a mapping id -> story, rows with `id` and `story` (or `story_id`), a table, a Result,
    or a path: a JSONL, CSV or Parquet file of such rows or, for `predicted`, an output folder.
    Raises LinkerError when gold names no article, or none that the prediction holds, when an
    article stands in two stories, or a file cannot be read.

        >>> evaluate({"a": 1, "b": 1, "c": 2}, {"a": "x", "b": "x", "c": "x"}).bcubed_precision
        1.0
    """
    predicted, gold = _read(predicted), _read(gold)
    wanted = _assignments(gold)
    if not wanted:
        raise LinkerError("the gold file names no article with a story: rows need id and story")
    found = _assignments(predicted)
    predicted_labels, gold_labels = _labels(wanted, found)
    missing = sum(id not in found for id in wanted)
    if missing == len(wanted):
        raise LinkerError(
            f"none of the {missing:,} articles of the gold file is in the output (one of them is"
            f" {next(iter(wanted))[:200]!r}); its ids must be those of the articles"
        )
    total = replace(score(predicted_labels, gold_labels), missing=missing)
    return replace(total, languages=_by_language(predicted, wanted, predicted_labels, gold_labels))


def score(predicted: IntArray, gold: IntArray) -> Scores:
    """Score two clusterings given as one label an article; int64 (n,), n > 0."""
    n = len(gold)
    _, sizes_p = np.unique(predicted, return_counts=True)
    _, sizes_g = np.unique(gold, return_counts=True)
    _, counts = np.unique(np.stack([predicted, gold]), axis=1, return_counts=True)
    precision, recall = (float(of_each.mean()) for of_each in bcubed(predicted, gold))
    both, pairs_p, pairs_g = _pairs(counts), _pairs(sizes_p), _pairs(sizes_g)
    pair_precision = both / pairs_p if pairs_p else 1.0
    pair_recall = both / pairs_g if pairs_g else 1.0
    return Scores(
        articles=n,
        missing=0,
        bcubed_precision=precision,
        bcubed_recall=recall,
        bcubed_f1=harmonic(precision, recall),
        pairwise_precision=pair_precision,
        pairwise_recall=pair_recall,
        pairwise_f1=harmonic(pair_precision, pair_recall),
        ari=_adjusted_rand(both, pairs_p, pairs_g, n * (n - 1) // 2),
        stories=len(sizes_p),
        gold_stories=len(sizes_g),
        largest_story=int(sizes_p.max()),
        largest_gold_story=int(sizes_g.max()),
    )


def bcubed(predicted: IntArray, gold: IntArray) -> tuple[DoubleArray, DoubleArray]:
    """BCubed precision and recall of each article, float64 (n,) (Bagga and Baldwin 1998).

    The share of an article's predicted story that is of its gold story, and the other way round;
    itself counts. Labels are int64 (n,).
    """
    _, in_p, sizes_p = np.unique(predicted, return_inverse=True, return_counts=True)
    _, in_g, sizes_g = np.unique(gold, return_inverse=True, return_counts=True)
    _, cell, counts = np.unique(in_p * len(sizes_g) + in_g, return_inverse=True, return_counts=True)
    both = counts[cell]
    return both / sizes_p[in_p], both / sizes_g[in_g]


def harmonic(a: float, b: float) -> float:
    """The harmonic mean, 0 where both are: F1 of precision and recall."""
    return 2 * a * b / (a + b) if a + b else 0.0


def _pairs(sizes: IntArray) -> int:
    return int(np.sum(sizes * (sizes - 1)) // 2)


def _adjusted_rand(both: int, predicted: int, gold: int, total: int) -> float:
    expected = predicted * gold / total if total else 0.0
    highest = (predicted + gold) / 2
    return 1.0 if highest == expected else (both - expected) / (highest - expected)


def _labels(wanted: Mapping[str, str], found: Mapping[str, str]) -> tuple[IntArray, IntArray]:
    """One number an article of gold; an article that was not found is alone."""
    stories = [("story", found[id]) if id in found else ("missing", id) for id in wanted]
    return _numbers(stories), _numbers(wanted.values())


def _numbers(values: Iterable[object]) -> IntArray:
    numbers: dict[object, int] = {}
    return np.array([numbers.setdefault(value, len(numbers)) for value in values], dtype=np.int64)


def _by_language(
    predicted: _Read, wanted: Mapping[str, str], labels: IntArray, gold: IntArray
) -> dict[str, Scores]:
    known = _column(predicted, "lang")
    languages = np.array([known.get(id, "") for id in wanted])
    names = sorted(set(languages.tolist()) - {""})
    return {name: score(labels[languages == name], gold[languages == name]) for name in names}


def as_id(given: object) -> str:
    """An id as the articles' are read: 1.0, which pandas writes for numbers, is "1"."""
    from linker.readers.fields import as_text, tidy_id

    return tidy_id(as_text(given))


def _read(source: object) -> _Read:
    """Any accepted source, read once: it may be a pipe."""
    return source if isinstance(source, Mapping) else _rows(source)


def _assignments(source: _Read) -> dict[str, str]:
    """id -> story; rows without either are passed over."""
    if isinstance(source, Mapping):
        return {as_id(id): str(story) for id, story in source.items() if story is not None}
    stories = _column(source, "story_id")
    return stories or _column(source, "story")


def _column(source: _Read, name: str) -> dict[str, str]:
    """id -> the value of a column, for the rows that have both; one value an id."""
    found: dict[str, str] = {}
    for row in () if isinstance(source, Mapping) else source:
        if row.get("id") is None or row.get(name) is None:
            continue
        id, value = as_id(row["id"]), str(row[name])
        if found.setdefault(id, value) != value:
            raise LinkerError(f"article {id[:200]} has two values of {name}: {found[id]}, {value}")
    return found


def _rows(source: object) -> list[dict[str, Any]]:
    if isinstance(source, str | Path):
        return _rows_of_path(Path(source))
    table = getattr(source, "articles", source)
    if isinstance(table, list):
        odd = next((row for row in table if not isinstance(row, Mapping)), None)
        if odd is not None:
            raise LinkerError(f"labels are dicts with the keys id and story, not {kind_of(odd)}")
        return table
    return _short(_as_arrow(table)).to_pylist()  # type: ignore[no-any-return]


def _as_arrow(table: Any) -> pa.Table:
    import pyarrow as pa

    if isinstance(table, pa.Table):
        return table
    try:
        return pa.table(table)
    except (TypeError, ValueError, pa.ArrowException) as error:
        raise LinkerError(f"cannot read stories from a {type(table).__name__}") from error


def _short(table: pa.Table) -> pa.Table:
    """Only the columns that matter: the texts stay where they are."""
    return table.select([c for c in table.column_names if c in {"id", "story", "story_id", "lang"}])


def _rows_of_path(path: Path) -> list[dict[str, Any]]:
    from linker.output import find_table, read_table
    from linker.tables import ARTICLES

    if path.is_dir():
        find_table(path, "stories")  # which an output of dedup lacks
        return _short(read_table(find_table(path, "articles"), ARTICLES)).to_pylist()  # type: ignore[no-any-return]
    if not path.exists():
        raise LinkerError(f"there is no file or folder {path}")
    if path.suffix in {".parquet", ".csv"}:
        return _short(_read_plain(path)).to_pylist()  # type: ignore[no-any-return]
    return json_lines(path)


def _read_plain(path: Path) -> pa.Table:
    import pyarrow as pa

    from linker.folder import arrow_name

    try:
        if path.suffix == ".parquet":
            from pyarrow.parquet import read_table

            with pa.OSFile(arrow_name(path)) as file:
                return read_table(file)
        from pyarrow.csv import read_csv

        with pa.OSFile(arrow_name(path)) as file:
            return read_csv(file)
    except (pa.ArrowException, OSError) as error:
        message = " ".join(str(error).split())
        raise LinkerError(f"cannot read {path}: {message[:200]}") from error


def json_lines(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSONL file, also gzipped or zstd, empty lines passed over.

    Raises LinkerError when there is no such file, or naming the line that is no JSON object.
    """
    import orjson

    from linker.readers.compression import broken, decompressed

    if not path.exists():
        raise LinkerError(f"there is no file {path}")
    rows = []
    try:
        with path.open("rb") as file:
            stream = decompressed(file)
            lines = stream.read().removeprefix(BOM_UTF8).split(b"\n")
        if error := broken(stream):
            raise error
    except OSError as error:
        raise LinkerError(f"cannot read {path}: {' '.join(str(error).split())}") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            raise LinkerError(
                f"{path}, line {number}: not JSON ({error}); every line must be one JSON object"
            ) from error
        if not isinstance(row, dict):
            raise LinkerError(f"{path}, line {number}: not a JSON object")
        rows.append(row)
    return rows
