"""Sealing anew what the server itself keeps for long, once `content_suite` is another (ADR 0008).

The operator does it, whose process has the accounts key: no content of a case is among it. Sessions
and forms that were not sent end within days, and are left to end.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import InstrumentedAttribute, Session

from safeshare.concerns.resealing_queries import (
    count_seals_of_other_suite,
    list_seals_of_other_suite,
    take_rows_of_other_suite,
)
from safeshare.concerns.service.worker_seals import KEYS_A_ROUND, Round
from safeshare.gate import Door, use_case
from safeshare.kernel.errors import SealBrokenError
from safeshare.kernel.sealed import Place, Sealed
from safeshare.ledger.events import Event
from safeshare.people.models import Invitation, Passkey, StaffMember
from safeshare.people.service.invitations import details_place
from safeshare.people.service.passkeys import record_place
from safeshare.people.service.second_factor import totp_place
from safeshare.policy.actions import Action


@dataclass(frozen=True, slots=True)
class SealedByServer:
    """A column that the server itself seals, the number of its rows, and where a row is sealed."""

    key: InstrumentedAttribute[UUID]
    sealed: InstrumentedAttribute[Any]
    place: Callable[[Any], Place]


BY_SERVER = (
    SealedByServer(StaffMember.id, StaffMember.totp_secret, lambda row: totp_place(row.id)),
    SealedByServer(Passkey.id, Passkey.record, lambda row: record_place(row.id)),
    SealedByServer(Invitation.id, Invitation.details, lambda row: details_place(row.link_hash)),
)


@dataclass(frozen=True, slots=True)
class ResealByServer:
    """Go on after this row, by its number."""

    after: UUID | None = None


@use_case(Action.SERVICE_CHECK)
def count_by_server(door: Door, _command: None) -> int:
    """How many values that the server seals are not of today's suite. Opens nothing."""
    suite = door.vault.content_suite
    return sum(count_seals_of_other_suite(door.read, one.sealed, suite) for one in BY_SERVER)


@use_case(Action.INSTALL_KEYS)
def reseal_by_server(door: Door, command: ResealByServer) -> Round:
    """Seal the next values anew that the server sealed in another suite. Whoever stops half-way
    begins again: both are opened meanwhile, and what is done is not done twice.

    Raises MisconfiguredError in a process without the accounts key.
    """
    if not _next_keys(door, door.read, command, 1):
        return Round(None)
    with door.change() as session:
        keys = _next_keys(door, session, command, KEYS_A_ROUND)
        done = [one for key in keys for one in _reseal_rows(door, session, key)]
        if any(done):
            door.record(Event.INSTALLATION_RESEALED, values=str(sum(done)))
    return Round(max(keys, default=None), sum(done), len(done) - sum(done))


def _next_keys(door: Door, session: Session, command: ResealByServer, most: int) -> Sequence[UUID]:
    columns = [(one.key, one.sealed) for one in BY_SERVER]
    suite = door.vault.content_suite
    return list_seals_of_other_suite(session, columns, suite, command.after, most)


def _reseal_rows(door: Door, session: Session, key: UUID) -> Sequence[bool]:
    """Seal the values under a number anew. Which of them could be opened."""
    suite = door.vault.content_suite
    return [
        _reseal_row(door, one, row)
        for one in BY_SERVER
        for row in take_rows_of_other_suite(session, one.key, one.sealed, suite, key)
    ]


def _reseal_row(door: Door, one: SealedByServer, row: Any) -> bool:
    """What does not open is not ours, and is left to be found."""
    sealed: Sealed = getattr(row, one.sealed.key)
    try:
        resealed = door.vault.reseal_server(one.place(row), sealed)
    except SealBrokenError:
        door.record(Event.ALARM_RAISED, alarm="not_resealed")
        return False
    setattr(row, one.sealed.key, resealed)
    return True
