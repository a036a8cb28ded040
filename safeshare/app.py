"""The two Flask apps, and the one WSGI application that serves both in the demo."""

from datetime import timedelta
from typing import Literal

from flask import Flask

from safeshare import __version__
from safeshare.db.session import UNAVAILABLE
from safeshare.gate import SessionRows
from safeshare.gate.models import ReporterSession, SessionRow, StaffSession
from safeshare.web.reporter import register as register_reporter
from safeshare.web.shared.doors import check_every_door
from safeshare.web.shared.mounting import Mounted, WSGIApp
from safeshare.web.shared.own_host import OwnHost
from safeshare.web.shared.prepare import prepare
from safeshare.web.shared.session import SealedSessionInterface, SessionLimits
from safeshare.web.staff import register as register_staff
from safeshare.wiring import System

REPORTER_COOKIE = "v"
STAFF_COOKIE = "s"
OF_THIS_HOST = "__Host-"
"""Outside the demo a browser then takes the cookie from this very host alone, over https."""

STAFF_MOUNT = "/staff"
DRAFT_HOURS = 2
IDLE_MINUTES = 30
STAFF_HOURS = 10


def create_reporter_app(system: System) -> Flask:
    """The public app: sharing a concern, and the mailbox behind an access code."""
    limits = SessionLimits(idle=timedelta(hours=DRAFT_HOURS), absolute=timedelta(hours=12))
    app = _new_app("reporter", system, ReporterSession, limits, REPORTER_COOKIE)
    register_reporter(app, system)
    check_every_door(app)
    _know_own_host(app, system, system.settings.reporter_host)
    return app


def create_staff_app(system: System) -> Flask:
    """The app of handlers, leaders and everybody else who signs in."""
    limits = SessionLimits(
        idle=timedelta(minutes=IDLE_MINUTES),
        absolute=timedelta(hours=STAFF_HOURS),
        kept_when_idle=frozenset({"staff_id", "number"}),
    )
    app = _new_app("staff", system, StaffSession, limits, STAFF_COOKIE, demo_path=STAFF_MOUNT)
    register_staff(app, system)
    check_every_door(app)
    _know_own_host(app, system, system.settings.staff_host)
    return app


def _new_app(
    audience: Literal["reporter", "staff"],
    system: System,
    table: type[SessionRow],
    limits: SessionLimits,
    cookie: str,
    *,
    demo_path: str = "/",
) -> Flask:
    """An app with its own sealed sessions and what both have in common; no pages yet."""
    app = Flask(f"safeshare.{audience}", static_folder=None)
    is_demo = system.settings.is_demo
    app.session_interface = SealedSessionInterface(
        SessionRows(system.gate, table, audience),
        system.gate.clock.security_now,
        limits,
        cookie=cookie if is_demo else f"{OF_THIS_HOST}{cookie}",
        path=demo_path if is_demo else "/",
        secure=not is_demo,
    )
    prepare(
        app,
        audience=audience,
        version=__version__,
        organisation=system.settings.organisation,
        unavailable=UNAVAILABLE,
    )
    return app


def _know_own_host(app: Flask, system: System, host: str | None) -> None:
    """Outside the demo, let an app believe its settings of its name and of https, and no header."""
    if host is not None and not system.settings.is_demo:
        app.wsgi_app = OwnHost(app.wsgi_app, host)  # type: ignore[method-assign]  # Flask's own way.


def create_app(system: System) -> WSGIApp:
    """Both apps in one process, for the demo only; each sees its own cookie and no other."""
    return Mounted(
        reporter=create_reporter_app(system).wsgi_app,
        staff=create_staff_app(system).wsgi_app,
        mount=STAFF_MOUNT,
        reporter_cookie=REPORTER_COOKIE,
        staff_cookie=STAFF_COOKIE,
    )
