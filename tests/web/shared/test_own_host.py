"""What an app takes itself for comes from its settings, whatever a request says."""

from dataclasses import replace

from flask import url_for

from safeshare.app import create_reporter_app, create_staff_app
from safeshare.wiring import System
from tests.cast import Stage


def real(stage: Stage) -> System:
    """The stage's installation as it would be outside the demo."""
    settings = replace(
        stage.system.settings,
        is_demo=False,
        reporter_host="share.example",
        staff_host="work.example",
    )
    return replace(stage.system, settings=settings)


def test_a_visitor_cannot_choose_where_a_link_of_ours_leads(sqlite_stage: Stage) -> None:
    """An invitation's link goes out by mail: over http, or to another host, it would be stolen."""
    app, made = create_staff_app(real(sqlite_stage)), []
    app.before_request(lambda: made.append(url_for("joining.welcome", _external=True)))
    headers = {"Host": "attacker.example", "X-Forwarded-Host": "attacker.example"}
    app.test_client().get("/sign-in", headers=headers)
    assert made == ["https://work.example/join"]


def test_both_apps_tell_browsers_to_come_back_over_https_alone(sqlite_stage: Stage) -> None:
    """The proxy asks over http."""
    system = real(sqlite_stage)
    for app, path in ((create_reporter_app(system), "/"), (create_staff_app(system), "/sign-in")):
        answer = app.test_client().get(path, base_url="http://127.0.0.1:8000")
        assert answer.status_code == 200
        assert "max-age" in answer.headers["Strict-Transport-Security"]
