"""Inviting somebody, one thing a page. What was said so far lies in the administrator's session."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from safeshare.kernel.actors import Role
from safeshare.kernel.errors import InvalidError
from safeshare.people.rules.roles import QUEUE_ROLES
from safeshare.people.service.administering import list_place_names, list_queue_names
from safeshare.people.service.invitations import Invite, Proposal, invite
from safeshare.web.shared.doors import serves
from safeshare.web.staff.account_forms import (
    EndDateForm,
    PersonForm,
    QueuesForm,
    RolesForm,
    SureForm,
)
from safeshare.web.staff.account_words import ROLE_WORDS, role_names
from safeshare.web.staff.accounts import blame, place_choices
from safeshare.web.staff.answering import ask, is_sent, page

inviting = Blueprint(
    "inviting", __name__, template_folder="templates", url_prefix="/accounts/invite"
)

_KEPT = "invitation"
_LINK = "invited"
_BOTH = ("GET", "POST")


@inviting.route("", methods=_BOTH)
@serves(invite, list_place_names)
def person() -> ResponseReturnValue:
    """Who is invited."""
    form = PersonForm(_sent(), **_kept().get("person", {}))
    form.location.choices = place_choices()
    if is_sent(form):
        session[_KEPT] = {**_kept(), "person": {name: str(form[name].data) for name in form.data}}
        return redirect(url_for("inviting.role"), 303)
    return page("staff/accounts/invite_person.html", form)


@inviting.route("/role", methods=_BOTH)
@serves(invite)
def role() -> ResponseReturnValue:
    """What they will do."""
    form = RolesForm(_sent(), roles=_kept().get("roles", []))
    form.offer(ROLE_WORDS)
    if is_sent(form):
        session[_KEPT] = {**_kept(), "roles": form.roles.data, "queues": [], "ends_on": ""}
        return redirect(url_for(_next_question(form.roles.data)), 303)
    return page("staff/accounts/invite_role.html", form)


@inviting.route("/queues", methods=_BOTH)
@serves(invite, list_queue_names)
def queues() -> ResponseReturnValue:
    """Which queues they are proposed for."""
    form = QueuesForm(_sent(), queues=_kept().get("queues", []))
    form.queues.choices = [(str(one), name) for one, name in ask(list_queue_names, None)]
    if is_sent(form):
        session[_KEPT] = {**_kept(), "queues": form.queues.data}
        return redirect(url_for("inviting.check"), 303)
    return page("staff/accounts/invite_queues.html", form)


@inviting.route("/end", methods=_BOTH)
@serves(invite)
def end() -> ResponseReturnValue:
    """An inspector's last day."""
    form = EndDateForm(_sent())
    if is_sent(form) and form.ends_on.data:
        session[_KEPT] = {**_kept(), "ends_on": form.ends_on.data.isoformat()}
        return redirect(url_for("inviting.check"), 303)
    return page("staff/accounts/invite_end.html", form)


@inviting.route("/check", methods=_BOTH)
@serves(invite, list_queue_names, list_place_names)
def check() -> ResponseReturnValue:
    """Everything once more, and then the link."""
    form, proposal = SureForm(request.form), _proposal()
    if proposal is None:
        return redirect(url_for("inviting.person"), 303)
    if is_sent(form) and _invite(form, proposal):
        session.pop(_KEPT)
        return redirect(url_for("inviting.link"), 303)
    names = dict(ask(list_queue_names, None))
    joined = [names[one] for one in proposal.queue_ids if one in names]
    roles = role_names(proposal.roles)
    places = ask(list_place_names, None)
    place = next((name for one, name in places if one == proposal.location_id), None)
    said = {"proposal": proposal, "queues": joined, "roles": roles, "place": place}
    return page("staff/accounts/check.html", form, **said)


@inviting.get("/link")
@serves(invite)
def link() -> ResponseReturnValue:
    """The link, shown once: it is kept nowhere but in the mail."""
    shown = session.pop(_LINK, "")
    if not shown:
        return redirect(url_for("accounts.show_all"), 303)
    return page("staff/accounts/link.html", SureForm(), link=shown)


def _sent() -> Any:
    return request.form if request.method == "POST" else None


def _kept() -> dict[str, Any]:
    kept: dict[str, Any] = session.get(_KEPT, {})
    return kept


def _next_question(roles: list[str]) -> str:
    if QUEUE_ROLES & {Role(one) for one in roles}:
        return "inviting.queues"
    return "inviting.end" if Role.INSPECTOR in roles else "inviting.check"


def _proposal() -> Proposal | None:
    kept = _kept()
    if "person" not in kept or "roles" not in kept:
        return None
    person = dict(kept["person"])
    location, number = person.pop("location"), person.pop("staff_number")
    return Proposal(
        **person,
        staff_number=number or None,
        location_id=UUID(location) if location else None,
        roles=frozenset(Role(one) for one in kept["roles"]),
        queue_ids=tuple(UUID(one) for one in kept["queues"]),
        ends_on=date.fromisoformat(kept["ends_on"]) if kept["ends_on"] else None,
    )


def _invite(form: SureForm, proposal: Proposal) -> bool:
    address = url_for("joining.show_link", link="-", _external=True).removesuffix("-")
    try:
        made = ask(invite, Invite(proposal, address))
    except InvalidError as error:
        blame(form, error)
        return False
    session[_LINK] = made.link
    return True
