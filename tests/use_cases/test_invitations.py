"""An account that an administrator proposes, and its owner alone begins."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from safeshare.kernel.actors import Role, Visitor, Worker
from safeshare.kernel.errors import InvalidError, NotFoundError, SealBrokenError, StaleError
from safeshare.ledger.events import Event
from safeshare.outbox.rules import MailKind
from safeshare.outbox.service.sending import ClaimMail, claim_mail, find_address, find_link
from safeshare.people.models import (
    BackupCode,
    Invitation,
    InvitationState,
    QueueMember,
    StaffMember,
    StaffRole,
)
from safeshare.people.rules import Weakness
from safeshare.people.service.administering import list_all_accounts
from safeshare.people.service.invitations import (
    Invite,
    LinkFault,
    LookAtLink,
    OpenInvitation,
    Withdraw,
    invite,
    list_waiting,
    look_at_link,
    withdraw_invitation,
)
from safeshare.people.service.joining import ChoosePassphrase, Join, choose_passphrase, join
from safeshare.people.service.sign_in import RecogniseStaff, recognise_staff
from tests.cast import Stage
from tests.use_cases.handlers import ledger
from tests.use_cases.inviting import (
    ADDRESS,
    GOOD,
    NEW,
    digits_of,
    invited,
    joined,
    mails,
    member,
    prepared,
    proposed,
    tried,
)


def look(stage: Stage, link: str) -> OpenInvitation | LinkFault:
    return stage.gate.run(look_at_link, Visitor(), LookAtLink(link))


def refusals(stage: Stage) -> list[str]:
    return [row.note["why"] for row in ledger(stage, Event.PEOPLE_LINK_REFUSED)]


def change(stage: Stage, **values: object) -> None:
    with Session(stage.system.database.engine) as session:
        session.execute(update(Invitation).values(**values))
        session.commit()


def test_an_invited_person_can_join_and_sign_in_with_what_they_chose(stage: Stage) -> None:
    made = joined(stage, invited(stage))
    stage.time.advance(seconds=30)
    signed_in = tried(stage, "r.osei", GOOD, digits_of(stage, made))
    assert signed_in.private_key == made.secrets.private_key
    now = RecogniseStaff(signed_in.staff_id, signed_in.private_key)
    assert stage.gate.run(recognise_staff, Visitor(), now).roles == {Role.LEADER}
    assert len(ledger(stage, Event.PEOPLE_INVITED)) == 1


def test_the_digits_that_proved_the_phone_cannot_sign_in_as_well(stage: Stage) -> None:
    made = joined(stage, invited(stage))
    assert tried(stage, "r.osei", GOOD, digits_of(stage, made)) is None


def test_an_invited_handler_cannot_be_given_cases_before_an_approval(stage: Stage) -> None:
    joined(stage, invited(stage, proposed(stage, {Role.HANDLER}, "hr")))
    with stage.system.database.reading() as session:
        rows = session.scalars(
            select(QueueMember).where(QueueMember.staff_id == member(stage, "r.osei").id)
        ).all()
    assert [(row.approved_by, row.trained_for_danger) for row in rows] == [(None, False)]


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.OVERSEER])
def test_an_invited_watcher_cannot_count_before_an_approval(stage: Stage, role: Role) -> None:
    queues = ("hr",) if role is Role.SUPERVISOR else ()
    joined(stage, invited(stage, proposed(stage, {role}, *queues)))
    with stage.system.database.reading() as session:
        roles = session.scalars(
            select(StaffRole.role).where(StaffRole.staff_id == member(stage, "r.osei").id)
        ).all()
    assert roles == []


def test_a_link_cannot_be_used_twice(stage: Stage) -> None:
    link = invited(stage)
    joined(stage, link)
    assert look(stage, link) is LinkFault.USED
    again = stage.gate.run(choose_passphrase, Visitor(), ChoosePassphrase(link, GOOD))
    assert again is LinkFault.USED
    assert refusals(stage) == ["used", "used"]


def test_two_who_use_one_link_at_once_cannot_both_join(stage: Stage) -> None:
    link = invited(stage)
    both = [Join(link, prepared(stage, link), 1), Join(link, prepared(stage, link), 1)]
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda one: stage.gate.run(join, Visitor(), one), both))
    assert sorted(map(str, found)) == ["None", "used"]


def test_an_expired_link_cannot_be_used(stage: Stage) -> None:
    link = invited(stage)
    made = prepared(stage, link)
    stage.time.advance(hours=72)
    assert look(stage, link) is LinkFault.EXPIRED
    assert stage.gate.run(join, Visitor(), Join(link, made, 1)) is LinkFault.EXPIRED
    assert refusals(stage) == ["expired", "expired"]
    waiting = stage.gate.run(list_waiting, stage.staff("administrator"), None)
    assert [one.is_over for one in waiting] == [True]


@pytest.mark.parametrize("forged", ["", "x", "A" * 43, "é" * 43, "\ud800"])
def test_a_forged_link_cannot_be_used_and_fills_no_ledger(stage: Stage, forged: str) -> None:
    invited(stage)
    assert look(stage, forged) is LinkFault.UNKNOWN
    assert refusals(stage) == []


def test_a_withdrawn_link_cannot_be_used(stage: Stage) -> None:
    link, administrator = invited(stage), stage.staff("administrator")
    waiting = stage.gate.run(list_waiting, administrator, None)
    command = Withdraw(waiting[0].invitation_id)
    stage.gate.run(withdraw_invitation, administrator, command)
    assert look(stage, link) is LinkFault.WITHDRAWN
    with pytest.raises(StaleError):
        stage.gate.run(withdraw_invitation, administrator, command)


def test_a_name_that_somebody_took_meanwhile_cannot_be_joined_under(stage: Stage) -> None:
    first, second = invited(stage), invited(stage)
    made = prepared(stage, second)
    joined(stage, first)
    assert stage.gate.run(join, Visitor(), Join(second, made, 1)) is LinkFault.NAME_TAKEN


def test_a_writer_of_the_tables_cannot_put_a_link_of_their_own_on_an_invitation(
    stage: Stage,
) -> None:
    invited(stage)
    change(stage, link_hash=stage.gate.vault.link_hash("mine"))
    with pytest.raises(SealBrokenError):
        look(stage, "mine")
    assert ledger(stage, Event.ALARM_RAISED)
    waiting = stage.gate.run(list_waiting, stage.staff("administrator"), None)
    assert [(one.proposal, one.is_over) for one in waiting] == [(None, True)]


def test_a_used_link_that_is_put_back_cannot_make_a_second_account(stage: Stage) -> None:
    link = invited(stage)
    joined(stage, link)
    change(stage, state=InvitationState.WAITING)
    assert stage.gate.run(join, Visitor(), Join(link, prepared(stage, link), 1)) is (
        LinkFault.NAME_TAKEN
    )


def test_a_weak_passphrase_cannot_be_joined_with(stage: Stage) -> None:
    link = invited(stage)
    command = ChoosePassphrase(link, "Rhoda Osei, Test Service")
    assert stage.gate.run(choose_passphrase, Visitor(), command) is Weakness.GUESSABLE_WORDS


def test_an_account_cannot_begin_without_a_second_factor(stage: Stage) -> None:
    link = invited(stage)
    with pytest.raises(TypeError):
        stage.gate.run(join, Visitor(), Join(link, prepared(stage, link)))
    with pytest.raises(LookupError):
        member(stage, "r.osei")


@pytest.mark.parametrize("name", ["hr_1", "hr_supervisor", "overseer", "leader"])
def test_whoever_does_not_administer_cannot_invite(stage: Stage, name: str) -> None:
    with pytest.raises(NotFoundError):
        invited(stage, by=name)
    with pytest.raises(NotFoundError):
        stage.gate.run(list_all_accounts, stage.staff(name), None)


def test_an_administrator_cannot_invite_without_a_fresh_proof(stage: Stage) -> None:
    stale = replace(stage.staff("administrator"), is_fresh=False)
    with pytest.raises(NotFoundError):
        stage.gate.run(invite, stale, Invite(NEW, ADDRESS))
    assert ledger(stage, Event.ACTION_REFUSED)


def test_an_operator_can_invite_the_first_administrator(stage: Stage) -> None:
    joined(stage, invited(stage, proposed(stage, {Role.ADMINISTRATOR}), by="operator"))


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"sign_in_name": "hr_1"}, "sign_in_name"),
        ({"sign_in_name": "no such name!"}, "sign_in_name"),
        ({"email": "nobody"}, "email"),
        ({"email": "a b@service.example"}, "email"),
        ({"roles": frozenset({Role.ADMINISTRATOR, Role.HANDLER})}, "roles"),
        ({"roles": frozenset({Role.HANDLER})}, "queues"),
        ({"roles": frozenset({Role.INSPECTOR})}, "ends_on"),
    ],
)
def test_what_does_not_fit_cannot_be_proposed(
    stage: Stage, changed: dict[str, object], field: str
) -> None:
    with pytest.raises(InvalidError) as caught:
        invited(stage, replace(NEW, **changed))  # type: ignore[arg-type]
    assert caught.value.field == field


def test_the_worker_can_mail_the_link_and_no_table_holds_it(stage: Stage) -> None:
    link = invited(stage)
    assert mails(stage, MailKind.INVITATION) == 1
    mail = stage.gate.run(claim_mail, Worker(), ClaimMail(again=False, tried=frozenset()))
    assert mail is not None
    assert stage.gate.run(find_address, Worker(), mail) == NEW.email
    assert stage.gate.run(find_link, Worker(), mail) == ADDRESS + link


def test_a_mail_cannot_go_out_for_an_invitation_that_was_used(stage: Stage) -> None:
    joined(stage, invited(stage))
    mail = stage.gate.run(claim_mail, Worker(), ClaimMail(again=False, tried=frozenset()))
    assert mail is not None
    assert stage.gate.run(find_address, Worker(), mail) is None


def test_backup_codes_are_kept_as_hashes_that_no_other_account_can_use(stage: Stage) -> None:
    made = joined(stage, invited(stage))
    own = select(BackupCode.code_hash).where(BackupCode.staff_id == made.staff_id)
    with stage.system.database.reading() as session:
        kept = session.scalars(own).all()
    of = partial(stage.gate.vault.backup_code_hash, made.staff_id)
    assert set(kept) == {of(code) for code in made.backup_codes}


def test_an_inspector_cannot_sign_in_after_their_last_day(stage: Stage) -> None:
    last = stage.time.now.date() + timedelta(days=1)
    made = joined(stage, invited(stage, proposed(stage, {Role.INSPECTOR}, ends_on=last)))
    stage.time.advance(days=1)
    signed_in = tried(stage, "r.osei", GOOD, digits_of(stage, made))
    now = RecogniseStaff(signed_in.staff_id, signed_in.private_key)
    stage.gate.run(recognise_staff, Visitor(), now)
    stage.time.advance(days=1)
    with pytest.raises(NotFoundError):
        stage.gate.run(recognise_staff, Visitor(), now)
    assert tried(stage, "r.osei", GOOD, digits_of(stage, made)) is None
    assert ledger(stage, Event.PEOPLE_SIGN_IN_FAILED)[-1].note["why"] == "ended"


def test_an_invitation_can_say_by_what_a_reporter_keeps_the_person_out(stage: Stage) -> None:
    place = stage.places["north"]
    proposal = replace(NEW, staff_number="FF-40123", location_id=place)
    made = joined(stage, invited(stage, proposal))
    with stage.system.database.reading() as session:
        member = session.get_one(StaffMember, made.staff_id)
    assert (member.staff_number, member.location_id) == ("FF-40123", place)
    with pytest.raises(InvalidError, match="unknown_place"):
        invited(stage, replace(NEW, sign_in_name="r.other", location_id=uuid4()))
