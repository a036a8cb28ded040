"""Somebody's own account: how they sign in, and who lately did."""

from typing import Any
from uuid import UUID

from flask import (
    Blueprint,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue

from safeshare.concerns.service.own_grants import reseal_own_grants
from safeshare.kernel.errors import NotFoundError, WrongSecretError
from safeshare.people.rules import Weakness
from safeshare.people.service.factors import (
    ChangePassphrase,
    RemovePasskey,
    UseOtherPhone,
    add_passkey,
    change_passphrase,
    new_totp_secret,
    remove_passkey,
    renew_backup_codes,
    renew_recovery_code,
    sign_out_everywhere,
    use_other_phone,
)
from safeshare.people.service.own_account import list_recent_sign_ins, look_at_own_account
from safeshare.people.service.own_key import RenewOwnKey, renew_own_key
from safeshare.people.service.passkeys import AddPasskey
from safeshare.people.service.sign_in import SignedIn
from safeshare.people.service.webauthn import made_passkey, registration_request
from safeshare.web.shared.doors import serves
from safeshare.web.shared.i18n import gettext as _
from safeshare.web.staff.account_forms import (
    DigitsForm,
    NewPasskeyForm,
    NewPassphraseForm,
    PassphraseForm,
    SureForm,
    weakness_words,
)
from safeshare.web.staff.account_words import sign_in_words
from safeshare.web.staff.answering import ask, is_sent, page
from safeshare.web.staff.guard import safe_next
from safeshare.web.staff.passkey_asking import answered, new_challenge, party, take_challenge
from safeshare.web.staff.phone_secret import totp_address, totp_picture
from safeshare.web.staff.signed_in import current_staff, go_on_with, sealed_session, system
from safeshare.web.staff.upkeep import then_reseal_grants

account = Blueprint("account", __name__, template_folder="templates", url_prefix="/account")

_BOTH = ("GET", "POST")
_SECRET = "new_totp_secret"  # noqa: S105  # Where the session keeps it until its digits are proved.


@account.get("")
@serves(look_at_own_account)
def show() -> ResponseReturnValue:
    """What can be changed, each on a page of its own."""
    return render_template("staff/account/show.html", own=ask(look_at_own_account, None))


@account.get("/sign-ins")
@serves(list_recent_sign_ins)
def sign_ins() -> ResponseReturnValue:
    """Recent sign-ins, the newest first."""
    seen = ask(list_recent_sign_ins, None)
    return render_template("staff/account/sign_ins.html", seen=seen, words=sign_in_words)


@account.route("/passphrase", methods=_BOTH)
@serves(change_passphrase)
def passphrase() -> ResponseReturnValue:
    """Another passphrase."""
    form = NewPassphraseForm(request.form)
    if is_sent(form):
        made = ask(change_passphrase, ChangePassphrase(form.passphrase.data))
        if isinstance(made, SignedIn):
            return _changed(made, _("You changed your passphrase. Other browsers were signed out."))
        form.passphrase.errors = [weakness_words(Weakness(made))]
    return page("staff/account/passphrase.html", form)


@account.route("/phone", methods=_BOTH)
@serves(new_totp_secret, use_other_phone)
def phone() -> ResponseReturnValue:
    """Six digits from another phone, or from a first one."""
    form = DigitsForm(request.form)
    if _SECRET not in session:
        session[_SECRET] = ask(new_totp_secret, None)
    secret = str(session[_SECRET])
    if is_sent(form):
        made = ask(use_other_phone, UseOtherPhone(secret, form.six_digits.data))
        if made is not None:
            session.pop(_SECRET)
            return _changed(made, _("The six digits come from this phone now."))
        form.six_digits.errors = [_("Enter the six digits that your app shows now")]
    form.six_digits.data = ""
    return page("staff/account/phone.html", form, **_shown_secret(secret))


@account.route("/passkeys/new", methods=_BOTH)
@serves(look_at_own_account, add_passkey)
def new_passkey() -> ResponseReturnValue:
    """A passkey, made in the browser."""
    form = NewPasskeyForm(request.form)
    if is_sent(form) and (made := _added(form)):
        return _changed(made, _("You added a passkey."))
    name = ask(look_at_own_account, None).sign_in_name
    owner = current_staff().staff_id
    options = registration_request(party(), owner, name, (), new_challenge())
    return page("staff/account/new_passkey.html", form, options=options)


@account.route("/passkeys/<uuid:passkey_id>/remove", methods=_BOTH)
@serves(look_at_own_account, remove_passkey)
def drop_passkey(passkey_id: UUID) -> ResponseReturnValue:
    """Take a passkey away."""
    form, own = SureForm(request.form), ask(look_at_own_account, None)
    found = next((one for one in own.passkeys if one.passkey_id == passkey_id), None)
    if found is None:
        raise NotFoundError("there is no such passkey")
    if is_sent(form):
        made = ask(remove_passkey, RemovePasskey(passkey_id))
        if made is not None:
            return _changed(made, _("You took the passkey away."))
        form.form_errors.append(_("This is your only second factor. Add another one first"))
    return page("staff/account/drop_passkey.html", form, passkey=found)


@account.route("/backup-codes", methods=_BOTH)
@serves(renew_backup_codes)
def backup_codes() -> ResponseReturnValue:
    """New backup codes, shown once."""
    form = SureForm(request.form)
    made = ask(renew_backup_codes, None) if is_sent(form) else ()
    then = safe_next(request.args.get("then", ""))
    then = request.root_path + then if then else None
    return page("staff/account/backup_codes.html", form, codes=made, then=then)


@account.route("/recovery-code", methods=_BOTH)
@serves(renew_recovery_code)
def recovery_code() -> ResponseReturnValue:
    """A new recovery code, shown once."""
    form = SureForm(request.form)
    made = ask(renew_recovery_code, None) if is_sent(form) else ""
    return page("staff/account/recovery_code.html", form, code=made)


@account.route("/key", methods=_BOTH)
@serves(look_at_own_account, renew_own_key, reseal_own_grants)
def key() -> ResponseReturnValue:
    """A new key in place of one of an older suite, and a new recovery code, shown once."""
    form = PassphraseForm(request.form)
    if not ask(look_at_own_account, None).has_older_key:
        return redirect(url_for("account.show"), 303)
    if is_sent(form):
        made = ask(renew_own_key, RenewOwnKey(form.passphrase.data))
        if made is not None:
            go_on_with(made.signed_in)
            html = render_template("staff/account/key.html", form=form, code=made.recovery_code)
            return then_reseal_grants(make_response(html), made.signed_in)
        form.passphrase.errors = [_("This is not your passphrase")]
    return page("staff/account/key.html", form, code="")


@account.route("/sign-out-everywhere", methods=_BOTH)
@serves(sign_out_everywhere)
def leave_everywhere() -> ResponseReturnValue:
    """End every session of this account, this one too."""
    form = SureForm(request.form)
    if is_sent(form):
        ask(sign_out_everywhere, None)
        sealed_session().destroy()
        return redirect(url_for("door.show_sign_in", everywhere="1"), 303)
    return page("staff/account/sign_out.html", form)


def _changed(made: SignedIn, said: str) -> ResponseReturnValue:
    go_on_with(made)
    flash(said)
    return redirect(url_for("account.show"), 303)


def _added(form: NewPasskeyForm) -> SignedIn | None:
    try:
        made = made_passkey(party(), take_challenge(), answered(form))
    except WrongSecretError:
        form.form_errors.append(_("The passkey was not made. Try again"))
        return None
    key = current_staff().private_key
    return ask(add_passkey, AddPasskey(made, form.label.data, key, answered(form).secret))


def _shown_secret(secret: str) -> dict[str, Any]:
    name = ask(look_at_own_account, None).sign_in_name
    address = totp_address(secret, name, system().settings.organisation)
    return {"picture": totp_picture(address), "secret": secret, "address": address}
