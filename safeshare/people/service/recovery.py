"""The recovery key: made once for the officers, so that no case is ever lost with its holders."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from safeshare.gate import Door, use_case
from safeshare.kernel.errors import StaleError
from safeshare.kernel.identifiers import new_id
from safeshare.kernel.keys import RecoverySet
from safeshare.kernel.sealed import PublicKey
from safeshare.ledger.events import Event
from safeshare.people.models import KeyKind, RecoveryNest, ServiceKey
from safeshare.people.queries import find_current_service_key
from safeshare.people.service.eligibility import service_record
from safeshare.policy.actions import Action


@dataclass(frozen=True, slots=True)
class InitRecovery:
    """The officers by name, and how many of them must come together."""

    officers: tuple[str, ...]
    threshold: int


@dataclass(frozen=True, slots=True)
class OfficerCode:
    """What is printed once for one officer."""

    name: str
    printed_code: str = field(repr=False)


@use_case(Action.RECOVERY_INIT)
def init_recovery(door: Door, command: InitRecovery) -> Sequence[OfficerCode]:
    """Make the recovery key and give back each officer's code, to be printed and kept nowhere else.

    Raises StaleError where a recovery key is in use: its renewal is another ceremony.
    """
    if find_current_service_key(door.read, KeyKind.RECOVERY):
        raise StaleError("Recovery has been set up already.")
    names = {new_id(): name for name in command.officers}
    made = door.vault.recovery_init(list(names), command.threshold)
    keys = [_signed_key(door, KeyKind.RECOVERY, made, made.set_id, "", made.public_key)]
    keys += [
        _signed_key(
            door,
            KeyKind.OFFICER,
            made,
            officer.officer_id,
            names[officer.officer_id],
            officer.public_key,
        )
        for officer in made.officers
    ]
    with door.change() as session:
        session.add_all(keys)
        session.add_all(
            RecoveryNest(
                set_id=box.set_id,
                officers=[str(officer) for officer in box.officers],
                nested=box.sealed,
            )
            for box in made.boxes
        )
        door.record(Event.RECOVERY_SET_UP, officers=str(len(names)), together=str(made.threshold))
    return [OfficerCode(names[o.officer_id], o.printed_code) for o in made.officers]


def _signed_key(
    door: Door, kind: KeyKind, made: RecoverySet, owner_id: UUID, name: str, public_key: PublicKey
) -> ServiceKey:
    key = ServiceKey(
        kind=kind,
        set_id=made.set_id,
        owner_id=owner_id,
        owner_name=name,
        public_key=public_key.raw,
        is_current=True,
    )
    key.mac = door.vault.eligibility_mac(service_record(key))
    return key
