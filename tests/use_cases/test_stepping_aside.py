"""A tie takes the case away at once; the next is promoted, and the keys are changed."""

from threading import Thread
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, select

from safeshare.casework.models import Attestation
from safeshare.casework.service.conflict import DeclareTie, ReadNames, declare_tie, read_names
from safeshare.casework.service.handling import TakeCase, WriteMessage, take_case, write_message
from safeshare.concerns.models import CaseAlarm, CaseDocument, Grant, GranteeKind
from safeshare.concerns.rules import AlarmKind
from safeshare.concerns.rules.exclusions import Ticked
from safeshare.concerns.service.compartments import Lock, open_locks
from safeshare.kernel.errors import NotFoundError, SealBrokenError, StaleError
from safeshare.kernel.sealed import Compartment
from safeshare.ledger.events import Event
from safeshare.mailbox.models import Message
from safeshare.outbox.models import OutgoingMail
from safeshare.outbox.rules import MailKind
from safeshare.people.models import ServiceKey
from tests.cast import Stage
from tests.use_cases.conversation import enter, read, write
from tests.use_cases.handlers import (
    attested,
    case_of,
    holders_of,
    ledger,
    opened,
)
from tests.use_cases.keeping_out import (
    calls,
    grants_of,
    ids,
    kept_out_of,
    line_of,
    numbers_of,
    old_keys_of,
    people,
    team,
)
from tests.use_cases.test_paging import put_on_call, sweep

PLAIN = {Compartment.CONVERSATION, Compartment.WORK}


def declare(stage: Stage, name: str, reference: str) -> None:
    """Let a holder declare a tie."""
    stage.gate.run(declare_tie, stage.staff(name), DeclareTie(reference, has_tie=True))


def keeper_of(stage: Stage, reference: str) -> str:
    return holders_of(stage, reference, Compartment.IDENTITY)[0]


def other_than_keeper(stage: Stage, reference: str) -> str:
    keepers = holders_of(stage, reference, Compartment.IDENTITY)
    return next(name for name in holders_of(stage, reference) if name not in keepers)


def alarms_of(stage: Stage, reference: str) -> set[AlarmKind]:
    with stage.system.database.reading() as session:
        wanted = select(CaseAlarm.kind).where(CaseAlarm.case_id == case_of(stage, reference).id)
        return set(session.scalars(wanted))


def alerted(stage: Stage) -> list[UUID]:
    with stage.system.database.reading() as session:
        wanted = select(OutgoingMail.recipient_id).where(OutgoingMail.kind == MailKind.ALERT)
        return list(session.scalars(wanted))


def test_a_tie_takes_the_case_away_and_the_next_in_line_has_it(stage: Stage) -> None:
    reference = stage.submit({"who": "My neighbour"})[0].reference
    before, line = holders_of(stage, reference), line_of(stage, reference)
    tied = other_than_keeper(stage, reference)
    declare(stage, tied, reference)
    assert grants_of(stage, tied) == []
    assert set(holders_of(stage, reference)) == (set(before) - {tied}) | {line[0]}
    assert line_of(stage, reference) == line[1:]
    assert tied in kept_out_of(stage, reference)
    with pytest.raises(NotFoundError):
        opened(stage, stage.staff(tied), reference)
    with pytest.raises(NotFoundError):
        stage.gate.run(read_names, stage.staff(tied), ReadNames(reference))
    view = opened(stage, attested(stage, reference, line[0]), reference)
    assert view.answers["who"] == "My neighbour"
    assert stage.enrolled[line[0]].staff_id in alerted(stage)


def test_the_ledger_can_tell_that_somebody_was_added_and_removed_and_not_why(stage: Stage) -> None:
    reference = stage.submit()[0].reference
    tied, promoted = other_than_keeper(stage, reference), line_of(stage, reference)[0]
    declare(stage, tied, reference)
    case_id = case_of(stage, reference).id
    (removed,) = ledger(stage, Event.CASE_HOLDER_REMOVED)
    (added,) = ledger(stage, Event.CASE_HOLDER_ADDED)
    assert (removed.case_id, removed.note["staff"]) == (
        case_id,
        str(stage.enrolled[tied].staff_id),
    )
    assert (added.case_id, added.note["staff"]) == (
        case_id,
        str(stage.enrolled[promoted].staff_id),
    )
    said = " ".join(str(entry.note) for event in Event for entry in ledger(stage, event))
    assert "tie" not in said
    assert "conflict" not in said
    with stage.system.database.reading() as session:
        assert session.scalars(select(Attestation)).all() == []


