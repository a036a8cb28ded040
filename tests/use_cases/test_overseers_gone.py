"""What an overseer watched is watched on when they leave, are overseer no more or go away."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import delete, update

from safeshare.casework.rules import Purpose
from safeshare.casework.service.agreeing import (
    ReadForOverseer,
    list_for_overseer,
    read_for_overseer,
)
from safeshare.casework.service.name_page import LookAtName, look_at_name
from safeshare.casework.service.name_requests import AskByNecessity, ask_by_necessity
from safeshare.casework.service.overseeing import hand_on_watch
from safeshare.concerns.models import OverseerLine
from safeshare.concerns.rules import AlarmKind
from safeshare.concerns.rules.exclusions import Ticked
from safeshare.kernel.actors import Operator, Role, Worker
from safeshare.kernel.errors import MisconfiguredError
from safeshare.kernel.sealed import Sealed
from safeshare.ledger.events import Event
from safeshare.mailbox.service.turning import escalate
from safeshare.people.models import StaffRole
from safeshare.people.queries import get_standing
from safeshare.people.service.away import GoAway, go_away
from safeshare.people.service.eligibility import sign
from safeshare.vault.worker_keys import WorkerKeys
from tests.cast import Stage, enrol
from tests.tampering import do_behind_our_back
from tests.use_cases.ceremony import let_leave
from tests.use_cases.conversation import enter
from tests.use_cases.handlers import attested, case_of, holders_of, opened
from tests.use_cases.keeping_out import overseer_of
from tests.use_cases.naming import TOLD, other_holder, the_request
from tests.use_cases.turned import conversation_of, corresponding, keys_of, looked
from tests.use_cases.watched import alarms_of, alerted, health, next_morning, seen_by, watch

OVERSEERS = {"overseer", "second_overseer"}
APPOINTING = ("administrator", "safeguarding_supervisor", "second_overseer")


def hand_on(stage: Stage, days: int = 1) -> None:
    """The worker's round, so many days later."""
    stage.time.advance(days=days)
    assert stage.gate.run(hand_on_watch, Worker(), None) is None


def the_other(name: str | None) -> str:
    (other,) = OVERSEERS - {name}
    return other


def take_role(stage: Stage, name: str) -> None:
    """Let somebody of the cast be overseer no more, their signature kept right."""
    door = stage.gate.door(Operator())
    with door.change() as session:
        standing = get_standing(session, stage.enrolled[name].staff_id)
        session.execute(delete(StaffRole).where(StaffRole.staff_id == standing.member.id))
        session.flush()
        sign(door, get_standing(session, standing.member.id))
        door.record(Event.PEOPLE_ROLES_CHANGED)


def end(stage: Stage, name: str) -> None:
    let_leave(stage, [name])


def go(stage: Stage, name: str) -> None:
    stage.gate.run(go_away, stage.staff(name), GoAway(date(2026, 3, 2), None))


@pytest.mark.parametrize("leaving", ["ends", "withdrawn", "away"])
def test_a_case_cannot_stay_with_an_overseer_who_is_gone(stage: Stage, leaving: str) -> None:
    reference = stage.submit()[0].reference
    earlier = overseer_of(stage, reference) or ""
    {"ends": end, "withdrawn": take_role, "away": go}[leaving](stage, earlier)
    hand_on(stage)
    assert overseer_of(stage, reference) == the_other(earlier)
    assert stage.faults() == []


def test_an_overseer_can_be_away_for_some_days_and_keep_what_they_watch(stage: Stage) -> None:
    reference = stage.submit()[0].reference
    earlier = overseer_of(stage, reference) or ""
    week = GoAway(date(2026, 3, 2), date(2026, 3, 8))
    stage.gate.run(go_away, stage.staff(earlier), week)
    hand_on(stage)
    assert overseer_of(stage, reference) == earlier


def test_a_concern_of_today_cannot_tell_its_hour_by_its_overseer(stage: Stage) -> None:
    reference = stage.submit()[0].reference
    earlier = overseer_of(stage, reference) or ""
    let_leave(stage, [earlier])
    hand_on(stage, days=0)
    assert overseer_of(stage, reference) == earlier


def test_the_next_overseer_can_see_what_lies_and_is_mailed_of_it(stage: Stage) -> None:
    reference = stage.submit()[0].reference
    for _ in range(3):
        next_morning(stage)
    earlier = overseer_of(stage, reference) or ""
    assert alerted(stage)[earlier] == 1
    let_leave(stage, [earlier])
    hand_on(stage)
    watch(stage)
    assert alerted(stage)[the_other(earlier)] == 1
    assert [one.reference for one in seen_by(stage, the_other(earlier)).alarms] == [reference]


def test_an_excluded_overseer_cannot_come_after_the_first(stage: Stage) -> None:
    enrol(stage, "third_overseer", {Role.OVERSEER})
    for kept_out in ("overseer", "second_overseer", "third_overseer"):
        ticked = Ticked(people=frozenset({stage.enrolled[kept_out].staff_id}))
        reference = stage.submit(ticked=ticked)[0].reference
        seen = {overseer_of(stage, reference)}
        for _ in range(3):
            go_to_next(stage, reference)
            seen.add(overseer_of(stage, reference))
        assert kept_out not in seen
        assert len(seen - {None}) == 2


