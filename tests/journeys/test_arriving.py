"""A link on another site brings nobody's draft to an end."""

import pytest

from tests.journeys.reporter import CONCERN, Reporter

pytestmark = pytest.mark.journey


def test_a_reporter_who_follows_a_link_from_another_site_keeps_their_draft(
    reporter: Reporter,
) -> None:
    reporter.sets_out().chooses_to_be("Anonymous").tells("The kit is unsafe.")
    # To a browser, localhost is another site than 127.0.0.1.
    link = f'<a href="{reporter.address}/form/what">Speak up</a>'
    reporter.page.route(
        "http://localhost/**", lambda route: route.fulfill(body=link, content_type="text/html")
    )
    reporter.page.goto("http://localhost/")
    reporter.page.get_by_role("link", name="Speak up").click()
    reporter.page.wait_for_selector("textarea")
    reporter.finds_filled(CONCERN, "The kit is unsafe.")
    reporter.complaints.remove("a request to another host: http://localhost/")
