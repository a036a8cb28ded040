"""Asking for both factors again before something dangerous."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from safeshare.people.service.confirming import Confirm, confirm, confirm_with_passkey
from safeshare.people.service.own_account import look_at_own_account
from safeshare.people.service.passkeys import UsePasskey
from safeshare.people.service.webauthn import sign_in_request
from safeshare.web.shared.doors import serves
from safeshare.web.shared.i18n import gettext as _
from safeshare.web.staff.account_forms import ConfirmForm, PasskeyForm
from safeshare.web.staff.answering import ask, page
from safeshare.web.staff.guard import safe_next
from safeshare.web.staff.passkey_asking import answered, new_challenge, party, take_challenge
from safeshare.web.staff.signed_in import count_wrong_proof, prove_again, sealed_session

confirming = Blueprint("confirming", __name__, template_folder="templates", url_prefix="/confirm")

MOST_WRONG = 5
"""How often it may be tried in vain before the session ends."""


@confirming.get("")
@serves(look_at_own_account)
def show() -> ResponseReturnValue:
    """Say why, and ask."""
    return _page(ConfirmForm())


@confirming.post("")
@serves(confirm)
def send() -> ResponseReturnValue:
    """Judge both factors."""
    form = ConfirmForm(request.form)
    if not form.validate():
        return _page(form)
    if ask(confirm, Confirm(form.passphrase.data, form.six_digits.data)):
        return _go_on()
    form.form_errors.append(_("The passphrase or the six digits are wrong"))
    return _again() or _page(form)


@confirming.get("/passkey")
@serves(look_at_own_account)
def show_passkey() -> ResponseReturnValue:
    """Ask the browser for a passkey."""
    return _passkey_page(PasskeyForm())


@confirming.post("/passkey")
@serves(confirm_with_passkey)
def send_passkey() -> ResponseReturnValue:
    """Judge the browser's answer."""
    form = PasskeyForm(request.form)
    if ask(confirm_with_passkey, UsePasskey(party(), take_challenge(), answered(form))):
        return _go_on()
    form.form_errors.append(_("This passkey is not one of yours. Use another, or the six digits"))
    return _again() or _passkey_page(form)


def _page(form: ConfirmForm) -> ResponseReturnValue:
    form.six_digits.data = ""
    has_passkey = bool(ask(look_at_own_account, None).passkeys)
    return page("staff/account/confirm.html", form, has_passkey=has_passkey, wanted=_wanted())


def _passkey_page(form: PasskeyForm) -> ResponseReturnValue:
    options = sign_in_request(party(), new_challenge())
    return page("staff/account/confirm_passkey.html", form, options=options, wanted=_wanted())


def _again() -> ResponseReturnValue | None:
    """Let them try again; the fifth time in vain ends the session."""
    if count_wrong_proof() < MOST_WRONG:
        return None
    sealed_session().destroy()
    return redirect(url_for("door.show_sign_in", proof="1"), 303)


def _go_on() -> ResponseReturnValue:
    prove_again()
    wanted = _wanted()
    return redirect(request.root_path + wanted if wanted else url_for("queue.home"), 303)


def _wanted() -> str:
    """The page to go on to. Addresses that `url_for` made begin with where the app is mounted."""
    wanted = safe_next(request.args.get("next", "")) or ""
    mounted = request.root_path.rstrip("/")
    return wanted.removeprefix(mounted) if mounted else wanted
