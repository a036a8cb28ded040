"""Nobody but an attested holder gets at a case: not by rank, not by queue, not by tampering."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine, delete, update
from sqlalchemy.orm import Session

from safeshare.casework.models import Attestation
from safeshare.casework.rules import Outcome
from safeshare.casework.service.case_sheet import (
    CloseCase,
    CodeThemes,
    ReadThemes,
    close_case,
    code_themes,
    read_themes,
)
from safeshare.casework.service.conflict import DeclareTie, ReadNames, declare_tie, read_names
from safeshare.casework.service.handling import (
    AcknowledgeCase,
    ChangeStatus,
    TakeCase,
    WriteMessage,
    acknowledge,
    change_status,
    take_case,
    write_message,
)
from safeshare.casework.service.opening import (
    OpenCase,
    ReadConversation,
    open_case,
    read_conversation,
)
from safeshare.casework.service.standing import HowIStand, how_i_stand
from safeshare.casework.service.summary import LookAtCase, look_at_case
from safeshare.concerns.models import CaseDocument, DocumentKind, Grant
from safeshare.concerns.rules import CaseStatus
from safeshare.kernel.actors import Staff, Visitor
from safeshare.kernel.errors import NotFoundError, SealBrokenError
from safeshare.kernel.sealed import Compartment, Sealed
from safeshare.ledger.events import Event
from safeshare.mailbox.models import Message
from safeshare.people.models import StaffMember
from safeshare.people.service.sign_in import RecogniseStaff, recognise_staff
from tests.cast import Stage
from tests.use_cases.handlers import (
    attested,
    case_of,
    counted,
    holders_of,
    ledger,
    opened,
    strangers_of,
)

BEFORE_CONTENT: dict[str, Callable[[str], tuple[Any, Any]]] = {
    "stand": lambda reference: (how_i_stand, HowIStand(reference)),
    "names": lambda reference: (read_names, ReadNames(reference)),
    "declare": lambda reference: (declare_tie, DeclareTie(reference, has_tie=False)),
}
WITH_CONTENT: dict[str, Callable[[str], tuple[Any, Any]]] = {
    "open": lambda reference: (open_case, OpenCase(reference)),
    "look": lambda reference: (look_at_case, LookAtCase(reference)),
    "conversation": lambda reference: (read_conversation, ReadConversation(reference)),
    "themes": lambda reference: (read_themes, ReadThemes(reference)),
    "take": lambda reference: (take_case, TakeCase(reference)),
    "acknowledge": lambda reference: (acknowledge, AcknowledgeCase(reference, "Hello.")),
    "write": lambda reference: (write_message, WriteMessage(reference, "Hello.")),
    "status": lambda reference: (
        change_status,
        ChangeStatus(reference, CaseStatus.RECEIVED, CaseStatus.TRIAGE),
    ),
    "code": lambda reference: (code_themes, CodeThemes(reference, ("BUL",))),
    "close": lambda reference: (
        close_case,
        CloseCase(reference, CaseStatus.RECEIVED, Outcome.RESOLVED, "Done."),
    ),
}


def test_nobody_but_its_holders_can_do_anything_with_a_case(stage: Stage) -> None:
    sent, _ = stage.submit({"who": "Crew commander A"})
    strangers = strangers_of(stage, sent.reference)
    assert {"hr_supervisor", "overseer", "leader", "administrator"} & set(strangers)
    for name in strangers:
        staff = stage.staff(name)
        for use_case, command in (make(sent.reference) for make in ALL.values()):
            with pytest.raises(NotFoundError):
                stage.gate.run(use_case, staff, command)
    refused = ledger(stage, Event.ACTION_REFUSED)
    assert len(refused) == len(strangers) * len(ALL)
    assert {entry.case_id for entry in refused} == {None}


@pytest.mark.parametrize("what", WITH_CONTENT)
def test_a_holder_cannot_get_at_content_before_declaring_that_there_is_no_tie(
    stage: Stage, what: str
) -> None:
    sent, _ = stage.submit()
    staff = stage.staff(holders_of(stage, sent.reference)[0])
    use_case, command = WITH_CONTENT[what](sent.reference)
    with pytest.raises(NotFoundError):
        stage.gate.run(use_case, staff, command)


@pytest.mark.parametrize("what", [*BEFORE_CONTENT, *WITH_CONTENT])
def test_a_case_that_is_not_there_looks_like_one_that_is_not_yours(stage: Stage, what: str) -> None:
    use_case, command = ALL[what]("SS-2222-3333")
    with pytest.raises(NotFoundError):
        stage.gate.run(use_case, stage.staff("hr_1"), command)


def test_a_visitor_cannot_open_a_case(stage: Stage) -> None:
    sent, _ = stage.submit()
    with pytest.raises(NotFoundError):
        stage.gate.run(open_case, Visitor(), OpenCase(sent.reference))


def test_a_holder_can_read_only_names_and_places_before_the_content(stage: Stage) -> None:
    sent, _ = stage.submit(
        {"who": "Crew commander A", "where": "The yard", "place": str(stage.places["north"])}
    )
    staff = stage.staff(holders_of(stage, sent.reference)[0])
    named = stage.gate.run(read_names, staff, ReadNames(sent.reference))
    assert (named.who, named.where, named.place) == (
        "Crew commander A",
        "The yard",
        "North Station",
    )
    assert not named.has_attested
    assert [entry.case_id for entry in ledger(stage, Event.CASE_NAMES_READ)] == [
        case_of(stage, sent.reference).id
    ]


def test_a_holder_with_a_tie_cannot_open_the_case_or_take_the_word_back(stage: Stage) -> None:
    sent, _ = stage.submit({"who": "My brother"})
    staff = attested(stage, sent.reference)
    stage.gate.run(declare_tie, staff, DeclareTie(sent.reference, has_tie=True))
    with pytest.raises(NotFoundError):
        opened(stage, staff, sent.reference)
    with pytest.raises(NotFoundError):
        stage.gate.run(declare_tie, staff, DeclareTie(sent.reference, has_tie=False))
    with pytest.raises(NotFoundError):
        stage.gate.run(read_names, staff, ReadNames(sent.reference))


def test_a_stranger_who_puts_a_grant_row_of_their_own_into_the_table_opens_nothing(
    stage: Stage,
) -> None:
    sent, _ = stage.submit()
    stranger = stage.staff(strangers_of(stage, sent.reference)[-1])
    intruder = stage.staff("safeguarding_1")
    case_id, holder = case_of(stage, sent.reference).id, holders_of(stage, sent.reference)[0]
    assert stranger != intruder
    with Session(stage.system.database.engine) as session:
        for grant in session.query(Grant).filter_by(
            case_id=case_id, grantee_id=stage.enrolled[holder].staff_id
        ):
            session.add(_copied(grant, intruder))
        today = stage.gate.clock.today()
        session.add(Attestation(case_id=case_id, staff_id=intruder.staff_id, on=today))
        session.commit()
    with pytest.raises(SealBrokenError):
        stage.gate.run(read_names, intruder, ReadNames(sent.reference))
    with pytest.raises(SealBrokenError):
        attested(stage, sent.reference, "safeguarding_1")
    with pytest.raises(SealBrokenError):
        opened(stage, intruder, sent.reference)
    with pytest.raises(SealBrokenError):
        stage.gate.run(take_case, intruder, TakeCase(sent.reference))
    assert case_of(stage, sent.reference).contact_id is None
    assert len(ledger(stage, Event.ALARM_RAISED)) == 4


def _copied(grant: Grant, to: Staff) -> Grant:
    return Grant(
        case_id=grant.case_id,
        compartment=grant.compartment,
        party_id=grant.party_id,
        key_number=grant.key_number,
        grantee_kind=grant.grantee_kind,
        grantee_id=to.staff_id,
        sealed=grant.sealed,
        mac=grant.mac,
    )


TAMPERED: dict[str, Any] = {
    "account": update(CaseDocument)
    .where(CaseDocument.kind == DocumentKind.ACCOUNT)
    .values(body=Sealed(b"\x01" + bytes(4000))),
    "case sheet gone": delete(CaseDocument).where(CaseDocument.kind == DocumentKind.CASE_SHEET),
    "work grant": update(Grant)
    .where(Grant.compartment == Compartment.WORK)
    .values(sealed=Sealed(b"\x02" + bytes(1167))),
    "conversation grant gone": delete(Grant).where(Grant.compartment == Compartment.CONVERSATION),
    "message": update(Message).values(body=Sealed(b"\x01" + bytes(1100))),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_a_case_that_was_tampered_with_raises_an_alarm_and_shows_nothing(
    stage: Stage, what: str
) -> None:
    sent, _ = stage.submit()
    staff = attested(stage, sent.reference)
    stage.gate.run(write_message, staff, WriteMessage(sent.reference, "Hello."))
    _behind_our_back(stage.system.database.engine, TAMPERED[what])
    with pytest.raises(SealBrokenError):
        opened(stage, staff, sent.reference)
    assert [entry.actor_id for entry in ledger(stage, Event.ALARM_RAISED)] == [staff.staff_id]
    assert ledger(stage, Event.CASE_OPENED) == []


def test_somebody_whose_record_was_forged_is_not_recognised_and_raises_an_alarm(
    stage: Stage,
) -> None:
    enrolled = stage.enrolled["hr_1"]
    _behind_our_back(
        stage.system.database.engine,
        update(StaffMember).where(StaffMember.id == enrolled.staff_id).values(key_number=2),
    )
    with pytest.raises(SealBrokenError):
        stage.gate.run(
            recognise_staff, Visitor(), RecogniseStaff(enrolled.staff_id, enrolled.private_key)
        )
    assert len(ledger(stage, Event.ALARM_RAISED)) == 1


def test_opening_a_case_again_takes_eight_statements_and_looking_at_it_five(stage: Stage) -> None:
    sent, _ = stage.submit()
    staff = attested(stage, sent.reference)
    opened(stage, staff, sent.reference)
    with counted(stage) as opening:
        opened(stage, staff, sent.reference)
    with counted(stage) as looking:
        stage.gate.run(look_at_case, staff, LookAtCase(sent.reference))
    assert (len(opening), len(looking)) == (8, 5)


def test_a_holder_with_another_private_key_opens_nothing(stage: Stage) -> None:
    sent, _ = stage.submit()
    staff = attested(stage, sent.reference)
    other = stage.staff(strangers_of(stage, sent.reference)[0])
    with pytest.raises(SealBrokenError):
        opened(stage, replace(staff, private_key=other.private_key), sent.reference)


def _behind_our_back(engine: Engine, statement: Any) -> None:
    with Session(engine) as session:
        session.execute(statement)
        session.commit()


ALL = BEFORE_CONTENT | WITH_CONTENT
