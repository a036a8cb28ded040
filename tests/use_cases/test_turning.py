"""A reporter turns to somebody else: no holder can keep them from it, and nobody gets too much."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from safeshare.casework.service.correspondence import (
    list_turned_to,
    write_in_correspondence,
)
from safeshare.casework.service.handling import WriteMessage
from safeshare.concerns.models import Grant, GranteeKind
from safeshare.gate import UseCase
from safeshare.kernel.actors import Reporter
from safeshare.kernel.errors import InvalidError, NotFoundError
from safeshare.kernel.sealed import Compartment
from safeshare.ledger.events import Event
from safeshare.ledger.models import LedgerDay
from safeshare.mailbox.service.turning import (
    AskForSomebodyElse,
    ask_for_somebody_else,
    escalate,
    look_whom_to_turn_to,
)
from safeshare.outbox.models import OutgoingMail
from safeshare.updates.queries import list_promises
from tests.cast import Stage
from tests.use_cases.ceremony import let_leave
from tests.use_cases.conversation import enter, read, write
from tests.use_cases.handlers import attested, case_of, holders_of, kept_up, opened
from tests.use_cases.keeping_out import kept_out_of
from tests.use_cases.turned import (
    alarms,
    ask,
    contact_of,
    conversation_of,
    corresponding,
    keys_of,
    looked,
    taken,
)


def test_a_reporter_can_ask_for_somebody_else_whatever_the_holders_do(stage: Stage) -> None:
    reference, code, earlier = taken(stage)
    before = holders_of(stage, reference)
    reporter = enter(stage, code)
    assert looked(stage, reporter).has_next
    ask(stage, reporter)
    fresh = contact_of(stage, reference)
    assert fresh not in before
    assert keys_of(stage, reference, fresh) == {(Compartment.CONVERSATION, 1)}
    assert keys_of(stage, reference, earlier) >= {(Compartment.WORK, 1)}
    view = conversation_of(stage, corresponding(stage, reference, fresh), reference)
    assert view.answers["concern"] == "The kit is unsafe."
    assert (view.is_contact, view.is_overseer, view.has_notes) == (True, False, False)


def test_a_person_who_was_passed_over_cannot_read_what_comes_after(stage: Stage) -> None:
    reference, code, earlier = taken(stage)
    reporter = enter(stage, code)
    write(stage, reporter, "They laughed at me.")
    ask(stage, reporter, keeps_earlier=False)
    assert keys_of(stage, reference, earlier) == set()
    with pytest.raises(NotFoundError):
        opened(stage, stage.staff(earlier), reference)
    write(stage, reporter, "Now I can speak.")
    fresh = contact_of(stage, reference)
    assert keys_of(stage, reference, fresh) == {(Compartment.CONVERSATION, 2)}
    view = conversation_of(stage, corresponding(stage, reference, fresh), reference)
    assert [one.text for one in view.messages] == ["They laughed at me.", "Now I can speak."]
    assert [one.text for one in read(stage, reporter).messages][-1] == "Now I can speak."
    other = holders_of(stage, reference)[0]
    assert opened(stage, attested(stage, reference, other), reference).messages[-1].text


def test_the_other_holders_change_the_keys_that_a_reporter_cannot(stage: Stage) -> None:
    reference, code, _earlier = taken(stage)
    ask(stage, enter(stage, code), keeps_earlier=False)
    name = holders_of(stage, reference)[0]
    staff = attested(stage, reference, name)
    assert kept_up(stage, staff, reference)
    assert (Compartment.WORK, 2) in keys_of(stage, reference, name)
    assert (Compartment.WORK, 1) not in keys_of(stage, reference, name)
    assert opened(stage, staff, reference).answers["concern"] == "The kit is unsafe."
    kept_up(stage, staff, reference)  # The person passed over may have kept the name.
    assert not kept_up(stage, staff, reference)


def test_the_line_ends_and_nobody_is_asked_for_twice(stage: Stage) -> None:
    reference, code, _earlier = taken(stage)
    reporter = enter(stage, code)
    seen = set(holders_of(stage, reference))
    while looked(stage, reporter).has_next:
        ask(stage, reporter)
        fresh = contact_of(stage, reference)
        assert fresh not in seen
        seen.add(fresh)
        stage.time.advance(days=15)
    with pytest.raises(InvalidError, match="nobody_left"):
        ask(stage, reporter)
    handlers = {name for name in stage.enrolled if name.split("_")[0] in {"hr", "independent"}}
    by_lot = kept_out_of(stage, reference)
    assert handlers - by_lot <= seen
    assert not by_lot & seen
    assert len(handlers & by_lot) == 4, "two of each team never come to hold it"
    assert not seen & {"overseer", "second_overseer", "leader", "administrator"}


def test_somebody_who_left_cannot_be_asked_for(stage: Stage) -> None:
    reference, code, _earlier = taken(stage)
    waiting = {name for name in stage.enrolled if name.startswith("hr_")}
    let_leave(stage, sorted(waiting - set(holders_of(stage, reference))))
    ask(stage, enter(stage, code))
    assert not contact_of(stage, reference).startswith("hr_")


def test_a_reporter_cannot_use_up_the_line_in_a_day(stage: Stage) -> None:
    reference, code, _earlier = taken(stage)
    reporter = enter(stage, code)
    ask(stage, reporter)
    fresh = contact_of(stage, reference)
    again = looked(stage, reporter).can_ask_again_on
    assert again == stage.gate.clock.today() + timedelta(days=1)
    with pytest.raises(InvalidError, match="asked_lately"):
        ask(stage, reporter)
    assert contact_of(stage, reference) == fresh


def test_a_case_that_nobody_took_can_be_given_to_the_next_as_well(stage: Stage) -> None:
    told, code = stage.submit()
    ask(stage, enter(stage, code), keeps_earlier=False)
    assert contact_of(stage, told.reference) not in holders_of(stage, told.reference)


def test_promises_go_on_when_the_contact_person_changes(stage: Stage) -> None:
    reference, code, _earlier = taken(stage)
    case = case_of(stage, reference)
    reporter = enter(stage, code)

    def made() -> list[object]:
        with stage.system.database.reading() as session:
            return [
                (one.kind, one.state, one.due_on)
                for one in list_promises(session, case.id, reporter.party_id)
            ]

    before = made()
    ask(stage, reporter, keeps_earlier=False)
    stage.gate.run(escalate, reporter, None)
    assert made() == before
    fresh = contact_of(stage, reference)
    staff = corresponding(stage, reference, fresh)
    stage.gate.run(write_in_correspondence, staff, WriteMessage(reference, "I am here for you."))
    assert made() != before
    assert read(stage, reporter).messages[-1].text == "I am here for you."


def test_a_reporter_can_escalate_to_the_overseer(stage: Stage) -> None:
    reference, code, _earlier = taken(stage)
    reporter = enter(stage, code)
    assert not looked(stage, reporter).is_escalated
    stage.gate.run(escalate, reporter, None)
    stage.gate.run(escalate, reporter, None)
    assert looked(stage, reporter).is_escalated
    case = case_of(stage, reference)
    name = next(n for n, one in stage.enrolled.items() if one.staff_id == case.overseer_id)
    assert keys_of(stage, reference, name) == {(Compartment.CONVERSATION, 1)}
    (listed,) = stage.gate.run(list_turned_to, stage.staff(name), None)
    assert (listed.reference, listed.is_overseer, listed.has_attested) == (reference, True, False)
    with pytest.raises(NotFoundError):
        conversation_of(stage, stage.staff(name), reference)
    view = conversation_of(stage, corresponding(stage, reference, name), reference)
    assert (view.is_overseer, view.answers["concern"]) == (True, "The kit is unsafe.")
    assert alarms(stage, reference) == set()


def test_strangers_and_colleagues_cannot_turn_or_be_turned_to(stage: Stage) -> None:
    reference, code, _earlier = taken(stage)
    other, _their_code = stage.submit()
    reporter = enter(stage, code)
    pretended = Reporter(
        case_of(stage, other.reference).id, reporter.party_id, reporter.private_key
    )
    tried: list[tuple[UseCase[Any, Any], Any]] = [
        (ask_for_somebody_else, AskForSomebodyElse(keeps_earlier=False)),
        (escalate, None),
        (look_whom_to_turn_to, None),
    ]
    for use_case, command in tried:
        for actor in (pretended, stage.staff("hr_1"), stage.staff("overseer")):
            with pytest.raises(NotFoundError):
                stage.gate.run(use_case, actor, command)
    assert alarms(stage, reference) == set()


def test_what_a_reporter_asks_for_leaves_a_date_and_no_mail(stage: Stage) -> None:
    _reference, code, _earlier = taken(stage)
    reporter = enter(stage, code)
    with stage.system.database.reading() as session:
        mails = len(session.scalars(select(OutgoingMail)).all())
    ask(stage, reporter, keeps_earlier=False)
    stage.gate.run(escalate, reporter, None)
    with stage.system.database.reading() as session:
        assert len(session.scalars(select(OutgoingMail)).all()) == mails
        waiting = set(session.scalars(select(LedgerDay.event)))
    assert {
        Event.MAILBOX_SOMEBODY_ELSE_ASKED,
        Event.MAILBOX_ESCALATED,
        Event.CASE_HOLDER_ADDED,
        Event.CASE_HOLDER_REMOVED,
    } <= waiting


def test_the_last_key_to_the_notes_cannot_be_taken(stage: Stage) -> None:
    reference, code, earlier = taken(stage)
    case_id = case_of(stage, reference).id
    door = stage.gate.door(stage.staff(earlier))
    with door.change() as session:
        for grant in session.scalars(
            select(Grant).where(
                Grant.case_id == case_id,
                Grant.grantee_kind != GranteeKind.PARTY,
                Grant.grantee_id != stage.enrolled[earlier].staff_id,
                Grant.compartment == Compartment.WORK,
            )
        ):
            session.delete(grant)
        door.record(Event.CASE_HOLDER_REMOVED, case_id=case_id)
    reporter = enter(stage, code)
    with pytest.raises(InvalidError, match="last_key"):
        ask(stage, reporter, keeps_earlier=False)
    ask(stage, reporter, keeps_earlier=True)
    assert contact_of(stage, reference) != earlier
