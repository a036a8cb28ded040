"""Adding a holder for a reason, and handing many cases over to a colleague."""

from uuid import UUID

import pytest
from sqlalchemy import select, update

from safeshare.casework.service.conflict import DeclareTie, declare_tie
from safeshare.casework.service.handing_over import (
    CASES_A_ROUND,
    AddHolder,
    HandOver,
    OfferColleagues,
    add_holder,
    count_cases_to_hand_over,
    hand_over,
    list_colleagues,
    list_colleagues_for,
)
from safeshare.casework.service.opening import OpenCase, open_case
from safeshare.concerns.models import CaseDocument, DocumentKind, Grant
from safeshare.concerns.rules.exclusions import Ticked
from safeshare.concerns.service.submit import SubmitConcern, submit_concern
from safeshare.kernel.actors import Role, Stranger
from safeshare.kernel.errors import InvalidError, NotFoundError, SealBrokenError
from safeshare.kernel.sealed import Compartment
from safeshare.ledger.events import Event
from safeshare.ledger.models import LedgerEntry
from safeshare.people.models import StaffMember
from safeshare.people.service.away import GoAway, go_away
from tests.cast import START, Stage, approve, enrol
from tests.use_cases.handlers import case_of, holders_of


def attest(stage: Stage, name: str, reference: str, *, has_tie: bool = False) -> None:
    stage.gate.run(declare_tie, stage.staff(name), DeclareTie(reference, has_tie=has_tie))


@pytest.fixture
def held(stage: Stage) -> tuple[str, str]:
    """The reference of a case and the name of a holder who has attested."""
    reference = stage.submit()[0].reference
    holder = holders_of(stage, reference)[0]
    attest(stage, holder, reference)
    return reference, holder


@pytest.fixture
def newcomer(stage: Stage) -> str:
    return join(stage)


def join(stage: Stage) -> str:
    """Somebody who joins HR now, and so was chosen for nothing before."""
    enrol(stage, "newcomer", {Role.HANDLER}, "hr")
    approve(stage, "hr_supervisor", "newcomer", "hr")
    return "newcomer"


def id_of(stage: Stage, name: str) -> UUID:
    return stage.enrolled[name].staff_id


def compartments_of(stage: Stage, reference: str, name: str) -> set[Compartment]:
    with stage.system.database.reading() as session:
        case_id = case_of(stage, reference).id
        found = select(Grant.compartment).where(
            Grant.case_id == case_id, Grant.grantee_id == id_of(stage, name)
        )
        return set(session.scalars(found))


def entries(stage: Stage, event: Event) -> list[dict[str, str]]:
    with stage.system.database.reading() as session:
        rows = session.scalars(select(LedgerEntry).where(LedgerEntry.event == event))
        return [dict(row.note or {}) for row in rows]


def test_a_holder_can_add_a_colleague_for_a_reason(
    stage: Stage, held: tuple[str, str], newcomer: str
) -> None:
    reference, holder = held
    offered = stage.gate.run(list_colleagues_for, stage.staff(holder), OfferColleagues(reference))
    assert "Newcomer" in {one.name for one in offered}
    command = AddHolder(reference, id_of(stage, newcomer), "Speaks the reporter's language.")
    stage.gate.run(add_holder, stage.staff(holder), command)
    attest(stage, newcomer, reference)
    stage.gate.run(open_case, stage.staff(newcomer), OpenCase(reference))
    stage.gate.run(open_case, stage.staff(holder), OpenCase(reference))
    assert compartments_of(stage, reference, newcomer) == {
        Compartment.CONVERSATION,
        Compartment.WORK,
    }
    [note] = entries(stage, Event.CASE_HOLDER_ADDED)
    assert note["staff"] == str(id_of(stage, newcomer))
    assert "language" not in str(note)


@pytest.mark.parametrize("reason", ["", "   ", "x" * 1_001])
def test_nobody_can_be_added_without_a_reason(
    stage: Stage, held: tuple[str, str], newcomer: str, reason: str
) -> None:
    reference, holder = held
    command = AddHolder(reference, id_of(stage, newcomer), reason)
    with pytest.raises(InvalidError) as refused:
        stage.gate.run(add_holder, stage.staff(holder), command)
    assert refused.value.field == "reason"


@pytest.mark.parametrize("name", ["administrator", "overseer", "newcomer", "leader"])
def test_nobody_but_an_attested_holder_can_add_anybody(
    stage: Stage, held: tuple[str, str], newcomer: str, name: str
) -> None:
    reference, _ = held
    second = holders_of(stage, reference)[1]
    for actor in (name, second):
        command = AddHolder(reference, id_of(stage, newcomer), "Because I want it so.")
        with pytest.raises(NotFoundError):
            stage.gate.run(add_holder, stage.staff(actor), command)
    assert not compartments_of(stage, reference, newcomer)
    assert entries(stage, Event.ACTION_REFUSED)


def test_somebody_who_was_left_out_cannot_be_added(stage: Stage, newcomer: str) -> None:
    sent = SubmitConcern(
        answers={"concern": "Something is wrong.", "handle_by": "hr"},
        identity={},
        address="",
        order=(),
        code=stage.gate.vault.new_access_code(),
        ticked=Ticked(people=frozenset({id_of(stage, newcomer)})),
    )
    reference = stage.gate.run(submit_concern, Stranger(), sent).reference
    holder = holders_of(stage, reference)[0]
    attest(stage, holder, reference)
    offered = stage.gate.run(list_colleagues_for, stage.staff(holder), OfferColleagues(reference))
    assert "Newcomer" not in {one.name for one in offered}
    command = AddHolder(reference, id_of(stage, newcomer), "They asked for it.")
    with pytest.raises(InvalidError, match="may_not_hold"):
        stage.gate.run(add_holder, stage.staff(holder), command)
    done = stage.gate.run(hand_over, stage.staff(holder), HandOver(id_of(stage, newcomer)))
    assert (done.given, done.refused) == (0, 1)
    assert not compartments_of(stage, reference, newcomer)


