"""Two pages of the mailbox: asking for somebody else, and asking the overseer to look."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from safeshare.kernel.actors import Reporter
from safeshare.kernel.errors import InvalidError
from safeshare.mailbox.service.turning import (
    AskForSomebodyElse,
    ask_for_somebody_else,
    escalate,
    look_whom_to_turn_to,
)
from safeshare.web.reporter.forms.turning import KEEP, LOSE, EarlierForm
from safeshare.web.reporter.mailbox_session import find_reporter
from safeshare.web.reporter.passing import run
from safeshare.web.shared.doors import serves
from safeshare.web.shared.i18n import gettext

turning = Blueprint("turning", __name__, url_prefix="/messages")


@turning.get("/else")
@serves(look_whom_to_turn_to)
def somebody_else() -> ResponseReturnValue:
    """Ask for somebody else."""
    reporter = find_reporter()
    if reporter is None:
        return redirect(url_for("messages.enter", closed="1"), 303)
    return _page("reporter/somebody_else.html", reporter, EarlierForm())


@turning.post("/else")
@serves(ask_for_somebody_else, look_whom_to_turn_to)
def send_somebody_else() -> ResponseReturnValue:
    """It is asked for."""
    reporter, form = find_reporter(), EarlierForm(request.form)
    if reporter is None:
        return redirect(url_for("messages.enter", closed="1"), 303)
    if not _asked(reporter, form):
        return _page("reporter/somebody_else.html", reporter, form), 400
    flash(gettext("A new person can read your messages now. They are told tomorrow."))
    return redirect(url_for("messages.show"), 303)


@turning.get("/overseer")
@serves(look_whom_to_turn_to)
def overseer() -> ResponseReturnValue:
    """Ask the overseer to look."""
    reporter = find_reporter()
    if reporter is None:
        return redirect(url_for("messages.enter", closed="1"), 303)
    return _page("reporter/overseer.html", reporter, EarlierForm())


@turning.post("/overseer")
@serves(escalate, look_whom_to_turn_to)
def send_overseer() -> ResponseReturnValue:
    """It is asked for."""
    reporter, form = find_reporter(), EarlierForm()
    if reporter is None:
        return redirect(url_for("messages.enter", closed="1"), 303)
    try:
        run(escalate, None, reporter)
    except InvalidError as error:
        form.earlier.errors = [_words(error)]
        return _page("reporter/overseer.html", reporter, form), 400
    flash(gettext("The overseer can read your messages now. They are told tomorrow."))
    return redirect(url_for("messages.show"), 303)


def _page(template: str, reporter: Reporter, form: EarlierForm) -> str:
    return render_template(template, form=form, to=run(look_whom_to_turn_to, None, reporter))


def _asked(reporter: Reporter, form: EarlierForm) -> bool:
    answer = form.earlier.data
    if answer not in {KEEP, LOSE} and _has_contact(reporter):
        form.earlier.errors = [gettext("Choose whether the person you have now can go on reading")]
        return False
    try:
        run(ask_for_somebody_else, AskForSomebodyElse(answer != LOSE), reporter)
    except InvalidError as error:
        form.earlier.errors = [_words(error)]
        return False
    return True


def _has_contact(reporter: Reporter) -> bool:
    return run(look_whom_to_turn_to, None, reporter).has_contact


def _words(error: InvalidError) -> str:
    words = {
        "nobody_left": gettext(
            "There is nobody else left to ask. You can ask the overseer instead."
        ),
        "asked_lately": gettext(
            "You asked for somebody else already. Give them a little time first."
        ),
        "last_key": gettext(
            "This person is the last who can open the notes, so we cannot take their access away "
            "yet. Choose that they can go on reading: you still get somebody new."
        ),
        "no_overseer": gettext(
            "The overseer cannot be reached here at the moment. See Support at the foot of this "
            "page for people outside the service."
        ),
    }
    return str(
        words.get(str(error), gettext("That cannot be done at the moment. Try again later."))
    )
