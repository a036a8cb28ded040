"""Accounts as administrators see them: the list, one account, its roles, its end."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from safeshare.kernel.actors import Role
from safeshare.kernel.errors import InvalidError
from safeshare.people.account_queries import AccountPlace
from safeshare.people.service.administering import (
    ChangeRoles,
    EndAccount,
    LookAtAccount,
    Refusal,
    change_roles,
    end_account,
    list_all_accounts,
    list_place_names,
    look_at_account,
)
from safeshare.people.service.invitations import (
    Withdraw,
    list_waiting,
    withdraw_invitation,
)
from safeshare.people.service.proposed_roles import ApproveRole, approve_role, list_proposed
from safeshare.people.service.whereabouts import ChangeWhereabouts, change_whereabouts
from safeshare.web.shared.doors import serves
from safeshare.web.shared.i18n import gettext as _
from safeshare.web.staff.account_forms import EndDateForm, RolesForm, SureForm, WhereaboutsForm
from safeshare.web.staff.account_words import ROLE_WORDS, role_names, state_words
from safeshare.web.staff.answering import ask, is_sent, page

accounts = Blueprint("accounts", __name__, template_folder="templates", url_prefix="/accounts")

_BOTH = ("GET", "POST")


class RolesAndEndForm(RolesForm, EndDateForm):
    """What somebody does, and an inspector's last day."""


@accounts.get("")
@serves(list_all_accounts, list_waiting)
def show_all() -> ResponseReturnValue:
    """Everybody with an account, and who was invited."""
    found = ask(list_all_accounts, _after())
    return render_template(
        "staff/accounts/list.html",
        found=found,
        waiting=ask(list_waiting, None),
        is_first="after" not in request.args,
        role_names=role_names,
        state_words=state_words,
    )


@accounts.get("/<uuid:staff_id>")
@serves(look_at_account, list_place_names)
def show_one(staff_id: UUID) -> ResponseReturnValue:
    """One account."""
    one, places = ask(look_at_account, LookAtAccount(staff_id)), ask(list_place_names, None)
    return render_template(
        "staff/accounts/show.html",
        one=one,
        place=dict(places).get(one.location_id) if one.location_id else None,
        role_names=role_names,
        state_words=state_words,
    )


@accounts.route("/<uuid:staff_id>/roles", methods=_BOTH)
@serves(look_at_account, change_roles)
def roles(staff_id: UUID) -> ResponseReturnValue:
    """Change what somebody does."""
    one = ask(look_at_account, LookAtAccount(staff_id))
    given = {"roles": sorted(one.roles | one.proposed), "ends_on": one.ends_on}
    form = RolesAndEndForm(request.form if request.method == "POST" else None, **given)
    form.offer(ROLE_WORDS)
    form.ends_on.validators = []
    if is_sent(form) and _change(form, staff_id):
        flash(_("You changed what they do."))
        return redirect(url_for("accounts.show_one", staff_id=staff_id), 303)
    return page("staff/accounts/roles.html", form, one=one)


@accounts.route("/<uuid:staff_id>/whereabouts", methods=_BOTH)
@serves(look_at_account, list_place_names, change_whereabouts)
def whereabouts(staff_id: UUID) -> ResponseReturnValue:
    """Change somebody's staff number and place."""
    one = ask(look_at_account, LookAtAccount(staff_id))
    given = {"staff_number": one.staff_number or "", "location": str(one.location_id or "")}
    form = WhereaboutsForm(request.form if request.method == "POST" else None, **given)
    form.location.choices = place_choices()
    if is_sent(form) and _put(form, staff_id):
        flash(_("You changed the staff number and the place."))
        return redirect(url_for("accounts.show_one", staff_id=staff_id), 303)
    return page("staff/accounts/whereabouts.html", form, one=one)


@accounts.route("/<uuid:staff_id>/end", methods=_BOTH)
@serves(look_at_account, end_account)
def end(staff_id: UUID) -> ResponseReturnValue:
    """End an account."""
    one, form = ask(look_at_account, LookAtAccount(staff_id)), SureForm(request.form)
    if is_sent(form):
        refusal = ask(end_account, EndAccount(staff_id))
        if refusal is None:
            flash(_("You ended the account."))
            return redirect(url_for("accounts.show_one", staff_id=staff_id), 303)
        form.form_errors.append(refusal_words(refusal))
    return page("staff/accounts/end.html", form, one=one)


