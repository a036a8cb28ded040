"""The judge of pages finds each fault, whatever was judged before in the same window."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys.judging import Judge

pytestmark = pytest.mark.journey

STYLES = f"data:text/css,{quote('p { color: #444 } .faint { color: #ccc }')}"
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
