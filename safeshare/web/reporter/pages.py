"""The information pages of the reporter app, and the way out.

They need no session, no database and no use case: somebody who only wants to know where to turn
leaves nothing behind.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    make_response,
    redirect,
    render_template,
    session,
)

from safeshare.kernel.errors import MisconfiguredError
from safeshare.web.shared.doors import open_page
from safeshare.web.shared.errors import answer_whatever_fails
from safeshare.web.shared.headers import leave_no_trace

# Where the exit leads: a page that anybody may have open. It must say nothing about this service.
ELSEWHERE = "https://www.bbc.co.uk/weather"
GROUPS = ("danger", "talk", "inside", "outside", "rights")

_EXTENSION = "safeshare.information"
_EXIT = "/exit"

pages = Blueprint("pages", __name__, template_folder="templates")


@dataclass(frozen=True, slots=True)
class SupportRoute:
    """Somebody to turn to other than this service."""

    group: str
    name: str
    about: str
    phone: str = ""
    website: str = ""

    @property
    def dial(self) -> str:
        """The phone number as a link needs it, without spaces."""
        return self.phone.replace(" ", "")


@dataclass(frozen=True, slots=True)
class Information:
    """What the pages say about this one organisation; from `config/defaults/support.toml`."""

    owner: str
    reviewed_on: date
    review_by: date
    controller: str
    data_protection: str
    data_protection_contact: str
    accessibility_contact: str
    kept_for: tuple[str, ...]
    routes: tuple[SupportRoute, ...]

    def in_group(self, group: str) -> tuple[SupportRoute, ...]:
        """The routes of one group, in the order of the file."""
        return tuple(route for route in self.routes if route.group == group)


def add_pages(app: Flask, facts: Mapping[str, Any]) -> None:
    """Add the information pages and the exit to the reporter app.

    `facts` is the parsed `config/defaults/support.toml`. Raises MisconfiguredError when it lacks
    something, as a page with a gap would mislead.
    """
    app.extensions[_EXTENSION] = read_information(facts)
    app.register_blueprint(pages)
    answer_whatever_fails(app, _EXIT, _away)


def read_information(facts: Mapping[str, Any]) -> Information:
    """The facts of the pages, checked. Raises MisconfiguredError naming what is wrong."""
    try:
        return Information(
            **facts["review"],
            **_organisation(facts["organisation"]),
            routes=_routes(facts["route"]),
        )
    except (KeyError, TypeError) as error:
        raise MisconfiguredError(f"support.toml lacks or mistakes a value: {error}") from error


@pages.get("/")
@open_page("explains the service; the same for everybody")
def start() -> str:
    """Start page."""
    return _page("reporter/start.html")


@pages.get("/support")
@open_page("helplines and other routes; the same for everybody")
def support() -> str:
    """Support and other ways to report."""
    return _page("reporter/support.html")


@pages.get("/how-we-handle-concerns")
@open_page("explains the service; the same for everybody")
def handling() -> str:
    """How concerns are handled, and kept from the person concerned."""
    return _page("reporter/handling.html")


@pages.get("/privacy")
@open_page("explains the service; the same for everybody")
def privacy() -> str:
    """Privacy and the limits of confidentiality."""
    return _page("reporter/privacy.html")


@pages.get("/accessibility")
@open_page("explains the service; the same for everybody")
def accessibility() -> str:
    """Accessibility statement."""
    return _page("reporter/accessibility.html")


@pages.route(_EXIT, methods=["GET", "POST"])
@open_page("ends the visit; it must work for anybody at any moment")
def leave() -> Response:
    """Forget the visit and go elsewhere. The session's own interface destroys its row."""
    session.clear()
    return _away()


def _away() -> Response:
    response = make_response(redirect(ELSEWHERE, 303))
    app, sessions = current_app, current_app.session_interface
    response.delete_cookie(
        sessions.get_cookie_name(app),
        path=sessions.get_cookie_path(app),
        domain=sessions.get_cookie_domain(app),
        secure=sessions.get_cookie_secure(app),
        httponly=True,
    )
    return leave_no_trace(response)


def _page(template: str) -> str:
    information: Information = current_app.extensions[_EXTENSION]
    return render_template(template, information=information)


def _organisation(facts: Mapping[str, Any]) -> dict[str, Any]:
    return dict(facts) | {"kept_for": tuple(facts["kept_for"])}


def _routes(given: Sequence[Mapping[str, str]]) -> tuple[SupportRoute, ...]:
    routes = tuple(SupportRoute(**route) for route in given)
    unknown = {route.group for route in routes} - set(GROUPS)
    if unknown:
        raise MisconfiguredError(f"support.toml has groups that no page shows: {sorted(unknown)}")
    insecure = [r.name for r in routes if r.website and not r.website.startswith("https://")]
    if insecure:
        raise MisconfiguredError(f"support.toml has websites without https: {insecure}")
    return routes
