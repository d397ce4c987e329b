"""Finding and loading a model by folder or Hub name, quickly or with one clear line."""

from __future__ import annotations

import json
import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import blake2b, file_digest
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from linker.embedding.devices import check_device, choose_device
from linker.embedding.native import native_encoder
from linker.errors import LinkerError

if TYPE_CHECKING:
    from linker.embedding.encoder import Encoder
    from linker.embedding.inference import Inference

PATIENCE = 10.0  # seconds to wait for the Hub's first answer
HUB_NAME = re.compile(r"[\w.-]+(/[\w.-]+)?")
MODEL_FILES = ("modules.json", "config.json")
# Versions that vectors may depend on in their last bits, or more.
LIBRARIES = ("torch", "transformers", "tokenizers", "sentence-transformers")
SCHEME = 1  # of the vectors that are kept; another number disowns all kept before
UNREAD = {".md", ".onnx", ".h5", ".ot", ".msgpack"}


def load_other(name: str, device: str, *, cache: bool) -> Encoder:
    """The model of that folder or Hub name.

    A static model is read natively where that is exact; torch is not even imported then.
    Raises LinkerError when there is no such model or device here.
    """
    check_device(device)
    folder = _find(name)
    static = native_encoder(folder, name) if folder else None
    if static is not None:
        return static
    return _load(name, folder, device, cache)


def _find(name: str) -> Path | None:
    """The folder of a model that is on this machine; None for a name that the Hub may know."""
    folder = Path(name)
    if folder.is_dir():
        if not any((folder / file).is_file() for file in MODEL_FILES):
            raise LinkerError(f"the folder {name} holds no model (no {' or '.join(MODEL_FILES)})")
        return folder
    if not HUB_NAME.fullmatch(name) or name.startswith(".") or folder.exists():
        raise LinkerError(f"no model folder at {name}, and it is no name of a model on the Hub")
    return _downloaded(name)


def _downloaded(name: str) -> Path | None:
    """Where the Hub's own cache has the model, if it does."""
    from huggingface_hub import try_to_load_from_cache

    place = os.environ.get("SENTENCE_TRANSFORMERS_HOME")  # theirs, not ours
    for full in {_full_name(name): None, name: None}:
        for file in MODEL_FILES:
            found = try_to_load_from_cache(full, file, cache_dir=place)
            if isinstance(found, str):
                return Path(found).parent
    return None


def _full_name(name: str) -> str:
    return name if "/" in name else f"sentence-transformers/{name}"


def _load(name: str, folder: Path | None, device: str, cache: bool) -> Encoder:
    try:
        from linker.embedding.transformer import TransformerEncoder

        inference, folder = _inference(name, folder, device)
    except ImportError as error:
        reason = f"the model {name} needs the sentence-transformers package and torch"
        raise LinkerError(f"{reason}: {_line(error)}") from error
    except LinkerError as error:
        raise LinkerError(f"the model {name} cannot be used: {error}") from error
    except Exception as error:  # the loaders below raise many kinds
        raise LinkerError(f"the model {name} cannot be loaded: {_line(error)}") from error
    cache_name = None
    with suppress(OSError):  # files that come and go: nothing to be kept under
        cache_name = _cache_name(folder, inference) if cache and folder else None
    return TransformerEncoder(name, inference, cache_name)


def _inference(name: str, folder: Path | None, device: str) -> tuple[Inference, Path | None]:
    """The model, ready, and the folder it was read from."""
    if folder is None:
        _ask_hub(name)
    from linker.embedding.inference import Inference

    there = choose_device(device)
    try:
        model = _read(folder or _full_name(name))
    except ImportError:
        raise
    except Exception:
        if folder is None or Path(name).is_dir():
            raise
        # The Hub's cache has a part of it, of a download that was cut short.
        _ask_hub(name)
        folder, model = None, _read(_full_name(name))
    return Inference(model, there), folder or _downloaded(name)


def _read(source: Path | str) -> Any:
    """The model of a folder, without a word; or from the Hub, with its progress bars."""
    from sentence_transformers import SentenceTransformer

    if isinstance(source, str):
        return SentenceTransformer(source, device="cpu")
    with _quiet():
        return SentenceTransformer(str(source), device="cpu", local_files_only=True)


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the progress bars and advice of the loaders."""
    bars: Any = import_module("transformers.utils.logging")
    shown = bars.is_progress_bar_enabled()
    loggers = [logging.getLogger(name) for name in ("transformers", "sentence_transformers")]
    levels = [logger.level for logger in loggers]
    bars.disable_progress_bar()
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        if shown:
            bars.enable_progress_bar()
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def _ask_hub(name: str) -> None:
    """One question with little patience first: a load asks for many files, each many times."""
    from huggingface_hub import HfApi

    try:
        HfApi().model_info(_full_name(name), timeout=PATIENCE)
    except Exception as error:  # no network, no such model, no permission
        raise LinkerError(
            f"it is not on this machine, and the Hub does not give it ({_line(error)});"
            " the path of a model's folder can be given in place of its name"
        ) from error


def _cache_name(folder: Path, inference: Inference) -> str:
    """Names all that a vector depends on beside its text, as 32 hexadecimal digits."""
    settings = {
        "scheme": SCHEME,
        "files": fingerprint(folder),
        "prompt": inference.prompt,
        "device": inference.device.type,
        "precision": str(inference.precision),
        "libraries": {name: _version(name) for name in LIBRARIES},
    }
    return blake2b(json.dumps(settings, sort_keys=True).encode(), digest_size=16).hexdigest()


def fingerprint(folder: Path) -> str:
    """A digest of the names and contents of the files that a model is read from.

    Contents, not times: a gigabyte takes a second, and a model that was trained on or unpacked
    again is told from the one before.
    """
    digest = blake2b(digest_size=16)
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.suffix in UNREAD or name.startswith(".") or "/." in name or not path.is_file():
            continue
        with path.open("rb") as file:
            content = file_digest(file, "sha256").hexdigest()
        digest.update(f"{len(name)} {name} {content}\n".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _line(error: Exception) -> str:
    """The first line of what an error says."""
    return (str(error).strip() or type(error).__name__).splitlines()[0]
