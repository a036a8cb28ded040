"""The judge of pages finds each fault, whatever was judged before in the same window."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys.judging import Judge

pytestmark = pytest.mark.journey

RULES = "p { color: #444 } .faint { color: #ccc } @media (width < 400px) { .far { color: #ccc } }"
STYLES = f"data:text/css,{quote(RULES)}"
GOOD = f"""<!DOCTYPE html>
<html lang="en">
<head><title>A sample</title><link rel="stylesheet" href="{STYLES}"></head>
<body><main><h1>A sample</h1><p>Words</p><label for="a">Name</label><input id="a"></main></body>
</html>"""
FAULTS = {
    "color-contrast": ("<p>", '<p class="faint">'),
    "document-title": ("<title>A sample</title>", ""),
    "heading-order": ("<p>", "<h4>Too deep</h4><p>"),
    "html-has-lang": (' lang="en"', ""),
    "image-alt": ("<p>", '<img src="data:,"><p>'),
    "label": (' for="a"', ""),
    "landmark-one-main": ("main>", "div>"),
    "region": ("<main>", "<p>Outside</p><main>"),
}

FADE = """() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("p { color: #ccc }");
    document.adoptedStyleSheets = [sheet];
}"""
"""Changes a page by script in a way that its markup does not tell."""


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    with chromium.new_context() as context:
        page = context.new_page()
        page.route("**/*", lambda route: route.fulfill(body="", content_type="text/html"))
        page.goto("http://localhost/")
        yield page


def test_no_fault_can_hide_behind_the_page_before_it(
    chromium: Browser, page: Page, tmp_path: Path
) -> None:
    judge = Judge(chromium, tmp_path)
    for name, (right, wrong) in FAULTS.items():
        for passed in tmp_path.iterdir():
            passed.unlink()
        page.set_content(GOOD)
        judge.judge(page)
        page.set_content(GOOD.replace(right, wrong))
        with pytest.raises(AssertionError, match=name):
            judge.judge(page)
    assert len(list(tmp_path.iterdir())) == 1


def test_a_page_that_was_good_in_a_wide_window_is_judged_again_in_a_narrow_one(
    chromium: Browser, page: Page, tmp_path: Path
) -> None:
    judge = Judge(chromium, tmp_path)
    page.set_content(GOOD.replace("<p>", '<p class="far">'))
    judge.judge(page)
    page.set_viewport_size({"width": 320, "height": 640})
    with pytest.raises(AssertionError, match="color-contrast"):
        judge.judge(page)


def tell_of(page: Page, judge: Judge) -> None:
    """A story of one page."""
    judge.begin()
    judge.judge(page, scripts=True)
    judge.end(page)


@pytest.mark.parametrize("is_new", [True, False], ids=["a new page", "one that was judged"])
def test_one_page_of_each_story_is_judged_with_what_its_scripts_did(
    chromium: Browser, page: Page, tmp_path: Path, *, is_new: bool
) -> None:
    judge = Judge(chromium, tmp_path)
    page.set_content(GOOD)
    page.evaluate(FADE)
    if not is_new:
        judge.judge(page, scripts=True)  # Before any story: as a copy, which does not show it.
    with pytest.raises(AssertionError, match="color-contrast"):
        tell_of(page, judge)
