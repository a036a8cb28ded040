"""The on-call rota: who answers for a queue, day and night, when somebody is in danger."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from safeshare.gate import Door, use_case
from safeshare.kernel.errors import SealBrokenError
from safeshare.ledger.events import Event
from safeshare.people.models import OnCall, SignedList
from safeshare.people.queries import list_rotas
from safeshare.people.rules import Turn, without
from safeshare.people.service.eligibility import is_rota_signed, sign_rota
from safeshare.policy.actions import Action

ROTA_KEPT = timedelta(days=31)
"""For how long a turn is kept after it ended."""


@dataclass(frozen=True, slots=True)
class TurnOnCall:
    """Somebody answers for a queue from one date to another, both included."""

    queue_id: UUID
    staff_id: UUID
    from_on: date
    until_on: date

    @property
    def days(self) -> Turn:
        """Its days alone."""
        return Turn(self.from_on, self.until_on)


@use_case(Action.INSTALL_INIT)
def set_rota(door: Door, turns: Sequence[TurnOnCall]) -> None:
    """Add turns to the on-call rota of a new installation."""
    with door.change() as session:
        for queue_id in sorted({turn.queue_id for turn in turns}):
            add_turns(door, session, queue_id, [t for t in turns if t.queue_id == queue_id])
        door.record(Event.ROTA_SET, turns=str(len(turns)))


def add_turns(door: Door, session: Session, queue_id: UUID, turns: Sequence[TurnOnCall]) -> None:
    """Put turns into one queue's rota and sign it. A new turn takes its days from older ones; what
    ended long ago is left out.

    Raises SealBrokenError where the rota is not as it was signed.
    """
    session.get(SignedList, rota_name(queue_id), with_for_update=True)
    rota, old = next(pair for pair in list_rotas(session) if pair[0].queue_id == queue_id)
    if not is_rota_signed(door, rota, old):
        raise SealBrokenError("a rota is not as it was signed")
    before = [TurnOnCall(queue_id, one.staff_id, one.from_on, one.until_on) for one in old]
    for one in old:
        session.delete(one)
    rows = [_row(one) for one in _joined(before, turns, door.clock.today() - ROTA_KEPT)]
    session.add_all(rows)
    sign_rota(door, rota, rows)
    session.flush()


def rota_name(queue_id: UUID) -> str:
    """Under which name a queue's rota is signed."""
    return f"rota/{queue_id}"


def _joined(
    before: Sequence[TurnOnCall], new: Sequence[TurnOnCall], kept_from: date
) -> list[TurnOnCall]:
    turns = [turn for turn in before if turn.until_on >= kept_from]
    for taken in new:
        turns = [
            TurnOnCall(turn.queue_id, turn.staff_id, part.from_on, part.until_on)
            for turn in turns
            for part in without(turn.days, taken.days)
        ]
        turns.append(taken)
    return turns


def _row(turn: TurnOnCall) -> OnCall:
    return OnCall(
        queue_id=turn.queue_id,
        staff_id=turn.staff_id,
        from_on=turn.from_on,
        until_on=turn.until_on,
    )
