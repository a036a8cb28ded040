"""What the pages with a passkey share: who we are to a browser, and a challenge for one use."""

from base64 import b64decode, b64encode
from secrets import token_bytes

from flask import request, session

from safeshare.people.service.webauthn import CHALLENGE_BYTES, Answered, RelyingParty
from safeshare.web.staff.account_forms import PasskeyForm
from safeshare.web.staff.signed_in import system

_CHALLENGE = "challenge"


def party() -> RelyingParty:
    """We, as passkeys know us: the staff host over https; in a demo the address that was typed."""
    settings = system().settings
    if settings.is_demo or settings.staff_host is None:
        host, origin = request.host, request.host_url.rstrip("/")
    else:
        host, origin = settings.staff_host, f"https://{settings.staff_host}"
    return RelyingParty(host.partition(":")[0], origin, settings.organisation)


def new_challenge() -> bytes:
    """A challenge for the page that is being drawn. The one of an older page counts no more."""
    challenge = token_bytes(CHALLENGE_BYTES)
    session[_CHALLENGE] = b64encode(challenge).decode()
    return challenge


def take_challenge() -> bytes:
    """The challenge of the page that was answered, once; empty, which nothing fits, where there is
    none.
    """
    return b64decode(session.pop(_CHALLENGE, ""))


def answered(form: PasskeyForm) -> Answered:
    """What the browser said."""
    return Answered(form.credential.data or "", form.prf.data or "")
