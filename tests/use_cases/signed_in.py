"""Somebody of the cast who signs in with passphrase and phone."""

import pyotp

from safeshare.kernel.actors import Staff, Visitor
from safeshare.people.service.sign_in import RecogniseStaff, SignedIn, recognise_staff
from tests.cast import PASSPHRASE, Stage
from tests.use_cases.inviting import tried

NAME = "hr_1"


def digits(stage: Stage, steps: int = 0) -> str:
    """What the phone shows, were its clock so many steps ahead."""
    secret = stage.enrolled[NAME].totp_secret
    return pyotp.TOTP(secret).at(stage.time.now, counter_offset=steps)


def signed_in(stage: Stage, browser: str = "") -> SignedIn:
    """A sign-in that works, with digits that were not used."""
    stage.time.advance(seconds=30)
    found = tried(stage, NAME, PASSPHRASE, digits(stage), browser)
    if not isinstance(found, SignedIn):
        raise TypeError(found)
    return found


def actor(stage: Stage, found: SignedIn) -> Staff:
    """Whoever a session belongs to."""
    now = RecogniseStaff(found.staff_id, found.private_key, found.session_number, stage.time.now)
    return stage.gate.run(recognise_staff, Visitor(), now)
