"""Render the page: template, style and script from the package, data from the run's tables."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import orjson

from linker.report.data import largest, page_data
from linker.report.escape import embed, source_hash
from linker.report.summary import facts, rejections, stages, summarise
from linker.report.texts import text_blocks

if TYPE_CHECKING:
    from collections.abc import Iterable

    import jinja2
    import pyarrow as pa

    from linker.readers.rejects import Reject

SIZE_LIMIT = 38_000_000  # bytes: below 40 MB whatever the texts, as long as the rest fits
SCRIPTS = (
    "page.js",
    "format.js",
    "fold.js",
    "time.js",
    "charts.js",
    "evidence.js",
    "bars.js",
    "list.js",
    "story.js",
    "pair.js",
    "topic.js",
    "sources.js",
    "route.js",
)


def render(
    articles: pa.Table,
    stories: pa.Table,
    links: pa.Table,
    run: dict[str, object],
    rejects: Iterable[Reject] = (),
) -> bytes:
    """Return the report as UTF-8 HTML."""
    shown, shown_stories = largest(articles, stories)
    data = page_data(shown, shown_stories, links, run)
    embedded = embed(orjson.dumps(data).decode())
    texts, text_length = text_blocks(shown, SIZE_LIMIT - len(embedded.encode()))
    style, script = asset("style.css"), script_source()
    page = _environment().get_template("template.html")
    html = page.render(
        policy=policy(style, script),
        style=style,
        script=script,
        data=embedded,
        texts=texts,
        text_length=text_length,
        total=summarise(articles, stories),
        shown_stories=shown_stories.num_rows,
        version=run.get("version", ""),
        stages=stages(run),
        settings=facts(run, "settings", "inputs", "encoder", "versions"),
        counts=facts(run, "counts", "reprints"),
        rejected=rejections(rejects),
        cut=sorted(facts(run, "cut"), key=lambda row: (-_number(row[1]), row[0])),
    )
    return html.encode("utf-8", "replace")


def script_source() -> str:
    """Return the page's script: its parts in one function, so that no name of theirs is global."""
    parts = "\n".join(asset(name) for name in SCRIPTS)
    return f"(() => {{\n{parts}}})();\n"


def policy(style: str, script: str) -> str:
    """Return the Content-Security-Policy: this style, this script, images in the file, no more."""
    return (
        f"default-src 'none'; script-src {source_hash(script)}; style-src {source_hash(style)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


@cache
def asset(name: str) -> str:
    """Return one of the page's source files; line ends are LF, as browsers hash them."""
    return (
        (files("linker.report") / "page" / name).read_text(encoding="utf-8").replace("\r\n", "\n")
    )


@cache
def _environment() -> jinja2.Environment:
    import jinja2

    environment = jinja2.Environment(
        autoescape=True,
        loader=jinja2.FunctionLoader(asset),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["figure"] = _figure
    return environment


def _figure(value: object) -> str:
    """Return a value as text: thousands apart, at most three digits behind the point."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return f"{value:,}" if isinstance(value, int) else f"{value:,.3f}".rstrip("0").rstrip(".")


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
