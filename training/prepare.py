"""Everything that happens once before training: the vocabulary and the token ids, kept on disk."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
from cells import Cells, encode_sources, load_cells
from tables import read_sources
from tokenizers import Tokenizer
from vocabulary import learn_vocabulary


def prepare(
    data: Path, evaluation: pa.Table, work: Path, vocabulary: int, seed: int
) -> tuple[Tokenizer, Cells]:
    """The tokenizer and the cells, from the work folder when an earlier run left them there."""
    work.mkdir(parents=True, exist_ok=True)
    model, finished = work / "tokenizer.json", work / "names.txt"
    if model.exists() and finished.exists():
        return Tokenizer.from_file(str(model)), load_cells(work)
    sources = list(read_sources(data, evaluation))
    if not model.exists():
        tokenizer = learn_vocabulary(sources, vocabulary, seed)
        tokenizer.save(str(model), pretty=False)
        print(f"vocabulary: {tokenizer.get_vocab_size():,} tokens", flush=True)
    tokenizer = Tokenizer.from_file(str(model))
    cells = encode_sources(tokenizer, sources)
    cells.save(work)
    return tokenizer, cells
