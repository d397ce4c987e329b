"""Results as Markdown tables, for the terminal and for the page alike."""

from __future__ import annotations

from typing import Any

from benchmarks import quality_tables, roof_tables, size_tables, vector_tables
from benchmarks.grid import Result, missing, seconds, speed, speed_alone, table

NO_WORDS = "knows no words here"


def render(result: Result) -> str:
    """The tables of one result and what it was measured on."""
    return f"{_TABLES[result['benchmark']](result)}\n{_measured_on(result)}"


def signatures(result: Result) -> str:
    """Texts a second, a column a corpus; then what was equal to datasketch."""
    corpora = [corpus["name"] for corpus in result["corpora"]]
    cells = {(row["tool"], row["corpus"]): row for row in result["rows"]}
    tools = list(dict.fromkeys(row["tool"] for row in result["rows"]))
    lines = []
    for tool in tools:
        found = [cells.get((tool, corpus)) for corpus in corpora]
        own = [row for row in found if row is not None]
        busy = max(row["busy"] for row in own)
        lines.append(
            [tool, own[0]["unit"], f"{busy:.1f}", *(speed(row, NO_WORDS) for row in found)]
        )
    speeds = table(["texts a second", "what is hashed", "cores busy", *corpora], lines)
    return "\n".join((speeds, _threads(result), _corpora(result), missing(result)))


def _threads(result: Result) -> str:
    """linker by itself, a line a number of threads."""
    lines: dict[tuple[str, str], list[str]] = {}
    for row in result["threads"]:
        cell = f"{speed_alone(row)}, {row['ratio']:.2f} times one thread"
        lines.setdefault((row["what"], f"{row['texts']:,}"), []).append(cell)
    corpora = [corpus["name"] for corpus in result["corpora"]]
    rows = [[*name, *cells] for name, cells in lines.items()]
    return table(["linker alone, texts a second", "texts", *corpora], rows)


def start(result: Result) -> str:
    """A row a command."""
    return table(
        ["whole process", "runs", "median s", "from", "to", "peak MB"],
        [
            [
                row["what"],
                str(row["runs"]),
                *(seconds(row[key]) for key in ("seconds", "fastest", "slowest")),
                f"{row['peak_mb']:,.0f}",
            ]
            for row in result["rows"]
        ],
    )


def recall(result: Result) -> str:
    """A row a corpus and edit, a column a tool: share found, pairs that nobody planted, speed."""
    tools = list(dict.fromkeys(row["tool"] for row in result["rows"]))
    groups: dict[tuple[str, str], dict[str, Any]] = {}
    for row in result["rows"]:
        groups.setdefault((row["corpus"], row["edit"]), {})[row["tool"]] = row
    lines = []
    for (corpus, edit), cells in groups.items():
        first = next(iter(cells.values()))
        lines.append(
            [corpus, edit, f"{first['pairs']:,}", f"{first['jaccard']:.2f}"]
            + [f"{first['alike'] / first['pairs']:.1%}"]
            + [_found(cells[tool]) for tool in tools]
        )
    found = table(["corpus", "edit", "pairs", "mean Jaccard", "0.7 or more", *tools], lines)
    return f"{found}\n{missing(result)}"


def truth(result: Result) -> str:
    """A row a corpus, and all of them: pairs that are alike, and those in one group."""
    sums = {name: 0 for name in result["rows"][0] if name != "corpus"} | {"corpus": "all"}
    for row in result["rows"]:
        sums |= {name: sums[name] + value for name, value in row.items() if name != "corpus"}
    lines = [
        [
            row["corpus"],
            f"{row['articles']:,}",
            *_share(row["alike_found"], row["alike"]),
            *_share(row["contained_found"], row["contained"]),
            f"{row['members']:,}",
            f"{row['broken']:,}",
        ]
        for row in [*result["rows"], sums]
    ]
    head = "corpus,articles,J ≥ 0.7,in one group,contained ≥ 0.8,in one group,copies,unverified"
    return table(head.split(","), lines)


def _share(found: int, all_of_them: int) -> tuple[str, str]:
    return f"{all_of_them:,}", f"{found / all_of_them:.4f}" if all_of_them else "-"


def _found(row: dict[str, Any]) -> str:
    others = f", {row['others']} others" if row["others"] else ""
    return f"{row['recall']:.1%}{others} ({row['texts_a_second']:,}/s)"


def _corpora(result: Result) -> str:
    return table(
        ["corpus", "texts", "distinct", "characters a text", "from", "rows equal to datasketch's"],
        [
            [
                corpus["name"],
                f"{corpus['texts']:,}",
                f"{corpus['distinct']:,}",
                f"{corpus['characters']:,}",
                corpus["origin"],
                f"{corpus['equal']} of {corpus['compared']}",
            ]
            for corpus in result["corpora"]
        ],
    )


def _measured_on(result: Result) -> str:
    where = result["machine"]
    versions = ", ".join(f"{name} {number}" for name, number in result["versions"].items())
    rounds = f", rounds: {result['rounds']}" if "rounds" in result else ""
    return (
        f"{where['cpu']}, {where['cores']} cores, {where['memory_gb']} GB, {where['system']}; "
        f"{result['date']}, commit {result['commit'] or 'unknown'}, "
        f"load {where['load']} at the start{rounds}; {versions}.\n"
    )


_TABLES = {
    "signatures": signatures,
    "dedup": size_tables.dedup,
    "scale": size_tables.scale,
    "start": start,
    "recall": recall,
    "truth": truth,
    "encoder": vector_tables.encoder,
    "neighbours": vector_tables.neighbours,
    "script": vector_tables.script,
    "roofline": roof_tables.roofline,
    "quality": quality_tables.quality,
}
