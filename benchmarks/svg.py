"""The few shapes that the charts are made of, readable on a light and on a dark page."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

_STYLE = """
text { font: 12px system-ui, sans-serif; fill: #1f2328 }
.small { font-size: 11px; fill: #59636e }
.head { font-weight: 600 }
.ours { fill: #1f6feb } .theirs { fill: #9aa4af } .grid { stroke: #d1d9e0 }
.line { fill: none; stroke-width: 2 }
.ours-line { stroke: #1f6feb } .theirs-line { stroke: #9a6700 }
.ours-dot { fill: #1f6feb } .theirs-dot { fill: #9a6700 }
@media (prefers-color-scheme: dark) {
text { fill: #f0f6fc } .small { fill: #9198a1 } .theirs { fill: #656c76 } .grid { stroke: #3d444d }
.ours { fill: #4493f8 } .ours-line { stroke: #4493f8 } .ours-dot { fill: #4493f8 }
.theirs-line { stroke: #d29922 } .theirs-dot { fill: #d29922 }
}
"""


def drawing(width: int, height: int, title: str, shapes: Sequence[str]) -> str:
    """A whole SVG file; title: what a screen reader says of it."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" role="img">\n<title>{escape(title)}</title>\n'
        f"<style>{_STYLE}</style>\n" + "\n".join(shapes) + "\n</svg>\n"
    )


def text(x: float, y: float, words: str, kind: str = "", anchor: str = "start") -> str:
    """Words; anchor: start, middle or end of them is at x."""
    place = f'x="{x:.1f}" y="{y:.1f}"'
    return f'<text {place} class="{kind}" text-anchor="{anchor}">{escape(words)}</text>'


def bar(x: float, y: float, width: float, height: float, kind: str) -> str:
    """A bar to the right of x."""
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 1):.1f}" height="{height:.1f}" '
        f'rx="2" class="{kind}"/>'
    )


def rule(x1: float, y1: float, x2: float, y2: float) -> str:
    """A line of the grid."""
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="grid"/>'


def curve(points: Sequence[tuple[float, float]], kind: str) -> str:
    """A line through points, each with a dot."""
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dots = "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" class="{kind}-dot"/>' for x, y in points
    )
    return f'<polyline points="{path}" class="line {kind}-line"/>{dots}'
