"""Who is signed in. Their key lies in the sealed session; they are looked up at each request."""

from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from flask import Flask, Response, current_app, session
from flask_login import LoginManager, current_user, login_user

from safeshare.kernel.actors import Staff, Visitor
from safeshare.kernel.errors import NotFoundError, SealBrokenError
from safeshare.kernel.sealed import PrivateKey
from safeshare.people.service.sign_in import RecogniseStaff, SignedIn, recognise_staff
from safeshare.web.shared.session import SealedSession, SealedSessionInterface
from safeshare.web.staff.browsers import mark_browser
from safeshare.wiring import System

_SYSTEM = "safeshare.system"
_KEY = "key"
_STAFF_ID = "staff_id"
_NUMBER = "number"
_PROVED_AT = "proved_at"
_WRONG = "wrong"
_BLURRED_BROWSER = "_id"
"""Where Flask-Login puts a hash of address and browser, which we never keep."""


@dataclass(frozen=True)
class SignedInStaff:
    """A member of staff as Flask-Login wants a user to be."""

    staff: Staff
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        """What Flask-Login keeps in the session."""
        return str(self.staff.staff_id)


class _WithoutRemembering(LoginManager):
    """Flask-Login with nothing but the owner of the session. It would make a hash of each visitor's
    address and browser, believe a "remember me" cookie, and look into the session after each
    request: where that cannot be opened, the answer would lose its protecting headers.
    """

    def _load_user(self) -> None:
        staff_id = session.get("_user_id")
        self._update_request_context_with_user(_load(staff_id) if staff_id is not None else None)

    def _update_remember_cookie(self, response: Response) -> Response:
        return response


def know_staff(app: Flask, system: System) -> None:
    """Let Flask-Login find the owner of a session, without a cookie or a fingerprint of its own."""
    app.extensions[_SYSTEM] = system
    logins = _WithoutRemembering()
    logins.session_protection = None
    logins.init_app(app, add_context_processor=False)


def system() -> System:
    """The product behind this app."""
    found: System = current_app.extensions[_SYSTEM]
    return found


def is_signed_in() -> bool:
    """Whether somebody is, and may be."""
    return bool(current_user.is_authenticated)


def current_staff() -> Staff:
    """Whoever is signed in. Raises NotFoundError where nobody is."""
    if not is_signed_in():
        raise NotFoundError("nobody is signed in")
    found: Staff = current_user.staff
    return found


def absent_owner() -> Staff | None:
    """The owner of a session that was left alone too long: somebody to keep their form for.

    They have no key, so they can open nothing.
    """
    if _STAFF_ID not in session:
        return None
    return _recognise(UUID(session[_STAFF_ID]), PrivateKey(b""), None)


def begin_session(signed_in: SignedIn) -> Staff:
    """Start a session under a new cookie. Raises SealBrokenError where the account was forged."""
    kept = sealed_session()
    kept.clear()
    kept.is_idle = False
    kept[_NUMBER] = signed_in.session_number
    proved_at = system().gate.clock.security_now()
    staff = _recognise(signed_in.staff_id, signed_in.private_key, proved_at)
    if staff is None:
        raise NotFoundError("this account may not sign in")
    interface = current_app.session_interface
    if not isinstance(interface, SealedSessionInterface):
        raise TypeError("the staff app keeps its sessions sealed")
    interface.renew(kept)
    kept[_STAFF_ID] = str(staff.staff_id)
    kept[_KEY] = b64encode(signed_in.private_key.raw).decode()
    kept[_PROVED_AT] = proved_at.isoformat()
    mark_browser(signed_in.browser)
    login_user(SignedInStaff(staff))
    kept.pop(_BLURRED_BROWSER, None)
    return staff


def go_on_with(signed_in: SignedIn) -> None:
    """Go on after something was changed that ended every session of the account, this one too."""
    kept = sealed_session()
    kept[_NUMBER] = signed_in.session_number
    kept[_KEY] = b64encode(signed_in.private_key.raw).decode()
    mark_browser(signed_in.browser)


def prove_again() -> None:
    """Note that whoever is signed in has given both factors just now."""
    kept = sealed_session()
    kept[_PROVED_AT] = system().gate.clock.security_now().isoformat()
    kept.pop(_WRONG, None)


def count_wrong_proof() -> int:
    """How often both factors were asked for again in vain, this time included."""
    kept = sealed_session()
    kept[_WRONG] = int(kept.get(_WRONG, 0)) + 1
    return int(kept[_WRONG])


def sealed_session() -> SealedSession:
    """The session as what it is."""
    return cast("SealedSession", session)


def _load(staff_id: str) -> SignedInStaff | None:
    if _KEY not in session:
        return None
    try:
        key = PrivateKey(b64decode(session[_KEY]))
        staff = _recognise(UUID(staff_id), key, _instant(session.get(_PROVED_AT)))
    except SealBrokenError:
        sealed_session().destroy()
        raise
    if staff is None:
        sealed_session().destroy()
        return None
    return SignedInStaff(staff)


def _recognise(staff_id: UUID, private_key: PrivateKey, proved_at: datetime | None) -> Staff | None:
    command = RecogniseStaff(staff_id, private_key, int(session.get(_NUMBER, 1)), proved_at)
    try:
        return system().gate.run(recognise_staff, Visitor(), command)
    except NotFoundError:
        return None


def _instant(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None
