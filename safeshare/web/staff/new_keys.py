"""New keys for somebody who lost passphrase and recovery code: a link, and what it leads to."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from safeshare.concerns.service.new_keys import (
    OfferKeys,
    Renewed,
    RenewKeys,
    is_link_good,
    offer_keys,
    renew_keys,
)
from safeshare.kernel.actors import Visitor
from safeshare.people.service.administering import LookAtAccount, look_at_account
from safeshare.web.shared.doors import serves
from safeshare.web.shared.guesses import count_wrong_guess
from safeshare.web.shared.i18n import gettext as _
from safeshare.web.staff.account_forms import SureForm, weakness_words
from safeshare.web.staff.answering import ask, is_sent, page
from safeshare.web.staff.guard import for_visitors
from safeshare.web.staff.people_forms import NewKeysForm
from safeshare.web.staff.signed_in import sealed_session, system

new_keys = Blueprint("new_keys", __name__, template_folder="templates")

_BOTH = ("GET", "POST")
_LINK = "new_keys"


@new_keys.route("/accounts/<uuid:staff_id>/new-keys", methods=_BOTH)
@serves(look_at_account, offer_keys)
def offer(staff_id: UUID) -> ResponseReturnValue:
    """Make a link for somebody who lost both. It is shown once."""
    one, form = ask(look_at_account, LookAtAccount(staff_id)), SureForm(request.form)
    if is_sent(form):
        link = ask(offer_keys, OfferKeys(staff_id))
        address = url_for("new_keys.show_link", link=link, _external=True)
        return render_template("staff/people/keys_offered.html", one=one, link=address)
    return page("staff/people/offer_keys.html", form, one=one)


@new_keys.get("/new-keys/<link>")
@for_visitors
@serves(is_link_good)
def show_link(link: str) -> ResponseReturnValue:
    """The page of a link. The link itself goes into the session, and out of the address bar."""
    if not system().gate.run(is_link_good, Visitor(), link):
        return render_template("staff/people/keys_fault.html"), 404
    kept = sealed_session()
    kept.clear()
    kept.is_idle = False
    kept[_LINK] = link
    return redirect(url_for("new_keys.renew"), 303)


@new_keys.route("/new-keys", methods=_BOTH)
@for_visitors
@serves(renew_keys)
def renew() -> ResponseReturnValue:
    """Choose a new passphrase, and read the new recovery code once."""
    form = NewKeysForm(request.form)
    if is_sent(form):
        typed = RenewKeys(session.get(_LINK, ""), form.six_digits.data, form.passphrase.data)
        made = system().gate.run(renew_keys, Visitor(), typed)
        if isinstance(made, Renewed):
            sealed_session().clear()
            return render_template("staff/people/keys_renewed.html", code=made.recovery_code)
        if made is None:
            count_wrong_guess()
            form.six_digits.errors = [
                _("Type the newest six digits. If they are refused again, ask for another link")
            ]
        else:
            form.passphrase.errors = [weakness_words(made)]
    return page("staff/people/new_keys.html", form)
