"""Adding a holder to a case, and handing many cases over, one batch a request."""

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from safeshare.casework.service.handing_over import (
    AddHolder,
    Colleague,
    HandOver,
    OfferColleagues,
    add_holder,
    count_cases_to_hand_over,
    hand_over,
    list_colleagues,
    list_colleagues_for,
)
from safeshare.casework.service.summary import LookAtCase, look_at_case
from safeshare.web.shared.doors import serves
from safeshare.web.shared.form_fields import choice
from safeshare.web.shared.i18n import gettext as _
from safeshare.web.staff.answering import ask, back_to_case, filled, is_sent, page
from safeshare.web.staff.changing import done
from safeshare.web.staff.people_forms import AddHolderForm, HandOverForm, StepForm
from safeshare.web.staff.unsent import forget_unsent

handing_over = Blueprint("handing_over", __name__, template_folder="templates")

_BOTH = ("GET", "POST")


@handing_over.route("/cases/<reference>/add-holder", methods=_BOTH)
@serves(look_at_case, list_colleagues_for, add_holder)
def add(reference: str) -> ResponseReturnValue:
    """Give a colleague the keys of a case."""
    case = ask(look_at_case, LookAtCase(reference))
    form = filled(AddHolderForm)
    form.staff_id.choices = _offered(ask(list_colleagues_for, OfferColleagues(reference)))
    if is_sent(form):
        command = AddHolder(reference, UUID(form.staff_id.data), form.reason.data)
        if done(form, add_holder, command):
            forget_unsent()
            return back_to_case(reference, _("They hold the case now as well."))
    return page("staff/people/add_holder.html", form, case=case)


@handing_over.route("/hand-over", methods=_BOTH)
@serves(list_colleagues)
def choose() -> ResponseReturnValue:
    """Who is given the actor's cases, and which of them."""
    form, colleagues = filled(HandOverForm), ask(list_colleagues, None)
    form.staff_id.choices = _offered(colleagues)
    form.held_by.choices = [("", _("All the cases that I hold")), *_also_held(colleagues)]
    if is_sent(form):
        target = url_for(
            "handing_over.go_on", staff_id=form.staff_id.data, by=form.held_by.data or None
        )
        return redirect(target, 303)
    return page("staff/people/hand_over.html", form)


@handing_over.route("/hand-over/<uuid:staff_id>", methods=_BOTH)
@serves(list_colleagues, count_cases_to_hand_over, hand_over)
def go_on(staff_id: UUID) -> ResponseReturnValue:
    """How many cases it would be; then batch after batch until none is left."""
    form = StepForm(request.form)
    command = HandOver(staff_id, _chosen("by"), _id(form.after.data))
    if request.method == "POST" and form.validate():
        batch = ask(hand_over, command)
        form.given.data = int(form.given.data or 0) + batch.given
        form.refused.data = int(form.refused.data or 0) + batch.refused
        form.after.data = str(batch.after or "")
        is_over = batch.after is None
        template = "staff/people/handed_over.html" if is_over else "staff/people/going_on.html"
        return page(template, form, name=_name(staff_id))
    count = ask(count_cases_to_hand_over, command)
    return page("staff/people/sure_to_hand_over.html", form, name=_name(staff_id), count=count)


def _also_held(colleagues: Sequence[Colleague]) -> list[tuple[str, str]]:
    words = _("Those that %(name)s holds as well")
    return [(str(one.staff_id), words % {"name": one.name}) for one in colleagues]


def _offered(colleagues: Sequence[Colleague]) -> list[object]:
    return [choice(str(one.staff_id), one.name, one.job_title) for one in colleagues]


def _name(staff_id: UUID) -> str:
    found = [one.name for one in ask(list_colleagues, None) if one.staff_id == staff_id]
    return found[0] if found else str(_("this colleague"))


def _chosen(name: str) -> UUID | None:
    return _id(request.args.get(name))


def _id(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
