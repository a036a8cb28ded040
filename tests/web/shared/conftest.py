"""A small app of each kind, with one page of each sort of trouble."""

from collections.abc import Callable

import pytest
from flask import Flask, abort, redirect, request
from flask.testing import FlaskClient
from flask_wtf import CSRFProtect
from werkzeug.wrappers import Response

from safeshare.kernel import errors
from safeshare.web.shared.doors import open_page
from safeshare.web.shared.prepare import Audience, prepare

SECRET = "the watch manager hit me"
MakeApp = Callable[..., Flask]


class DatabaseGoneError(Exception):
    """Stands for what a database driver raises when the server is away."""


TROUBLES: dict[str, type[Exception]] = {
    "missing": errors.NotFoundError,
    "stale": errors.StaleError,
    "busy": errors.BusyError,
    "sealed": errors.SealBrokenError,
    "nobody": errors.NobodyEligibleError,
    "invalid": errors.InvalidError,
    "secret": errors.WrongSecretError,
    "misconfigured": errors.MisconfiguredError,
    "gone": DatabaseGoneError,
    "bug": ValueError,
}


def make_app(audience: Audience = "reporter") -> Flask:
    app = Flask("sample", static_folder=None)
    app.secret_key = "a key of the tests"
    prepare(
        app,
        audience=audience,
        version="1",
        organisation="Estuary Fire and Rescue Service",
        unavailable=(DatabaseGoneError,),
    )
    _add_troubles(app)
    CSRFProtect(app)
    return app


def _add_troubles(app: Flask) -> None:
    @app.get("/trouble/<kind>")
    @open_page("a test page")
    def trouble(kind: str) -> str:
        secret = SECRET
        raise TROUBLES[kind](f"could not store {secret}")

    @app.get("/code/<int:code>")
    @open_page("a test page")
    def code(code: int) -> str:
        abort(code)

    @app.get("/elsewhere")
    @open_page("a test page")
    def elsewhere() -> Response:
        return redirect("/")

    @app.post("/form")
    @open_page("a test page")
    def form() -> str:
        return str(len(request.form.get("what", "")))


@pytest.fixture(params=["reporter", "staff"])
def client(request: pytest.FixtureRequest) -> FlaskClient:
    return make_app(request.param).test_client()


@pytest.fixture
def app() -> Flask:
    return make_app()


@pytest.fixture
def app_headers() -> dict[str, str | None]:
    audiences: tuple[Audience, ...] = ("reporter", "staff")
    return {
        audience: make_app(audience).test_client().get("/nowhere").headers.get("X-Robots-Tag")
        for audience in audiences
    }
