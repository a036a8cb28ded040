"""Whoever takes the watch from an overseer, a holder, the worker or they themselves, takes back all
that was sealed to them, and nobody who comes after has an alarm of what they cannot open.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from safeshare.casework.rules import Purpose
from safeshare.casework.service import overseeing
from safeshare.casework.service.agreeing import list_for_overseer
from safeshare.casework.service.conflict import DeclareTie
from safeshare.casework.service.correspondence import declare_correspondence_tie
from safeshare.casework.service.name_page import LookAtName, look_at_name
from safeshare.casework.service.name_requests import AskByNecessity, ask_by_necessity
from safeshare.concerns.models import OverseerLine
from safeshare.concerns.queries import get_case_held
from safeshare.concerns.rules import AlarmKind
from safeshare.concerns.rules.exclusions import Ticked, Why
from safeshare.concerns.service.compartments import open_locks
from safeshare.concerns.service.leavers import take_leavers_keys
from safeshare.gate import Door
from safeshare.gate.session import GatedSession
from safeshare.kernel.actors import Actor, Role, Staff, Visitor, Worker
from safeshare.kernel.sealed import AccessCode, Compartment
from safeshare.ledger.events import Event
from safeshare.mailbox.service.putting_out import put_out
from safeshare.mailbox.service.turning import escalate
from safeshare.people.service.sign_in import RecogniseStaff, SignIn, recognise_staff, sign_in
from tests.cast import Stage, enrol
from tests.use_cases.ceremony import let_leave
from tests.use_cases.conversation import enter
from tests.use_cases.handlers import attested, case_of, holders_of, ledger, nudges, opened
from tests.use_cases.keeping_out import kept_out_of, numbers_of, overseer_of
from tests.use_cases.moving import place
from tests.use_cases.naming import NAME, TOLD, other_holder, the_request
from tests.use_cases.test_new_keys import NEW, offer, renew
from tests.use_cases.test_overseers_come_to_be_out import let_be, listed, looked, reason_read
from tests.use_cases.test_overseers_gone import hand_on, the_other
from tests.use_cases.test_stepping_aside import declare
from tests.use_cases.test_whereabouts import put
from tests.use_cases.turned import conversation_of, corresponding, keys_of
from tests.use_cases.turned import looked as turning_of
from tests.use_cases.watched import alarms_of

WHY = "They are at risk tonight."


def called_in(stage: Stage, ticked: Ticked | None = None) -> tuple[str, AccessCode, str]:
    """A case whose overseer the reporter called in: its reference, its code and the overseer."""
    told, code = stage.submit(TOLD, identity=NAME, ticked=ticked)
    opened(stage, attested(stage, told.reference), told.reference)
    stage.time.advance(days=1)
    stage.gate.run(escalate, enter(stage, code), None)
    return told.reference, code, overseer_of(stage, told.reference) or ""


def is_over(stage: Stage, reference: str, code: AccessCode, name: str) -> None:
    """What the reporter asked of an overseer: they can ask the next one, who finds nothing yet."""
    after = overseer_of(stage, reference) or ""
    assert after not in {"", name}
    assert not keys_of(stage, reference, name)
    assert AlarmKind.ESCALATED not in alarms_of(stage, reference)
    assert not turning_of(stage, enter(stage, code)).is_escalated
    stage.gate.run(escalate, enter(stage, code), None)
    assert conversation_of(stage, corresponding(stage, reference, after), reference).is_overseer
    assert stage.faults() == []


def opens(stage: Stage, reference: str) -> None:
    opened(stage, attested(stage, reference), reference)


def looks_at_the_name(stage: Stage, reference: str) -> None:
    looked(stage, other_holder(stage, reference), reference)


def declares_a_tie(stage: Stage, reference: str) -> None:
    declare(stage, holders_of(stage, reference)[0], reference)


@pytest.mark.parametrize("does", [opens, looks_at_the_name, declares_a_tie])
def test_an_overseer_whom_the_reporter_called_in_cannot_keep_the_conversation_when_a_holder_comes(
    stage: Stage, does: Callable[[Stage, str], None]
) -> None:
    reference, code, name = called_in(stage, place(stage))
    before = nudges(stage)
    put(stage, name, None, "north")
    does(stage, reference)
    assert nudges(stage) == before + 1
    assert (Compartment.CONVERSATION, 1) not in numbers_of(stage, reference)
    is_over(stage, reference, code, name)
    hand_on(stage)
    assert nudges(stage) == before + 1
    opens(stage, reference)
    looks_at_the_name(stage, reference)


def test_it_is_the_same_where_the_case_keeps_nobody_out(stage: Stage) -> None:
    reference, code, name = called_in(stage)
    enrol(stage, "third_overseer", {Role.OVERSEER})
    before = nudges(stage)
    put(stage, name, None, "north")
    let_leave(stage, [the_other(name)])
    while overseer_of(stage, reference) != "third_overseer":
        put(stage, name, None)
        put(stage, name, None, "north")
        opens(stage, reference)
    assert nudges(stage) == before + 1
    is_over(stage, reference, code, name)


def test_an_overseer_with_a_tie_cannot_leave_their_alarm_to_the_next(stage: Stage) -> None:
    reference, code, name = called_in(stage)
    before = nudges(stage)
    tie = DeclareTie(reference, has_tie=True)
    stage.gate.run(declare_correspondence_tie, stage.staff(name), tie)
    assert nudges(stage) == before + 1
    assert AlarmKind.ESCALATED not in alarms_of(stage, reference)
    hand_on(stage)
    assert nudges(stage) == before + 1
    is_over(stage, reference, code, name)


@pytest.mark.parametrize("has_looked", [True, False])
def test_a_reporter_is_told_once_of_an_overseer_who_left_whichever_round_comes_first(
    stage: Stage, has_looked: bool
) -> None:
    reference, code, name = called_in(stage)
    if has_looked:
        conversation_of(stage, corresponding(stage, reference, name), reference)
    before = nudges(stage)
    let_leave(stage, [name])
    stage.gate.run(take_leavers_keys, Worker(), None)
    hand_on(stage)
    assert nudges(stage) == before + 1
    is_over(stage, reference, code, name)


def test_a_reporter_is_told_of_an_overseer_who_has_new_keys(stage: Stage) -> None:
    reference, code, name = called_in(stage)
    conversation_of(stage, corresponding(stage, reference, name), reference)
    before = nudges(stage)
    renew(stage, name, offer(stage, name))
    assert overseer_of(stage, reference) is None
    hand_on(stage)
    assert nudges(stage) == before + 1
    is_over(stage, reference, code, name)


def test_the_worker_cannot_find_anybody_where_a_holder_found_that_nobody_is_left(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line says so itself, whether or not the worker can tell who moved since it was drawn."""
    reference = stage.submit(ticked=place(stage))[0].reference
    for name in ("overseer", "second_overseer"):
        put(stage, name, None, "north")
    monkeypatch.setattr(overseeing, "find_last_come", lambda *_: {})
    opens(stage, reference)
    for _ in range(2):
        hand_on(stage)
        assert overseer_of(stage, reference) is None
        assert AlarmKind.NO_OVERSEER in alarms_of(stage, reference)
        declares_a_tie(stage, reference)
    assert stage.faults() == []


