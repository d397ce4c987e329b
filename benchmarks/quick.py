"""A short set of everything, on made-up articles, in one table: for a look, not for a claim."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks import child
from benchmarks.grid import table

_ARTICLES = 5_000
_SCRIPTED = 3_000
_SIZES = ("2000", "6000")
_TEXTS = ("en", "mix")
_ENCODED = ("--only", *_TEXTS, "--tool", "SentenceTransformer", "model2vec")

_GROUPERS = ("the script", "TF-IDF", "shipped vectors")  # BERTopic compiles for half a minute


def measure(data: Path) -> str:
    """Run the benchmarks one after the other, each in its own process; returns the table."""
    with tempfile.TemporaryDirectory(prefix="linker-benchmark-") as name:
        folder = Path(name)
        labelled = _labelled(folder / "labelled")
        commands: dict[str, tuple[str, ...]] = {
            "signatures": ("--only", *_TEXTS, "--count", "500", "--rounds", "2"),
            "encoder": (*_ENCODED, "--count", "300", "--rounds", "2"),
            "recall": ("--only", "mix", "--count", "300", "--rounds", "1"),
            "neighbours": ("--count", "4000", "--rounds", "2"),
            "quality": (str(labelled), "--tool", *_GROUPERS),
            "roofline": ("--count", "2000", "--rounds", "3"),
            "start": ("--runs", "3", "--first-runs", "1"),
            "script": ("--count", str(_SCRIPTED), "--rounds", "1"),
            "scale": (*_SIZES, "--report-up-to", "0", "--data", str(data)),
            "dedup": (str(_ARTICLES), "--rounds", "2", "--data", str(data)),
        }
        found = {name: _run(folder, name, *options) for name, options in commands.items()}
    rows = [row for make in _PARTS for row in make(found)]
    return table(["what", "linker", "another", "of"], rows)


def _labelled(folder: Path) -> Path:
    """The bundled articles with their stories, as `quality` takes them."""
    from linker.demo import articles_path, gold_path

    folder.mkdir()
    files = (path.read_bytes().splitlines() for path in (articles_path(), gold_path()))
    with (folder / "bundled.jsonl").open("w") as file:
        for article, gold in zip(*files, strict=True):
            labels = {name: json.loads(gold)[name] for name in ("id", "story")}
            file.write(json.dumps(json.loads(article) | labels) + "\n")
    return folder


def _run(folder: Path, command: str, *options: str) -> dict[str, Any]:
    print(command, file=sys.stderr)
    path = folder / f"{command}.json"
    child.run(["-m", "benchmarks", command, *options, "--json", str(path)], folder / "log")
    result: dict[str, Any] = json.loads(path.read_text())
    for tool, how in result.get("missing", {}).items():
        print(f"  without {tool}: {how}", file=sys.stderr)
    return result


def _signatures(found: dict[str, Any]) -> list[list[str]]:
    rows = []
    for corpus in found["signatures"]["corpora"]:
        name = corpus["name"]
        equal, compared = str(corpus["equal"]), str(corpus["compared"])
        rows.append([f"{name}: rows equal to datasketch's", equal, compared, "all"])
        speeds = [row for row in found["signatures"]["rows"] if row["corpus"] == name]
        ours = f"{speeds[0]['texts_a_second']:,}"
        rows += [
            [f"{name}: signatures, texts/s", ours, f"{row['texts_a_second']:,}", row["tool"]]
            for row in speeds[1:]
        ]
    return rows


def encoder_rows(found: dict[str, Any]) -> list[list[str]]:
    """Texts a second to vectors, a row another tool and corpus."""
    ours: dict[str, str] = {}
    rows = []
    for row in found["encoder"]["rows"]:
        speed = f"{row['texts_a_second']:,}"
        what = f"{row['corpus']}: vectors, texts/s"
        rows.append([what, ours.setdefault(row["corpus"], speed), speed, row["tool"]])
    return [row for row in rows if row[3] != "linker"]


def script_rows(found: dict[str, Any]) -> list[list[str]]:
    """Time and memory of linker without its report, and of the script."""
    ours, _, other = found["script"]["rows"]
    what = f"stories of {_SCRIPTED:,} articles"
    return [
        [f"{what}, s", f"{ours['seconds']:.2f}", f"{other['seconds']:.2f}", other["program"]],
        [f"{what}, peak MB", f"{ours['peak_mb']:,.0f}", f"{other['peak_mb']:,.0f}", "the script"],
    ]


def neighbour_rows(found: dict[str, Any]) -> list[list[str]]:
    """Seconds to build and search, and the share of the true neighbours, of each index."""
    rows = found["neighbours"]["rows"]
    told = [f"{row['build'] + row['seconds']:.2f} ({row['recall']:.0%})" for row in rows]
    return [
        ["neighbours in a window, s (found)", told[0], text, f"{row['tool']}, {row['setting']}"]
        for row, text in zip(rows[1:], told[1:], strict=True)
    ]


def quality_rows(found: dict[str, Any]) -> list[list[str]]:
    """BCubed F1 on the bundled articles, of others at their best setting for these."""
    ours, *others = found["quality"]["rows"]
    what, own = "BCubed F1 of the bundled articles", f"{ours['f1']:.3f}"
    return [
        [what, own, f"{row['f1']:.3f}", f"{row['tool']}, best at {row['at']}"] for row in others
    ]


def roofline_rows(found: dict[str, Any]) -> list[list[str]]:
    """Each inner loop and the limit of the machine that applies to it, in billions a second."""
    roofs = {limit["tool"]: limit["rate"] for limit in found["roofline"]["limits"]}
    rows = []
    for row in found["roofline"]["rows"]:
        what, limit = f"{row['tool']}: {row['unit']}, G/s", row["limit"]
        own, roof = (f"{rate / 1e9:.3g}" for rate in (row["rate"], roofs[limit]))
        rows.append([what, own, roof, f"the machine's limit: {limit}"])
    return rows


def scale_rows(found: dict[str, Any]) -> list[list[str]]:
    """Time and memory of `linker group` at two sizes."""
    few, many = found["scale"]["rows"]
    of = f"of {few['articles']:,} articles"
    what = f"stories of {many['articles']:,} articles"
    return [
        [f"{what}, s", f"{many['seconds']:.2f}", f"{few['seconds']:.2f}", of],
        [f"{what}, peak MB", f"{many['peak_mb']:,.0f}", f"{few['peak_mb']:,.0f}", of],
    ]


def _recall(found: dict[str, Any]) -> list[list[str]]:
    rows: list[list[str]] = []
    ours = ""
    for row in found["recall"]["rows"]:
        if row["tool"].startswith("linker"):
            ours = f"{row['recall']:.1%}"
        else:
            rows.append([f"found: {row['edit']}", ours, f"{row['recall']:.1%}", row["tool"]])
    return rows


def _start(found: dict[str, Any]) -> list[list[str]]:
    python = found["start"]["rows"][0]
    return [
        [f"{row['what']}, s", f"{row['seconds']:.2f}", f"{python['seconds']:.2f}", python["what"]]
        for row in found["start"]["rows"][1:]
    ]


def _dedup(found: dict[str, Any]) -> list[list[str]]:
    rows = {row["program"]: row for row in found["dedup"]["rows"]}
    ours = rows.pop("linker dedup")
    lines = []
    for name, row in rows.items():
        what = f"dedup of {_ARTICLES:,} articles"
        lines.append([f"{what}, s", f"{ours['seconds']:.2f}", f"{row['seconds']:.2f}", name])
        lines.append(
            [f"{what}, peak MB", f"{ours['peak_mb']:,.0f}", f"{row['peak_mb']:,.0f}", name]
        )
    return lines


_PARTS = (
    _signatures,
    encoder_rows,
    _recall,
    neighbour_rows,
    quality_rows,
    roofline_rows,
    _start,
    _dedup,
    script_rows,
    scale_rows,
)
