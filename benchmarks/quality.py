"""How good the stories are: `linker` as it is beside others at their best, on labelled articles."""

from __future__ import annotations

import gzip
import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarks import child, machine
from benchmarks.groupers import GROUPERS
from benchmarks.judges import JUDGES, Judge, kind

LINKER, AS_IT_IS = "linker", "as it is"
LONGEST = 1000
"""Characters of a text that count towards the size of a corpus: some 256 tokens."""
_SCORE = ("-m", "benchmarks.programs", "score")

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Corpus:
    """A file of articles; pairs: that of labelled pairs, None where articles have a story."""

    name: str
    path: Path
    pairs: Path | None
    articles: int
    characters: int

    def refuses(self, tool: Any, slow_up_to: int) -> bool:
        """Whether this is too much for a tool."""
        too_slow = tool.slow and self.characters > slow_up_to
        return bool(too_slow or self.articles > getattr(tool, "most", self.articles))


def measure(
    folder: Path, *, only: Sequence[str] = (), tools: Sequence[str] = (), slow_up_to: int
) -> dict[str, Any]:
    """Scores and seconds on every corpus of a folder, or only some; every tool or only some.

    A corpus is NAME.jsonl[.gz] of articles with the key story, or with labelled pairs beside it
    in NAME.pairs.jsonl[.gz]. Every tool runs in a process of its own.
    """
    result = machine.describe("quality") | {"rows": [], "judged": [], "slow_up_to": slow_up_to}
    result["missing"] = missing([*GROUPERS, *JUDGES], tools)
    chosen = [tool for tool in (*GROUPERS, *JUDGES) if not tools or tool.name in tools]
    chosen = [tool for tool in chosen if tool.name not in result["missing"]]
    left_out: list[str] = []
    for corpus in find_corpora(folder, only):
        print(corpus.name, file=sys.stderr)
        ways = [t for t in chosen if isinstance(t, Judge) == (corpus.pairs is not None)]
        left_out += [f"{t.name} of {corpus.name}" for t in ways if corpus.refuses(t, slow_up_to)]
        ways = [tool for tool in ways if not corpus.refuses(tool, slow_up_to)]
        with tempfile.TemporaryDirectory(prefix="linker-benchmark-") as scratch:
            if corpus.pairs is None:
                result["rows"] += _stories(corpus, ways, Path(scratch))
            else:
                result["judged"] += _pairs(corpus, corpus.pairs, ways, Path(scratch))
    settle(result["rows"])
    return result | {"left_out": left_out}


def settle(rows: Sequence[Row]) -> None:
    """Find for each tool the one setting that is best over all corpora, by the mean of F1.

    Writes to each row `fixed`, what the tool does there, and the name of the setting; `every`
    becomes the number of settings.
    """
    for tool in {row["tool"] for row in rows}:
        own = [row for row in rows if row["tool"] == tool]
        everywhere = own[0]["every"]
        best = max(everywhere, key=lambda name: sum(row["every"][name] for row in own))
        for row in own:
            row |= {"fixed": row["every"][best], "fixed_at": best}
            row["tried"] = len(row.pop("every"))


def missing(tools: Sequence[Any], chosen: Sequence[str]) -> dict[str, str]:
    """How to install each tool that is not here."""
    return {
        tool.name: f"pip install {tool.package}"
        for tool in tools
        if (not chosen or tool.name in chosen) and not all(map(find_spec, tool.modules))
    }


def find_corpora(folder: Path, only: Sequence[str] = ()) -> list[Corpus]:
    """The corpora whose gold says something of stories, smallest first.

    Raises SystemExit where there is none.
    """
    found = []
    for path in sorted(folder.glob("*.jsonl*")):
        name, _, rest = path.name.partition(".")
        if rest in {"jsonl", "jsonl.gz"} and (not only or name in only):
            pairs = path.with_name(f"{name}.pairs.{rest}")
            corpus = _corpus(name, path, pairs if pairs.exists() else None)
            found += [corpus] if corpus else []
    if not found:
        raise SystemExit(f"{folder} holds no labelled articles NAME.jsonl or NAME.jsonl.gz")
    return sorted(found, key=lambda corpus: (corpus.pairs is not None, corpus.articles))


def _corpus(name: str, path: Path, pairs: Path | None) -> Corpus | None:
    if pairs is not None and not kind(_lines(pairs)):
        return None
    records = _lines(path)
    if pairs is None and not any(record.get("story") for record in records):
        return None
    texts = (f"{record.get('title') or ''}{record.get('text') or ''}" for record in records)
    return Corpus(name, path, pairs, len(records), sum(min(len(t), LONGEST) for t in texts))


def _lines(path: Path) -> list[dict[str, Any]]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rb") as file:
        return [json.loads(line) for line in file]


def _stories(corpus: Corpus, ways: Sequence[Any], scratch: Path) -> list[Row]:
    """linker without its report, which the others do not make either; then the others."""
    out, log = scratch / "out", scratch / "log"
    command = ["-m", "linker", "group", str(corpus.path), "--out", str(out)]
    used = child.run([*command, "--no-report", "--quiet"], log)
    scores = _last(child.run([*_SCORE, str(corpus.path), str(out)], log))
    scores |= {"at": AS_IT_IS, "every": {AS_IT_IS: scores["f1"]}}
    rows = [_row(corpus, LINKER, used.wall, scores)]
    for tool in ways:
        print(f"  {tool.name}", file=sys.stderr)
        used = child.run(["-m", "benchmarks.groupers", tool.name, str(corpus.path)], log)
        scores = _last(used)
        rows.append(_row(corpus, tool.name, used.wall - scores.pop("spared"), scores))
    return rows


def _pairs(corpus: Corpus, pairs: Path, ways: Sequence[Any], scratch: Path) -> list[Row]:
    log, scores = scratch / "log", scratch / "scores.jsonl"
    command = ["-m", "linker", "compare", str(corpus.path), "--pairs", str(pairs)]
    used = child.run([*command, "--out", str(scores), "--quiet"], log)
    judge = ("-m", "benchmarks.judges")
    found = _last(child.run([*judge, LINKER, str(scores), str(pairs)], log))
    rows = [_row(corpus, LINKER, used.wall, row) for row in found]
    for tool in ways:
        print(f"  {tool.name}", file=sys.stderr)
        used = child.run([*judge, tool.name, str(corpus.path), str(pairs)], log)
        rows += [_row(corpus, tool.name, used.wall, row) for row in _last(used)]
    return rows


def _row(corpus: Corpus, tool: str, seconds: float, found: Row) -> Row:
    named = {"corpus": corpus.name, "tool": tool, "articles": corpus.articles}
    return named | found | {"seconds": round(seconds, 2)}


def _last(used: child.Usage) -> Any:
    """What a program printed last, in JSON; libraries print before it what they like."""
    return json.loads(used.output.splitlines()[-1])
