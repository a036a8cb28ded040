"""Recovery officers coming together: which keys there are, and opening one with the codes typed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from safeshare.gate import Door, use_case
from safeshare.kernel.actors import Officers
from safeshare.kernel.errors import StaleError, WrongSecretError
from safeshare.kernel.keys import RecoveryBox
from safeshare.kernel.sealed import PrivateKey
from safeshare.ledger.events import Event
from safeshare.people.models import KeyKind, RecoveryNest, ServiceKey
from safeshare.people.queries import list_nests, list_service_keys
from safeshare.people.service.eligibility import trusted_public_key
from safeshare.policy.actions import Action

_LETTERS = 8
"""How much of an officer's id the ledger's entry holds: nine of them fit into it."""


@dataclass(frozen=True, slots=True)
class RecoveryShown:
    """One recovery key: its officers by id and name, and how many of them must come together.

    `is_signed` is False where any of its records is not as it was signed. `is_used`: officers came
    together for it, so that it should have been renewed.
    """

    set_id: UUID
    number: int
    officers: tuple[tuple[UUID, str], ...]
    together: int
    is_current: bool
    is_signed: bool
    is_used: bool


@dataclass(frozen=True, slots=True)
class MeetOfficers:
    """The codes that were typed, by officer. Who is not there is left out."""

    set_id: UUID
    codes: Mapping[UUID, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Met:
    """What came of it: the officers as actors, or why not.

    `wrong` are the names of those whose code is not right; `missing` is how many codes are needed
    beyond those given; `forged` says that a record was changed behind our back.
    """

    officers: Officers | None = None
    wrong: tuple[str, ...] = ()
    missing: int = 0
    forged: bool = False


@use_case(Action.RECOVERY_LOOK)
def list_recovery(door: Door, _command: None) -> Sequence[RecoveryShown]:
    """The recovery keys that are kept, the oldest first: more than one only during a renewal."""
    keys = list_service_keys(door.read)
    return [_shown(door, keys, key) for key in keys if key.kind is KeyKind.RECOVERY]


@use_case(Action.RECOVERY_MEET)
def meet_officers(door: Door, command: MeetOfficers) -> Met:
    """Open the recovery key with the officers' codes. Every refusal is an entry, and so is success.

    The officers' own records must be as they were signed: a name that was swapped for another's
    must not be asked for a code. Raises StaleError where the key is gone.
    """
    keys = [key for key in list_service_keys(door.read) if key.set_id == command.set_id]
    recovery = next((key for key in keys if key.kind is KeyKind.RECOVERY), None)
    if recovery is None:
        raise StaleError("This recovery key has been thrown away already.")
    nests = list_nests(door.read, command.set_id)
    met = _opened(door, recovery, [key for key in keys if key is not recovery], nests, command)
    if met.officers is None:
        _refuse(door, met)
        return met
    with door.change() as session:
        session.get_one(ServiceKey, recovery.id).used_on = door.clock.today()
        who = " ".join(sorted(one.hex[:_LETTERS] for one in command.codes))
        door.record(Event.RECOVERY_OPENED, number=str(recovery.number), officers=who)
    return met


def _refuse(door: Door, met: Met) -> None:
    if met.forged:
        door.record(Event.ALARM_RAISED, alarm="recovery_key_not_as_signed")
    why = "forged" if met.forged else "wrong_code" if met.wrong else "too_few"
    door.record(Event.RECOVERY_REFUSED, why=why)


def _opened(
    door: Door,
    recovery: ServiceKey,
    owners: Sequence[ServiceKey],
    nests: Sequence[RecoveryNest],
    command: MeetOfficers,
) -> Met:
    public_key = trusted_public_key(door, recovery)
    officer_keys = {key.owner_id: trusted_public_key(door, key) for key in owners}
    if public_key is None or not nests or None in officer_keys.values():
        return Met(forged=True)
    wrong = tuple(
        owner.owner_name
        for owner in owners
        for key in [officer_keys[owner.owner_id]]
        if owner.owner_id in command.codes
        and key is not None
        and not door.vault.officer_fits(
            command.set_id, owner.owner_id, command.codes[owner.owner_id], key
        )
    )
    if wrong:
        return Met(wrong=wrong)
    missing = len(nests[0].officers) - len(command.codes.keys() & officer_keys.keys())
    if missing > 0:
        return Met(missing=missing)
    private_key = _unnested(door, nests, command)
    if private_key is None or not door.vault.fits(private_key, public_key):
        return Met(forged=True)
    return Met(Officers(command.set_id, tuple(sorted(command.codes)), private_key))


def _unnested(
    door: Door, nests: Sequence[RecoveryNest], command: MeetOfficers
) -> PrivateKey | None:
    """The private key; None where a box is not as it was made, for the codes are right."""
    boxes = [
        RecoveryBox(nest.set_id, tuple(UUID(one) for one in nest.officers), nest.nested)
        for nest in nests
    ]
    try:
        return door.vault.recovery_open(command.codes, boxes)
    except WrongSecretError:
        return None


def _shown(door: Door, keys: Sequence[ServiceKey], recovery: ServiceKey) -> RecoveryShown:
    own = [key for key in keys if key.set_id == recovery.set_id]
    nests = list_nests(door.read, recovery.set_id)
    return RecoveryShown(
        set_id=recovery.set_id,
        number=recovery.number,
        officers=tuple((k.owner_id, k.owner_name) for k in own if k.kind is KeyKind.OFFICER),
        together=len(nests[0].officers) if nests else 0,
        is_current=recovery.is_current,
        is_signed=all(trusted_public_key(door, key) is not None for key in own),
        is_used=recovery.used_on is not None,
    )
