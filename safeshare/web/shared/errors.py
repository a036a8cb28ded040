"""What a person sees when something goes wrong, and the little that the log is told of it."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import Flask, Response, make_response, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from safeshare.kernel.errors import (
    BusyError,
    InvalidError,
    NobodyEligibleError,
    NotFoundError,
    SealBrokenError,
    StaleError,
    WrongSecretError,
    code_location,
)
from safeshare.web.shared.large_forms import typed_into_large

OnExpiredForm = Callable[[CSRFError], ResponseReturnValue | None]
_UNCLEAR = "unclear"
"""Perhaps the form itself could not be read: nobody reads it a second time."""

_HOOK = "safeshare.expired_form"
_ALWAYS = "safeshare.whatever_fails"
_TYPED = "safeshare.typed"
_RETRY_AFTER_SECONDS = 10
_TOO_LARGE = 413


@dataclass(frozen=True, slots=True)
class Fault:
    """A page to show: `page` names its words in `shared/error.html`, `status` is the HTTP code."""

    page: str
    status: int
    retry_after: int | None = None


@dataclass(frozen=True, slots=True)
class Typed:
    """A form that could not be taken. `texts` are shown and can be changed, `rest` is kept hidden;
    both by the name of the input.
    """

    action: str
    texts: Sequence[tuple[str, str]]
    rest: Sequence[tuple[str, str]]


_UNAVAILABLE = Fault("unavailable", 503, _RETRY_AFTER_SECONDS)
_BUSY = Fault("busy", 503, _RETRY_AFTER_SECONDS)
_BROKEN = Fault("broken", 500)

# The first class that fits decides.
_KERNEL: tuple[tuple[type[Exception], Fault], ...] = (
    (NotFoundError, Fault("missing", 404)),
    (StaleError, Fault("stale", 409)),
    (BusyError, _BUSY),
    (NobodyEligibleError, Fault("nobody", 503)),
    (SealBrokenError, Fault("sealed", 500)),
    (WrongSecretError, Fault(_UNCLEAR, 400)),
    (InvalidError, Fault(_UNCLEAR, 400)),
)

_HTTP = {
    400: _UNCLEAR,
    403: "refused",
    404: "missing",
    405: "method",
    409: "stale",
    413: "large",
    429: "often",
    500: "broken",
    503: "unavailable",
}


def answer_errors(app: Flask, unavailable: tuple[type[Exception], ...] = ()) -> None:
    """Show a kind page for every error of the app, and keep what went wrong out of the log.

    `unavailable` are the exceptions of a database or a broker that cannot be reached; they are
    answered with 503, as nothing is wrong with what the person did.
    """
    gone = tuple((kind, _UNAVAILABLE) for kind in unavailable)

    def answer(error: Exception) -> ResponseReturnValue:
        return _answer(app, error, gone + _KERNEL)

    app.register_error_handler(Exception, answer)
    app.register_error_handler(CSRFError, lambda error: _expired(app, error))
    app.logger.addFilter(_quiet)


def on_expired_form(app: Flask, show_again: OnExpiredForm) -> None:
    """Let an app answer a form whose token has expired or is forged, in place of the plain page.

    `show_again` may return an answer, for instance the typed text in a fresh draft, or None for
    the plain page.
    """
    app.extensions[_HOOK] = show_again


def answer_whatever_fails(app: Flask, path: str, answer: Callable[[], Response]) -> None:
    """Give one address an answer that stands even when the session or the database is gone."""
    app.extensions.setdefault(_ALWAYS, {})[path] = answer


def keep_what_was_typed(app: Flask, typed: Callable[[], "Typed | None"]) -> None:
    """Show what was typed again on the page that says why it was not taken: ready to be sent again
    where that can help, and else to be copied.

    `typed` finds it in the request alone: the session or the database may be what failed.
    """
    app.extensions[_TYPED] = typed


def busy_page(app: Flask) -> Response:
    """The page for whoever met a full line, without anything that was typed."""
    return _draw(app, _BUSY, None)


def _answer(
    app: Flask, error: Exception, kinds: tuple[tuple[type[Exception], Fault], ...]
) -> ResponseReturnValue:
    # Flask wraps what goes wrong before or after the view, as when a session cannot be opened.
    original = getattr(error, "original_exception", None)
    if isinstance(original, Exception):
        error = original
    if isinstance(error, HTTPException):
        return _http(app, error)
    certain: Callable[[], Response] | None = app.extensions.get(_ALWAYS, {}).get(request.path)
    if certain:
        _tell(app, error)
        return certain()
    for kind, fault in kinds:
        if isinstance(error, kind):
            # A full line is no fault, and a line of the log would tell when somebody came.
            if fault.status >= 500 and fault is not _BUSY:
                _tell(app, error)
            return _page(app, fault)
    _tell(app, error)
    return _page(app, _BROKEN)


def _http(app: Flask, error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if status < 400:
        return error.get_response()  # A redirect is not a fault.
    page = _HTTP.get(status, _UNCLEAR if status < 500 else "broken")
    response = _page(app, Fault(page, status))
    allowed = getattr(error, "valid_methods", None)
    if allowed:
        response.headers["Allow"] = ", ".join(allowed)
    wait = getattr(error, "retry_after", None)
    if wait:
        response.headers["Retry-After"] = str(wait)
    return response


def _expired(app: Flask, error: CSRFError) -> ResponseReturnValue:
    show_again: OnExpiredForm | None = app.extensions.get(_HOOK)
    shown = show_again(error) if show_again else None
    return _page(app, Fault("expired", 400)) if shown is None else shown


def _page(app: Flask, fault: Fault) -> Response:
    find: Callable[[], Typed | None] = app.extensions.get(_TYPED, _nothing)
    if fault.status == _TOO_LARGE:
        with typed_into_large(find) as typed:
            return _draw(app, fault, typed)
    return _draw(app, fault, None if fault.page == _UNCLEAR else find())


def _nothing() -> None:
    """Of an app that keeps nothing."""


def _draw(app: Flask, fault: Fault, typed: Typed | None) -> Response:
    # Rendered without context processors: they may need the session or the database that failed.
    page = app.jinja_env.get_template("shared/error.html")
    response = make_response(page.render(fault=fault, typed=typed), fault.status)
    if fault.retry_after:
        response.headers["Retry-After"] = str(fault.retry_after)
    return response


def _tell(app: Flask, error: Exception) -> None:
    app.logger.error("%s at %s", type(error).__name__, code_location(error.__traceback__))


def _quiet(record: logging.LogRecord) -> bool:
    """Flask logs some errors with their traceback, whose messages may carry what was typed."""
    if record.exc_info:
        kind, _error, trace = record.exc_info
        record.msg = "%s at %s"
        record.args = (kind.__name__ if kind else "error", code_location(trace))
        record.exc_info = None
        record.exc_text = None
    return True
