"""People's own keys go over to another suite: staff with their passphrase, reporters as they come
back, the recovery key with its next renewal. Until then both are read, and nothing is lost.
"""

from dataclasses import replace

import pytest
from sqlalchemy import select, update

from safeshare.concerns.models import Grant, GranteeKind, Party
from safeshare.concerns.resealing_queries import KeysOfOtherSuite
from safeshare.concerns.service import own_grants
from safeshare.concerns.service.own_grants import ResealOwn, reseal_own_grants
from safeshare.concerns.service.resealing import count_old_keys
from safeshare.kernel.actors import Operator, Staff, Visitor
from safeshare.kernel.errors import NotFoundError, SealBrokenError, StaleError
from safeshare.kernel.sealed import PrivateKey, PublicKey
from safeshare.ledger.events import Event
from safeshare.people.models import StaffMember
from safeshare.people.queries import get_standing
from safeshare.people.service.eligibility import is_signed
from safeshare.people.service.own_account import look_at_own_account
from safeshare.people.service.own_key import OwnKeyRenewed, RenewOwnKey, renew_own_key
from safeshare.people.service.recovering import Recover, recover_account
from safeshare.people.service.sign_in import (
    RecogniseStaff,
    SignedIn,
    SignIn,
    recognise_staff,
    sign_in,
)
from tests.cast import PASSPHRASE, Stage
from tests.use_cases.ceremony import renew, together
from tests.use_cases.conversation import enter, read, write
from tests.use_cases.handlers import attested, case_of, holders_of, ledger, opened

CLASSICAL, HYBRID = 1, 2


class PowerCutError(Exception):
    """The machine stops in the middle."""


def in_other_suite(stage: Stage, suite: int = CLASSICAL) -> Stage:
    """The same installation after its setting was changed."""
    gate = replace(stage.gate, vault=replace(stage.gate.vault, key_suite=suite))
    return replace(stage, system=replace(stage.system, gate=gate))


def old_keys(stage: Stage) -> KeysOfOtherSuite:
    return stage.gate.run(count_old_keys, Operator(), None)


def grants_of(stage: Stage, name: str) -> list[Grant]:
    with stage.system.database.reading() as session:
        rows = select(Grant).where(Grant.grantee_id == stage.enrolled[name].staff_id)
        return list(session.scalars(rows.order_by(Grant.case_id)))


def suites_of(stage: Stage, name: str) -> set[int]:
    return {one.sealed.blob[0] for one in grants_of(stage, name)}


def renewed(stage: Stage, name: str, passphrase: str = PASSPHRASE) -> OwnKeyRenewed:
    made = stage.gate.run(renew_own_key, stage.staff(name), RenewOwnKey(passphrase))
    assert made is not None
    return made


def with_ring(stage: Stage, name: str, made: SignedIn) -> Staff:
    """The owner of the new key for the rest of the test, whose sessions are counted anew."""
    stage.enrolled[name] = replace(stage.enrolled[name], private_key=made.private_key)
    with stage.system.database.engine.begin() as writer:
        writer.execute(update(StaffMember).values(session_number=1))
    return stage.staff(name)


def reseal_all(stage: Stage, staff: Staff) -> int:
    rounds, after = 0, stage.gate.run(reseal_own_grants, staff, ResealOwn())
    while after is not None:
        rounds, after = rounds + 1, stage.gate.run(reseal_own_grants, staff, ResealOwn(after))
    return rounds


def signed_in(stage: Stage, name: str) -> SignedIn | None:
    stage.time.advance(minutes=1)
    command = SignIn(name, PASSPHRASE, stage.six_digits(name))
    return stage.gate.run(sign_in, Visitor(), command)


