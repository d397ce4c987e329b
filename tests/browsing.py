"""A report open in headless chromium, with everything that it asked for or complained of."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")
OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
WINDOW = {"width": 1280, "height": 900}
# Each view of a report of `report_tables.make_tables`.
VIEWS: list[dict[str, str]] = [
    {},
    {"story": "s1-0"},
    {"pair": "s0-0", "with": "s1-0"},
    {"topics": ""},
    {"topic": "t0"},
    {"sources": ""},
]


@contextmanager
def chromium() -> Iterator[Any]:
    """The browser of this machine, without a window."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=BROWSER, args=OPTIONS)
        yield opened
        opened.close()


class Visit:
    """A page; `requests` and `faults` are what it asked for and complained of so far."""

    def __init__(self, browser: Any, address: str, **settings: Any) -> None:
        self.page = browser.new_page(**({"viewport": WINDOW} | settings))
        self.requests: list[str] = []
        self.faults: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", lambda message: self.faults.append(message.text))
        self.page.on("dialog", lambda dialog: self.faults.append(dialog.message))
        self.page.goto(address)

    def go(self, **parameters: str) -> None:
        """Show another view of the report."""
        self.page.evaluate("(hash) => { location.hash = hash; }", urlencode(parameters))
        self.page.wait_for_timeout(30)

    def unfold(self) -> None:
        """Open whatever is folded in the view."""
        self.page.evaluate(
            "for (const fold of document.querySelectorAll("
            "'main > section:not([hidden]) details')) fold.open = true;"
        )
        self.page.wait_for_timeout(50)

    def until(self, expression: str) -> None:
        """Wait for a condition; Playwright's own way needs eval, which the page forbids."""
        for _ in range(100):
            if self.page.evaluate(expression):
                return
            self.page.wait_for_timeout(20)
        raise AssertionError(f"never came true: {expression}")

    def data(self) -> Any:
        """What the page holds about the run."""
        return self.page.evaluate("JSON.parse(document.getElementById('data').textContent)")
