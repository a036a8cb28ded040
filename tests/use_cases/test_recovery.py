"""The recovery ceremony: who can open it, what it gives to whom, and that it renews itself."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import delete, select, update

from safeshare.casework.rules import RecoveryPurpose
from safeshare.casework.service.keepers import ReadName, read_name
from safeshare.casework.service.recovering import GiveCase, check_purpose, give_case
from safeshare.concerns.models import Grant, GranteeKind
from safeshare.kernel.actors import Operator, Role
from safeshare.kernel.errors import InvalidError, NotFoundError
from safeshare.kernel.sealed import Compartment, PrivateKey
from safeshare.ledger.events import Event
from safeshare.mailbox.models import Author
from safeshare.mailbox.service.turning import escalate
from safeshare.people.models import RecoveryNest, ServiceKey
from safeshare.people.service.away import GoAway, go_away
from safeshare.people.service.officers import MeetOfficers, meet_officers
from tests.cast import Stage, enrol
from tests.use_cases.ceremony import (
    REASON,
    give,
    give_all,
    keys_of,
    let_leave,
    met,
    together,
)
from tests.use_cases.conversation import enter, read
from tests.use_cases.handlers import (
    attested,
    case_of,
    holders_of,
    ledger,
    opened,
)
from tests.use_cases.recovered import newcomer
from tests.use_cases.turned import keys_of as grants_of
from tests.use_cases.writing_tables import write

NOBODY_LEFT = RecoveryPurpose.NOBODY_LEFT


def abandoned(stage: Stage, **submitted: object) -> str:
    """A case whose holders have all left."""
    reference = stage.submit(**submitted)[0].reference  # type: ignore[arg-type]
    let_leave(stage, holders_of(stage, reference))
    return reference


def test_any_two_officers_can_come_together_and_it_is_on_the_ledger(stage: Stage) -> None:
    for pair in ((0, 1), (0, 2), (1, 2), (0, 1, 2)):
        assert met(stage, [stage.officers[place] for place in pair]).officers is not None
    entries = ledger(stage, Event.RECOVERY_OPENED)
    assert len(entries) == 4
    assert entries[0].actor_kind == "operator"
    assert keys_of(stage)[0].is_used


def test_one_officer_cannot_come_together_alone(stage: Stage) -> None:
    alone = met(stage, stage.officers[:1])
    assert (alone.officers, alone.missing, alone.wrong) == (None, 1, ())
    assert met(stage, ()).missing == 2
    assert [one.note for one in ledger(stage, Event.RECOVERY_REFUSED)] == [{"why": "too_few"}] * 2
    assert not keys_of(stage)[0].is_used


@pytest.mark.parametrize("typed", ["", "nonsense", "2345-6789-BCDF-GHJK-MNPQ-RSTV-WXYZ"])
def test_a_wrong_code_cannot_be_used_and_is_named(stage: Stage, typed: str) -> None:
    spoilt = [stage.officers[0], replace(stage.officers[1], printed_code=typed)]
    refused = met(stage, spoilt)
    assert (refused.officers, refused.wrong) == (None, (stage.officers[1].name,))
    exchanged = [
        replace(stage.officers[0], printed_code=stage.officers[1].printed_code),
        replace(stage.officers[1], printed_code=stage.officers[0].printed_code),
    ]
    assert len(met(stage, exchanged).wrong) == 2
    assert len(ledger(stage, Event.RECOVERY_REFUSED)) == 2
    assert not ledger(stage, Event.RECOVERY_OPENED)


def test_a_stranger_to_the_set_cannot_stand_in_for_an_officer(stage: Stage) -> None:
    shown = keys_of(stage)[0]
    ids = {name: one for one, name in shown.officers}
    own = stage.officers[0]
    codes = {ids[own.name]: own.printed_code, uuid4(): stage.officers[1].printed_code}
    refused = stage.gate.run(meet_officers, Operator(), MeetOfficers(shown.set_id, codes))
    assert (refused.officers, refused.missing) == (None, 1)


def test_a_changed_record_of_an_officer_cannot_pass(stage: Stage) -> None:
    renamed = update(ServiceKey).where(ServiceKey.owner_name == "Rook")
    write(stage, renamed.values(owner_name="Thief"))
    refused = met(stage, stage.officers[:2])
    assert (refused.officers, refused.forged) == (None, True)
    alarms = [one.note["alarm"] for one in ledger(stage, Event.ALARM_RAISED)]
    assert alarms == ["recovery_key_not_as_signed"]
    assert not keys_of(stage)[0].is_signed


def test_a_swapped_box_cannot_pass(stage: Stage) -> None:
    with stage.system.database.engine.begin() as connection:
        nests = connection.execute(select(RecoveryNest.id, RecoveryNest.nested)).all()
        for row, other in zip(nests, (*nests[1:], nests[0]), strict=True):
            connection.execute(
                update(RecoveryNest).where(RecoveryNest.id == row.id).values(nested=other.nested)
            )
    assert met(stage, stage.officers[:2]).forged


def test_a_case_whose_holders_left_can_be_given_to_somebody_new(stage: Stage) -> None:
    told, code = stage.submit({"concern": "The records are false."})
    reference = told.reference
    let_leave(stage, holders_of(stage, reference))
    name = newcomer(stage)
    give(stage, together(stage), reference, name, purpose=NOBODY_LEFT)
    assert name in holders_of(stage, reference)
    view = opened(stage, attested(stage, reference, name), reference)
    assert view.answers["concern"] == "The records are false."
    assert name not in holders_of(stage, reference, Compartment.IDENTITY)
    mailbox = read(stage, enter(stage, code))
    assert [(one.author, one.text) for one in mailbox.messages] == [(Author.OFFICERS, REASON)]
    entry = ledger(stage, Event.RECOVERY_CASE_GIVEN)[0]
    assert (entry.case_id, entry.actor_kind) == (case_of(stage, reference).id, "officers")
    assert entry.note["purpose"] == "nobody_left"


def test_officers_cannot_say_that_nobody_is_left_while_a_holder_can_open_the_case(
    stage: Stage,
) -> None:
    reference = stage.submit()[0].reference
    *others, last = holders_of(stage, reference)
    name, officers = newcomer(stage), together(stage)
    command = GiveCase(reference, (name,), NOBODY_LEFT, REASON)
    let_leave(stage, others)
    with pytest.raises(InvalidError, match="can still open it"):
        stage.gate.run(check_purpose, Operator(), command)
    with pytest.raises(InvalidError, match="can still open it"):
        stage.gate.run(give_case, officers, command)
    assert name not in holders_of(stage, reference)
    assert not ledger(stage, Event.RECOVERY_CASE_GIVEN)
    let_leave(stage, [last])
    stage.gate.run(check_purpose, Operator(), command)
    stage.gate.run(give_case, officers, command)
    assert name in holders_of(stage, reference)


@pytest.mark.parametrize(("days", "may"), [(90, False), (None, True)])
def test_nobody_is_left_of_holders_who_are_away_and_have_not_said_until_when(
    stage: Stage, days: int | None, may: bool
) -> None:
    reference = stage.submit()[0].reference
    today = stage.gate.clock.today()
    for name in holders_of(stage, reference):
        until = None if days is None else today + timedelta(days=days)
        stage.gate.run(go_away, stage.staff(name), GoAway(today, until))
    name, officers = newcomer(stage), together(stage)
    if not may:
        with pytest.raises(InvalidError, match="can still open it"):
            give(stage, officers, reference, name, purpose=NOBODY_LEFT)
    else:
        give(stage, officers, reference, name, purpose=NOBODY_LEFT)
    assert (name in holders_of(stage, reference)) is may


@pytest.mark.parametrize("purpose", sorted(set(RecoveryPurpose) - {RecoveryPurpose.NOBODY_LEFT}))
def test_officers_can_give_a_case_that_is_held_for_every_other_purpose(
    stage: Stage, purpose: RecoveryPurpose
) -> None:
    reference = stage.submit()[0].reference
    name = newcomer(stage)
    give(stage, together(stage), reference, name, purpose=purpose)
    assert name in holders_of(stage, reference)
    assert ledger(stage, Event.RECOVERY_CASE_GIVEN)[0].note["purpose"] == purpose


def test_the_identity_can_only_be_given_when_it_is_asked_for(stage: Stage) -> None:
    told, _code = stage.submit({"mode": "confidential"}, identity={"name": "Planted Name"})
    name = newcomer(stage)
    give(stage, together(stage), told.reference, name, with_identity=True)
    staff = attested(stage, told.reference, name)
    found = stage.gate.run(read_name, staff, ReadName(told.reference))
    assert found.identity["name"] == "Planted Name"
    assert len(ledger(stage, Event.IDENTITY_GIVEN)) == 1
    assert ledger(stage, Event.RECOVERY_CASE_GIVEN)[0].note["identity"] == "given"


def test_officers_cannot_give_a_case_to_somebody_who_may_not_have_it(stage: Stage) -> None:
    reference = stage.submit()[0].reference
    before = holders_of(stage, reference)
    enrol(stage, "unapproved", {Role.HANDLER}, "hr")
    officers = together(stage)
    for name in ("leader", "administrator", "unapproved", "nobody.of.this.name"):
        with pytest.raises(InvalidError):
            give(stage, officers, reference, newcomer(stage, f"fit_{name[:5]}"), name)
    with pytest.raises(InvalidError):
        give(stage, officers, reference, "hr_1", reason="  ")
    with pytest.raises(NotFoundError):
        give(stage, officers, "SS-2222-2222", "hr_1")
    assert holders_of(stage, reference) == before


def test_staff_and_operators_cannot_use_what_takes_the_officers(stage: Stage) -> None:
    reference = stage.submit()[0].reference
    for actor in (Operator(), stage.staff("overseer"), stage.staff("hr_supervisor")):
        with pytest.raises(NotFoundError):
            give(stage, actor, reference, "hr_1")  # type: ignore[arg-type]
    assert not ledger(stage, Event.RECOVERY_CASE_GIVEN)


def test_another_key_than_the_officers_cannot_open_a_case(stage: Stage) -> None:
    reference = stage.submit()[0].reference
    right = together(stage)
    made = stage.gate.vault.recovery_init([uuid4(), uuid4()], 2)
    codes = {one.officer_id: one.printed_code for one in made.officers}
    stolen = stage.gate.vault.recovery_open(codes, made.boxes)
    for pretended in (
        replace(right, private_key=stolen),
        replace(right, set_id=uuid4()),
        replace(right, private_key=PrivateKey(b"\x02" + bytes(96))),
    ):
        with pytest.raises(Exception, match=r"does not open|nothing here"):
            give(stage, pretended, reference, "hr_1")


def test_every_abandoned_case_can_be_given_to_eligible_people_again(stage: Stage) -> None:
    references = [stage.submit()[0].reference for _ in range(12)]
    kept = stage.submit({"handle_by": "safeguarding"})[0].reference
    kept_before = holders_of(stage, kept)
    let_leave(stage, [name for name in stage.enrolled if name.startswith("hr_")])
    newcomers = {newcomer(stage, f"newcomer_{number}") for number in range(5)}
    rounds = give_all(stage, together(stage))
    assert [(one.given, one.left) for one in rounds] == [(10, 0), (2, 0)]
    for reference in references:
        fresh = newcomers & set(holders_of(stage, reference))
        assert len(fresh) == 3
        view = opened(stage, attested(stage, reference, min(fresh)), reference)
        assert view.answers["concern"] == "Something is wrong."
    assert holders_of(stage, kept) == kept_before
    assert give_all(stage, together(stage)) == []


def test_an_overseer_who_left_can_be_replaced_with_the_holders(stage: Stage) -> None:
    sent, code = stage.submit()
    reference = sent.reference
    stage.gate.run(escalate, enter(stage, code), None)
    case = case_of(stage, reference)
    ids = {one.staff_id: name for name, one in stage.enrolled.items()}
    assert case.overseer_id is not None
    let_leave(stage, [*holders_of(stage, reference), ids[case.overseer_id]])
    give_all(stage, together(stage))
    after = case_of(stage, reference).overseer_id
    assert after is not None
    assert ids[after] in {"overseer", "second_overseer"}
    assert after != case.overseer_id
    assert grants_of(stage, reference, ids[case.overseer_id]) == set()


def test_officers_cannot_open_what_their_key_was_not_given(stage: Stage) -> None:
    reference = stage.submit()[0].reference
    case_id = case_of(stage, reference).id
    theirs = (Grant.grantee_kind == GranteeKind.RECOVERY, Grant.compartment == Compartment.WORK)
    write(stage, delete(Grant).where(Grant.case_id == case_id, *theirs))
    with pytest.raises(NotFoundError, match="does not open the whole case"):
        give(stage, together(stage), reference, newcomer(stage))
