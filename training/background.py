"""Make linker/stories/background.npz: which words are usual, and where each language lies.

    python training/background.py --data PARALLEL_DIR

The data are the same Parquet files that train the embedding model. Run it again whenever the
shipped model changes: the centres belong to that model.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from linker.embedding import load_encoder
from linker.stories.background import Background
from linker.stories.forms import stem_hashes
from linker.stories.terms import count_terms

# News first, then prose; lists of names and words say nothing about how often a word is used.
SOURCES = (
    "wmt_newstest",
    "ant_news.headline_body.ar",
    "korean_small",
    "tico19",
    "mlqe_pe",
    "indic_wiki",
    "xquad",
    "freecodecamp",
    "fcc_guide",
    "ms_beginners",
    "tatoeba",
    "bible",
)
TEXTS = 40_000
TERMS = 12_000
CENTRE_TEXTS = 8_000
SHORTEST = 20


def main() -> None:
    """Read the sources, count, and write the table beside the code that reads it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path("linker/stories/background.npz"))
    options = parser.parse_args()
    texts = {lang: found for lang, found in _texts(options.data).items() if len(found) >= 1000}
    languages = tuple(sorted(texts))
    counted = [_shares(texts[lang]) for lang in languages]
    encoder = load_encoder()
    Background(
        languages=languages,
        words_per_text=np.array([words for _, _, words in counted], np.float32),
        start=np.cumsum([0] + [len(ids) for ids, _, _ in counted]),
        ids=np.concatenate([ids for ids, _, _ in counted]),
        share=np.concatenate([share for _, share, _ in counted]),
        encoder=encoder.name,
        centres=np.stack(
            [encoder.encode(texts[lang][:CENTRE_TEXTS]).mean(axis=0) for lang in languages]
        ),
    ).save(options.out)
    print(f"{len(languages)} languages, {options.out.stat().st_size / 1e6:.1f} MB")


def _texts(folder: Path) -> dict[str, list[str]]:
    """Up to TEXTS texts a language, from the sources in their order."""
    texts: dict[str, list[str]] = {}
    for source in SOURCES:
        table = pq.read_table(folder / f"{source}.parquet")
        for column in table.column_names:
            lang = "ar" if source.startswith("ant_news") else column
            room = TEXTS - len(texts.setdefault(lang, []))
            found = (text for text in table[column].to_pylist() if text and len(text) >= SHORTEST)
            texts[lang].extend(text for text, _ in zip(found, range(room), strict=False))
    return texts


def _shares(texts: list[str]) -> tuple[np.ndarray, np.ndarray, float]:
    """Term ids, the share of the texts that hold each, and the mean number of words."""
    terms = count_terms(stem_hashes(texts))
    ids, held = np.unique(terms.ids, return_counts=True)
    kept = np.sort(np.argsort(-held, kind="stable")[:TERMS])
    kept = kept[held[kept] >= 3]
    words = float(terms.values.sum() / len(texts))
    return ids[kept], (held[kept] / len(texts)).astype(np.float32), words


if __name__ == "__main__":
    main()
