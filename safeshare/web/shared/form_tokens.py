"""Proof that a form was drawn by us for this very session (against cross-site request forgery).

The proof is a random value kept in the session's sealed row, so that it ends with the session and
needs no key of its own. Cookies are SameSite=Strict as well; either alone would do.
"""

import secrets
from hmac import compare_digest

from flask import Flask, request, session
from flask_wtf.csrf import CSRFError
from markupsafe import Markup

FIELD = "csrf_token"
"""The name of the hidden input, and of the value in the session."""

_CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})


def protect_forms(app: Flask) -> None:
    """Refuse every changing request without the proof, and give templates `form_token()`.

    Call it after whatever must judge a request first, such as who is signed in. The refusal is a
    CSRFError, which `errors.on_expired_form` may answer.
    """
    app.before_request(check_form_token)
    app.jinja_env.globals["form_token"] = form_token


def form_token() -> Markup:
    """The hidden input with the proof. Asking for it begins a session where there is none."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, _of_session())


def check_form_token() -> None:
    """Raises CSRFError where a changing request does not carry the proof of its session."""
    if request.method not in _CHANGING:
        return
    kept, sent = session.get(FIELD, ""), request.form.get(FIELD, "")
    if not kept or not compare_digest(str(kept).encode(), sent.encode()):
        raise CSRFError("the form was not drawn for this session")


def _of_session() -> str:
    if FIELD not in session:
        session[FIELD] = secrets.token_urlsafe(24)
    return str(session[FIELD])
