"""Which of the tools beside linker are here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def load_installed(
    peers: Sequence[Any], chosen: Sequence[str] = ()
) -> tuple[list[tuple[Any, Any]], dict[str, str]]:
    """The peers that are installed, each with what it loads, and how to install each other one.

    A peer has `name`, `package` and `load`, which raises ImportError when the package is not here.
    chosen: only those whose name begins with one of these; linker always takes part.
    """
    loaded, missing = [], {}
    for peer in peers:
        if chosen and peer.package and not peer.name.startswith(tuple(chosen)):
            continue
        try:
            loaded.append((peer, peer.load()))
        except ImportError:
            missing[peer.name] = f"pip install {peer.package}"
    return loaded, missing
