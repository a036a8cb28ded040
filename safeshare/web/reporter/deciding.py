"""What the reporter alone decides, and the history of who did what with their concern."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from safeshare.kernel.errors import StaleError
from safeshare.mailbox.service.history import ReadHistory, read_history
from safeshare.mailbox.service.requests import (
    AnswerRequest,
    Asked,
    answer_request,
    find_asked,
)
from safeshare.web.reporter.forms.deciding import AnswerForm
from safeshare.web.reporter.history_words import access_lines, reader_words
from safeshare.web.reporter.mailbox_session import find_reporter
from safeshare.web.reporter.passing import run
from safeshare.web.shared.doors import serves
from safeshare.web.shared.i18n import gettext

deciding = Blueprint("deciding", __name__, url_prefix="/messages")


@deciding.get("/question")
@serves(find_asked)
def question() -> ResponseReturnValue:
    """The question that waits for a yes or no."""
    reporter = find_reporter()
    if reporter is None:
        return redirect(url_for("messages.enter", closed="1"), 303)
    asked = run(find_asked, None, reporter)
    return _page(AnswerForm(), asked)


@deciding.post("/question")
@serves(find_asked, answer_request)
def answer() -> ResponseReturnValue:
    """The reporter's answer."""
    reporter, form = find_reporter(), AnswerForm(request.form)
    if reporter is None:
        return redirect(url_for("messages.enter", closed="1"), 303)
    if not form.validate():
        return _page(form, run(find_asked, None, reporter)), 400
    command = AnswerRequest(UUID(form.asked.data), agrees=form.answer.data == "yes")
    try:
        run(answer_request, command, reporter)
    except StaleError:
        flash(gettext("The question is no longer open, so nothing has changed."))
    else:
        flash(gettext("Your answer was kept. Thank you."))
    return redirect(url_for("messages.show"), 303)


@deciding.get("/history")
@serves(read_history)
def history() -> ResponseReturnValue:
    """Who did what with the concern, by day."""
    reporter = find_reporter()
    if reporter is None:
        return redirect(url_for("messages.enter", closed="1"), 303)
    page = request.args.get("page", 0, type=int)
    found = run(read_history, ReadHistory(page), reporter)
    return render_template(
        "reporter/history.html",
        readers=[reader_words(one) for one in found.now],
        days=access_lines(found.lines),
        found=found,
    )


def _page(form: AnswerForm, asked: Asked | None) -> str:
    if asked is not None:
        form.fit(asked)
    return render_template("reporter/question.html", form=form, asked=asked)
