"""What the vectors say alone, without any other evidence: python training/alone.py MODEL CORPORA.

Labelled clusters: average linkage by cosine, at the threshold that is best for the corpus, BCubed
F1. Labelled pairs: Pearson's correlation of the cosine with the score. Articles become vectors as
in `linker group`, languages centred; dates, names and words play no part.

Clusters once more as a plain use of an encoder would have them, with nothing of linker's own: the
first 1,000 characters of headline and text, centred by the mean of their language in the
corpus; among all articles, and among those of three days (undated ones are of every day).
"""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
from scipy.cluster.hierarchy import fcluster, linkage

from linker.dates import parse_date
from linker.embedding import Encoder, load_encoder
from linker.evaluation import score
from linker.stories.background import load_background
from linker.stories.centring import language_means, take_off
from linker.stories.vectors import embed_articles

BEGINNING = 1000  # characters
WINDOW = 3.0  # days
MOST_STORIES = 700  # of a corpus; more are drawn at random
THRESHOLDS = np.arange(0.02, 0.98, 0.01)  # of the distance 1 - cosine


def main(model: str, folder: Path) -> None:
    """Print a line for each corpus."""
    encoder = load_encoder(model)
    for path in sorted(folder.glob("*.jsonl.gz")):
        if path.name.endswith(".pairs.jsonl.gz"):
            continue
        articles = _read(path)
        pairs = path.with_name(path.name.replace(".jsonl", ".pairs.jsonl"))
        if all(article.get("story") for article in articles):
            print(_clusters(path.name, articles, encoder), flush=True)
        elif pairs.exists() and any("score" in pair for pair in _read(pairs)):
            for line in _pairs(articles, _read(pairs), encoder):
                print(line, flush=True)


def _clusters(name: str, articles: list[dict], encoder: Encoder) -> str:
    stories = sorted({article["story"] for article in articles})
    chosen = set(np.random.default_rng(0).permutation(stories)[:MOST_STORIES].tolist())
    articles = [article for article in articles if article["story"] in chosen]
    gold = np.unique([article["story"] for article in articles], return_inverse=True)[1]
    own, plain = _vectors(articles, encoder), _plain_vectors(articles, encoder)
    days = np.array([_day(article) for article in articles])
    apart = np.abs(days[:, None] - days) > WINDOW  # never of an unknown day
    kinds = {
        "": _best(own, gold),
        "plain ": _best(plain, gold),
        f"plain, {WINDOW:g} days ": _best(plain, gold, apart),
    }
    found = ", ".join(f"{kind}{f1:.3f} at distance {t:.2f}" for kind, (f1, t) in kinds.items())
    return f"{name}: BCubed F1 {found}; {len(chosen)} stories"


def _best(
    vectors: np.ndarray, gold: np.ndarray, apart: np.ndarray | None = None
) -> tuple[float, float]:
    """The highest F1 and its threshold; pairs that are `apart` are as far as can be."""
    distances = np.clip(1 - vectors @ vectors.T, 0, 2)
    if apart is not None:
        distances[apart] = 2
    tree = linkage(distances[np.triu_indices(len(vectors), 1)], "average")
    return max((score(fcluster(tree, t, "distance"), gold).bcubed_f1, t) for t in THRESHOLDS)


def _pairs(articles: list[dict], pairs: list[dict], encoder: Encoder) -> list[str]:
    place = {article["id"]: row for row, article in enumerate(articles)}
    languages = [article.get("lang", "?") for article in articles]
    vectors = _vectors(articles, encoder)
    groups: dict[str, list[tuple[float, float]]] = {}
    for pair in pairs:
        a, b = place[str(pair["a"])], place[str(pair["b"])]
        name = "-".join(sorted({languages[a], languages[b]}))
        groups.setdefault(name, []).append((float(vectors[a] @ vectors[b]), pair["score"]))
    return [
        f"{name}: Pearson {np.corrcoef(np.array(group).T)[0, 1]:.3f}, {len(group)} pairs"
        for name, group in sorted(groups.items())
        if len(group) >= 10
    ]


def _vectors(articles: list[dict], encoder: Encoder) -> np.ndarray:
    columns = {
        name: [article.get(name) or "" for article in articles] for name in ("title", "text")
    }
    spoken = [article.get("lang") or "und" for article in articles]
    languages, lang = np.unique(spoken, return_inverse=True)
    body = embed_articles(pa.table(columns), encoder).body
    background = load_background()
    means = language_means(body, lang, languages.tolist(), background, encoder.name)
    take_off(body, lang, means, body)
    return body


def _plain_vectors(articles: list[dict], encoder: Encoder) -> np.ndarray:
    texts = [f"{article.get('title') or ''}\n{article.get('text') or ''}" for article in articles]
    vectors = encoder.encode([text[:BEGINNING] for text in texts])
    spoken = np.array([article.get("lang") or "und" for article in articles])
    for language in set(spoken.tolist()):
        vectors[spoken == language] -= vectors[spoken == language].mean(0)
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)


def _day(article: dict) -> float:
    """Days since 1970; nan without a date."""
    found, _ = parse_date(article.get("published"))
    return found.timestamp() / 86400 if found else np.nan


def _read(path: Path) -> list[dict]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
