"""Translation retrieval: is the nearest sentence of the other language the translation?

python training/retrieval.py MODEL_DIR NTREX.parquet prints what the model card states.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

# The languages that the project reports as one number, English being the other side.
REPORTED = (
    *("ar", "es", "fr", "de", "ru", "zh", "pt", "tr", "it", "fa", "hi", "id", "uk"),
    *("pl", "nl", "ja", "ko", "he", "ur", "sv", "cs", "ro", "el", "vi", "bn", "sw"),
)
ARABIC_WITH = ("fr", "es", "ru", "tr", "zh")

Encode = Callable[[Sequence[str]], np.ndarray]


def accuracy(left: np.ndarray, right: np.ndarray) -> float:
    """Share of rows whose nearest row on the other side is their own, mean of both directions."""
    similarity = left @ right.T
    truth = np.arange(len(left))
    there = (similarity.argmax(axis=1) == truth).mean()
    back = (similarity.argmax(axis=0) == truth).mean()
    return float(there + back) / 2


def with_language(
    encode: Encode, evaluation: pa.Table, pivot: str, others: Sequence[str]
) -> dict[str, float]:
    """Accuracy of each other language with the pivot."""
    anchor = encode(evaluation[pivot].to_pylist())
    return {name: accuracy(anchor, encode(evaluation[name].to_pylist())) for name in others}


def mean(scores: Mapping[str, float]) -> float:
    return sum(scores.values()) / len(scores)


def summary(scores: Mapping[str, float]) -> str:
    """One line for the log: the mean, then each language, in per cent."""
    each = " ".join(f"{name}:{100 * score:.0f}" for name, score in scores.items())
    return f"mean {100 * mean(scores):.2f}  {each}"


def main(folder: Path, sentences: Path) -> None:
    """Print the tables of the model card."""
    from tables import read_evaluation

    from linker.embedding.static import StaticEncoder

    evaluation = read_evaluation(sentences)
    encode = StaticEncoder(folder, folder.name).encode
    others = [name for name in evaluation.column_names if name != "en"]
    english = with_language(encode, evaluation, "en", others)
    arabic = with_language(encode, evaluation, "ar", ARABIC_WITH)
    reported = mean({name: english[name] for name in REPORTED})
    print(f"English with {len(REPORTED)} reported languages: {100 * reported:.1f}")
    print(f"English with all {len(others)} languages: {100 * mean(english):.1f}")
    print(f"Arabic with {' '.join(ARABIC_WITH)}: {100 * mean(arabic):.1f}\n")
    print_table("with English", english)
    print_table("with Arabic", arabic)


def print_table(head: str, scores: Mapping[str, float]) -> None:
    """A Markdown table, five languages a line."""
    cells = [f"{name} {100 * score:.1f}" for name, score in sorted(scores.items())]
    cells += [""] * (-len(cells) % 5)
    print(f"| {head} |  |  |  |  |\n| --- | --- | --- | --- | --- |")
    for start in range(0, len(cells), 5):
        print("| " + " | ".join(cells[start : start + 5]) + " |")
    print()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
