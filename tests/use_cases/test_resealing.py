"""Going over to another suite: by holders as they open cases, by officers for the rest."""

from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import select, update

from safeshare.concerns.models import CaseDocument, Grant, GranteeKind
from safeshare.concerns.service.resealing import (
    Resealed,
    ResealOn,
    count_out_of_date,
    reseal_next,
)
from safeshare.kernel.actors import Officers, Operator
from safeshare.kernel.errors import NotFoundError, SealBrokenError
from safeshare.kernel.sealed import Compartment
from safeshare.ledger.events import Event
from safeshare.mailbox.models import Message
from tests.cast import Stage
from tests.use_cases.ceremony import renew, together
from tests.use_cases.conversation import enter, read, write
from tests.use_cases.handlers import attested, case_of, holders_of, kept_up, ledger, opened

CHACHA = 2


def in_new_suite(stage: Stage) -> Stage:
    """The same installation after its setting was changed."""
    vault = replace(stage.gate.vault, content_suite=CHACHA)
    gate = replace(stage.gate, vault=vault)
    return replace(stage, system=replace(stage.system, gate=gate))


def suites(stage: Stage, reference: str) -> set[int]:
    """The first bytes of everything that a case seals."""
    case_id = case_of(stage, reference).id
    with stage.system.database.reading() as session:
        documents = session.scalars(select(CaseDocument).where(CaseDocument.case_id == case_id))
        messages = session.scalars(select(Message).where(Message.case_id == case_id))
        return {row.body.blob[0] for row in (*documents, *messages)}


def numbers(stage: Stage, reference: str) -> set[int]:
    case_id = case_of(stage, reference).id
    with stage.system.database.reading() as session:
        return set(session.scalars(select(Grant.key_number).where(Grant.case_id == case_id)))


def left(stage: Stage) -> int:
    return stage.gate.run(count_out_of_date, Operator(), None)


def reseal_all(stage: Stage, officers: Officers) -> list[Resealed]:
    rounds: list[Resealed] = []
    after: UUID | None = None
    while True:
        done = stage.gate.run(reseal_next, officers, ResealOn(after))
        if done.case_id is None:
            return rounds
        rounds.append(done)
        after = done.case_id if done.is_done or done.is_broken else after


def keepers_of(stage: Stage, reference: str) -> list[str]:
    return holders_of(stage, reference, Compartment.IDENTITY)


def test_a_holder_can_take_a_case_over_by_opening_it(stage: Stage) -> None:
    told, code = stage.submit({"concern": "The gauges are wrong."})
    write(stage, enter(stage, code), "Still wrong.")
    assert left(stage) == 0
    later = in_new_suite(stage)
    assert left(later) == 1
    name = keepers_of(later, told.reference)[0]
    staff = attested(later, told.reference, name)
    assert opened(later, staff, told.reference).answers["concern"] == "The gauges are wrong."
    assert kept_up(later, staff, told.reference)
    assert suites(later, told.reference) == {CHACHA}
    assert (left(later), numbers(later, told.reference)) == (0, {2})
    assert not kept_up(later, staff, told.reference)
    assert read(later, enter(later, code)).messages[0].text == "Still wrong."
    for holder in holders_of(later, told.reference):
        opened(later, attested(later, told.reference, holder), told.reference)


def test_old_and_new_cases_can_be_read_side_by_side(stage: Stage) -> None:
    old = stage.submit({"concern": "Of yesterday."})[0].reference
    later = in_new_suite(stage)
    new = later.submit({"concern": "Of today."})[0].reference
    assert (suites(later, old), suites(later, new)) == ({1}, {CHACHA})
    for reference, concern in ((old, "Of yesterday."), (new, "Of today.")):
        view = opened(later, attested(later, reference), reference)
        assert view.answers["concern"] == concern
    assert opened(stage, attested(stage, new), new).answers["concern"] == "Of today."


def test_a_holder_who_keeps_no_name_takes_over_what_they_can(stage: Stage) -> None:
    reference = stage.submit()[0].reference
    later = in_new_suite(stage)
    name = next(
        one for one in holders_of(later, reference) if one not in keepers_of(later, reference)
    )
    staff = attested(later, reference, name)
    assert kept_up(later, staff, reference)
    assert not kept_up(later, staff, reference)
    assert suites(later, reference) == {1, CHACHA}
    assert left(later) == 1
    keeper = attested(later, reference, keepers_of(later, reference)[0])
    assert kept_up(later, keeper, reference)
    assert left(later) == 0


