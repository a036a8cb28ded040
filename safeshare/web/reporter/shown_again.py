"""Nothing typed is lost: a form that came too late, or met a failure, is shown again."""

from flask import make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError

from safeshare.kernel.errors import NotFoundError, StaleError
from safeshare.web.reporter.draft import read_draft
from safeshare.web.reporter.files import show_files
from safeshare.web.reporter.form_pages import form_of, get_step, show_step
from safeshare.web.reporter.forms.messages import EnterForm, ReplyForm
from safeshare.web.reporter.mailbox_session import find_reporter
from safeshare.web.reporter.messages import show_enter, show_mailbox
from safeshare.web.reporter.pages import leave

_ASKING = frozenset(
    {
        "deciding.answer",
        "files.add_to_message",
        "turning.send_somebody_else",
        "turning.send_overseer",
    }
)
"""Forms without anything typed: their pages, asked for again, say the rest."""


def show_again(_error: CSRFError) -> ResponseReturnValue | None:
    """Answer a form without the proof of its session: show it again in a session of its own.

    Nothing is kept of it until it is sent from there, so a page of somebody else's can put
    nothing into a draft. None leaves the answer to the plain page.
    """
    endpoint, shown = request.endpoint, None
    if endpoint == "form.step":
        shown = _step_again()
    elif endpoint == "form.add_files":
        shown = show_files(again=True)
    elif endpoint == "messages.enter":
        shown = show_enter(EnterForm(request.form), request.form.get("unsent", ""))
    elif endpoint == "messages.write":
        shown = _message_again()
    elif endpoint in _ASKING:
        return redirect(request.path, 303)
    elif endpoint == "pages.leave":
        return leave()
    elif endpoint == "messages.leave":
        return redirect(url_for("pages.start"), 303)
    return None if shown is None else make_response(shown, 400)


def _step_again() -> ResponseReturnValue | None:
    draft = read_draft()
    try:
        page = get_step(str((request.view_args or {}).get("name")), draft)
    except (NotFoundError, StaleError):
        return None  # A new draft is anonymous: it asks for no name. The plain page shows it.
    return show_step(page, form_of(page, draft), draft, again=True)


def _message_again() -> str:
    reporter = find_reporter()
    if reporter is None:
        return show_enter(EnterForm(), request.form.get("message", ""))
    return show_mailbox(reporter, ReplyForm(request.form), again=True)
