"""The tables of results about vectors and stories."""

from __future__ import annotations

from benchmarks.grid import Result, missing, seconds, speed, table


def encoder(result: Result) -> str:
    """Texts a second, a column a corpus; then what the texts are and how near the vectors."""
    corpora = [corpus["name"] for corpus in result["corpora"]]
    cells = {(row["tool"], row["corpus"]): row for row in result["rows"]}
    tools = list(dict.fromkeys(row["tool"] for row in result["rows"]))
    lines, nearest = [], []
    for tool in tools:
        own = [cells[tool, corpus] for corpus in corpora]
        busy = f"{max(row['busy'] for row in own):.1f}"
        lines.append([tool, own[0]["model"], busy, *map(speed, own)])
        if own[0]["cosine"] is not None:
            nearest.append([tool, *(f"{row['cosine']:.6f}" for row in own)])
    speeds = table(["texts a second", "model", "cores busy", *corpora], lines)
    head = ["corpus", "texts", "distinct", "characters a text", "from"]
    keys = ("texts", "distinct", "characters")
    texts = table(
        head,
        [
            [corpus["name"], *(f"{corpus[key]:,}" for key in keys), corpus["origin"]]
            for corpus in result["corpora"]
        ],
    )
    near = ""
    if nearest:
        near = table(["least cosine to SentenceTransformer", *corpora], nearest) + "\n"
    return f"{speeds}\n{near}{texts}{missing(result)}"


def neighbours(result: Result) -> str:
    """A row a tool: seconds to build and to search, share of the true neighbours found."""
    rows = [
        [
            row["tool"],
            row["setting"],
            *(seconds(row[key]) for key in ("build", "seconds", "fastest", "slowest")),
            f"{row['recall']:.2%}",
            f"{row['ratio']:.1f}",
        ]
        for row in result["rows"]
    ]
    head = "search,setting,build s,all s,from,to,neighbours found,times linker's"
    return (
        f"{table(head.split(','), rows)}\n"
        f"{result['vectors']:,} vectors of {result['dimension']} numbers, dated at random within "
        f"{result['span']:g} days; {result['nearest']} neighbours each within "
        f"{result['window']:g} days either side, {result['pairs']:,} in all; one thread.\n"
    )


def script(result: Result) -> str:
    """Time and memory of both programs."""
    times = table(
        [
            "program",
            "s",
            "from",
            "to",
            "user s",
            "sys s",
            "peak MB",
            "articles/s",
            "times linker's",
        ],
        [
            [
                row["program"],
                *(seconds(row[key]) for key in ("seconds", "fastest", "slowest")),
                *(seconds(row[key]) for key in ("user", "system")),
                f"{row['peak_mb']:,.0f}",
                f"{row['articles_a_second']:,}",
                f"{row['ratio']:.1f}",
            ]
            for row in result["rows"]
        ],
    )
    return f"{times}\nThe articles: {result['articles']}.\n"
