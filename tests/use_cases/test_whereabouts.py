"""An administrator keeps staff numbers and places right, by which people are kept out."""

import pytest
from sqlalchemy import select, update

from safeshare.kernel.errors import InvalidError, NotFoundError, SealBrokenError, StaleError
from safeshare.ledger.events import Event
from safeshare.outbox.models import OutgoingMail
from safeshare.people.models import StaffMember
from safeshare.people.queries import get_standing
from safeshare.people.service.administering import LookAtAccount, look_at_account
from safeshare.people.service.eligibility import is_signed
from safeshare.people.service.whereabouts import (
    ChangeWhereabouts,
    change_whereabouts,
    list_whereabouts_changed,
)
from tests.cast import Stage
from tests.tampering import do_behind_our_back
from tests.use_cases.ceremony import let_leave
from tests.use_cases.handlers import holders_of, ledger

OVERSEERS = ("overseer", "second_overseer")


def put(
    stage: Stage,
    name: str,
    number: str | None,
    place: str | None = None,
    by: str = "administrator",
) -> None:
    location_id = stage.places[place] if place else None
    command = ChangeWhereabouts(stage.enrolled[name].staff_id, number, location_id)
    stage.gate.run(change_whereabouts, stage.staff(by), command)


def test_an_administrator_can_put_a_number_and_a_place_right(stage: Stage) -> None:
    put(stage, "hr_1", "  EF 4017 ", "north")
    look = LookAtAccount(stage.enrolled["hr_1"].staff_id)
    found = stage.gate.run(look_at_account, stage.staff("administrator"), look)
    assert (found.staff_number, found.location_id) == ("EF 4017", stage.places["north"])
    (entry,) = ledger(stage, Event.PEOPLE_WHEREABOUTS_CHANGED)
    assert entry.note == {"staff": str(look.staff_id), "changed": "number place"}
    door = stage.gate.door(stage.staff("administrator"))
    assert is_signed(door, get_standing(door.read, look.staff_id))
    door.stop_reading()


def test_whoever_is_named_by_a_number_that_was_put_right_is_kept_out(stage: Stage) -> None:
    told = {"who": "It is about EF4017, who works with us."}
    put(stage, "hr_1", "EF4017")
    for _ in range(12):
        assert "hr_1" not in holders_of(stage, stage.submit(told)[0].reference)


def test_nobody_else_can_change_a_number(stage: Stage) -> None:
    for name in ("hr_1", "hr_supervisor", "overseer", "leader"):
        with pytest.raises(NotFoundError):
            put(stage, "hr_1", None, by=name)


def test_a_number_or_a_place_that_makes_no_sense_is_refused(stage: Stage) -> None:
    with pytest.raises(InvalidError, match="number_too_long"):
        put(stage, "hr_1", "9" * 41)
    command = ChangeWhereabouts(stage.enrolled["hr_1"].staff_id, None, stage.queues["hr"])
    with pytest.raises(InvalidError, match="unknown_place"):
        stage.gate.run(change_whereabouts, stage.staff("administrator"), command)
    put(stage, "hr_1", " ")
    let_leave(stage, ["hr_1"])
    with pytest.raises(StaleError):
        put(stage, "hr_1", "EF1")


def test_a_record_that_was_changed_behind_our_back_is_not_signed_anew(stage: Stage) -> None:
    staff_id = stage.enrolled["hr_1"].staff_id
    forged = update(StaffMember).where(StaffMember.id == staff_id).values(display_name="Another")
    do_behind_our_back(stage.system.database.engine, forged)
    with pytest.raises(SealBrokenError):
        put(stage, "hr_1", "EF4017")


def changed_for(stage: Stage, name: str) -> list[tuple[str, bool, bool]]:
    found = stage.gate.run(list_whereabouts_changed, stage.staff(name), None)
    return [(one.name, one.number, one.place) for one in found]


def test_whoever_decides_who_serves_in_a_team_is_told_of_a_changed_number_or_place(
    stage: Stage,
) -> None:
    """One administrator can bring about by it that nobody is proposed to be kept out."""
    put(stage, "hr_1", "EF4017")
    put(stage, "hr_2", None, "north")
    put(stage, "hr_2", None, "north")
    put(stage, "leader", "EF1")
    put(stage, "second_overseer", "EF2")
    told = {one.recipient_id for one in mails(stage)}
    assert told == {stage.enrolled[name].staff_id for name in ("hr_supervisor", *OVERSEERS)}
    of_hr = [("Hr 2", False, True), ("Hr 1", True, False)]
    assert changed_for(stage, "hr_supervisor") == of_hr
    assert changed_for(stage, "overseer") == [("Second Overseer", True, False), *of_hr]
    assert changed_for(stage, "independent_supervisor") == []
    with pytest.raises(NotFoundError):
        changed_for(stage, "hr_1")
    stage.time.advance(days=31)
    assert changed_for(stage, "overseer") == []


def mails(stage: Stage) -> list[OutgoingMail]:
    with stage.system.database.reading() as session:
        return list(session.scalars(select(OutgoingMail)))
