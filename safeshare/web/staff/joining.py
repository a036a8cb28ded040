"""Joining by a link: passphrase, second factor, codes on paper, one thing a page.

What was made so far lies in the visitor's sealed session. The account begins with the last step.
"""

from base64 import b64decode, b64encode
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from safeshare.gate import UseCase
from safeshare.kernel.actors import Visitor
from safeshare.kernel.errors import WrongSecretError
from safeshare.kernel.keys import StaffSecrets
from safeshare.kernel.sealed import PrivateKey, PublicKey, Sealed
from safeshare.people.rules import Weakness
from safeshare.people.service.invitations import (
    LinkFault,
    LookAtLink,
    OpenInvitation,
    look_at_link,
)
from safeshare.people.service.joining import (
    ChoosePassphrase,
    Join,
    Prepared,
    TryDigits,
    choose_passphrase,
    join,
    try_digits,
)
from safeshare.people.service.passkeys import AddPasskey
from safeshare.people.service.webauthn import NewPasskey, made_passkey, registration_request
from safeshare.web.shared.doors import serves
from safeshare.web.shared.i18n import gettext as _
from safeshare.web.staff.account_forms import (
    DigitsForm,
    FactorForm,
    KeptForm,
    NewPasskeyForm,
    NewPassphraseForm,
    SureForm,
    weakness_words,
)
from safeshare.web.staff.account_words import role_names
from safeshare.web.staff.answering import page
from safeshare.web.staff.guard import for_visitors
from safeshare.web.staff.passkey_asking import answered, new_challenge, party, take_challenge
from safeshare.web.staff.phone_secret import totp_address, totp_picture
from safeshare.web.staff.signed_in import sealed_session, system

joining = Blueprint("joining", __name__, template_folder="templates", url_prefix="/join")

_LINK = "link"
_MADE = "made"
_STEP = "totp_step"
_PASSKEY = "passkey"
_BOTH = ("GET", "POST")


@joining.get("/<link>")
@for_visitors
@serves(look_at_link)
def show_link(link: str) -> ResponseReturnValue:
    """The page of a link. The link itself goes into the session, and out of the address bar."""
    found = _run(look_at_link, LookAtLink(link))
    if isinstance(found, LinkFault):
        return _fault(found)
    kept = sealed_session()
    kept.clear()
    kept.is_idle = False
    kept[_LINK] = link
    return redirect(url_for("joining.welcome"), 303)


@joining.get("")
@for_visitors
@serves(look_at_link)
def welcome() -> ResponseReturnValue:
    """What was proposed, and what comes next."""
    found = _run(look_at_link, LookAtLink(session.get(_LINK, "")))
    if isinstance(found, LinkFault):
        return _fault(found)
    names = role_names(found.proposal.roles)
    return page("staff/joining/welcome.html", SureForm(), proposal=found.proposal, roles=names)


@joining.route("/passphrase", methods=_BOTH)
@for_visitors
@serves(choose_passphrase)
def passphrase() -> ResponseReturnValue:
    """The passphrase, which nobody else ever knows."""
    form = NewPassphraseForm(request.form)
    if request.method == "POST" and form.validate():
        command = ChoosePassphrase(session.get(_LINK, ""), form.passphrase.data)
        made = _run(choose_passphrase, command)
        if isinstance(made, LinkFault):
            return _fault(made)
        if isinstance(made, Prepared):
            session[_MADE] = _written(made)
            return redirect(url_for("joining.factor"), 303)
        form.passphrase.errors = [weakness_words(Weakness(made))]
    return page("staff/joining/passphrase.html", form)


@joining.route("/factor", methods=_BOTH)
@for_visitors
@serves(choose_passphrase)
def factor() -> ResponseReturnValue:
    """Which second factor to begin with."""
    form = FactorForm(request.form)
    if _made() is None:
        return _from_the_start()
    if request.method == "POST" and form.validate():
        return redirect(url_for(f"joining.{form.factor.data}"), 303)
    return page("staff/joining/factor.html", form)


@joining.route("/app", methods=_BOTH)
@for_visitors
@serves(try_digits)
def app() -> ResponseReturnValue:
    """The secret for an authenticator app, and the digits that prove that it has it."""
    form, made = DigitsForm(request.form), _made()
    if made is None:
        return _from_the_start()
    if request.method == "POST" and form.validate():
        step = _run(try_digits, TryDigits(made.totp_secret, form.six_digits.data))
        if step is not None:
            session[_STEP] = step
            return redirect(url_for("joining.codes"), 303)
        form.six_digits.errors = [_("Enter the six digits that your app shows now")]
    form.six_digits.data = ""
    return page("staff/joining/app.html", form, **_shown_secret(made.totp_secret))


