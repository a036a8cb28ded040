"""What happens to a case makes promises and settles them. Parts of other slices' use cases."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from safeshare.gate import Door
from safeshare.kernel.sealed import Place, Sealed
from safeshare.updates.models import NudgeAddress, Promise
from safeshare.updates.queries import claim_party, list_promises
from safeshare.updates.rules import (
    Happening,
    LaterDates,
    NewPromise,
    PromiseState,
    Standing,
    Timetable,
    consequences,
    is_of_consequence,
    later_dates,
    promises_of_submission,
    put_off,
)

ADDRESS_BYTES = 512
"""What every sealed address fills, an empty one too."""


def first_promises(door: Door, case_id: UUID, party_id: UUID, on: date) -> list[Promise]:
    """The rows of what sending a concern promises; the caller adds them."""
    return promise_rows(case_id, party_id, on, promises_of_submission(door.rule(Timetable), on))


def settle_promises(
    door: Door, session: Session, case_id: UUID, party_id: UUID, happening: Happening
) -> None:
    """Let a happening keep, end and make the promises to a party, in the caller's transaction."""
    timetable = door.rule(Timetable)
    if not is_of_consequence(timetable, happening):
        return
    claim_party(session, party_id)
    on = door.clock.today()
    rows = {promise.id: promise for promise in list_promises(session, case_id, party_id)}
    outcome = consequences(timetable, happening, on, [standing(r) for r in rows.values()])
    for settled in outcome.settled:
        row = rows[settled.promise_id]
        row.state = settled.state
        if settled.state is PromiseState.KEPT:
            row.kept_on = on
    session.add_all(promise_rows(case_id, party_id, on, outcome.made))


def find_later_dates(door: Door, session: Session, case_id: UUID, party_id: UUID) -> LaterDates:
    """To which dates the feedback to a party may be put off now."""
    rows = list_promises(session, case_id, party_id)
    return later_dates(door.rule(Timetable), [standing(one) for one in rows], door.clock.today())


def extend_feedback(
    door: Door, session: Session, case_id: UUID, party_id: UUID, until: date
) -> None:
    """Put the feedback off to a later date, in the caller's transaction. The first promise stays on
    file, with its miss where there was one.

    Raises StaleError where it cannot be put off to this date, or not any more.
    """
    claim_party(session, party_id)
    settled, made = put_off(find_later_dates(door, session, case_id, party_id), until)
    session.get_one(Promise, settled.promise_id).state = settled.state
    session.add_all(promise_rows(case_id, party_id, door.clock.today(), [made]))


def standing(row: Promise) -> Standing:
    """A promise's row as the rules see it."""
    return Standing(row.id, row.kind, row.state, row.due_on)


def nudge_place(party_id: UUID) -> Place:
    """Where a party's address is sealed."""
    return Place(NudgeAddress.__tablename__, str(party_id), "address")


def seal_address(door: Door, party_id: UUID, address: str | None) -> Sealed:
    """The address sealed to the worker; an empty one looks the same."""
    content = {"address": address or ""}
    return door.vault.seal_for_worker("contact", nudge_place(party_id), content, ADDRESS_BYTES)


def promise_rows(
    case_id: UUID, party_id: UUID, on: date, made: Iterable[NewPromise]
) -> list[Promise]:
    """The rows of new promises; the caller adds them."""
    return [
        Promise(
            case_id=case_id,
            party_id=party_id,
            kind=promise.kind,
            state=promise.state,
            due_on=promise.due_on,
            kept_on=on if promise.state is PromiseState.KEPT else None,
        )
        for promise in made
    ]
