import pytest
from flask import Response
from flask.testing import FlaskClient

from safeshare.web.shared.assets import EDITION
from safeshare.web.shared.headers import leave_no_trace

PATHS = ["/trouble/bug", "/trouble/missing", "/code/429", "/nowhere", "/elsewhere"]


@pytest.mark.parametrize("path", PATHS)
def test_a_page_cannot_be_kept_framed_or_run_foreign_scripts(
    client: FlaskClient, path: str
) -> None:
    headers = client.get(path).headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "Server" not in headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert not any("unsafe" in sources for sources in policy.values())


def test_a_browser_can_keep_a_file_of_this_edition_only(client: FlaskClient) -> None:
    now = client.get(f"/assets/{EDITION}/safeshare.css")
    old = client.get("/assets/000000000000/safeshare.css")
    assert now.status_code == old.status_code == 200
    assert "immutable" in now.headers["Cache-Control"]
    assert old.headers["Cache-Control"] == "no-store"


def test_a_visitor_cannot_fetch_a_file_outside_the_folder(client: FlaskClient) -> None:
    assert client.get(f"/assets/{EDITION}/../assets.py").status_code == 404
    assert client.get(f"/assets/{EDITION}/%2e%2e/assets.py").status_code == 404


def test_a_browser_can_be_told_to_use_https_only_over_https(client: FlaskClient) -> None:
    assert "Strict-Transport-Security" not in client.get("/nowhere").headers
    secure = client.get("/nowhere", base_url="https://example.test")
    assert "Strict-Transport-Security" in secure.headers


def test_a_search_engine_cannot_list_staff_pages(app_headers: dict[str, str | None]) -> None:
    assert app_headers == {"reporter": None, "staff": "noindex, nofollow"}


def test_a_browser_can_forget_a_visit_without_clearing_its_cache() -> None:
    header = leave_no_trace(Response()).headers["Clear-Site-Data"]
    assert header == '"cookies", "storage"'