def test_officers_can_take_over_what_nobody_opens(stage: Stage) -> None:
    told = [stage.submit({"concern": f"Number {number}."}) for number in range(4)]
    later = in_new_suite(stage)
    officers = together(later)
    rounds = reseal_all(later, officers)
    assert (len(rounds), left(later)) == (4, 0)
    assert all(one.is_done and not one.is_broken for one in rounds)
    renew(later, officers)
    for number, (sent, code) in enumerate(told):
        assert suites(later, sent.reference) == {CHACHA}
        view = opened(later, attested(later, sent.reference), sent.reference)
        assert view.answers["concern"] == f"Number {number}."
        assert read(later, enter(later, code)).reference == sent.reference
    assert len(ledger(later, Event.RECOVERY_CASE_RESEALED)) == 4


def test_a_long_case_can_be_taken_over_in_rounds_and_read_meanwhile(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("safeshare.concerns.service.rotation.ROWS_A_ROUND", 3)
    told, code = stage.submit()
    reporter = enter(stage, code)
    for number in range(7):
        write(stage, reporter, f"Message {number}")
    later = in_new_suite(stage)
    staff = attested(later, told.reference, keepers_of(later, told.reference)[0])
    rounds = 0
    while left(later):
        assert kept_up(later, staff, told.reference)
        texts = [one.text for one in opened(later, staff, told.reference).messages]
        assert texts == [f"Message {number}" for number in range(7)]
        assert len(read(later, enter(later, code)).messages) == 7
        rounds += 1
    assert rounds > 2
    assert suites(later, told.reference) == {CHACHA}


def test_an_older_value_put_back_cannot_be_read(stage: Stage) -> None:
    """A thief of yesterday's table who can write to today's."""
    reference = stage.submit({"concern": "As it was."})[0].reference
    case_id = case_of(stage, reference).id
    with stage.system.database.reading() as session:
        kept = {
            row.id: (row.body, row.key_number)
            for row in session.scalars(select(CaseDocument).where(CaseDocument.case_id == case_id))
        }
    later = in_new_suite(stage)
    staff = attested(later, reference, keepers_of(later, reference)[0])
    kept_up(later, staff, reference)
    for relabelled in (False, True):
        with stage.system.database.engine.begin() as connection:
            for row_id, (body, number) in kept.items():
                connection.execute(
                    update(CaseDocument)
                    .where(CaseDocument.id == row_id)
                    .values(body=body, key_number=2 if relabelled else number)
                )
        with pytest.raises(SealBrokenError):
            opened(later, staff, reference)


def test_a_broken_case_cannot_hold_up_the_others(stage: Stage) -> None:
    references = [stage.submit()[0].reference for _ in range(3)]
    spoilt = case_of(stage, references[1]).id
    with stage.system.database.engine.begin() as connection:
        connection.execute(
            update(Grant)
            .where(Grant.case_id == spoilt, Grant.grantee_kind == GranteeKind.RECOVERY)
            .values(mac=b"\x01" + bytes(32))
        )
    later = in_new_suite(stage)
    rounds = reseal_all(later, together(later))
    assert [one.is_broken for one in rounds].count(True) == 1
    assert left(later) == 1
    assert spoilt in {one.case_id for one in ledger(later, Event.ALARM_RAISED)}


def test_a_case_from_before_recovery_can_be_given_to_it_by_opening(stage: Stage) -> None:
    reference = stage.submit()[0].reference
    door = stage.gate.door(Operator())
    with door.change() as session:
        for grant in session.scalars(
            select(Grant).where(
                Grant.case_id == case_of(stage, reference).id,
                Grant.grantee_kind == GranteeKind.RECOVERY,
            )
        ):
            session.delete(grant)
        door.record(Event.CASE_KEPT_UP, case_id=case_of(stage, reference).id)
    keepers = keepers_of(stage, reference)
    other = next(one for one in holders_of(stage, reference) if one not in keepers)
    for name in (other, keepers[0]):
        staff = attested(stage, reference, name)
        assert kept_up(stage, staff, reference)
        assert not kept_up(stage, staff, reference)
    held = {one.compartment for one in _recovery_grants(stage, reference)}
    assert held == set(Compartment)


def _recovery_grants(stage: Stage, reference: str) -> list[Grant]:
    with stage.system.database.reading() as session:
        rows = select(Grant).where(
            Grant.case_id == case_of(stage, reference).id,
            Grant.grantee_kind == GranteeKind.RECOVERY,
        )
        return list(session.scalars(rows))


def test_nobody_but_officers_and_holders_can_take_a_case_over(stage: Stage) -> None:
    reference = stage.submit()[0].reference
    later = in_new_suite(stage)
    with pytest.raises(NotFoundError):
        kept_up(later, later.staff("overseer"), reference)
    for actor in (Operator(), later.staff("administrator")):
        with pytest.raises(NotFoundError):
            later.gate.run(reseal_next, actor, ResealOn())
    assert left(later) == 1
