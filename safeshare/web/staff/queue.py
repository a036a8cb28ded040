"""The first page: a handler's queue, or what somebody without one can do here."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from safeshare.casework.held_queries import Due, Place
from safeshare.casework.service.queue import ListQueue, QueuePage, list_queue
from safeshare.concerns.rules import OVER, CaseStatus, RiskBand
from safeshare.kernel.actors import Role
from safeshare.kernel.errors import InvalidError
from safeshare.people.service.own_account import look_at_own_account
from safeshare.web.shared.doors import serves
from safeshare.web.shared.i18n import gettext as _
from safeshare.web.shared.words import risk_words, status_name
from safeshare.web.staff.answering import ask
from safeshare.web.staff.forms import FilterForm
from safeshare.web.staff.signed_in import current_staff

queue = Blueprint("queue", __name__, template_folder="templates")

_ENDED = "over"
_HANDLERS = frozenset({Role.HANDLER, Role.SUPERVISOR})


@queue.get("/")
@serves(list_queue, look_at_own_account)
def home() -> ResponseReturnValue:
    """Where somebody lands who signed in."""
    roles = current_staff().roles
    if roles & _HANDLERS:
        return _queue_page()
    if Role.LEADER in roles:
        return redirect(url_for("themes.show"), 303)
    return render_template("staff/home.html", roles=roles)


def _queue_page() -> str:
    found = ask(list_queue, _command(request.args))
    form = FilterForm(request.args)
    _offer(form, found)
    chosen = {key: request.args[key] for key in form.data if request.args.get(key)}
    return render_template(
        "staff/queue.html",
        filters=form,
        found=found,
        chosen=chosen,
        next_page=_address(chosen, found.next) if found.next else None,
        first_page=_address(chosen) if "after" in request.args else None,
    )


def _address(chosen: Mapping[str, str], after: Place | None = None) -> str:
    parts: dict[str, Any] = {**chosen, **({"after": _written(after)} if after else {})}
    return url_for("queue.home", **parts)


def _offer(form: FilterForm, found: QueuePage) -> None:
    form.queue.choices = [("", _("All queues")), *((one.code, one.name) for one in found.queues)]
    form.status.choices = [
        ("", _("All that are open")),
        *((one.value, status_name(one)) for one in CaseStatus if one not in OVER),
        (_ENDED, _("All that have ended")),
    ]
    form.risk.choices = [("", _("Any")), *((one.value, risk_words(one)) for one in RiskBand)]
    form.due.choices = [
        ("", _("Any time")),
        (Due.OVERDUE.value, _("Overdue")),
        (Due.SOON.value, _("In the next 7 days")),
    ]


def _command(given: Mapping[str, Any]) -> ListQueue:
    """What the address asks for. Raises InvalidError where it was tampered with."""
    try:
        status = given.get("status", "")
        return ListQueue(
            queue=given.get("queue") or None,
            status=CaseStatus(status) if status not in ("", _ENDED) else None,
            risk=RiskBand(given["risk"]) if given.get("risk") else None,
            due=Due(given["due"]) if given.get("due") else None,
            mine=bool(given.get("mine")),
            over=status == _ENDED,
            after=_read(given["after"]) if given.get("after") else None,
        )
    except ValueError as error:
        raise InvalidError("the address of a queue page is not one of ours") from error


def _written(place: Place) -> str:
    return f"{place.due_on.isoformat()}_{place.received_on.isoformat()}_{place.case_id}"


def _read(after: str) -> Place:
    due_on, received_on, case_id = after.split("_")
    return Place(date.fromisoformat(due_on), date.fromisoformat(received_on), UUID(case_id))
