"""Nothing typed is lost: a form that came too late, or met a failure, is shown again."""

from flask import make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.datastructures import MultiDict

from safeshare.kernel.errors import NotFoundError
from safeshare.web.reporter.draft import read_draft
from safeshare.web.reporter.files import show_files
from safeshare.web.reporter.form_pages import form_of, get_step, show_step
from safeshare.web.reporter.forms.messages import EnterForm, ReplyForm
from safeshare.web.reporter.mailbox_session import find_reporter
from safeshare.web.reporter.messages import show_enter, show_mailbox
from safeshare.web.reporter.pages import leave
from safeshare.web.shared.errors import Typed
from safeshare.web.shared.large_forms import MOST_FIELDS

_LONG = 40
"""Characters from which a value is shown in a box of its own; choices and ids are shorter."""

_WRITTEN = "concern wishes who risk where when message unsent name phone reach address"
_ALWAYS_SHOWN = frozenset(_WRITTEN.split())

_ACCESS_CODE = frozenset({"code", "first", "second"})
"""Where the words of an access code are typed: no page shows or carries them again."""

_MESSAGES = frozenset({"/messages", "/messages/enter"})

_ASKING = frozenset(
    {
        "deciding.answer",
        "files.add_to_message",
        "turning.send_somebody_else",
        "turning.send_overseer",
    }
)
"""Forms without anything typed: their pages, asked for again, say the rest."""

_OURS = frozenset({"csrf_token", "id"})
"""What a page itself puts into its form."""


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


def typed() -> Typed | None:
    """What was typed into a form that could not be taken, found without session or database."""
    path = request.path
    if request.method != "POST" or not (path.startswith("/form/") or path in _MESSAGES):
        return None
    pairs = _pairs(request.form)
    kept = [pair for pair in pairs if pair[0] not in _ACCESS_CODE]
    if len(pairs) > MOST_FIELDS or not any(value for name, value in kept if name not in _OURS):
        return None
    texts = [pair for pair in kept if _is_text(*pair)]
    rest = [pair for pair in kept if not _is_text(*pair)]
    return Typed(request.root_path + request.full_path.rstrip("?"), texts, rest)


def _step_again() -> ResponseReturnValue | None:
    draft = read_draft()
    try:
        page = get_step(str((request.view_args or {}).get("name")), draft)
    except NotFoundError:
        return None
    return show_step(page, form_of(page, draft), draft, again=True)


def _message_again() -> str:
    reporter = find_reporter()
    if reporter is None:
        return show_enter(EnterForm(), request.form.get("message", ""))
    return show_mailbox(reporter, ReplyForm(request.form), again=True)


def _pairs(form: MultiDict[str, str]) -> list[tuple[str, str]]:
    return list(form.items(multi=True))


def _is_text(name: str, value: str) -> bool:
    return bool(value) and (name in _ALWAYS_SHOWN or len(value) > _LONG) and name not in _OURS
