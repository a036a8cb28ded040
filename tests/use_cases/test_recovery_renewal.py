"""A used recovery key is renewed: every case moves, the old codes open nothing more."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import delete, insert, select, update

from safeshare.concerns.models import Grant, GranteeKind
from safeshare.kernel.actors import Operator
from safeshare.kernel.errors import NotFoundError, StaleError
from safeshare.kernel.sealed import Compartment
from safeshare.ledger.events import Event
from safeshare.people.models import ServiceKey
from safeshare.people.service.recovery import (
    DrawnRecovery,
    InitRecovery,
    begin_renewal,
    draw_recovery,
    end_renewal,
)
from safeshare.policy.actions import Action
from tests.cast import Stage
from tests.use_cases.ceremony import (
    begin,
    give,
    keys_of,
    met,
    move_all,
    renew,
    together,
)
from tests.use_cases.conversation import enter, write
from tests.use_cases.handlers import (
    attested,
    case_of,
    ledger,
    opened,
)
from tests.use_cases.recovered import newcomer, recovery_sets


def test_a_used_key_can_be_renewed_and_the_old_codes_open_nothing_more(stage: Stage) -> None:
    references = [stage.submit()[0].reference for _ in range(3)]
    before = keys_of(stage)[0]
    old = together(stage)
    codes = renew(stage, old)
    (shown,) = keys_of(stage)
    assert (shown.number, shown.is_current, shown.is_signed) == (before.number + 1, True, True)
    assert not shown.is_used
    assert all(recovery_sets(stage, one) == {shown.set_id} for one in references)
    with pytest.raises(StaleError):
        met(stage, stage.officers, before)
    with pytest.raises(NotFoundError):
        give(stage, old, references[0], "hr_1")
    fresh = met(stage, codes[:2]).officers
    assert fresh is not None
    name = newcomer(stage)
    give(stage, fresh, references[0], name)
    opened(stage, attested(stage, references[0], name), references[0])


def test_a_renewal_can_be_stopped_anywhere_and_go_on(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("safeshare.concerns.service.moving.CASES_A_ROUND", 2)
    references = [stage.submit()[0].reference for _ in range(5)]
    before = keys_of(stage)[0]
    codes = begin(stage, together(stage))
    during = stage.submit()[0].reference
    old, new = keys_of(stage)
    assert (old.is_current, new.is_current) == (False, True)
    assert recovery_sets(stage, during) == {new.set_id}
    resumed = met(stage, stage.officers[1:], before).officers
    assert resumed is not None
    with pytest.raises(StaleError):
        begin(stage, resumed)
    assert [one.moved for one in move_all(stage, resumed)] == [2, 2, 1]
    assert move_all(stage, resumed) == []
    stage.gate.run(end_renewal, resumed, 0)
    assert all(recovery_sets(stage, one) == {new.set_id} for one in (*references, during))
    assert met(stage, codes[1:]).officers is not None


def test_a_half_moved_case_can_be_opened_by_its_holders_and_its_reporter(stage: Stage) -> None:
    told, code = stage.submit()
    officers = together(stage)
    begin(stage, officers)
    staff = attested(stage, told.reference)
    opened(stage, staff, told.reference)
    move_all(stage, officers)
    write(stage, enter(stage, code), "And one more thing.")
    assert opened(stage, staff, told.reference).messages[-1].text == "And one more thing."


def test_a_spoilt_grant_cannot_hold_up_the_others(stage: Stage) -> None:
    references = [stage.submit()[0].reference for _ in range(3)]
    spoilt = case_of(stage, references[1]).id
    officers = together(stage)
    with stage.system.database.engine.begin() as connection:
        connection.execute(
            update(Grant)
            .where(
                Grant.case_id == spoilt,
                Grant.grantee_kind == GranteeKind.RECOVERY,
                Grant.compartment == Compartment.WORK,
            )
            .values(mac=b"\x01" + bytes(32))
        )
    begin(stage, officers)
    rounds = move_all(stage, officers)
    assert (sum(one.moved for one in rounds), sum(one.broken for one in rounds)) == (2, 1)
    stage.gate.run(end_renewal, officers, 1)
    assert len(keys_of(stage)) == 2
    alarms = ledger(stage, Event.ALARM_RAISED)
    assert [one.case_id for one in alarms] == [spoilt]


def test_the_key_in_use_cannot_be_thrown_away(stage: Stage) -> None:
    with pytest.raises(StaleError):
        stage.gate.run(end_renewal, together(stage), 0)
    assert met(stage, stage.officers).officers is not None


def test_two_renewals_at_once_leave_one_key_and_the_second_is_entered(stage: Stage) -> None:
    officers = together(stage)
    wanted = InitRecovery(("Wren", "Tern", "Rook"), 2)
    drawn = [stage.gate.run(draw_recovery, officers, wanted) for _ in range(2)]
    late: list[StaleError] = []

    def renew_with(one: DrawnRecovery) -> None:
        try:
            stage.gate.run(begin_renewal, officers, one)
        except StaleError as error:
            late.append(error)

    with ThreadPoolExecutor(2) as both:
        list(both.map(renew_with, drawn))
    assert [str(one) for one in late] == ["The recovery key has been renewed already."]
    assert [one.is_current for one in keys_of(stage)] == [False, True]
    assert len(ledger(stage, Event.RECOVERY_RENEWED)) == 1
    [entry] = ledger(stage, Event.ACTION_OVERTAKEN)
    assert entry.note == {"action": Action.RECOVERY_RENEW}


def test_a_drawn_key_that_was_never_kept_changes_nothing(stage: Stage) -> None:
    before = keys_of(stage)
    stage.gate.run(draw_recovery, Operator(), InitRecovery(("A", "B", "C"), 2))
    assert keys_of(stage) == before


def test_yesterdays_recovery_key_cannot_be_brought_back(stage: Stage) -> None:
    """A writer of the tables who kept the old rows with their signatures from before."""
    with stage.system.database.reading() as session:
        kept = [
            {column.name: getattr(row, column.key) for column in ServiceKey.__table__.columns}
            for row in session.scalars(select(ServiceKey))
        ]
    renew(stage, together(stage))
    with stage.system.database.engine.begin() as connection:
        connection.execute(delete(ServiceKey))
        for row in kept:
            connection.execute(insert(ServiceKey).values(row))
    reference = stage.submit()[0].reference
    assert recovery_sets(stage, reference) == set()