def test_somebody_with_a_tie_cannot_be_added_again(stage: Stage) -> None:
    reference = stage.submit()[0].reference
    tied, holder = holders_of(stage, reference)[:2]
    attest(stage, holder, reference)
    attest(stage, tied, reference, has_tie=True)
    with pytest.raises(InvalidError, match="may_not_hold"):
        stage.gate.run(
            add_holder,
            stage.staff(holder),
            AddHolder(reference, id_of(stage, tied), "They asked for it."),
        )
    done = stage.gate.run(hand_over, stage.staff(holder), HandOver(id_of(stage, tied)))
    assert done.given == 0


@pytest.mark.parametrize("name", ["administrator", "overseer", "leader", "safeguarding_away"])
def test_somebody_who_may_hold_nothing_cannot_be_handed_anything(
    stage: Stage, held: tuple[str, str], name: str
) -> None:
    _, holder = held
    if name == "safeguarding_away":
        name = "safeguarding_1"
        stage.gate.run(go_away, stage.staff(name), GoAway(START.date(), None))
    assert name not in {
        one.name for one in stage.gate.run(list_colleagues, stage.staff(holder), None)
    }
    with pytest.raises(InvalidError, match="may_not_hold"):
        stage.gate.run(hand_over, stage.staff(holder), HandOver(id_of(stage, name)))


def test_a_forged_colleague_cannot_be_handed_anything(
    stage: Stage, held: tuple[str, str], newcomer: str
) -> None:
    _, holder = held
    with stage.system.database.engine.begin() as connection:
        forged = update(StaffMember).where(StaffMember.id == id_of(stage, newcomer))
        connection.execute(forged.values(display_name="Somebody Else"))
    with pytest.raises(SealBrokenError):
        stage.gate.run(hand_over, stage.staff(holder), HandOver(id_of(stage, newcomer)))
    assert entries(stage, Event.ALARM_RAISED)


def test_a_leavers_cases_can_be_handed_over_in_batches_that_can_stop_half_way(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("safeshare.casework.service.handing_over.CASES_A_ROUND", 2)
    references = [stage.submit()[0].reference for _ in range(9)]
    leaver = holders_of(stage, references[0])[0]
    own = [one for one in references if leaver in holders_of(stage, one)]
    newcomer = join(stage)
    command = HandOver(id_of(stage, newcomer))
    actor = stage.staff(leaver)
    assert stage.gate.run(count_cases_to_hand_over, actor, command) == len(own)
    first = stage.gate.run(hand_over, actor, command)
    given = first.given
    after = None  # The page was lost: begin at the beginning again.
    while True:
        done = stage.gate.run(hand_over, actor, HandOver(command.staff_id, after=after))
        given, after = given + done.given, done.after
        if after is None:
            break
    assert given == len(own)
    assert {one for one in references if newcomer in holders_of(stage, one)} == set(own)
    for reference in own:
        attest(stage, newcomer, reference)
        stage.gate.run(open_case, stage.staff(newcomer), OpenCase(reference))
    assert len(entries(stage, Event.CASE_HOLDER_ADDED)) == len(own)
    assert CASES_A_ROUND > 2


def test_only_the_cases_of_somebody_who_leaves_can_be_handed_over(stage: Stage) -> None:
    references = [stage.submit()[0].reference for _ in range(6)]
    holder, leaver = holders_of(stage, references[0])[:2]
    shared = {one for one in references if {holder, leaver} <= set(holders_of(stage, one))}
    newcomer = join(stage)
    command = HandOver(id_of(stage, newcomer), held_by=id_of(stage, leaver))
    stage.gate.run(hand_over, stage.staff(holder), command)
    assert {one for one in references if newcomer in holders_of(stage, one)} == shared


def test_a_case_whose_list_was_put_back_cannot_be_handed_over(
    stage: Stage, held: tuple[str, str], newcomer: str
) -> None:
    """Yesterday's list of the excluded would let somebody in: the ledger knows a newer one."""
    reference, holder = held
    other = stage.submit(ticked=Ticked(people=frozenset({id_of(stage, holder)})))[0].reference
    with stage.system.database.engine.begin() as connection:
        rolls = CaseDocument.kind == DocumentKind.EXCLUSIONS
        bodies = {
            row.case_id: row.body
            for row in connection.execute(
                select(CaseDocument.case_id, CaseDocument.body).where(rolls)
            )
        }
        mine, theirs = case_of(stage, reference).id, case_of(stage, other).id
        connection.execute(
            update(CaseDocument)
            .where(rolls, CaseDocument.case_id == mine)
            .values(body=bodies[theirs])
        )
    done = stage.gate.run(hand_over, stage.staff(holder), HandOver(id_of(stage, newcomer)))
    assert done.refused == 1
    assert newcomer not in holders_of(stage, reference)
    assert {"alarm": "case_not_as_written"} in entries(stage, Event.ALARM_RAISED)