@accounts.route("/invitations/<uuid:invitation_id>/withdraw", methods=_BOTH)
@serves(withdraw_invitation)
def withdraw(invitation_id: UUID) -> ResponseReturnValue:
    """Make a link worthless."""
    form = SureForm(request.form)
    if is_sent(form):
        ask(withdraw_invitation, Withdraw(invitation_id))
        flash(_("You withdrew the invitation. Its link no longer works."))
        return redirect(url_for("accounts.show_all"), 303)
    return page("staff/accounts/withdraw.html", form)


@accounts.get("/proposed-roles")
@serves(list_proposed)
def show_proposed() -> ResponseReturnValue:
    """The roles over cases that wait for an overseer's approval."""
    waiting = ask(list_proposed, None)
    return render_template("staff/accounts/proposed.html", waiting=waiting, words=role_names)


@accounts.post("/<uuid:staff_id>/proposed-roles/<role>")
@serves(approve_role)
def approve(staff_id: UUID, role: str) -> ResponseReturnValue:
    """Let a role over cases count."""
    ask(approve_role, ApproveRole(staff_id, _role(role)))
    flash(_("You approved the role."))
    return redirect(url_for("accounts.show_proposed"), 303)


def refusal_words(refusal: Refusal) -> str:
    """Why an administrator's change was refused, and what to do about it."""
    words = {
        Refusal.LAST_ADMINISTRATOR: _(
            "There is no other administrator. Invite one first, and let them sign in"
        ),
        Refusal.STILL_IN_QUEUE: _(
            "They still serve a queue, and may hold cases. They must leave the queue first"
        ),
    }
    return str(words[refusal])


def fit_words(code: str) -> str:
    """Why roles, queues or a last day do not fit."""
    words = {
        "roles_do_not_fit": _(
            "Choose roles that go together: an administrator or a leader never works or watches "
            "cases, an overseer is no handler, and an inspector is nothing else"
        ),
        "queue_missing": _("Choose at least one queue"),
        "end_missing": _("Enter an inspector’s last day"),
        "end_without_inspector": _("Only an inspector has a last day"),
        "end_out_of_range": _("The last day must be from today to a year ahead"),
        "sign_in_name_taken": _("Somebody has this sign-in name: choose another"),
        "sign_in_name_not_allowed": _("Use small letters, digits, full stops and hyphens only"),
        "email_not_allowed": _("Enter an email address like name@service.example"),
    }
    return str(words.get(code, _("Check what you entered")))


def _change(form: RolesAndEndForm, staff_id: UUID) -> bool:
    chosen = frozenset(Role(one) for one in form.roles.data)
    try:
        refusal = ask(change_roles, ChangeRoles(staff_id, chosen, form.ends_on.data))
    except InvalidError as error:
        blame(form, error)
        return False
    if refusal is not None:
        form.roles.errors = [refusal_words(refusal)]
    return refusal is None


def place_choices() -> list[tuple[str, str]]:
    """The places that a form offers, and none."""
    places = ask(list_place_names, None)
    return [("", str(_("Not said"))), *((str(one), name) for one, name in places)]


def _put(form: WhereaboutsForm, staff_id: UUID) -> bool:
    place = UUID(form.location.data) if form.location.data else None
    try:
        ask(change_whereabouts, ChangeWhereabouts(staff_id, form.staff_number.data, place))
    except InvalidError as error:
        blame(form, error)
        return False
    return True


def blame(form: Any, error: InvalidError) -> None:
    """Show what does not fit beside the field that it names."""
    wanted = error.field if error.field and error.field in form else ""
    if wanted:
        form[wanted].errors = [fit_words(str(error))]
    else:
        form.form_errors.append(fit_words(str(error)))


def _after() -> AccountPlace | None:
    """Where the page begins. Raises InvalidError where the address was tampered with."""
    if "after" not in request.args:
        return None
    try:
        return AccountPlace(request.args.get("name", ""), UUID(request.args["after"]))
    except ValueError as error:
        raise InvalidError("the address of a page of accounts is not one of ours") from error


def _role(written: str) -> Role:
    try:
        return Role(written)
    except ValueError as error:
        raise InvalidError("there is no such role") from error
