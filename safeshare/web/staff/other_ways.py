"""Other ways in: a passkey, the organisation's own sign-in, and the printed recovery code."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from safeshare.kernel.actors import Visitor
from safeshare.kernel.errors import NotFoundError
from safeshare.people.rules import Weakness, normal_sign_in_name
from safeshare.people.service.identity_provider import (
    IdentityProvider,
    Journey,
    ProviderFault,
    Return,
    begin_at_provider,
    return_from_provider,
)
from safeshare.people.service.passkeys import (
    AfterPasskey,
    Owned,
    PassphraseWanted,
    UsePasskey,
    find_passkeys_of,
    finish_with_passphrase,
    sign_in_with_passkey,
)
from safeshare.people.service.recovering import Recover, recover_account
from safeshare.people.service.sign_in import is_known_browser, sign_in
from safeshare.people.service.webauthn import sign_in_request
from safeshare.web.shared.doors import serves
from safeshare.web.shared.guesses import count_wrong_guess, take_turn
from safeshare.web.shared.i18n import gettext as _
from safeshare.web.staff.account_forms import (
    ConfirmForm,
    PasskeyForm,
    PassphraseForm,
    RecoverForm,
    weakness_words,
)
from safeshare.web.staff.answering import page
from safeshare.web.staff.browsers import browser_cookie
from safeshare.web.staff.door import enter, guess
from safeshare.web.staff.guard import for_visitors
from safeshare.web.staff.passkey_asking import answered, new_challenge, party, take_challenge
from safeshare.web.staff.signed_in import sealed_session, system

other_ways = Blueprint("other_ways", __name__, template_folder="templates", url_prefix="/sign-in")

_PROVED = "passkey_proved"
_JOURNEY = "journey"
_NAMED = "named"
_MINUTES = timedelta(minutes=10)
_BOTH = ("GET", "POST")


@other_ways.get("/passkey")
@for_visitors
@serves(sign_in_with_passkey)
def show_passkey() -> ResponseReturnValue:
    """Ask the browser for a passkey."""
    sealed_session().begin_again()
    return _passkey_page(PasskeyForm())


@other_ways.post("/passkey")
@for_visitors
@serves(sign_in_with_passkey)
def send_passkey() -> ResponseReturnValue:
    """Judge the browser's answer."""
    form = PasskeyForm(request.form)
    return _onward_from_passkey(form) or _passkey_page(form)


@other_ways.route("/passphrase", methods=_BOTH)
@for_visitors
@serves(finish_with_passphrase)
def passphrase() -> ResponseReturnValue:
    """The passphrase of somebody whose passkey was right and cannot unlock their key."""
    owner, form = _proved_owner(), PassphraseForm(request.form)
    if owner is None:
        return redirect(url_for("other_ways.show_passkey"), 303)
    if request.method == "POST" and form.validate():
        take_turn(f"passkey {owner}")
        command = AfterPasskey(owner, form.passphrase.data, browser_cookie())
        signed_in = system().gate.run(finish_with_passphrase, Visitor(), command)
        if signed_in is not None:
            return enter(signed_in)
        count_wrong_guess(f"passkey {owner}")
        form.form_errors.append(_("The passphrase is wrong"))
    return page("staff/ways/passphrase.html", form)


@other_ways.get("/organisation")
@for_visitors
@serves(begin_at_provider)
def show_provider() -> ResponseReturnValue:
    """Send a visitor to the organisation's own sign-in."""
    if not system().gate.door(Visitor()).rule(IdentityProvider).issuer:
        raise NotFoundError("there is no such sign-in here")
    found = system().gate.run(begin_at_provider, Visitor(), _back())
    if isinstance(found, ProviderFault):
        return _provider_fault(found)
    session[_JOURNEY] = [found.state, found.nonce, found.verifier]
    return redirect(found.address, 303)


@other_ways.get("/organisation/back")
@for_visitors
@serves(return_from_provider)
def show_way_back() -> ResponseReturnValue:
    """Where the provider sends a visitor. The browser brings our cookie only with a request that
    one of our own pages makes (SameSite=Strict), so this page goes on to the next by itself.
    """
    code, state = request.args.get("code", ""), request.args.get("state", "")
    onward = url_for("other_ways.come_back", code=code, state=state)
    return render_template("staff/ways/back.html", onward=onward)


@other_ways.get("/organisation/done")
@for_visitors
@serves(return_from_provider)
def come_back() -> ResponseReturnValue:
    """Judge what the provider said of a visitor."""
    kept = session.pop(_JOURNEY, None) or ["", "", ""]
    code, state = request.args.get("code", ""), request.args.get("state", "")
    journey = Journey("", *kept)
    if not journey.state:
        return _provider_fault(ProviderFault.STATE)
    found = system().gate.run(
        return_from_provider, Visitor(), Return(code, state, journey, _back())
    )
    if isinstance(found, ProviderFault):
        count_wrong_guess()
        return _provider_fault(found)
    session[_NAMED] = [found.sign_in_name, _now().isoformat()]
    return redirect(url_for("other_ways.unlock"), 303)