def test_the_keys_that_somebody_may_have_kept_open_nothing_any_more(stage: Stage) -> None:
    sent, code = stage.submit()
    tied = other_than_keeper(stage, sent.reference)
    old = old_keys_of(stage, sent.reference, tied)
    write(stage, enter(stage, code), "It happened again.")
    declare(stage, tied, sent.reference)
    case_id, vault = case_of(stage, sent.reference).id, stage.gate.vault
    with stage.system.database.reading() as session:
        documents = session.scalars(select(CaseDocument).where(CaseDocument.case_id == case_id))
        changed = [one for one in documents if one.compartment in PLAIN]
        messages = session.scalars(select(Message).where(Message.case_id == case_id)).all()
    assert {one.key_number for one in changed} == {2}
    assert {one.key_number for one in messages} == {2}
    for document in changed:
        lock = Lock(case_id, document.compartment, document.party_id, old[document.compartment])
        for open_it in (vault.open_document, vault.open_record, vault.open_roll):
            with pytest.raises(SealBrokenError):
                open_it(lock.key, lock.place("case_document", document.id, "body"), document.body)
    mailbox = read(stage, enter(stage, code))
    assert mailbox.messages[0].text == "It happened again."


def test_only_the_compartments_that_they_had_get_new_keys(stage: Stage) -> None:
    reference = stage.submit()[0].reference
    declare(stage, other_than_keeper(stage, reference), reference)
    assert numbers_of(stage, reference) == {
        (Compartment.CONVERSATION, 2),
        (Compartment.WORK, 2),
        (Compartment.IDENTITY, 1),
    }


def test_a_keeper_with_a_tie_hands_the_name_on_to_whoever_holds_the_case(stage: Stage) -> None:
    reference = stage.submit({"mode": "confidential"}, identity={"name": "Sam"})[0].reference
    third = other_than_keeper(stage, reference)
    tied, stays = holders_of(stage, reference, Compartment.IDENTITY)
    declare(stage, tied, reference)
    assert holders_of(stage, reference, Compartment.IDENTITY) == sorted([stays, third])
    assert (Compartment.IDENTITY, 2) in numbers_of(stage, reference)
    assert (Compartment.IDENTITY, 1) not in numbers_of(stage, reference)
    door = stage.gate.door(stage.staff(third))
    locks = open_locks(door, case_of(stage, reference).id)
    assert set(locks) == {*PLAIN, Compartment.IDENTITY}
    door.stop_reading()


def test_a_contact_person_with_a_tie_is_followed_by_whoever_has_declared_none(
    stage: Stage,
) -> None:
    sent, code = stage.submit()
    one, two = holders_of(stage, sent.reference)[:2]
    contact, other = attested(stage, sent.reference, one), attested(stage, sent.reference, two)
    stage.gate.run(take_case, contact, TakeCase(sent.reference))
    declare(stage, one, sent.reference)
    assert case_of(stage, sent.reference).contact_id == other.staff_id
    assert read(stage, enter(stage, code)).contact_name == other.display_name
    assert other.staff_id in alerted(stage)


def test_an_excluded_person_cannot_be_promoted_however_many_step_aside(stage: Stage) -> None:
    out = ids(stage, "hr_1", "hr_2", "independent_1")
    reference = stage.submit(ticked=Ticked(people=out))[0].reference
    gone: set[str] = set()
    for _ in range(8):
        tied = next(iter(set(holders_of(stage, reference))))
        declare(stage, tied, reference)
        gone.add(tied)
        holders = holders_of(stage, reference)
        assert len(holders) == 3
        assert out.isdisjoint(ids(stage, *holders))
        assert gone.isdisjoint(holders)
    assert gone | {"hr_1", "hr_2", "independent_1"} <= kept_out_of(stage, reference)


