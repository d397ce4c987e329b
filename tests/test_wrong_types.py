"""Values of a wrong type: one clear error, and the same from every function."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import linker
from linker.errors import kind_of
from linker.settings import Settings

NEWS = [{"id": 1, "title": "Harbour clock of Brine stops"}, {"id": 2, "title": "Goat wins"}]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: linker.group(NEWS, window="x"), "window must be a number, not 'x'"),  # type: ignore[arg-type]
        (lambda: linker.group(NEWS, level=None), "level is one of .* not None"),  # type: ignore[arg-type]
        (lambda: linker.group(NEWS, threads=1.5), "threads must be a whole number, not 1.5"),  # type: ignore[arg-type]
        (lambda: linker.group(NEWS, seed=None), "seed must be a whole number, not nothing"),  # type: ignore[arg-type]
        (lambda: linker.group(NEWS, model=5), "model must be a name or a folder, not a whole"),  # type: ignore[arg-type]
        (lambda: linker.group(NEWS, device=None), "device is auto"),  # type: ignore[arg-type]
        (lambda: linker.group(5), "a list of dicts or a table, not a whole number"),
        (lambda: linker.find_reprints(NEWS, threshold="x"), "threshold must be a number"),  # type: ignore[arg-type]
        (lambda: linker.find_reprints([1]), "not a record but a whole number"),
        (lambda: linker.minhash([None]), "texts must be strings, not nothing"),  # type: ignore[list-item]
        (lambda: linker.minhash(None), "a list of strings, not nothing"),  # type: ignore[arg-type]
        (lambda: linker.load_encoder().encode([3]), "texts must be strings, not a whole"),  # type: ignore[list-item]
        (lambda: linker.compare(NEWS[0], NEWS[1], model=[]), "model must be a name"),  # type: ignore[arg-type]
    ],
)
def test_a_wrong_type_is_one_clear_error(call: Callable[[], Any], message: str) -> None:
    with pytest.raises(linker.LinkerError, match=message):
        call()


def test_numbers_of_numpy_and_paths_become_plain() -> None:
    settings = Settings(Path("model"), np.float32(2), threads=np.int64(3))  # type: ignore[arg-type]
    assert (settings.model, settings.window, settings.threads) == ("model", 2.0, 3)
    assert type(settings.window) is float and type(settings.threads) is int


def test_no_more_threads_are_started_than_help() -> None:
    assert Settings(threads=1_000_000).workers == Settings(threads=10**30).workers
    assert Settings(threads=1_000_000).workers <= 4 * (os.cpu_count() or 1)
    assert Settings(threads=1).workers == 1 and Settings().workers == (os.cpu_count() or 1)


def test_whole_numbers_are_ids_on_the_way_out_too() -> None:
    result = linker.group(NEWS)
    assert result.explain(1).facts["article"]["id"] == "1"
    assert result.explain(1, np.int64(2)).facts["b"]["id"] == "2"  # type: ignore[arg-type]
    with pytest.raises(linker.LinkerError, match="an id is a string or a whole number, not a list"):
        result.explain([1])  # type: ignore[arg-type]
    with pytest.raises(linker.LinkerError, match="there is no article"):
        result.explain("\udc80")


@pytest.mark.parametrize(
    ("value", "words"),
    [(1, "a whole number"), (None, "nothing"), ([], "a list"), (object(), "an object")],
)
def test_a_kind_has_its_article(value: object, words: str) -> None:
    assert kind_of(value) == words


def test_a_folder_that_is_gone_is_called_a_folder(tmp_path: Path) -> None:
    with pytest.raises(linker.LinkerError, match="there is no file or folder"):
        linker.evaluate(tmp_path / "gone", [{"id": "a", "story": "s"}])