def test_looking_again_where_nobody_is_left_writes_nothing_more(stage: Stage) -> None:
    reference = stage.submit()[0].reference
    put(stage, overseer_of(stage, reference) or "", None, "north")
    let_leave(stage, ["overseer", "second_overseer"])
    opens(stage, reference)
    before = rows_of_line(stage, reference)
    opens(stage, reference)
    assert rows_of_line(stage, reference) == before


def rows_of_line(stage: Stage, reference: str) -> bytes:
    with stage.system.database.reading() as session:
        row = session.get_one(OverseerLine, case_of(stage, reference).id)
        return row.line.blob


def asked_by_necessity(stage: Stage) -> tuple[str, str]:
    reference = stage.submit(TOLD, identity=NAME)[0].reference
    command = AskByNecessity(reference, Purpose.LIFE, WHY)
    stage.gate.run(ask_by_necessity, other_holder(stage, reference), command)
    return reference, overseer_of(stage, reference) or ""


def with_new_keys(stage: Stage, name: str) -> Staff:
    """Somebody who made new keys, and was let be overseer again before the worker came."""
    renew(stage, name, offer(stage, name))
    let_be(stage, name, Role.OVERSEER)
    stage.time.advance(seconds=60)
    given = stage.gate.run(sign_in, Visitor(), SignIn(name, NEW, stage.six_digits(name)))
    assert given is not None
    number, now = given.session_number, stage.time.now
    command = RecogniseStaff(given.staff_id, given.private_key, number, now)
    found = stage.gate.run(recognise_staff, Visitor(), command)
    assert found is not None
    return found