def test_somebody_can_go_over_and_loses_no_case(stage: Stage) -> None:
    sent, code = stage.submit({"concern": "The gauges are wrong."})
    name = holders_of(stage, sent.reference)[0]
    attested(stage, sent.reference, name)
    later = in_other_suite(stage)
    assert later.gate.run(look_at_own_account, later.staff(name), None).has_older_key
    made = renewed(later, name)
    staff = with_ring(later, name, made.signed_in)
    assert suites_of(later, name) == {HYBRID}
    assert opened(later, staff, sent.reference).answers["concern"] == "The gauges are wrong."
    assert reseal_all(later, staff) == 1
    assert suites_of(later, name) == {CLASSICAL}
    assert opened(later, staff, sent.reference).answers["concern"] == "The gauges are wrong."
    assert not later.gate.run(look_at_own_account, staff, None).has_older_key
    assert reseal_all(later, staff) == 0
    write(later, enter(later, code), "Still wrong.")
    assert opened(later, staff, sent.reference).messages[0].text == "Still wrong."
    newest = PrivateKey(made.signed_in.private_key.raw[:33])
    command = RecogniseStaff(staff.staff_id, newest, proved_at=later.time.now)
    alone = later.gate.run(recognise_staff, Visitor(), command)
    assert opened(later, alone, sent.reference).messages[0].text == "Still wrong."
    assert later.faults() == []


def test_the_new_key_opens_at_the_next_sign_in_and_with_the_new_code_alone(stage: Stage) -> None:
    later, name = in_other_suite(stage), "hr_1"
    old_code = later.enrolled[name].recovery_code
    made = renewed(later, name)
    again = signed_in(later, name)
    assert again is not None
    assert again.private_key == made.signed_in.private_key
    later.time.advance(minutes=1)
    new = "a quite different passphrase of hers"
    for typed, works in ((old_code, False), (made.recovery_code, True)):
        later.time.advance(minutes=1)
        command = Recover(name, typed, later.six_digits(name), new)
        found = later.gate.run(recover_account, Visitor(), command)
        assert isinstance(found, SignedIn) is works


def test_what_is_given_afterwards_is_sealed_to_the_new_key_and_approvals_stay(
    stage: Stage,
) -> None:
    later = in_other_suite(stage)
    for name in [one for one in later.enrolled if one.startswith("hr_")]:
        with_ring(later, name, renewed(later, name).signed_in)
    sent, _code = later.submit()
    holders = holders_of(later, sent.reference)
    assert all(name.startswith("hr_") for name in holders)
    assert {suite for name in holders for suite in suites_of(later, name)} == {CLASSICAL}
    opened(later, attested(later, sent.reference, holders[0]), sent.reference)
    with later.system.database.reading() as session:
        standing = get_standing(session, later.enrolled["hr_1"].staff_id)
    door = later.gate.door(Operator())
    assert door.read is not None
    assert is_signed(door, standing)
    door.finish()


def test_a_machine_that_stops_in_the_middle_loses_nothing_and_goes_on(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_grants, "CASES_A_ROUND", 1)
    references: list[str] = []
    while len(references) < 3:
        sent, _code = stage.submit()
        if "hr_1" in holders_of(stage, sent.reference):
            references.append(sent.reference)
    later = in_other_suite(stage)
    staff = with_ring(later, "hr_1", renewed(later, "hr_1").signed_in)
    after = later.gate.run(reseal_own_grants, staff, ResealOwn())
    assert after is not None
    with monkeypatch.context() as cut:
        cut.setattr(own_grants, "grant_lock", _power_cut)
        with pytest.raises(PowerCutError):
            later.gate.run(reseal_own_grants, staff, ResealOwn(after))
    assert suites_of(later, "hr_1") == {CLASSICAL, HYBRID}
    for reference in references:
        attested(later, reference, "hr_1")
        assert opened(later, staff, reference).answers["concern"] == "Something is wrong."
    again = signed_in(later, "hr_1")
    assert again is not None
    assert reseal_all(later, with_ring(later, "hr_1", again)) == 2
    assert suites_of(later, "hr_1") == {CLASSICAL}


def _power_cut(*_told: object) -> list[Grant]:
    raise PowerCutError


def test_somebody_who_stopped_half_way_can_go_back_and_loses_nothing(stage: Stage) -> None:
    """The setting was changed back before every grant was sealed anew."""
    sent, _code = stage.submit()
    name = holders_of(stage, sent.reference)[0]
    later = in_other_suite(stage)
    with_ring(later, name, renewed(later, name).signed_in)
    again = later.submit()[0].reference
    while name not in holders_of(later, again):
        again = later.submit()[0].reference
    assert suites_of(later, name) == {CLASSICAL, HYBRID}
    back = in_other_suite(later, HYBRID)
    staff = with_ring(back, name, renewed(back, name).signed_in)
    assert reseal_all(back, staff) == 1
    assert suites_of(back, name) == {HYBRID}
    for reference in (sent.reference, again):
        attested(back, reference, name)
        assert opened(back, staff, reference).answers["concern"] == "Something is wrong."


