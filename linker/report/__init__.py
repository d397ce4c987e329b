"""The report: one self-contained HTML file of the stories and why their articles belong together.

Nothing is loaded from anywhere: style, script and data are inlined at render time, and a strict
Content-Security-Policy in the file lets run only what this package wrote.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from linker.errors import LinkerError
from linker.folder import replacing

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import pyarrow as pa

    from linker.readers.rejects import Reject


def write_report(
    articles: pa.Table,
    stories: pa.Table,
    links: pa.Table,
    run: dict[str, object],
    path: Path,
    rejects: Iterable[Reject] = (),
) -> None:
    """Write the report of one run to `path`, replacing the file in one step.

    `articles`, `stories` and `links` are the output tables; the column `text` of `articles` may be
    missing, as may any feature column of `links`. `run` is what run.json holds; missing keys leave
    their part of the page out. `rejects` are the records that could not be used. The same tables
    give the same bytes.

    Raises LinkerError when the file cannot be written.
    """
    from linker.report.render import render

    page = render(articles, stories, links, run, rejects)
    try:
        with replacing(path) as file:
            file.write_bytes(page)
    except OSError as error:
        raise LinkerError(f"cannot write the report {path}: {error.strerror or error}") from error