def test_new_keys_of_an_overseer_raise_no_alarm_and_what_waits_is_sealed_to_them_anew(
    stage: Stage,
) -> None:
    reference, name = asked_by_necessity(stage)
    let_leave(stage, [the_other(name)])
    staff = with_new_keys(stage, name)
    assert stage.gate.run(list_for_overseer, staff, None) == ()
    holder = other_holder(stage, reference)
    (shown,) = stage.gate.run(look_at_name, holder, LookAtName(reference)).requests
    assert overseer_of(stage, reference) == name
    assert shown.waits_for_overseer
    assert len(stage.gate.run(list_for_overseer, staff, None)) == 1
    assert ledger(stage, Event.ALARM_RAISED) == []
    assert stage.faults() == []


def test_a_reason_that_is_sealed_to_older_keys_is_sealed_anew_by_whoever_looks_next(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of an overseer who had new keys before these ended every watch."""
    reference, name = asked_by_necessity(stage)
    with monkeypatch.context() as before:
        before.setattr("safeshare.concerns.service.new_keys.end_watches", lambda *_: None)
        staff = with_new_keys(stage, name)
    assert overseer_of(stage, reference) == name
    looks_at_the_name(stage, reference)
    assert len(stage.gate.run(list_for_overseer, staff, None)) == 1
    assert ledger(stage, Event.ALARM_RAISED) == []


def test_the_worker_cannot_give_a_case_to_whoever_was_put_out_while_it_read(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = stage.submit()[0].reference
    holder = attested(stage, reference)
    first = overseer_of(stage, reference) or ""
    following = the_other(first)
    let_leave(stage, [first])
    with meanwhile(monkeypatch, Worker(), lambda: keep_out(stage, holder, reference, following)):
        hand_on(stage)
    assert following in kept_out_of(stage, reference)
    assert overseer_of(stage, reference) != following
    hand_on(stage)
    assert overseer_of(stage, reference) is None
    assert AlarmKind.NO_OVERSEER in alarms_of(stage, reference)


@contextmanager
def meanwhile(
    monkeypatch: pytest.MonkeyPatch, actor: Actor, happens: Callable[[], None]
) -> Iterator[None]:
    """Something happens when somebody has read and has not begun their transaction."""
    begin, waiting = Door.change, [happens]

    def change(door: Door) -> AbstractContextManager[GatedSession]:
        if door.actor == actor and waiting:
            door.stop_reading()
            waiting.pop()()
        return begin(door)

    with monkeypatch.context() as patched:
        patched.setattr(Door, "change", change)
        yield


def keep_out(stage: Stage, holder: Staff, reference: str, name: str) -> None:
    door, case_id = stage.gate.door(holder), case_of(stage, reference).id
    with door.change() as session:
        case, locks = get_case_held(session, case_id), open_locks(door, case_id, session=session)
        put_out(door, session, case, locks, stage.enrolled[name].staff_id, Why.TIE)
        door.record(Event.CASE_KEPT_UP, case_id=case_id)


def test_who_comes_to_oversee_a_case_while_somebody_asks_for_its_name_is_the_one_who_is_asked(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = stage.submit(TOLD, identity=NAME)[0].reference
    holder = other_holder(stage, reference)
    name = overseer_of(stage, reference) or ""

    def is_followed() -> None:
        let_leave(stage, [name])
        hand_on(stage)

    with meanwhile(monkeypatch, holder, is_followed):
        stage.gate.run(ask_by_necessity, holder, AskByNecessity(reference, Purpose.LIFE, WHY))
    assert the_request(stage).for_overseer is not None
    assert len(listed(stage, the_other(name))) == 1
    assert reason_read(stage, the_other(name)) == WHY
    assert ledger(stage, Event.ALARM_RAISED) == []
