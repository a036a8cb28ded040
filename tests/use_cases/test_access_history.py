"""What the reporter is told of who did what with their concern."""

from datetime import date

import pytest
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from safeshare.casework.service.conflict import DeclareTie, declare_tie
from safeshare.casework.service.handing_over import AddHolder, add_holder
from safeshare.casework.service.handling import (
    AcknowledgeCase,
    TakeCase,
    acknowledge,
    take_case,
)
from safeshare.casework.service.keepers import ReadName, read_name
from safeshare.concerns.models import Grant, GranteeKind
from safeshare.concerns.rules.exclusions import Ticked
from safeshare.kernel.errors import BarredError
from safeshare.kernel.sealed import AccessCode, Compartment
from safeshare.ledger.events import Event
from safeshare.mailbox.service.history import (
    PAGE,
    PURPOSE_OF,
    AccessLine,
    History,
    Purpose,
    ReadHistory,
    read_history,
)
from safeshare.mailbox.service.turning import escalate
from safeshare.people.models import Queue
from tests.cast import Stage
from tests.use_cases.ceremony import give, let_leave, together
from tests.use_cases.conversation import enter, read
from tests.use_cases.handlers import attested, holders_of, opened
from tests.use_cases.naming import NAME, TOLD, a_keeper, necessary, other_holder
from tests.use_cases.recovered import newcomer

KEPT_FROM_REPORTERS = frozenset(
    {
        Event.CASE_AFTERCARE_ENDED,
        Event.CASE_CONFLICT_ATTESTED,
        Event.CASE_KEPT_UP,
        Event.CASE_KEYS_ROTATED,
        Event.CASE_NOTES_ASKED,
        Event.CASE_OVERSEER_CHANGED,
        Event.CONCERN_SUBMITTED,
        Event.MAILBOX_FILE_OPENED,
        Event.MAILBOX_MESSAGE_WRITTEN,
    }
)
"""Upkeep without a reader, what stands in the mailbox anyhow, and why somebody lost a key."""

CASE_PREFIXES = ("case:", "identity:", "mailbox:", "request:")


def history(stage: Stage, code: AccessCode, page: int = 0) -> History:
    return stage.gate.run(read_history, enter(stage, code), ReadHistory(page))


def purposes(found: History) -> set[Purpose]:
    return {line.purpose for line in found.lines}


def hide_names(stage: Stage) -> None:
    with Session(stage.system.database.engine) as session:
        session.execute(update(Queue).values(shows_names=False))
        session.commit()


def test_every_event_of_a_case_is_told_or_kept_back_on_purpose() -> None:
    of_a_case = {one for one in Event if one.startswith(CASE_PREFIXES)}
    assert of_a_case - set(PURPOSE_OF) - KEPT_FROM_REPORTERS == set()
    assert not set(PURPOSE_OF) & KEPT_FROM_REPORTERS


def test_a_reporter_can_see_who_opened_it_by_day_and_no_instant(stage: Stage) -> None:
    sent, code = stage.submit(TOLD, identity=NAME)
    keeper = a_keeper(stage, sent.reference)
    opened(stage, keeper, sent.reference)
    opened(stage, keeper, sent.reference)
    stage.time.advance(days=1)
    opened(stage, keeper, sent.reference)
    stage.gate.run(read_name, keeper, ReadName(sent.reference))
    found = history(stage, code)
    read_on = [line.on for line in found.lines if line.purpose is Purpose.READ]
    assert read_on == [date(2026, 3, 3), date(2026, 3, 2)]
    seen = next(line for line in found.lines if line.purpose is Purpose.NAME_READ)
    assert seen.actor is not None
    assert (seen.actor.name, seen.actor.queue) == (keeper.display_name, "Human Resources")
    assert Purpose.CODE_USED not in purposes(found)


def test_a_reporter_can_see_roles_alone_where_the_queue_shows_no_names(stage: Stage) -> None:
    sent, code = stage.submit(TOLD, identity=NAME)
    keeper = a_keeper(stage, sent.reference)
    stage.gate.run(take_case, keeper, TakeCase(sent.reference))
    stage.gate.run(acknowledge, keeper, AcknowledgeCase(sent.reference, "Hello."))
    assert read(stage, enter(stage, code)).contact_name == keeper.display_name
    hide_names(stage)
    found = history(stage, code)
    assert {line.actor.name for line in found.lines if line.actor} == {None}
    assert {line.actor.queue for line in found.lines if line.actor} == {"Human Resources"}
    mailbox = read(stage, enter(stage, code))
    assert (mailbox.has_contact, mailbox.contact_name) == (True, None)
    assert {message.author_name for message in mailbox.messages} == {None}


def test_a_person_of_a_team_without_names_is_not_named_in_another_teams_case(stage: Stage) -> None:
    sent, code = stage.submit(TOLD)
    keeper = a_keeper(stage, sent.reference)
    opened(stage, keeper, sent.reference)
    with Session(stage.system.database.engine) as session:
        hr = stage.queues["hr"]
        session.execute(update(Queue).where(Queue.id != hr).values(shows_names=False))
        session.commit()
    found = history(stage, code)
    assert keeper.display_name in {line.actor.name for line in found.lines if line.actor}


def test_a_reporter_can_see_that_their_code_was_used(stage: Stage) -> None:
    _, code = stage.submit(TOLD)
    read(stage, enter(stage, code))
    found = history(stage, code)
    own = [line for line in found.lines if line.is_own]
    assert own == [AccessLine(date(2026, 3, 2), Purpose.CODE_USED, True, None, None)]


