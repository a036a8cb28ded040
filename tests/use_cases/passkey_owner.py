"""Somebody with a passkey, for the tests of signing in with one."""

from dataclasses import dataclass, replace

from safeshare.kernel.actors import Staff, Visitor
from safeshare.people.service.factors import add_passkey
from safeshare.people.service.passkeys import AddPasskey, UsePasskey
from safeshare.people.service.sign_in import RecogniseStaff, recognise_staff
from safeshare.people.service.webauthn import (
    RelyingParty,
    made_passkey,
    registration_request,
    sign_in_request,
)
from tests.cast import Stage
from tests.devices.authenticator import Authenticator

PARTY = RelyingParty("localhost", "http://localhost", "Test Service")
CHALLENGE = bytes(range(32))
NAME = "hr_1"


@dataclass
class Owner:
    """Somebody with a passkey, who goes on under a new session number after each change."""

    stage: Stage
    device: Authenticator
    number: int
    name: str = NAME

    @property
    def staff(self) -> Staff:
        """The owner, signed in."""
        enrolled = self.stage.enrolled[self.name]
        now = self.stage.time.now
        command = RecogniseStaff(enrolled.staff_id, enrolled.private_key, self.number, now)
        return self.stage.gate.run(recognise_staff, Visitor(), command)

    def adds(self, device: Authenticator, label: str = "blue key") -> None:
        """Add a passkey."""
        staff = self.staff
        options = registration_request(PARTY, staff.staff_id, self.name, (), CHALLENGE)
        answered = device.make(options)
        made = made_passkey(PARTY, CHALLENGE, answered)
        command = AddPasskey(made, label, staff.private_key, answered.secret)
        self.number = self.stage.gate.run(add_passkey, staff, command).session_number

    def used(self, challenge: bytes = CHALLENGE, **changed: object) -> UsePasskey:
        """What the browser sends."""
        answered = self.device.use(sign_in_request(PARTY, CHALLENGE))
        return replace(UsePasskey(PARTY, challenge, answered), **changed)  # type: ignore[arg-type]