@joining.route("/passkey", methods=_BOTH)
@for_visitors
@serves(choose_passphrase)
def passkey() -> ResponseReturnValue:
    """A passkey, made in the browser."""
    form, made = NewPasskeyForm(request.form), _made()
    if made is None:
        return _from_the_start()
    if request.method == "POST" and form.validate() and _keep_passkey(form):
        return redirect(url_for("joining.codes"), 303)
    name = _name()
    options = registration_request(party(), made.staff_id, name, (), new_challenge())
    return page("staff/joining/passkey.html", form, options=options)


@joining.route("/codes", methods=_BOTH)
@for_visitors
@serves(join)
def codes() -> ResponseReturnValue:
    """The codes on paper. With somebody's word that they have them, the account begins."""
    form, made = KeptForm(request.form), _made()
    if made is None or not (_STEP in session or _PASSKEY in session):
        return _from_the_start()
    if request.method == "POST" and form.validate():
        fault = _run(join, _join(made))
        if fault is not None:
            return _fault(fault)
        sealed_session().destroy()
        return redirect(url_for("door.show_sign_in", ready="1"), 303)
    return page("staff/joining/codes.html", form, made=made)


def _run(case: UseCase[Any, Any], command: object) -> Any:
    return system().gate.run(case, Visitor(), command)


def _fault(fault: LinkFault) -> ResponseReturnValue:
    """Say why. It counts for no limit: a link cannot be guessed, and any site could have browsers
    of a station ask for links until nobody there may try to sign in.
    """
    return render_template("staff/joining/fault.html", fault=fault), 404


def _from_the_start() -> ResponseReturnValue:
    return redirect(url_for("joining.welcome"), 303)


def _name() -> str:
    found = _run(look_at_link, LookAtLink(session.get(_LINK, "")))
    return found.proposal.sign_in_name if isinstance(found, OpenInvitation) else ""


def _shown_secret(secret: str) -> dict[str, Any]:
    address = totp_address(secret, _name(), system().settings.organisation)
    return {"picture": totp_picture(address), "secret": secret, "address": address}


def _keep_passkey(form: NewPasskeyForm) -> bool:
    try:
        made = made_passkey(party(), take_challenge(), answered(form))
    except WrongSecretError:
        form.form_errors.append(_("The passkey was not made. Try again"))
        return False
    session[_PASSKEY] = {
        "credential": b64encode(made.credential_id).decode(),
        "public_key": b64encode(made.public_key).decode(),
        "count": made.count,
        "label": form.label.data,
        "secret": b64encode(answered(form).secret or b"").decode(),
    }
    return True


def _join(made: Prepared) -> Join:
    kept: Any = session.get(_PASSKEY)
    if kept is None:
        return Join(session.get(_LINK, ""), made, totp_step=session[_STEP])
    new = NewPasskey(b64decode(kept["credential"]), b64decode(kept["public_key"]), kept["count"])
    secret = b64decode(kept["secret"]) or None
    command = AddPasskey(new, kept["label"], made.secrets.private_key, secret)
    return Join(session.get(_LINK, ""), made, session.get(_STEP), command)


def _written(made: Prepared) -> dict[str, Any]:
    secrets = made.secrets
    raw = {
        "salt": secrets.salt,
        "verifier": secrets.verifier,
        "public_key": secrets.public_key.raw,
        "private_key": secrets.private_key.raw,
        "wrapped": secrets.wrapped.blob,
        "recovery_wrap": secrets.recovery_wrap.blob,
    }
    return {
        "staff_id": str(made.staff_id),
        "recovery_code": secrets.recovery_code,
        "totp_secret": made.totp_secret,
        "backup_codes": list(made.backup_codes),
        **{name: b64encode(value).decode() for name, value in raw.items()},
    }


def _made() -> Prepared | None:
    kept: Any = session.get(_MADE)
    if kept is None:
        return None
    secrets = StaffSecrets(
        salt=b64decode(kept["salt"]),
        verifier=b64decode(kept["verifier"]),
        public_key=PublicKey(b64decode(kept["public_key"])),
        private_key=PrivateKey(b64decode(kept["private_key"])),
        wrapped=Sealed(b64decode(kept["wrapped"])),
        recovery_code=kept["recovery_code"],
        recovery_wrap=Sealed(b64decode(kept["recovery_wrap"])),
    )
    codes = tuple(kept["backup_codes"])
    return Prepared(UUID(kept["staff_id"]), secrets, kept["totp_secret"], codes)
