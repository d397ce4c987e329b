"""What a run found: the tables, the records left out, and how the run went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from linker.errors import LinkerError
from linker.folder import EXPORTS, MARK, TABLES, OutputFolder
from linker.output import write_table
from linker.saved import saved_articles, saved_links, saved_rejects, saved_run, saved_stories

if TYPE_CHECKING:
    from linker.explaining.explanation import Explanation
    from linker.readers.rejects import RejectLog


@dataclass(frozen=True, slots=True, repr=False)
class Result:
    """The outcome of `group`.

    articles: one row an article, earliest first; the columns of `linker.tables.ARTICLES`
    stories: one row a story, earliest first; the columns of `linker.tables.STORIES`
    links: the pairs that were judged: a, b (ids), probability, and a float32 column a feature
    rejects: the records that could not be used, each with file, line and reason
    run: settings, versions, counts, and seconds and peak memory a stage
    """

    articles: pa.Table
    stories: pa.Table
    links: pa.Table
    rejects: RejectLog
    run: dict[str, Any]

    def __repr__(self) -> str:
        return (
            f"Result({self.articles.num_rows:,} articles, {self.stories.num_rows:,} stories,"
            f" {self.links.num_rows:,} links, {len(self.rejects):,} rejects)"
        )

    def explain(self, a: str | int, b: str | int | None = None) -> Explanation:
        """Why article `a` is in its story or, with `b`, why the two are linked or not.

        Print it for words; `.facts` holds the numbers. Raises LinkerError for an unknown id.
        """
        from linker.explaining.explanation import explain_article, explain_pair

        return explain_article(self, a) if b is None else explain_pair(self, a, b)

    def report(self, path: str | Path) -> Path:
        """Write the report, one HTML file that needs nothing else, and return its path."""
        from linker.report import write_report

        write_report(self.articles, self.stories, self.links, self.run, Path(path), self.rejects)
        return Path(path)

    def save(
        self,
        folder: str | Path,
        *,
        formats: Sequence[str] = ("parquet",),
        with_report: bool = True,
    ) -> Path:
        """Write everything to `folder`, whole or not at all, and return its path.

        formats: what `write_files` takes.
        Raises LinkerError when `folder` holds files that are not linker's, or cannot be written.
        """
        with OutputFolder(folder) as output:
            self.write_files(output.path, formats)
            if with_report:
                self.report(output.path / "report.html")
            self.write_record(output.path)
            output.commit()
        return Path(folder)

    def write_files(self, folder: Path, formats: Sequence[str], threads: int = 1) -> None:
        """Write the tables and the exports for other tools into an existing folder.

        formats: any of parquet, jsonl, csv (the three tables), graphml (the graph of stories) and
        atom (a feed of stories). Without one for tables they are parquet too, so that the folder
        can be read back. Raises LinkerError for another format.
        """
        if isinstance(formats, str):
            formats = [formats]
        if set(formats) <= EXPORTS.keys():
            formats = ["parquet", *formats]
        for name in dict.fromkeys(formats):
            self.write_format(folder, name, threads)

    def write_format(self, folder: Path, name: str, threads: int = 1) -> None:
        """Write what one format of `write_files` stands for into an existing folder."""
        from linker.exports import write_export
        from linker.threads import for_each

        if name in EXPORTS:
            write_export(name, self.articles, self.stories, self.links, self.run, folder)
            return
        for_each(
            lambda table: write_table(getattr(self, table), folder, table, name), TABLES, threads
        )

    def write_record(self, folder: Path) -> None:
        """Write rejects.jsonl and run.json into an existing folder."""
        write_record(self.rejects, self.run, folder)


def load(folder: str | Path) -> Result:
    """Read the output of `linker group` back, in any of its formats.

    Raises LinkerError when `folder` is not such an output, or its files are not what was written.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise LinkerError(f"there is no folder {folder}")
    return Result(
        articles=saved_articles(folder),
        stories=saved_stories(folder),
        links=saved_links(folder),
        rejects=saved_rejects(folder),
        run=saved_run(folder),
    )


def write_rejects(rejects: RejectLog, path: Path) -> None:
    """One JSON object a line: file, line, reason, record; by file, then line."""
    import orjson

    rows = sorted(
        ({"file": r.file, "line": r.line, "reason": r.reason, "record": r.record} for r in rejects),
        key=lambda row: (row["file"], row["line"] or 0, row["reason"], row["record"]),
    )
    with path.open("wb") as file:
        file.writelines(orjson.dumps(row) + b"\n" for row in rows)


def write_record(rejects: RejectLog, run: dict[str, Any], folder: Path) -> None:
    """What stands beside the tables: rejects.jsonl, and run.json as indented JSON."""
    import orjson

    write_rejects(rejects, folder / "rejects.jsonl")
    (folder / MARK).write_bytes(orjson.dumps(run, option=orjson.OPT_INDENT_2) + b"\n")
