import re
from pathlib import Path

import pytest
from flask import Flask, render_template_string

from safeshare.web.shared.assets import FOLDER
from tests.web.shared.conftest import make_app

PARTS = '{% from "shared/parts.html" import bar_chart, code_words, thread, timeline, told %}'


def drawn(app: Flask, source: str, **values: object) -> str:
    with app.test_request_context():
        return render_template_string(PARTS + source, **values)


def test_a_page_cannot_ask_another_host_for_anything() -> None:
    for audience in ("reporter", "staff"):
        page = make_app(audience).test_client().get("/nowhere").text
        for address in re.findall(r'(?:src|href)="([^"]+)"', page):
            assert address.startswith(("/", "#", "data:")), address


def test_a_page_cannot_hold_a_script_or_a_style_of_its_own() -> None:
    page = make_app().test_client().get("/nowhere").text
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", page))
    assert "<style" not in page
    assert " style=" not in page


def test_every_file_that_a_page_names_can_be_fetched() -> None:
    client = make_app().test_client()
    files = re.findall(r'"(/assets/[^"]+)"', client.get("/nowhere").text)
    assert len(files) >= 5
    assert all(client.get(name).status_code == 200 for name in files)


def test_a_stylesheet_cannot_fetch_anything() -> None:
    for path in Path(FOLDER).rglob("*.css"):
        addresses = re.findall(r"url\(([^)]*)\)", path.read_text())
        assert not [each for each in addresses if not each.startswith("data:")], path.name


def test_a_reporters_page_can_be_left_at_once_and_names_nothing_in_its_title() -> None:
    page = make_app().test_client().get("/nowhere").text
    title = re.search(r"<title>(.*?)</title>", page)
    assert title is not None
    assert not re.search("safeshare|concern|report|estuary", title[1], re.IGNORECASE)
    assert 'href="/exit"' in page
    assert "data-exit" in page


def test_a_staff_page_cannot_offer_the_reporters_exit() -> None:
    assert "/exit" not in make_app("staff").test_client().get("/nowhere").text


def test_links_can_follow_an_app_that_is_mounted_elsewhere() -> None:
    page = make_app("staff").test_client().get("/nowhere", base_url="http://localhost/staff").text
    assert 'href="/staff/"' in page
    assert 'href="/staff/assets/' in page


def test_a_message_cannot_break_out_of_the_page(app: Flask) -> None:
    message = {"mine": True, "who": "You", "when": "3 July", "text": "<b>\n<script>"}
    page = drawn(app, "{{ thread([message]) }}", message=message)
    assert "&lt;b&gt;\n&lt;script&gt;" in page
    assert 'dir="auto"' in page


def test_the_words_of_a_code_can_be_read_in_order(app: Flask) -> None:
    page = drawn(app, "{{ code_words(['otter', 'wharf']) }}")
    assert re.findall(r"ss-code__text\">(\w+)<", page) == ["otter", "wharf"]
    assert 'translate="no"' in page


def test_a_promise_can_be_told_kept_or_missed_in_words(app: Flask) -> None:
    event = {"when": "3 July", "text": "A reply", "state": "missed", "tag": "Missed"}
    page = drawn(app, "{{ timeline([event]) }}", event=event)
    assert "ss-timeline__event--missed" in page
    assert ">Missed</strong>" in page


@pytest.mark.parametrize("rows", [[("A", 40), ("B", 10), ("C", None)], [("A", None)], [("A", 0)]])
def test_a_chart_and_its_table_can_say_the_same(
    app: Flask, rows: list[tuple[str, int | None]]
) -> None:
    page = drawn(app, "{{ bar_chart('Themes', rows, 'Theme', 'Concerns') }}", rows=rows)
    chart, table = page.split("</figure>")
    shown = ["withheld" if value is None else str(value) for _label, value in rows]
    assert re.findall(r'chart__(?:value|withheld)">(\w+)<', chart) == shown
    assert re.findall(r'numeric">(\w+)</td>', table) == shown
    widths = [float(width) for width in re.findall(r'<rect width="([\d.]+)"', chart)]
    assert all(0 <= width <= 100 for width in widths)
    assert len(widths) == len([value for _label, value in rows if value is not None])
