"""Default deny: whoever asks for a page must be signed in, unless the view says otherwise."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, ParamSpec, TypeVar
from urllib.parse import urlsplit

from flask import Flask, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError

from safeshare.gate import UseCase
from safeshare.policy.actions import NEEDS_FRESH_SIGN_IN
from safeshare.web.shared.doors import door_of
from safeshare.web.shared.errors import on_expired_form
from safeshare.web.shared.form_tokens import protect_forms
from safeshare.web.shared.guesses import watch_guesses
from safeshare.web.staff.browsers import browser_cookie
from safeshare.web.staff.signed_in import current_staff, is_signed_in, system
from safeshare.web.staff.unsent import park_what_was_typed
from safeshare.wiring import System

P = ParamSpec("P")
R = TypeVar("R")

_FOR_VISITORS = "__safeshare_for_visitors__"


def for_visitors(view: Callable[P, R]) -> Callable[P, R]:
    """Mark a view of somebody who has not signed in yet. Each of its forms is a guess."""
    setattr(view, _FOR_VISITORS, True)
    return view


def guard(app: Flask, system: System) -> None:
    """Judge every request of the app before its view is reached."""
    watch_guesses(app, system, _is_guess, mark=_marked_account)
    app.before_request(_insist_on_sign_in)
    app.before_request(_insist_on_a_part)
    app.before_request(_insist_on_proof)
    protect_forms(app)
    on_expired_form(app, _keep_what_was_typed)


def safe_next(address: str) -> str | None:
    """The address of a page of this app to go on to; None for anything else.

    Browsers read several slashes, and a backslash, as the beginning of a host, and leave out
    control characters before they look.
    """
    is_path = address.startswith("/") and not address.startswith("//")
    is_plain = "\\" not in address and address.isprintable()
    if not is_path or not is_plain:
        return None
    parts = urlsplit(address)
    return None if parts.scheme or parts.netloc else address


def _view() -> object:
    return current_app.view_functions.get(request.endpoint or "")


def _is_open() -> bool:
    view = _view()
    door = door_of(view)
    return getattr(view, _FOR_VISITORS, False) or bool(door and door.open_because)


def _is_guess() -> bool:
    return request.method == "POST" and getattr(_view(), _FOR_VISITORS, False)


def _marked_account() -> str:
    """Whose guesses a marked browser's are. Colleagues behind one address are told apart by it."""
    marked = system().gate.vault.browser_of(browser_cookie())
    return f"browser {marked[0]}" if marked else ""


def _insist_on_sign_in() -> ResponseReturnValue | None:
    if request.endpoint is None or _is_open() or is_signed_in():
        return None
    if request.method == "POST":
        notice: Any = {"kept" if park_what_was_typed() else "again": "1"}
        return redirect(url_for("door.show_sign_in", **notice), 303)
    path = request.full_path if request.query_string else request.path
    return redirect(url_for("door.show_sign_in", next=path), 303)


def _insist_on_a_part() -> None:
    """Whoever can never do anything of what a page serves gets 404, before the page shows a thing.
    They are taken for somebody who has just proved both factors: `_insist_on_proof` asks for that.
    """
    if request.endpoint is None or _is_open() or not is_signed_in():
        return
    door = door_of(_view())
    served = [one for one in (door.use_cases if door else ()) if isinstance(one, UseCase)]
    system().gate.insist_on_a_part(replace(current_staff(), is_fresh=True), served)


def _insist_on_proof() -> ResponseReturnValue | None:
    """Ask for both factors again before a page that serves something dangerous, where they were not
    given a short while ago. The policy refuses it otherwise.
    """
    if request.endpoint is None or not _is_dangerous() or not is_signed_in():
        return None
    if current_staff().is_fresh:
        return None
    if request.method == "POST":
        park_what_was_typed()
    wanted = request.full_path if request.query_string else _nearest_page()
    return redirect(url_for("confirming.show", next=wanted), 303)


def _nearest_page() -> str:
    """The page to go on to: the one asked for, or the one that a form without a page stands on."""
    addresses = current_app.create_url_adapter(request)
    path = request.path
    while addresses is not None and path:
        if addresses.test(path, "GET"):
            return path
        path = path.rpartition("/")[0]
    return "/"


def _is_dangerous() -> bool:
    door = door_of(_view())
    served = door.use_cases if door else ()
    return any(isinstance(one, UseCase) and one.action in NEEDS_FRESH_SIGN_IN for one in served)


def _keep_what_was_typed(_error: CSRFError) -> ResponseReturnValue | None:
    if _is_open():
        return redirect(url_for("door.show_sign_in", again="1"), 303)
    if park_what_was_typed():
        return redirect(url_for("unsent.show_unsent"), 303)
    return None
