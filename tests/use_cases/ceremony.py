"""Recovery officers coming together, for tests."""

from collections.abc import Sequence
from uuid import UUID

from safeshare.casework.rules import RecoveryPurpose
from safeshare.casework.service.recovering import (
    GiveAbandoned,
    GiveCase,
    Given,
    give_abandoned,
    give_case,
)
from safeshare.concerns.service.moving import Moved, MoveOn, move_cases
from safeshare.kernel.actors import Officers, Operator
from safeshare.ledger.events import Event
from safeshare.people.models import StaffState
from safeshare.people.queries import get_standing
from safeshare.people.service.eligibility import sign
from safeshare.people.service.officers import (
    MeetOfficers,
    Met,
    RecoveryShown,
    list_recovery,
    meet_officers,
)
from safeshare.people.service.recovery import (
    InitRecovery,
    OfficerCode,
    begin_renewal,
    draw_recovery,
    end_renewal,
)
from tests.cast import Stage

REASON = "All three people who could read it have left."


def let_leave(stage: Stage, names: Sequence[str]) -> None:
    """Let members of the cast leave, their signatures kept right."""
    for name in names:
        door = stage.gate.door(Operator())
        with door.change() as session:
            standing = get_standing(session, stage.enrolled[name].staff_id)
            standing.member.state = StaffState.LEFT
            sign(door, standing)
            door.record(Event.PEOPLE_ENDED)


def keys_of(stage: Stage) -> Sequence[RecoveryShown]:
    """The recovery keys that are kept, the oldest first."""
    return stage.gate.run(list_recovery, Operator(), None)


def met(stage: Stage, codes: Sequence[OfficerCode], shown: RecoveryShown | None = None) -> Met:
    """Let the officers of these codes come together."""
    shown = shown or keys_of(stage)[0]
    ids = {name: one for one, name in shown.officers}
    typed = {ids[code.name]: code.printed_code for code in codes}
    return stage.gate.run(meet_officers, Operator(), MeetOfficers(shown.set_id, typed))


def together(stage: Stage, *places: int) -> Officers:
    """Two of the stage's officers, as actors."""
    officers = met(stage, [stage.officers[place] for place in places or (0, 1)]).officers
    assert officers is not None
    return officers


def give(
    stage: Stage,
    officers: Officers,
    reference: str,
    *people: str,
    reason: str = REASON,
    purpose: RecoveryPurpose = RecoveryPurpose.HOLDERS_ASKED,
    with_identity: bool = False,
) -> None:
    """Let the officers give a case to members of the cast."""
    command = GiveCase(reference, people, purpose, reason, with_identity=with_identity)
    stage.gate.run(give_case, officers, command)


def give_all(stage: Stage, officers: Officers) -> list[Given]:
    """Let the officers give every abandoned case to new people."""
    rounds: list[Given] = []
    after: UUID | None = None
    while True:
        done = stage.gate.run(give_abandoned, officers, GiveAbandoned(REASON, after))
        if done.last is None:
            return rounds
        rounds.append(done)
        after = done.last


def begin(stage: Stage, officers: Officers, *names: str) -> tuple[OfficerCode, ...]:
    """Put a new key in the place of the officers'. Returns the new codes."""
    drawn = stage.gate.run(
        draw_recovery, officers, InitRecovery(names or ("Wren", "Tern", "Rook"), 2)
    )
    stage.gate.run(begin_renewal, officers, drawn)
    return tuple(drawn.codes)


def move_all(stage: Stage, officers: Officers) -> list[Moved]:
    """Move every case to the new key."""
    rounds: list[Moved] = []
    after: UUID | None = None
    while True:
        done = stage.gate.run(move_cases, officers, MoveOn(after))
        if done.last is None:
            return rounds
        rounds.append(done)
        after = done.last


def renew(stage: Stage, officers: Officers) -> tuple[OfficerCode, ...]:
    """A whole renewal."""
    codes = begin(stage, officers)
    broken = sum(done.broken for done in move_all(stage, officers))
    stage.gate.run(end_renewal, officers, broken)
    return codes