def go_to_next(stage: Stage, reference: str) -> None:
    """As if the present overseer had left, for one case."""
    case_id = case_of(stage, reference).id
    door = stage.gate.door(Operator())
    with door.change() as session:
        held = session.get_one(type(case_of(stage, reference)), case_id)
        held.overseer_id = None
        door.record(Event.CASE_OVERSEER_CHANGED, case_id=case_id)
    hand_on(stage)


def test_the_holders_are_told_where_nobody_is_left(stage: Stage) -> None:
    reference = stage.submit()[0].reference
    let_leave(stage, sorted(OVERSEERS))
    hand_on(stage)
    watch(stage)
    assert overseer_of(stage, reference) is None
    assert AlarmKind.NO_OVERSEER in alarms_of(stage, reference)
    assert health(stage).unwatched == 1
    holders = holders_of(stage, reference)
    assert set(alerted(stage)) == set(holders)
    for name in holders:
        assert [one.kind for one in seen_by(stage, name).alarms] == [AlarmKind.NO_OVERSEER]


def test_who_appoints_overseers_is_told_how_they_stand_and_not_by_any_case(stage: Stage) -> None:
    """What they see and are mailed is the same with a case as without."""
    for name in APPOINTING:
        assert not seen_by(stage, name).lacks_overseers
    end(stage, "overseer")
    assert all(seen_by(stage, name).lacks_overseers for name in APPOINTING)
    assert not seen_by(stage, "safeguarding_1").lacks_overseers
    for _day in range(6):
        next_morning(stage)
        assert not alerted(stage)
    next_morning(stage)
    assert stage.gate.clock.today().weekday() == 0
    assert set(alerted(stage)) == {"administrator"}


def test_a_holder_who_opens_it_can_draw_an_overseer_who_is_not_kept_out(stage: Stage) -> None:
    fresh, barred = "newly_invited", "newly_barred"
    enrol(stage, barred, {Role.OVERSEER})
    ticked = Ticked(people=frozenset({stage.enrolled[barred].staff_id}))
    reference = stage.submit(ticked=ticked)[0].reference
    let_leave(stage, sorted(OVERSEERS))
    hand_on(stage)
    opened(stage, attested(stage, reference), reference)
    assert overseer_of(stage, reference) is None
    enrol(stage, fresh, {Role.OVERSEER})
    opened(stage, attested(stage, reference), reference)
    assert overseer_of(stage, reference) == fresh
    assert AlarmKind.NO_OVERSEER not in alarms_of(stage, reference)


def test_the_conversation_is_given_to_another_overseer_by_the_reporter_alone(stage: Stage) -> None:
    told, code = stage.submit()
    reporter = enter(stage, code)
    stage.gate.run(escalate, reporter, None)
    earlier = overseer_of(stage, told.reference) or ""
    assert keys_of(stage, told.reference, earlier)
    let_leave(stage, [earlier])
    hand_on(stage)
    after = the_other(earlier)
    assert not keys_of(stage, told.reference, earlier)
    assert not keys_of(stage, told.reference, after)
    assert not looked(stage, reporter).is_escalated
    stage.gate.run(escalate, reporter, None)
    view = conversation_of(stage, corresponding(stage, told.reference, after), told.reference)
    assert view.is_overseer


def test_the_next_overseer_can_read_a_request_for_the_name_once_it_is_sealed_to_them(
    stage: Stage,
) -> None:
    reference = stage.submit(TOLD, identity={"name": "Robin Marsh"})[0].reference
    staff = other_holder(stage, reference)
    why = "They are at risk tonight."
    stage.gate.run(ask_by_necessity, staff, AskByNecessity(reference, Purpose.LIFE, why))
    earlier = overseer_of(stage, reference) or ""
    let_leave(stage, [earlier])
    hand_on(stage)
    after = stage.staff(the_other(earlier))
    assert stage.gate.run(list_for_overseer, after, None) == ()
    stage.gate.run(look_at_name, staff, LookAtName(reference))
    found = stage.gate.run(read_for_overseer, after, ReadForOverseer(the_request(stage).id))
    assert found.reason == why
    assert alerted(stage)[the_other(earlier)] >= 1


def test_a_line_that_somebody_wrote_cannot_name_an_overseer(stage: Stage) -> None:
    reference, other = (stage.submit()[0].reference for _ in range(2))
    forged = OverseerLine.case_id == case_of(stage, reference).id
    with stage.system.database.reading() as session:
        line = session.get_one(OverseerLine, case_of(stage, other).id).line
    moved = update(OverseerLine).where(forged).values(line=Sealed(line.blob))
    do_behind_our_back(stage.system.database.engine, moved)
    let_leave(stage, [overseer_of(stage, reference) or ""])
    hand_on(stage)
    assert overseer_of(stage, reference) is None


def test_a_worker_of_its_own_can_hand_on_and_a_web_process_of_its_own_cannot(stage: Stage) -> None:
    reference = stage.submit()[0].reference
    earlier = overseer_of(stage, reference) or ""
    let_leave(stage, [earlier])
    vault = stage.gate.vault
    stage.time.advance(days=1)
    halves = WorkerKeys(vault.keys.folder, opens=False)
    web = replace(vault, keys=replace(vault.keys, _workers=halves))
    with pytest.raises(MisconfiguredError):
        replace(stage.gate, vault=web).run(hand_on_watch, Worker(), None)
    keys = type(vault.keys).load_for_worker(vault.keys.folder)
    replace(stage.gate, vault=replace(vault, keys=keys)).run(hand_on_watch, Worker(), None)
    assert overseer_of(stage, reference) == the_other(earlier)
