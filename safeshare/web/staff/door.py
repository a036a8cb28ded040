"""Signing in and out."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from safeshare.kernel.actors import Visitor
from safeshare.people.rules import normal_sign_in_name
from safeshare.people.service.identity_provider import IdentityProvider
from safeshare.people.service.own_account import has_backup_codes
from safeshare.people.service.parked import list_unsent
from safeshare.people.service.sign_in import (
    IsKnownBrowser,
    SignedIn,
    SignIn,
    is_known_browser,
    sign_in,
    sign_out,
)
from safeshare.web.shared.doors import serves
from safeshare.web.shared.guesses import count_wrong_guess, take_turn
from safeshare.web.shared.i18n import gettext as _
from safeshare.web.staff.answering import ask
from safeshare.web.staff.browsers import browser_cookie
from safeshare.web.staff.forms import SignInForm
from safeshare.web.staff.guard import for_visitors, safe_next
from safeshare.web.staff.signed_in import (
    begin_session,
    is_signed_in,
    sealed_session,
    system,
)
from safeshare.web.staff.upkeep import then_reseal_grants

door = Blueprint("door", __name__, template_folder="templates")


@door.get("/sign-in")
@for_visitors
@serves(sign_in)
def show_sign_in() -> ResponseReturnValue:
    """The way in. A session that was left alone becomes one of its owner, signed out."""
    if is_signed_in():
        return redirect(url_for("queue.home"), 303)
    sealed_session().begin_again()
    return _page(SignInForm())


@door.post("/sign-in")
@for_visitors
@serves(sign_in, is_known_browser)
def send_sign_in() -> ResponseReturnValue:
    """Both factors at once. Whatever is wrong, the answer is the same."""
    form = SignInForm(request.form)
    if form.validate():
        signed_in = guess(form.sign_in_name.data, form.passphrase.data, form.six_digits.data)
        if signed_in is not None:
            return enter(signed_in)
        form.form_errors.append(_("The sign-in name, the passphrase or the six digits are wrong"))
    return _page(form)


def guess(name: str, passphrase: str, six_digits: str) -> SignedIn | None:
    """Try both factors. Who guesses at an account from elsewhere slows nobody whose browser signed
    in to it before.
    """
    target, browser = f"name {normal_sign_in_name(name)}", browser_cookie()
    gate = system().gate
    if not (browser and gate.run(is_known_browser, Visitor(), IsKnownBrowser(name, browser))):
        take_turn(target)
    signed_in = gate.run(sign_in, Visitor(), SignIn(name, passphrase, six_digits, browser))
    if signed_in is None:
        count_wrong_guess(target)
    return signed_in


def enter(signed_in: SignedIn) -> ResponseReturnValue:
    """Begin the session, and go to the page that was asked for; first to that of a new key, for
    whose key is of an older suite.
    """
    begin_session(signed_in)
    if not system().gate.vault.is_key_of_today(signed_in.private_key):
        return redirect(url_for("account.key"), 303)
    return then_reseal_grants(redirect(_after_sign_in(), 303), signed_in)


@door.post("/sign-out")
@serves(sign_out)
def send_sign_out() -> ResponseReturnValue:
    """The way out. The session's row goes with this answer."""
    ask(sign_out, None)
    sealed_session().destroy()
    return redirect(url_for("door.show_sign_in", out="1"), 303)


def _page(form: SignInForm) -> ResponseReturnValue:
    form.six_digits.data = ""
    known = ("kept", "again", "out", "ready", "everywhere", "proof")
    notice = next((code for code in known if code in request.args), "")
    if sealed_session().is_lost:
        notice = "lost"
    provider = bool(system().gate.door(Visitor()).rule(IdentityProvider).issuer)
    page = render_template("staff/sign_in.html", form=form, notice=notice, provider=provider)
    return page, 400 if form.errors else 200


def _after_sign_in() -> str:
    if ask(list_unsent, None):
        return url_for("unsent.show_unsent")
    wanted = safe_next(request.args.get("next", ""))
    if not ask(has_backup_codes, None):
        return url_for("account.backup_codes", then=wanted or "/")
    return request.root_path + wanted if wanted else url_for("queue.home")
