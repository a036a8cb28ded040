"""An administrator keeps staff numbers and places right, by which people are kept out."""

import pytest
from sqlalchemy import update

from safeshare.kernel.errors import InvalidError, NotFoundError, SealBrokenError, StaleError
from safeshare.ledger.events import Event
from safeshare.people.models import StaffMember
from safeshare.people.queries import get_standing
from safeshare.people.service.administering import LookAtAccount, look_at_account
from safeshare.people.service.eligibility import is_signed
from safeshare.people.service.whereabouts import ChangeWhereabouts, change_whereabouts
from tests.cast import Stage
from tests.tampering import do_behind_our_back
from tests.use_cases.ceremony import let_leave
from tests.use_cases.handlers import holders_of, ledger


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
    assert entry.note == {"staff": str(look.staff_id)}
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
