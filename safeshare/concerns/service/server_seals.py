"""Sealing anew what the server itself keeps for long, once `content_suite` is another (ADR 0008).

The operator does it, whose process has the accounts key: no content of a case is among it. Sessions
and forms that were not sent end within days, and are left to end.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from safeshare.concerns.resealing_queries import count_seals_of_other_suite
from safeshare.concerns.service.reseal_rounds import Round, SealedColumn, go_round, reseal_rows
from safeshare.gate import Door, use_case
from safeshare.kernel.errors import SealBrokenError
from safeshare.kernel.sealed import Sealed
from safeshare.ledger.events import Event
from safeshare.people.models import Invitation, Passkey, StaffMember
from safeshare.people.service.invitations import details_place
from safeshare.people.service.passkeys import record_place
from safeshare.people.service.second_factor import totp_place
from safeshare.policy.actions import Action

BY_SERVER = (
    SealedColumn(StaffMember.id, StaffMember.totp_secret, lambda row: totp_place(row.id), None),
    SealedColumn(Passkey.id, Passkey.record, lambda row: record_place(row.id), None),
    SealedColumn(Invitation.id, Invitation.details, lambda row: details_place(row.link_hash), None),
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
    suite = door.vault.content_suite

    def reseal(session: Session, key: UUID) -> Sequence[bool]:
        return reseal_rows(session, BY_SERVER, suite, key, partial(_reseal_row, door))

    return go_round(door, BY_SERVER, suite, command.after, reseal)


def _reseal_row(door: Door, one: SealedColumn[None], row: Any) -> bool:
    """What does not open is not ours, and is left to be found."""
    sealed: Sealed = getattr(row, one.sealed.key)
    try:
        resealed = door.vault.reseal_server(one.place(row), sealed)
    except SealBrokenError:
        door.record(Event.ALARM_RAISED, alarm="not_resealed")
        return False
    setattr(row, one.sealed.key, resealed)
    return True
