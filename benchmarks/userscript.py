"""The script a user would write instead of `linker group`, from the libraries' own examples.

    python -m benchmarks.userscript FILE.jsonl[.gz] MODEL OUT.jsonl

It reads, makes MinHash signatures (datasketch.bulk), finds copies (MinHashLSH), embeds
(SentenceTransformer.encode), searches (faiss.IndexFlatIP) and joins whatever is near enough within
three days (connected components). It cleans and verifies nothing.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.shingling import encoded_shingles
from benchmarks.texts import read_records

COPIES = 0.7
SIMILAR = 0.6
NEIGHBOURS = 24
DAYS = 3.0
LONGEST = 4000  # characters that are embedded, as linker does

Labels = NDArray[np.int64]


def main(path: str, model: str, out: str) -> None:
    """Group the articles of a file."""
    articles = list(read_records([Path(path)]))
    labels = prepare(articles, model)(SIMILAR).tolist()
    with Path(out).open("w", encoding="utf-8") as file:
        for article, story in zip(articles, labels, strict=True):
            file.write(json.dumps({"id": article.get("id"), "story": story}) + "\n")


def prepare(articles: Sequence[dict[str, Any]], model: str) -> Callable[[float], Labels]:
    """Everything up to the threshold; given that, the stories, a label an article."""
    titled = ["\n".join(filter(None, (a.get("title"), a.get("text")))) for a in articles]
    copies = find_copies(titled)
    pairs, similar = find_neighbours([text[:LONGEST] for text in titled], model)
    near = within(pairs, [article.get("published") for article in articles])
    pairs, similar = pairs[near], similar[near]

    def stories(threshold: float) -> Labels:
        return components(len(articles), [*copies, *pairs[similar >= threshold].tolist()])

    return stories


def find_copies(texts: Sequence[str]) -> list[tuple[int, int]]:
    """Pairs of near-duplicates, by MinHash and LSH."""
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(threshold=COPIES, num_perm=128)
    found = []
    signatures = MinHash.bulk(map(encoded_shingles, texts), num_perm=128)
    for number, signature in enumerate(signatures):
        found += [(int(other), number) for other in index.query(signature)[:1]]
        index.insert(number, signature)
    return found


def find_neighbours(texts: Sequence[str], model: str) -> tuple[Labels, NDArray[np.float32]]:
    """Pairs of each text and its nearest, int64 (p, 2), and their cosines."""
    import faiss
    from sentence_transformers import SentenceTransformer

    encoder = SentenceTransformer(model, device="cpu")
    vectors = encoder.encode(list(texts), show_progress_bar=False, normalize_embeddings=True)
    vectors = vectors.astype(np.float32)
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    wanted = min(NEIGHBOURS + 1, len(texts))
    similar, at = index.search(vectors, wanted)
    pairs = np.stack([np.repeat(np.arange(len(texts)), wanted), at.ravel()], axis=1)
    return pairs, similar.ravel()


def within(pairs: Labels, published: Sequence[Any]) -> NDArray[np.bool_]:
    """Whether two articles are at most DAYS apart; without a date they may be."""
    days = days_of(published)
    return ~(np.abs(days[pairs[:, 0]] - days[pairs[:, 1]]) > DAYS)


def days_of(published: Sequence[Any]) -> NDArray[np.float64]:
    """The times in days, NaN without one."""
    return np.array([_day(text) for text in published])


def _day(text: Any) -> float:
    try:
        return datetime.fromisoformat(str(text).replace("Z", "+00:00")).timestamp() / 86_400
    except ValueError:
        return float("nan")


def components(count: int, pairs: Iterable[Sequence[int]]) -> Labels:
    """A label an article: of all that are joined by pairs."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    ends = np.array(list(pairs), np.int64).reshape(-1, 2)
    graph = coo_matrix((np.ones(len(ends), np.int8), (ends[:, 0], ends[:, 1])), (count, count))
    labels: Labels = connected_components(graph, directed=False)[1].astype(np.int64)
    return labels


if __name__ == "__main__":
    main(*sys.argv[1:])