def test_a_lot_can_find_a_holder_when_the_line_is_used_up(stage: Stage) -> None:
    ticked = people(stage, *(name for name in stage.enrolled if name != "hr_1"))
    few = Ticked(people=ticked.people - ids(stage, "hr_2"))
    reference = stage.submit(ticked=few)[0].reference
    assert holders_of(stage, reference) == ["hr_1", "hr_2"]
    assert line_of(stage, reference) == []
    declare(stage, "hr_1", reference)
    assert holders_of(stage, reference) == ["hr_2"]
    assert alarms_of(stage, reference) == {AlarmKind.FEW_HOLDERS, AlarmKind.NO_OVERSEER}


def no_recovery(stage: Stage) -> None:
    """An installation whose recovery was never set up."""
    with stage.system.database.engine.begin() as connection:
        connection.execute(delete(ServiceKey))


def test_the_last_key_of_a_case_cannot_be_taken_and_opens_nothing(stage: Stage) -> None:
    no_recovery(stage)
    ticked = people(stage, *(name for name in stage.enrolled if name != "hr_1"))
    reference = stage.submit(ticked=ticked)[0].reference
    assert holders_of(stage, reference) == ["hr_1"]
    declare(stage, "hr_1", reference)
    assert holders_of(stage, reference) == ["hr_1"]
    assert alarms_of(stage, reference) == {AlarmKind.FEW_HOLDERS, AlarmKind.NO_OVERSEER}
    assert [one.note["alarm"] for one in ledger(stage, Event.ALARM_RAISED)] == ["last_key_kept"]
    with pytest.raises(NotFoundError):
        opened(stage, stage.staff("hr_1"), reference)
    with pytest.raises(NotFoundError):
        stage.gate.run(declare_tie, stage.staff("hr_1"), DeclareTie(reference, has_tie=False))


def test_the_last_holder_can_leave_where_recovery_can_open_the_case(stage: Stage) -> None:
    ticked = people(stage, *(name for name in stage.enrolled if name != "hr_1"))
    reference = stage.submit(ticked=ticked)[0].reference
    declare(stage, "hr_1", reference)
    assert holders_of(stage, reference) == []
    with stage.system.database.reading() as session:
        kinds = set(session.scalars(select(Grant.grantee_kind)))
    assert kinds == {GranteeKind.PARTY, GranteeKind.RECOVERY}


def test_two_holders_with_a_tie_at_once_cannot_undo_one_another(stage: Stage) -> None:
    reference = stage.submit()[0].reference
    first, second = holders_of(stage, reference)[:2]
    actors = [stage.staff(name) for name in (first, second)]
    failed: list[Exception] = []

    def run(number: int) -> None:
        try:
            command = DeclareTie(reference, has_tie=True)
            stage.gate.run(declare_tie, actors[number], command)
        except StaleError as error:
            failed.append(error)

    threads = [Thread(target=run, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    holders = holders_of(stage, reference)
    assert len(holders) == 3
    assert {first, second}.isdisjoint(holders)
    name = holders[0]
    assert opened(stage, attested(stage, reference, name), reference).answers


def test_a_message_that_was_sealed_before_the_change_cannot_be_lost(stage: Stage) -> None:
    sent, code = stage.submit()
    reporter = enter(stage, code)
    tied, *others = holders_of(stage, sent.reference)
    staff = attested(stage, sent.reference, others[0])
    declare(stage, tied, sent.reference)
    write(stage, reporter, "From a session that began before")
    stage.gate.run(
        write_message, staff, WriteMessage(sent.reference, "An answer", message_id=uuid4())
    )
    assert [one.text for one in read(stage, enter(stage, code)).messages] == [
        "From a session that began before",
        "An answer",
    ]


def test_a_call_to_somebody_who_steps_aside_goes_to_the_others(stage: Stage) -> None:
    put_on_call(stage, "hr", "hr_4")
    reference = stage.submit({"danger": "yes"})[0].reference
    sweep(stage)
    declare(stage, "hr_4", reference)
    called = {page.staff_id for page in calls(stage)}
    assert stage.enrolled["hr_4"].staff_id not in called
    assert called == ids(stage, *holders_of(stage, reference))


def test_a_team_can_be_worn_out_and_the_reserve_goes_on(stage: Stage) -> None:
    reference = stage.submit()[0].reference
    for _ in range(len(team(stage, "hr"))):
        mine = [name for name in holders_of(stage, reference) if name.startswith("hr_")]
        if mine:
            declare(stage, mine[0], reference)
    holders = holders_of(stage, reference)
    assert len(holders) == 3
    assert set(holders) <= set(team(stage, "independent"))
