"""Sending, and the pages after it: the access code, and what happens next."""

import secrets
from dataclasses import replace

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import Form, StringField

from safeshare.concerns.service.submit import SubmitConcern, Submitted, submit_concern
from safeshare.kernel.errors import StaleError
from safeshare.kernel.sealed import AccessCode
from safeshare.web.reporter.draft import (
    CODE_SHOWN_FOR,
    Draft,
    Receipt,
    keep_receipt,
    read_draft,
    read_receipt,
)
from safeshare.web.reporter.forms.further import DRAFT_FILES
from safeshare.web.reporter.passing import run, security_now
from safeshare.web.reporter.steps import answers_to_send
from safeshare.web.reporter.visit import renew_visit
from safeshare.web.shared.doors import open_page, serves
from safeshare.web.shared.form_fields import tidy_text
from safeshare.web.shared.i18n import gettext
from safeshare.web.shared.kept_files import clear_shelf, kept_files

sending = Blueprint("sending", __name__, url_prefix="/form")

_LETTERS = 3
"""As at entry, the first three letters of a word are enough: no two words share them."""


class ProofForm(Form):
    """Two of the words, as proof that the code was saved."""

    first = StringField(filters=[tidy_text], render_kw={"class": "govuk-input--width-10"})
    second = StringField(filters=[tidy_text], render_kw={"class": "govuk-input--width-10"})

    def ask(self, receipt: Receipt) -> None:
        """Ask for the receipt's two words."""
        for field, position in zip((self.first, self.second), receipt.asked, strict=True):
            field.label.text = gettext("Word %(number)s", number=position)
            field.render_kw = field.render_kw | {"autocomplete": "off", "spellcheck": "false"}

    def proves(self, receipt: Receipt) -> bool:
        """Whether both words are right; says which is not."""
        wrong = [
            field
            for field, position in zip((self.first, self.second), receipt.asked, strict=True)
            if not _same(str(field.data or ""), receipt.words[position - 1])
        ]
        for field in wrong:
            field.errors = [gettext("%(word)s is not right", word=field.label.text)]
        return not wrong


@sending.post("/check")
@serves(submit_concern)
def send() -> ResponseReturnValue:
    """Send the concern. Pressed twice, it is sent once and leads to the same code."""
    draft = read_draft()
    if draft.code is None:
        return redirect(url_for("form.check"), 303)
    try:
        sent = _submit(draft, draft.code)
    except StaleError:  # A file waited too long. The page says so, and everything else is there.
        return redirect(url_for("form.check"), 303)
    keep_receipt(_receipt(sent, draft.code))
    clear_shelf(DRAFT_FILES)
    return redirect(url_for("sending.code"), 303)


@sending.route("/code", methods=["GET", "POST"])
@open_page("shows the access code that lies in the visitor's own session")
def code() -> ResponseReturnValue:
    """The access code, until it is proved to be saved, given up, or 30 minutes are over."""
    receipt = read_receipt(security_now())
    if receipt is None or not receipt.words:
        return redirect(url_for("sending.done"), 303)
    form = ProofForm(request.form or None)
    form.ask(receipt)
    if request.method == "POST" and ("unsaved" in request.form or form.proves(receipt)):
        return _forget_the_words(receipt)
    return render_template("reporter/code.html", form=form, receipt=receipt)


@sending.get("/done")
@open_page("says what happens next; knows only the visitor's own session")
def done() -> ResponseReturnValue:
    """What happens next."""
    receipt = read_receipt(security_now())
    if receipt is None:
        return redirect(url_for("pages.start"), 303)
    if receipt.words:
        return redirect(url_for("sending.code"), 303)
    return render_template("reporter/done.html", receipt=receipt)


def _submit(draft: Draft, code: AccessCode) -> Submitted:
    return run(
        submit_concern,
        SubmitConcern(
            answers=answers_to_send(draft),
            identity=draft.identity,
            address=draft.address,
            order=draft.order,
            code=code,
            ticked=draft.ticked,
            files=kept_files(DRAFT_FILES),
        ),
    )


def _receipt(sent: Submitted, code: AccessCode) -> Receipt:
    positions = sorted(secrets.SystemRandom().sample(range(1, len(code.words) + 1), 2))
    return Receipt(
        reference=sent.reference,
        next_on=sent.next_on,
        words=code.words,
        asked=(positions[0], positions[1]),
        shown_until=security_now() + CODE_SHOWN_FOR,
    )


def _forget_the_words(receipt: Receipt) -> ResponseReturnValue:
    """Destroy the box that holds the code: its row, and the cookie that opens it."""
    keep_receipt(replace(receipt, words=(), is_saved="unsaved" not in request.form))
    renew_visit()
    return redirect(url_for("sending.done"), 303)


def _same(typed: str, word: str) -> bool:
    letters = "".join(char for char in typed.casefold() if char.isalpha())
    whole = word.replace("-", "")
    return letters in {whole, whole[:_LETTERS]}