def test_nobody_goes_over_without_the_passphrase_twice_or_for_another(stage: Stage) -> None:
    later = in_other_suite(stage)
    wrong = RenewOwnKey("not the passphrase at all")
    assert later.gate.run(renew_own_key, later.staff("hr_1"), wrong) is None
    staff = with_ring(later, "hr_1", renewed(later, "hr_1").signed_in)
    with pytest.raises(StaleError):
        later.gate.run(renew_own_key, staff, RenewOwnKey(PASSPHRASE))
    for actor in (Operator(), Visitor()):
        with pytest.raises(NotFoundError):
            later.gate.run(renew_own_key, actor, RenewOwnKey(PASSPHRASE))
    other = replace(later.staff("hr_2"), private_key=staff.private_key)
    with pytest.raises(SealBrokenError):
        later.gate.run(renew_own_key, other, RenewOwnKey(PASSPHRASE))
    with pytest.raises(StaleError):
        stage.gate.run(renew_own_key, stage.staff("hr_2"), RenewOwnKey(PASSPHRASE))


def test_a_grant_that_is_none_of_ours_stays_with_an_alarm(stage: Stage) -> None:
    sent, _code = stage.submit()
    name, case_id = holders_of(stage, sent.reference)[0], case_of(stage, sent.reference).id
    later = in_other_suite(stage)
    staff = with_ring(later, name, renewed(later, name).signed_in)
    forged = update(Grant).where(Grant.case_id == case_id, Grant.grantee_id == staff.staff_id)
    with later.system.database.engine.begin() as writer:
        writer.execute(forged.values(mac=b"\x01" + bytes(32)))
    assert reseal_all(later, staff) == 1
    assert suites_of(later, name) == {HYBRID}
    assert case_id in {one.case_id for one in ledger(later, Event.ALARM_RAISED)}


def test_a_reporter_goes_over_by_coming_back(stage: Stage) -> None:
    sent, code = stage.submit()
    later = in_other_suite(stage)
    assert old_keys(later).mailboxes == 1
    reporter = enter(later, code)
    assert old_keys(later).mailboxes == 0
    write(later, reporter, "I am back.")
    assert read(later, enter(later, code)).messages[0].text == "I am back."
    with later.system.database.reading() as session:
        party = session.scalars(select(Party)).one()
        rows = select(Grant.sealed).where(Grant.grantee_kind == GranteeKind.PARTY)
        assert {one.blob[0] for one in session.scalars(rows)} == {party.public_key[0]} == {1}
    holder = attested(later, sent.reference)
    assert opened(later, holder, sent.reference).messages[0].text == "I am back."
    assert read(stage, enter(stage, code)).messages[0].text == "I am back."
    assert later.faults() == []


def test_a_mailbox_with_a_key_of_somebody_else_does_not_go_over(stage: Stage) -> None:
    _sent, code = stage.submit()
    later = in_other_suite(stage)
    theirs = later.gate.vault.party_keys(later.gate.vault.new_access_code(), "send")
    for key in (theirs.public_key, PublicKey(b"\x09nonsense")):
        with later.system.database.engine.begin() as writer:
            writer.execute(update(Party).values(public_key=key.raw))
        with pytest.raises(SealBrokenError):
            enter(later, code)


def test_the_recovery_key_goes_over_with_its_next_renewal(stage: Stage) -> None:
    sent, _code = stage.submit()
    later = in_other_suite(stage)
    before = old_keys(later)
    assert before.recovery_keys == 4  # The key and its three officers.
    later.officers = renew(later, together(later))
    assert old_keys(later).recovery_keys == 0
    again = together(later)
    assert again.private_key.raw[0] == CLASSICAL
    assert old_keys(later).grants == before.grants - 3
    renew(later, again)
    assert case_of(later, sent.reference).reference == sent.reference


def test_the_count_names_everything_that_is_of_another_suite(stage: Stage) -> None:
    stage.submit()
    assert old_keys(stage) == KeysOfOtherSuite(0, 0, 0, 0)
    later = in_other_suite(stage)
    with later.system.database.reading() as session:
        accounts = len(session.scalars(select(StaffMember.id)).all())
        grants = len(session.scalars(select(Grant.case_id)).all())
    assert old_keys(later) == KeysOfOtherSuite(accounts, 1, 4, grants)