def test_a_reporter_can_see_every_request_for_their_name(stage: Stage) -> None:
    sent, code = stage.submit(TOLD, identity=NAME)
    holder = other_holder(stage, sent.reference)
    necessary(stage, holder, sent.reference)
    found = history(stage, code)
    asked = [line for line in found.lines if line.purpose is Purpose.ASKED_NAME]
    assert [line.actor.name for line in asked if line.actor] == [holder.display_name]


def test_a_reporter_can_see_who_can_read_it_now(stage: Stage) -> None:
    sent, code = stage.submit(TOLD, identity=NAME)
    now = history(stage, code).now
    names = {name: stage.staff(name).display_name for name in stage.enrolled}
    assert {one.who.name for one in now} == {
        names[name] for name in holders_of(stage, sent.reference)
    }
    assert {one.who.name for one in now if one.keeps_name} == {
        names[name] for name in holders_of(stage, sent.reference, Compartment.IDENTITY)
    }
    assert {one.who.queue for one in now} == {"Human Resources"}
    tied = holders_of(stage, sent.reference)[0]
    stage.gate.run(declare_tie, stage.staff(tied), DeclareTie(sent.reference, has_tie=True))
    stage.gate.run(escalate, enter(stage, code), None)
    after = history(stage, code).now
    assert names[tied] not in {one.who.name for one in after}
    assert [one.who.oversees for one in after].count(True) == 1
    assert len(after) == len(now) + 1


def test_a_row_in_the_table_makes_nobody_a_reader(stage: Stage) -> None:
    _sent, code = stage.submit(TOLD)
    before = history(stage, code).now
    with stage.system.database.engine.begin() as connection:
        rows = connection.execute(select(Grant.__table__)).mappings().all()
        row = next(dict(one) for one in rows if one["grantee_kind"] is GranteeKind.STAFF)
        leader = stage.enrolled["leader"].staff_id
        connection.execute(insert(Grant).values(row | {"grantee_id": leader}))
    assert history(stage, code).now == before


def test_whoever_has_left_reads_it_no_more(stage: Stage) -> None:
    sent, code = stage.submit(TOLD)
    let_leave(stage, holders_of(stage, sent.reference))
    assert history(stage, code).now == ()


def test_the_people_who_read_it_now_have_no_names_where_the_queue_shows_none(stage: Stage) -> None:
    _sent, code = stage.submit(TOLD)
    hide_names(stage)
    now = history(stage, code).now
    assert [(one.who.name, one.who.queue) for one in now] == [(None, "Human Resources")] * 3


def test_a_reporter_can_see_to_whom_and_why_officers_gave_it(stage: Stage) -> None:
    sent, code = stage.submit(TOLD, identity=NAME)
    give(stage, together(stage), sent.reference, newcomer(stage), with_identity=True)
    lines = {line.purpose: line for line in history(stage, code).lines}
    gave, name = lines[Purpose.RECOVERED], lines[Purpose.NAME_GIVEN]
    assert (gave.cause, gave.subject) == ("holders_asked", None)
    for line in (gave, name):
        assert line.actor is not None
        assert line.actor.are_officers
    for line in (name, lines[Purpose.GIVEN]):
        assert line.subject is not None
        assert line.subject.name == "Newcomer"


def test_a_reporter_can_see_that_a_holder_tried_to_give_it_to_somebody_kept_out(
    stage: Stage,
) -> None:
    out = stage.enrolled[newcomer(stage)].staff_id
    sent, code = stage.submit(TOLD, ticked=Ticked(people=frozenset({out})))
    holder = attested(stage, sent.reference)
    with pytest.raises(BarredError, match="may_not_hold"):
        stage.gate.run(add_holder, holder, AddHolder(sent.reference, out, "I want it so."))
    refused = [one for one in history(stage, code).lines if one.purpose is Purpose.REFUSED]
    assert [one.actor.name for one in refused if one.actor] == [holder.display_name]
    assert [one.subject for one in refused] == [None]


def test_a_long_history_comes_in_pages_of_one_statement(sqlite_stage: Stage) -> None:
    sent, code = sqlite_stage.submit(TOLD)
    name = holders_of(sqlite_stage, sent.reference)[0]
    attested(sqlite_stage, sent.reference, name)
    for _ in range(PAGE + 3):
        sqlite_stage.time.advance(days=1)
        opened(sqlite_stage, sqlite_stage.staff(name), sent.reference)
    reporter = enter(sqlite_stage, code)
    statements: list[str] = []
    engine = sqlite_stage.system.database.engine
    sqlalchemy_event.listen(
        engine, "before_cursor_execute", lambda _c, _k, text, *_more: statements.append(text)
    )
    first = sqlite_stage.gate.run(read_history, reporter, ReadHistory())
    of_ledger = [one for one in statements if "ledger_entry" in one]
    assert len([one for one in of_ledger if "given" in one]) == 1
    assert len(of_ledger) == 2, "the other tells whether the grants are as they were written"
    second = sqlite_stage.gate.run(read_history, reporter, ReadHistory(1))
    assert first.has_more
    assert not second.has_more
    assert (len(first.now), second.now) == (3, ())
    assert first.lines[-1].on > second.lines[0].on


def test_a_history_tells_nothing_of_another_case(stage: Stage) -> None:
    sent, _ = stage.submit(TOLD)
    _, other_code = stage.submit()
    opened(stage, a_keeper(stage, sent.reference), sent.reference)
    assert history(stage, other_code).lines == ()


@pytest.mark.parametrize("page", [-5, 99])
def test_a_page_that_is_not_there_is_empty_or_the_first(stage: Stage, page: int) -> None:
    sent, code = stage.submit(TOLD)
    opened(stage, a_keeper(stage, sent.reference), sent.reference)
    assert bool(history(stage, code, page).lines) == (page < 0)
