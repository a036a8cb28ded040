"""Make a bare Flask app one of ours: its pages, files, headers, errors and words."""

from collections.abc import MutableMapping
from typing import Any, Literal

from flask import Flask, request
from flask.templating import Environment
from jinja2 import BaseLoader, ChoiceLoader, PackageLoader, PrefixLoader

from safeshare.web.shared.arriving import meet_arrivals
from safeshare.web.shared.assets import serve_assets
from safeshare.web.shared.drawing import draw
from safeshare.web.shared.errors import answer_errors
from safeshare.web.shared.file_words import about_file
from safeshare.web.shared.form_controls import button, error_summary, field, question
from safeshare.web.shared.headers import set_headers
from safeshare.web.shared.i18n import speak

Audience = Literal["reporter", "staff"]

# 50,000 characters may take 12 bytes each in a form; the rest of a page needs little.
_LARGEST_BODY = 2 * 1024 * 1024
_MOST_PARTS = 500


class Pages(Environment):
    """Draws our templates. All of them know the same names, which stay as they are once the app has
    started.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The names in one plain dictionary. Jinja would chain two, and search the chain each time
        that one of GOV.UK's macros imports another: some twenty times a page.
        """
        return super().make_globals(d) if d else self.globals


def prepare(
    app: Flask,
    *,
    audience: Audience,
    version: str,
    organisation: str = "",
    unavailable: tuple[type[Exception], ...] = (),
) -> None:
    """Set templates, files, headers, error pages and language of one of the two apps.

    Call it before blueprints are registered. The app is made with `static_folder=None`: the one
    static route is ours. `organisation` is the name of the service, shown in the header;
    `unavailable` are the exceptions of a database or broker that cannot be reached.
    """
    app.jinja_environment = Pages
    _limit(app)
    speak(app)
    _templates(app)
    app.jinja_env.globals |= {
        "audience": audience,
        "version": version,
        "organisation": organisation,
        "about_file": about_file,
        "path_to": path_to,
        "field": field,
        "question": question,
        "button": button,
        "error_summary": error_summary,
        "govuk": draw,
    }
    serve_assets(app)
    set_headers(app, findable=audience == "reporter")
    meet_arrivals(app)
    answer_errors(app, unavailable)


def path_to(path: str) -> str:
    """An address of the same app, wherever the app is mounted. `path` begins with a slash."""
    return request.root_path.rstrip("/") + path


def _limit(app: Flask) -> None:
    app.config["MAX_CONTENT_LENGTH"] = _LARGEST_BODY
    app.config["MAX_FORM_MEMORY_SIZE"] = _LARGEST_BODY
    app.config["MAX_FORM_PARTS"] = _MOST_PARTS
    # Our pages send no referrer, so a form cannot be judged by one; its token is.
    app.config["WTF_CSRF_SSL_STRICT"] = False


def _templates(app: Flask) -> None:
    loaders: list[BaseLoader] = [
        PackageLoader("safeshare.web.shared"),
        PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
    ]
    if app.jinja_env.loader is not None:  # The app's and its blueprints' own templates come first.
        loaders.insert(0, app.jinja_env.loader)
    app.jinja_env.loader = ChoiceLoader(loaders)
    app.jinja_env.filters["indent"] = _as_it_is


def _as_it_is(text: str, *_width: object) -> str:
    """GOV.UK's macros indent each part within another. Nobody reads the page's source for that, it
    would push the lines of a typed text apart, and it takes a tenth of the time of drawing a page.
    """
    return text
