"""The recovery key, so that no case is ever lost with its holders: made, and made anew.

Its codes are on paper before anything is stored. Were it the other way round, a printer that
jammed would leave a key that nobody can use, and to which every new case is sealed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from safeshare.gate import Door, use_case
from safeshare.kernel.actors import Officers
from safeshare.kernel.errors import NotFoundError, StaleError
from safeshare.kernel.identifiers import new_id
from safeshare.kernel.keys import RecoverySet
from safeshare.kernel.sealed import PublicKey
from safeshare.ledger.events import Event
from safeshare.people.account_queries import one_recovery_key_at_a_time
from safeshare.people.models import KeyKind, RecoveryNest, ServiceKey
from safeshare.people.queries import find_current_service_key, list_service_keys
from safeshare.people.service.eligibility import sign_service_key
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


@dataclass(frozen=True, slots=True)
class DrawnRecovery:
    """A recovery key that is stored nowhere yet, with the names of its officers."""

    made: RecoverySet
    names: Mapping[UUID, str]

    @property
    def codes(self) -> Sequence[OfficerCode]:
        """What is to be printed, in the order of the names given."""
        return [OfficerCode(self.names[o.officer_id], o.printed_code) for o in self.made.officers]


@use_case(Action.RECOVERY_DRAW)
def draw_recovery(door: Door, command: InitRecovery) -> DrawnRecovery:
    """Make a recovery key and its officers' codes, and store neither.

    Raises InvalidError unless at least two, and at most nine, officers make sense together.
    """
    return _draw(door, command)


@use_case(Action.RECOVERY_INIT)
def keep_recovery(door: Door, drawn: DrawnRecovery) -> None:
    """Store the first recovery key. Raises StaleError where one is in use: it can be renewed."""
    rows = _rows(door, drawn, 1)
    with door.change() as session:
        one_recovery_key_at_a_time(session)
        if find_current_service_key(session, KeyKind.RECOVERY):
            raise StaleError(
                "Recovery has been set up already. Renew it: safeshare recovery renew."
            )
        session.add_all(rows)
        _tell(door, Event.RECOVERY_SET_UP, drawn, 1)


@use_case(Action.RECOVERY_INIT)
def init_recovery(door: Door, command: InitRecovery) -> Sequence[OfficerCode]:
    """Draw a recovery key and keep it in one step, as the demo does. Raises as both do."""
    drawn = _draw(door, command)
    keep_recovery.perform(door, drawn)
    return drawn.codes


@use_case(Action.RECOVERY_RENEW)
def begin_renewal(door: Door, drawn: DrawnRecovery) -> None:
    """Put a new recovery key in the place of the one whose officers came together.

    From now on new cases are sealed to the new one. The old one stays until every case has moved.
    Raises StaleError where another has taken its place already.
    """
    number = _set_in_use(door, door.read)[0].number + 1
    rows = _rows(door, drawn, number)
    with door.change() as session:
        one_recovery_key_at_a_time(session)
        for key in _set_in_use(door, session):
            _retire(door, key)
        session.flush()
        session.add_all(rows)
        _tell(door, Event.RECOVERY_RENEWED, drawn, number)


@use_case(Action.RECOVERY_RENEW)
def end_renewal(door: Door, unmoved: int) -> None:
    """Throw the old key away, once every case was moved; `unmoved` says how many could not be.

    With an unmoved case its boxes are kept, so that the case can be brought back from a backup.
    Raises StaleError where it is still in use.
    """
    officers = officers_of(door)
    with door.change() as session:
        keys = _own_set(door, list_service_keys(session))
        if any(key.is_current for key in keys):
            raise StaleError("The recovery key is still in use.")
        if not unmoved:
            _forget_set(session, officers.set_id)
        number = str(keys[0].number)
        door.record(Event.RECOVERY_RENEWAL_ENDED, number=number, unmoved=str(unmoved))


def officers_of(door: Door) -> Officers:
    """The actor, who the policy has made sure are officers together."""
    if not isinstance(door.actor, Officers):
        raise NotFoundError("there is nothing here for you")
    return door.actor


def _own_set(door: Door, keys: Sequence[ServiceKey]) -> list[ServiceKey]:
    set_id = officers_of(door).set_id
    own = [key for key in keys if key.set_id == set_id]
    if not any(key.kind is KeyKind.RECOVERY for key in own):
        raise StaleError("This recovery key has been thrown away already.")
    return own


def _set_in_use(door: Door, session: Session) -> list[ServiceKey]:
    own = _own_set(door, list_service_keys(session))
    if not all(key.is_current for key in own):
        raise StaleError("The recovery key has been renewed already.")
    return own


def _draw(door: Door, command: InitRecovery) -> DrawnRecovery:
    names = {new_id(): name for name in command.officers}
    return DrawnRecovery(door.vault.recovery_init(list(names), command.threshold), names)


def _tell(door: Door, event: Event, drawn: DrawnRecovery, number: int) -> None:
    door.record(
        event,
        number=str(number),
        officers=str(len(drawn.names)),
        together=str(drawn.made.threshold),
    )


def _rows(door: Door, drawn: DrawnRecovery, number: int) -> list[ServiceKey | RecoveryNest]:
    made = drawn.made
    owners = [(KeyKind.RECOVERY, made.set_id, "", made.public_key)]
    owners += [
        (KeyKind.OFFICER, one.officer_id, drawn.names[one.officer_id], one.public_key)
        for one in made.officers
    ]
    nests = [
        RecoveryNest(
            set_id=box.set_id,
            officers=[str(officer) for officer in box.officers],
            nested=box.sealed,
        )
        for box in made.boxes
    ]
    return [*(_signed_key(door, made.set_id, number, *owner) for owner in owners), *nests]


def _signed_key(
    door: Door,
    set_id: UUID,
    number: int,
    kind: KeyKind,
    owner_id: UUID,
    name: str,
    public_key: PublicKey,
) -> ServiceKey:
    key = ServiceKey(
        kind=kind,
        set_id=set_id,
        number=number,
        owner_id=owner_id,
        owner_name=name,
        public_key=public_key.raw,
        is_current=True,
    )
    sign_service_key(door, key)
    return key


def _retire(door: Door, key: ServiceKey) -> None:
    key.is_current = False
    sign_service_key(door, key)


def _forget_set(session: Session, set_id: UUID) -> None:
    """Delete the key and its boxes. The officers' names stay, so that the ledger's entries of who
    came together go on meaning somebody.
    """
    recovery = ServiceKey.kind == KeyKind.RECOVERY
    session.execute(delete(RecoveryNest).where(RecoveryNest.set_id == set_id))
    session.execute(delete(ServiceKey).where(ServiceKey.set_id == set_id, recovery))
