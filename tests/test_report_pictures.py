"""Pictures of the report of the bundled articles; `--pictures docs` keeps those of the manual."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from browsing import BROWSER, Visit

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = pytest.mark.skipif(BROWSER is None, reason="chromium is not installed")

PHONE = {"width": 390, "height": 844}
LIGHTHOUSE = "courier-01"
PICTURES: dict[str, tuple[dict[str, str], dict[str, Any], int]] = {
    # name: the view, the settings of the browser, how many folds are open
    "report": ({}, {}, 0),
    "report-story": ({"story": LIGHTHOUSE}, {}, 0),
    "report-evidence": ({"story": LIGHTHOUSE}, {"viewport": {"width": 1280, "height": 1150}}, 2),
    "report-reprint": ({"pair": "cormorant-01", "with": "quillport-01"}, {}, 0),
    "report-topic": ({"topics": ""}, {}, 0),
    "report-dark": ({}, {"color_scheme": "dark"}, 0),
    "report-phone": ({"story": LIGHTHOUSE}, {"viewport": PHONE}, 0),
}


@pytest.mark.parametrize("name", PICTURES)
def test_picture(
    browser: Any, demo_folder: Path, tmp_path: Path, request: pytest.FixtureRequest, name: str
) -> None:
    view, settings, folds = PICTURES[name]
    visit = Visit(browser, (demo_folder / "report.html").as_uri(), **settings)
    data = visit.data()
    if "story" in view:
        row = data["articles"]["id"].index(view["story"])
        view = {"story": data["stories"]["id"][data["articles"]["story"][row]]}
    visit.page.evaluate("(hash) => { location.hash = hash; }", urlencode(view))
    visit.page.wait_for_timeout(200)
    for fold in range(folds):
        visit.page.locator("main > section:not([hidden]) summary").nth(fold).click()
    if folds:
        visit.page.locator(".cards").first.wait_for()
        visit.page.evaluate("document.querySelector('.cards').scrollIntoView({ block: 'end' })")
    visit.page.evaluate("document.activeElement.blur()")
    folder = Path(request.config.getoption("--pictures") or tmp_path)
    visit.page.screenshot(path=folder / f"{name}.png")
    assert (folder / f"{name}.png").stat().st_size > 20_000
    assert visit.faults == []
    visit.page.close()
