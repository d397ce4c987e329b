"""The tables of limits and of what inner loops reach of them."""

from __future__ import annotations

from benchmarks.grid import Result, table


def roofline(result: Result) -> str:
    """A row a limit, then a row a loop with the limit that applies to it."""
    roofs = {limit["tool"]: limit for limit in result["limits"]}
    limits = table(
        ["limit", "what is done", "a second"],
        [
            [name, limit["what"], f"{_billions(limit['rate'])} {limit['unit']}"]
            for name, limit in roofs.items()
        ],
    )
    loops = table(
        ["inner loop", "counted", "in all", "ms", "a second", "limit", "of it"],
        [
            [
                row["tool"],
                row["unit"],
                f"{row['amount']:,}",
                f"{row['seconds'] * 1000:,.1f}",
                _billions(row["rate"]),
                f"{row['limit']}, {_billions(roofs[row['limit']]['rate'])}",
                f"{row['share']:.0%}",
            ]
            for row in result["rows"]
        ],
    )
    return (
        f"{limits}\n{loops}\n"
        f"{result['articles']:,} articles, {result['source']}; G is 10^9; one core.\n"
    )


def _billions(rate: float) -> str:
    billions = float(f"{rate / 1e9:.3g}")
    return f"{billions:,.0f} G" if billions >= 100 else f"{billions:g} G"
