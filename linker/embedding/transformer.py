"""Any sentence-transformers model, by folder or Hub name, in place of the shipped one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linker.errors import LinkerError

MAX_CHARACTERS = 20_000  # of a text that are handed on; models read far less
BATCH = 32  # texts a forward pass
PATIENCE = 10.0  # seconds to wait for the Hub's first answer
HUB_NAME = re.compile(r"[\w.-]+(/[\w.-]+)?")
MODEL_FILES = ("modules.json", "config.json")


class TransformerEncoder:
    """A model that the sentence-transformers package can load; imported only here."""

    def __init__(self, name: str) -> None:
        """Raises LinkerError when the model is not here and cannot be fetched."""
        _check_name(name)
        self.name = name
        self._model = _load(name)

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self._model.get_embedding_dimension())

    def encode(self, texts: Sequence[str], *, threads: int = 1) -> NDArray[np.float32]:
        """Vectors of norm 1, float32 (n, dimension); 0 for a text without characters.

        Every distinct text is encoded once, in batches of like length that do not depend on the
        order of the texts.
        """
        import torch

        cut = [text[:MAX_CHARACTERS] for text in texts]
        distinct = sorted({text for text in cut if text.strip()}, key=lambda t: (len(t), t))
        rows = {text: row for row, text in enumerate(distinct)}
        torch.set_num_threads(max(threads, 1))
        found = np.zeros((len(distinct), self.dimension), np.float64)
        if distinct:
            found[:] = self._model.encode(distinct, batch_size=BATCH, show_progress_bar=False)
        norms = np.linalg.norm(found, axis=1, keepdims=True)
        found /= np.where(norms > 0, norms, 1)
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        for place, text in enumerate(cut):
            if text in rows:
                vectors[place] = found[rows[text]]
        return vectors


def _check_name(name: str) -> None:
    """Refuse at once what cannot be a model."""
    folder = Path(name)
    if folder.is_dir():
        if not any((folder / file).is_file() for file in MODEL_FILES):
            raise LinkerError(f"the folder {name} holds no model (no {' or '.join(MODEL_FILES)})")
    elif not HUB_NAME.fullmatch(name) or folder.exists():
        raise LinkerError(f"no model folder at {name}, and it is no name of a model on the Hub")


def _load(name: str) -> Any:
    """From the folder or the local cache, else from the Hub."""
    try:
        from huggingface_hub import HfApi
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise LinkerError(f"the model {name} needs the sentence-transformers package") from error
    try:
        return SentenceTransformer(name, device="cpu", local_files_only=True)
    except Exception as error:  # the loaders below it raise many kinds
        if Path(name).is_dir():
            raise _refusal(name, error) from error
    full = name if "/" in name else f"sentence-transformers/{name}"
    try:
        HfApi().model_info(full, timeout=PATIENCE)  # one question first: a load asks for many files
        return SentenceTransformer(full, device="cpu")
    except Exception as error:
        raise _refusal(name, error) from error


def _refusal(name: str, error: Exception) -> LinkerError:
    reason = (str(error).strip() or type(error).__name__).splitlines()[0]
    return LinkerError(f"the model {name} cannot be loaded: {reason}")
