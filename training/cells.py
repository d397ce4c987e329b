"""Every text of every source as token ids, kept in flat arrays on disk.

A cell is one text: one row of one source in one language. Pairs are drawn from rows while
training, so no list of pairs is ever built and a row with thirty languages gives all its pairs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tables import Source
from tokenizers import Tokenizer

MAX_TOKENS = 96
BATCH = 50_000
MIX = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class Cells:
    """Token ids of all texts, and the place of each text by row and language.

    ids: uint32 (tokens,); offsets: int64 (cells + 1,); keys: uint64 (cells,), equal for equal ids;
    places: int32 (rows, languages), the cell number or -1; sources: int16 (rows,).
    """

    ids: np.ndarray
    offsets: np.ndarray
    keys: np.ndarray
    places: np.ndarray
    sources: np.ndarray
    languages: list[str]
    source_names: list[str]

    def save(self, folder: Path) -> None:
        for name in ("ids", "offsets", "keys", "places", "sources"):
            np.save(folder / f"{name}.npy", getattr(self, name))
        names = [" ".join(self.languages), " ".join(self.source_names)]
        (folder / "names.txt").write_text("\n".join(names), encoding="utf-8")


def load_cells(folder: Path) -> Cells:
    """Open what `Cells.save` wrote."""
    arrays = [np.load(folder / f"{n}.npy") for n in ("ids", "offsets", "keys", "places", "sources")]
    languages, sources = (folder / "names.txt").read_text(encoding="utf-8").split("\n")
    return Cells(*arrays, languages.split(), sources.split())


def encode_sources(tokenizer: Tokenizer, sources: Sequence[Source]) -> Cells:
    """Tokenise all texts of all sources; texts without a token have no cell."""
    languages = sorted({name for source in sources for name in source.languages})
    ids: list[np.ndarray] = []
    lengths: list[np.ndarray] = []
    places, owners, cells = [], [], 0
    for number, source in enumerate(sources):
        place = np.full((source.table.num_rows, len(languages)), -1, np.int32)
        for language in source.languages:
            flat, length = encode_texts(tokenizer, source.column(language), MAX_TOKENS)
            rows = np.flatnonzero(length)
            place[rows, languages.index(language)] = cells + np.arange(len(rows))
            ids.append(flat)
            lengths.append(length[rows])
            cells += len(rows)
        places.append(place)
        owners.append(np.full(len(place), number, np.int16))
        print(f"encoded {source.name}: {cells:,} texts so far", flush=True)
    flat = np.concatenate(ids)
    offsets = np.concatenate([[0], np.cumsum(np.concatenate(lengths))]).astype(np.int64)
    keys = hash_cells(flat, offsets)
    names = [source.name for source in sources]
    return Cells(
        flat, offsets, keys, np.concatenate(places), np.concatenate(owners), languages, names
    )


def encode_texts(
    tokenizer: Tokenizer, texts: Sequence[str], limit: int
) -> tuple[np.ndarray, np.ndarray]:
    """All ids in one uint32 array, and how many each text has, at most `limit`."""
    flat: list[np.ndarray] = [np.empty(0, np.uint32)]
    lengths: list[int] = []
    for start in range(0, len(texts), BATCH):
        for one in tokenizer.encode_batch_fast(
            texts[start : start + BATCH], add_special_tokens=False
        ):
            ids = one.ids[:limit]
            lengths.append(len(ids))
            flat.append(np.array(ids, np.uint32))
    return np.concatenate(flat), np.array(lengths, np.int64)


def hash_cells(ids: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    """A 64-bit hash of the ids of each text, in order."""
    place = np.arange(len(ids), dtype=np.uint64) - np.repeat(
        offsets[:-1].astype(np.uint64), np.diff(offsets)
    )
    mixed = (ids.astype(np.uint64) + np.uint64(1)) * MIX ^ (place + np.uint64(1)) * np.uint64(
        0xC2B2AE3D27D4EB4F
    )
    mixed = (mixed ^ (mixed >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9)
    return np.add.reduceat(mixed ^ (mixed >> np.uint64(32)), offsets[:-1])
