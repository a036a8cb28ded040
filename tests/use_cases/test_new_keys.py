"""Losing both passphrase and recovery code, and leaving: the keys go, and come back by people."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import select

from safeshare.casework.service.handing_over import HandOver, hand_over
from safeshare.concerns.models import Grant
from safeshare.concerns.service.leavers import take_leavers_keys
from safeshare.concerns.service.new_keys import (
    OfferKeys,
    Renewed,
    RenewKeys,
    is_link_good,
    offer_keys,
    renew_keys,
)
from safeshare.kernel.actors import Role, Staff, Visitor, Worker
from safeshare.kernel.errors import NotFoundError, StaleError
from safeshare.kernel.sealed import Compartment
from safeshare.ledger.events import Event
from safeshare.ledger.models import LedgerEntry
from safeshare.people.rules import Weakness
from safeshare.people.service.administering import EndAccount, end_account
from safeshare.people.service.membership import (
    ApproveMember,
    Membership,
    approve_member,
    leave_queue,
    list_waiting_members,
)
from safeshare.people.service.sign_in import SignIn, sign_in
from tests.cast import PASSPHRASE, Stage, enrol
from tests.use_cases.ceremony import renew as renew_recovery
from tests.use_cases.ceremony import together
from tests.use_cases.conversation import enter, read
from tests.use_cases.handlers import attested, holders_of, kept_up, opened
from tests.use_cases.keeping_out import numbers_of
from tests.use_cases.turned import keys_of

NEW = "seven lanterns drift over marmalade"


def entries(stage: Stage, event: Event) -> list[dict[str, str]]:
    with stage.system.database.reading() as session:
        rows = session.scalars(select(LedgerEntry).where(LedgerEntry.event == event))
        return [dict(row.note or {}) for row in rows]


def offer(stage: Stage, name: str, by: str = "administrator") -> str:
    command = OfferKeys(stage.enrolled[name].staff_id)
    return stage.gate.run(offer_keys, stage.staff(by), command)


def renew(stage: Stage, name: str, link: str, passphrase: str = NEW) -> object:
    stage.time.advance(seconds=60)
    command = RenewKeys(link, stage.six_digits(name), passphrase)
    return stage.gate.run(renew_keys, Visitor(), command)


def new_keys_for(stage: Stage, name: str) -> None:
    """Somebody has new keys from now on, and is still to be let into their queues again."""
    assert isinstance(renew(stage, name, offer(stage, name)), Renewed)
    stage.time.advance(seconds=60)
    typed = SignIn(name, NEW, stage.six_digits(name))
    found = stage.gate.run(sign_in, Visitor(), typed)
    assert found is not None
    stage.enrolled[name] = replace(stage.enrolled[name], private_key=found.private_key)
    stage.sessions[name] = found.session_number


def holds(stage: Stage, name: str) -> list[UUID]:
    with stage.system.database.reading() as session:
        staff_id = stage.enrolled[name].staff_id
        return list(session.scalars(select(Grant.case_id).where(Grant.grantee_id == staff_id)))


def signed_in(stage: Stage, name: str, passphrase: str) -> bool:
    stage.time.advance(seconds=60)
    typed = SignIn(name, passphrase, stage.six_digits(name))
    return stage.gate.run(sign_in, Visitor(), typed) is not None


def test_whoever_lost_both_can_make_new_keys_and_loses_every_case(stage: Stage) -> None:
    reference = stage.submit()[0].reference
    name = holders_of(stage, reference)[0]
    others = holders_of(stage, reference)[1:]
    renewed = renew(stage, name, offer(stage, name))
    assert isinstance(renewed, Renewed)
    assert not holds(stage, name)
    assert holders_of(stage, reference) == others
    assert signed_in(stage, name, NEW)
    assert not signed_in(stage, name, PASSPHRASE)
    assert entries(stage, Event.PEOPLE_KEYS_RENEWED)
    assert entries(stage, Event.CASE_HOLDER_REMOVED)


def test_new_keys_can_be_given_nothing_before_somebody_lets_their_owner_in(stage: Stage) -> None:
    renew(stage, "hr_1", offer(stage, "hr_1"))
    for _ in range(5):
        stage.submit()
    assert not holds(stage, "hr_1")
    [waiting] = stage.gate.run(list_waiting_members, stage.staff("hr_supervisor"), None)
    assert waiting.has_new_keys
    command = ApproveMember(waiting.staff_id, waiting.queue_id)
    stage.gate.run(approve_member, stage.staff("hr_supervisor"), command)
    for _ in range(30):  # Half of them, by lot: none of all once in a thousand million runs.
        stage.submit()
    assert holds(stage, "hr_1")


@pytest.mark.parametrize("name", ["overseer", "hr_supervisor"])
def test_a_role_that_watches_over_cases_must_be_approved_again(stage: Stage, name: str) -> None:
    renew(stage, name, offer(stage, name))
    stage.time.advance(seconds=60)
    typed = SignIn(name, NEW, stage.six_digits(name))
    found = stage.gate.run(sign_in, Visitor(), typed)
    assert found is not None
    with stage.system.database.reading() as session:
        assert (
            session.scalars(select(Grant.case_id).where(Grant.grantee_id == found.staff_id)).first()
            is None
        )
    stage.submit()
    assert not holds(stage, name)


def test_a_link_can_be_used_once_and_for_72_hours(stage: Stage) -> None:
    link = offer(stage, "hr_1")
    late = offer(stage, "hr_2")
    assert stage.gate.run(is_link_good, Visitor(), link)
    assert isinstance(renew(stage, "hr_1", link), Renewed)
    assert renew(stage, "hr_1", link) is None
    stage.time.advance(hours=72)
    assert renew(stage, "hr_2", late) is None


@pytest.mark.parametrize("link", ["", "x" * 40, "0" * 32 + "AAAA", "ünlesbar"])
def test_an_invented_link_cannot_be_used(stage: Stage, link: str) -> None:
    assert not stage.gate.run(is_link_good, Visitor(), link)
    assert stage.gate.run(renew_keys, Visitor(), RenewKeys(link, "000000", NEW)) is None


def test_a_link_for_one_cannot_be_used_for_another(stage: Stage) -> None:
    link = offer(stage, "hr_1")
    swapped = stage.enrolled["hr_2"].staff_id.hex + link[32:]
    assert not stage.gate.run(is_link_good, Visitor(), swapped)


def test_a_link_alone_cannot_make_new_keys(stage: Stage) -> None:
    link = offer(stage, "hr_1")
    command = RenewKeys(link, "not six digits", NEW)
    assert stage.gate.run(renew_keys, Visitor(), command) is None
    assert renew(stage, "hr_1", link, "password") in set(Weakness)
    assert signed_in(stage, "hr_1", PASSPHRASE)


@pytest.mark.parametrize("name", ["hr_supervisor", "overseer", "hr_1", "leader"])
def test_nobody_but_an_administrator_can_offer_new_keys(stage: Stage, name: str) -> None:
    with pytest.raises(NotFoundError):
        offer(stage, "hr_2", by=name)
    assert entries(stage, Event.ACTION_REFUSED)


def test_an_administrator_cannot_offer_themselves_new_keys(stage: Stage) -> None:
    with pytest.raises(NotFoundError):
        offer(stage, "administrator")


def test_sessions_cannot_outlive_the_keys(stage: Stage) -> None:
    before = stage.staff("hr_1")
    assert isinstance(before, Staff)
    renew(stage, "hr_1", offer(stage, "hr_1"))
    with pytest.raises(NotFoundError):
        stage.staff("hr_1")


def let_leave(stage: Stage, name: str, queue: str = "hr") -> None:
    command = Membership(stage.enrolled[name].staff_id, stage.queues[queue])
    stage.gate.run(leave_queue, stage.staff("overseer"), command)
    ended = EndAccount(stage.enrolled[name].staff_id)
    assert stage.gate.run(end_account, stage.staff("administrator"), ended) is None


def test_whoever_has_left_cannot_keep_a_key(stage: Stage) -> None:
    references = [stage.submit()[0].reference for _ in range(4)]
    name = holders_of(stage, references[0])[0]
    let_leave(stage, name)
    assert holds(stage, name)
    assert stage.gate.run(take_leavers_keys, Worker(), None) is None
    assert not holds(stage, name)
    assert all(len(holders_of(stage, one)) >= 2 for one in references)
    taken = len(entries(stage, Event.PEOPLE_KEYS_TAKEN))
    stage.gate.run(take_leavers_keys, Worker(), None)
    assert len(entries(stage, Event.PEOPLE_KEYS_TAKEN)) == taken


def left_and_swept(stage: Stage, name: str) -> None:
    let_leave(stage, name)
    stage.gate.run(take_leavers_keys, Worker(), None)


LOSES: dict[str, Callable[[Stage, str], None]] = {
    "left": left_and_swept,
    "lost both": new_keys_for,
}


@pytest.mark.parametrize("loses", LOSES.values(), ids=LOSES)
def test_what_comes_later_cannot_be_read_with_a_key_that_somebody_lost(
    stage: Stage, loses: Callable[[Stage, str], None]
) -> None:
    """They may have kept a copy of the tables from when they held the case, and get one of now."""
    sent, code = stage.submit(identity={"name": "A"})
    name, *others = holders_of(stage, sent.reference, Compartment.IDENTITY)
    before = keys_of(stage, sent.reference, name)
    loses(stage, name)
    colleague = attested(stage, sent.reference, others[0])
    assert opened(stage, colleague, sent.reference).looks_behind
    while kept_up(stage, colleague, sent.reference):
        pass
    assert {one for one, _number in before} == set(Compartment)
    assert not before & numbers_of(stage, sent.reference)
    view = opened(stage, colleague, sent.reference)
    assert not view.looks_behind
    assert read(stage, enter(stage, code)).promises
    assert stage.faults() == []


def test_a_key_that_somebody_lost_is_changed_also_where_they_were_given_it_again(
    stage: Stage,
) -> None:
    """A colleague hands over in a batch, which opens no page of a case."""
    reference = stage.submit()[0].reference
    name, colleague = holders_of(stage, reference)[:2]
    before = keys_of(stage, reference, name)
    new_keys_for(stage, name)
    [waiting] = stage.gate.run(list_waiting_members, stage.staff("hr_supervisor"), None)
    command = ApproveMember(waiting.staff_id, waiting.queue_id)
    stage.gate.run(approve_member, stage.staff("hr_supervisor"), command)
    done = stage.gate.run(hand_over, stage.staff(colleague), HandOver(waiting.staff_id))
    assert done.given == 1
    assert before & keys_of(stage, reference, name)
    for holder in (name, colleague):
        staff = attested(stage, reference, holder)
        while kept_up(stage, staff, reference):
            pass
    assert not before & (keys_of(stage, reference, name) | keys_of(stage, reference, colleague))
    assert keys_of(stage, reference, name)


def test_a_key_of_recovery_that_was_put_away_is_no_reason_to_change_the_keys(stage: Stage) -> None:
    reference = stage.submit()[0].reference
    before = numbers_of(stage, reference)
    renew_recovery(stage, together(stage))
    staff = attested(stage, reference)
    assert not opened(stage, staff, reference).looks_behind
    assert not kept_up(stage, staff, reference)
    assert numbers_of(stage, reference) == before


def test_the_account_of_somebody_who_has_left_cannot_be_given_new_keys(stage: Stage) -> None:
    link = offer(stage, "hr_1")
    let_leave(stage, "hr_1")
    assert not stage.gate.run(is_link_good, Visitor(), link)
    with pytest.raises(StaleError):
        offer(stage, "hr_1")


def test_somebody_who_serves_a_queue_cannot_be_ended_before_they_leave_it(stage: Stage) -> None:
    enrol(stage, "newcomer", {Role.HANDLER}, "hr")
    ended = EndAccount(stage.enrolled["newcomer"].staff_id)
    assert stage.gate.run(end_account, stage.staff("administrator"), ended) is not None
