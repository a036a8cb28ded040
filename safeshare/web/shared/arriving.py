"""Whoever comes from a page of another site comes without our cookie, since it is SameSite=Strict.

The answer must not bring a new one then: it would take the place of the old, and with it somebody's
draft, open mailbox or signed-in session. So a page that would begin a session asks the browser to
load it again, from us and with the cookie. No other site can end a visit either, and a form of
theirs is refused.
"""

from flask import Flask, Response, abort, current_app, make_response, request, session

from safeshare.web.shared.session import SealedSession

_READING = frozenset({"GET", "HEAD", "OPTIONS"})


def meet_arrivals(app: Flask) -> None:
    """Keep what a browser has of us when another site sends it here. Call it after `set_headers`,
    and before whatever else judges a request.
    """
    app.before_request(_refuse_forms)
    app.after_request(_load_again)


def _is_from_elsewhere() -> bool:
    """Browsers tell who made them ask (Fetch Metadata). An old one does not, and is let through."""
    return request.headers.get("Sec-Fetch-Site") == "cross-site"


def _refuse_forms() -> None:
    if request.method not in _READING and _is_from_elsewhere():
        abort(403)


def _load_again(response: Response) -> Response:
    if not _is_from_elsewhere():
        return response
    for name in ("Clear-Site-Data", "Set-Cookie"):
        response.headers.pop(name, None)
    if isinstance(session, SealedSession) and session and session.new and session.modified:
        session.destroy()
        # Without context processors: they may begin a session again.
        page = current_app.jinja_env.get_template("shared/arriving.html")
        response = make_response(page.render())
    return response