@other_ways.route("/unlock", methods=_BOTH)
@for_visitors
@serves(sign_in, is_known_browser, find_passkeys_of)
def unlock() -> ResponseReturnValue:
    """Passphrase and second factor of somebody whom the provider named."""
    name, form = _recent(_NAMED), ConfirmForm(request.form)
    if name is None:
        return redirect(url_for("door.show_sign_in", again="1"), 303)
    if request.method == "POST" and form.validate():
        signed_in = guess(name, form.passphrase.data, form.six_digits.data)
        if signed_in is not None:
            return enter(signed_in)
        form.form_errors.append(_("The passphrase or the six digits are wrong"))
    form.six_digits.data = ""
    return page("staff/ways/unlock.html", form, name=name, has_passkey=_theirs() is not None)


@other_ways.route("/unlock/passkey", methods=_BOTH)
@for_visitors
@serves(find_passkeys_of, sign_in_with_passkey)
def unlock_with_passkey() -> ResponseReturnValue:
    """A passkey of somebody whom the provider named, and of nobody else."""
    theirs, form = _theirs(), PasskeyForm(request.form)
    if theirs is None:
        return redirect(url_for("other_ways.unlock"), 303)
    onward = _onward_from_passkey(form, theirs.owner) if request.method == "POST" else None
    if onward is not None:
        return onward
    options = sign_in_request(party(), new_challenge(), theirs.credential_ids)
    name = _recent(_NAMED)
    return page("staff/ways/unlock_passkey.html", form, options=options, name=name)


@other_ways.route("/recover", methods=_BOTH)
@for_visitors
@serves(recover_account)
def recover() -> ResponseReturnValue:
    """A new passphrase for somebody who forgot theirs and has the printed code."""
    form = RecoverForm(request.form)
    if request.method == "POST" and form.validate():
        target = f"name {normal_sign_in_name(form.sign_in_name.data)}"
        take_turn(target)
        found = system().gate.run(recover_account, Visitor(), _recovery(form))
        if isinstance(found, Weakness):
            form.passphrase.errors = [weakness_words(found)]
        elif found is not None:
            return enter(found)
        else:
            count_wrong_guess(target)
            form.form_errors.append(_("The sign-in name, the code or the six digits are wrong"))
    form.six_digits.data = ""
    return page("staff/ways/recover.html", form)


def _recovery(form: RecoverForm) -> Recover:
    return Recover(
        sign_in_name=form.sign_in_name.data,
        recovery_code=form.recovery_code.data,
        six_digits=form.six_digits.data,
        passphrase=form.passphrase.data,
    )


def _onward_from_passkey(
    form: PasskeyForm, owner: UUID | None = None
) -> ResponseReturnValue | None:
    """Where the browser's answer leads, which must be of `owner` where there is one. None, with a
    word on the form, where it is wrong.
    """
    command = UsePasskey(party(), take_challenge(), answered(form), browser_cookie(), owner)
    found = system().gate.run(sign_in_with_passkey, Visitor(), command)
    if found is None:
        count_wrong_guess()
        form.form_errors.append(_("This passkey cannot sign in here. Use another way"))
        return None
    if isinstance(found, PassphraseWanted):
        session[_PROVED] = [str(found.staff_id), _now().isoformat()]
        return redirect(url_for("other_ways.passphrase"), 303)
    return enter(found)


def _passkey_page(form: PasskeyForm) -> ResponseReturnValue:
    options = sign_in_request(party(), new_challenge())
    return page("staff/ways/passkey.html", form, options=options)


def _provider_fault(fault: ProviderFault) -> ResponseReturnValue:
    return render_template("staff/ways/provider_fault.html", fault=fault), 400


def _back() -> str:
    """Our address that the provider sends visitors to. It must be registered there."""
    host = system().settings.staff_host
    path = url_for("other_ways.show_way_back")
    if host is None or system().settings.is_demo:
        return request.host_url.rstrip("/") + path
    return f"https://{host}{path}"


def _theirs() -> Owned | None:
    """The passkeys of whom the provider named a moment ago."""
    name = _recent(_NAMED)
    return system().gate.run(find_passkeys_of, Visitor(), name) if name else None


def _proved_owner() -> UUID | None:
    owner = _recent(_PROVED)
    return UUID(owner) if owner else None


def _recent(key: str) -> str | None:
    """What the session kept with an instant, for as long as it is recent."""
    kept: Any = session.get(key)
    if not kept or _now() - datetime.fromisoformat(kept[1]) > _MINUTES:
        return None
    return str(kept[0])


def _now() -> datetime:
    return system().gate.clock.security_now().astimezone(UTC)
