"""Telling the reporter later what was found: asking for it, and a supervisor's word."""

from datetime import date

from flask import Blueprint
from flask.typing import ResponseReturnValue

from safeshare.casework.service.extending import (
    AskForExtension,
    DecideExtension,
    ReadExtension,
    ask_for_extension,
    decide_extension,
    read_extension,
)
from safeshare.web.shared.doors import serves
from safeshare.web.shared.i18n import day
from safeshare.web.shared.i18n import gettext as _
from safeshare.web.staff.answering import (
    ask,
    back_to_case,
    carried_out,
    decided,
    filled,
    is_sent,
    page,
    show_as_it_stands,
)
from safeshare.web.staff.deciding_forms import AgreeLaterForm, ExtendForm

extending = Blueprint("extending", __name__, template_folder="templates", url_prefix="/cases")

_BOTH = ("GET", "POST")


@extending.route("/<reference>/later-date", methods=_BOTH)
@serves(read_extension, ask_for_extension)
def extend(reference: str) -> ResponseReturnValue:
    """Ask for a later date."""
    found = ask(read_extension, ReadExtension(reference))
    form = filled(ExtendForm)
    form.until.choices = [(one.isoformat(), day(one)) for one in found.dates]
    if is_sent(form):
        until = date.fromisoformat(form.until.data)
        command = AskForExtension(reference, until, form.text.data)
        if carried_out(form, ask_for_extension, command):
            return back_to_case(
                reference, _("You asked for a later date. A supervisor must agree.")
            )
    return page("staff/later_date.html", form, found=found, case=found.summary)


@extending.route("/<reference>/later-date/decide", methods=_BOTH)
@serves(read_extension, decide_extension)
def decide(reference: str) -> ResponseReturnValue:
    """A supervisor's word on it."""
    form = filled(AgreeLaterForm)
    if is_sent(form):
        command = DecideExtension(reference, form.seen.data, form.decision.data == "yes")
        if decided(form, decide_extension, command):
            return back_to_case(reference, _("Your decision was written down."))
    found = ask(read_extension, ReadExtension(reference))
    show_as_it_stands(form, found.seen, may_decide=found.may_decide)
    return page("staff/later_date_decide.html", form, found=found, case=found.summary)
