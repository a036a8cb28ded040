"""Passkeys: with a secret of their own they unlock the key, and without one the passphrase does."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from safeshare.kernel.actors import Visitor
from safeshare.kernel.errors import InvalidError, NotFoundError, SealBrokenError, WrongSecretError
from safeshare.ledger.events import Event
from safeshare.people.models import Passkey, StaffMember
from safeshare.people.service.confirming import confirm_with_passkey
from safeshare.people.service.factors import RemovePasskey, remove_passkey
from safeshare.people.service.joining import Join, join
from safeshare.people.service.own_account import look_at_own_account
from safeshare.people.service.passkeys import (
    AddPasskey,
    AfterPasskey,
    Owned,
    PassphraseWanted,
    UsePasskey,
    find_passkeys_of,
    finish_with_passphrase,
    sign_in_with_passkey,
)
from safeshare.people.service.sign_in import RecogniseStaff, SignedIn, recognise_staff
from safeshare.people.service.webauthn import (
    Answered,
    made_passkey,
    named_in,
    registration_request,
    sign_in_request,
)
from tests.cast import PASSPHRASE, Stage
from tests.devices.authenticator import Authenticator
from tests.properties import examples
from tests.use_cases.handlers import ledger
from tests.use_cases.inviting import GOOD, invited, prepared
from tests.use_cases.passkey_owner import CHALLENGE, NAME, PARTY, Owner


@pytest.fixture
def owner(stage: Stage) -> Owner:
    found = Owner(stage, Authenticator(), 1)
    found.adds(found.device)
    return found


def enter(owner: Owner, command: UsePasskey) -> SignedIn | PassphraseWanted | None:
    return owner.stage.gate.run(sign_in_with_passkey, Visitor(), command)


def test_a_passkey_with_a_secret_of_its_own_can_unlock_the_key(owner: Owner) -> None:
    found = enter(owner, owner.used())
    assert isinstance(found, SignedIn)
    assert found.private_key == owner.stage.enrolled[NAME].private_key
    assert ledger(owner.stage, Event.PEOPLE_SIGNED_IN)[-1].note["factor"] == "passkey"


def test_a_passkey_without_a_secret_can_be_the_second_factor_of_a_passphrase(
    owner: Owner,
) -> None:
    plain = Authenticator(has_prf=False)
    owner.adds(plain)
    owner.device = plain
    wanted = enter(owner, owner.used())
    assert isinstance(wanted, PassphraseWanted)
    gate = owner.stage.gate
    wrong = AfterPasskey(wanted.staff_id, "not the passphrase of anybody")
    assert gate.run(finish_with_passphrase, Visitor(), wrong) is None
    found = gate.run(finish_with_passphrase, Visitor(), AfterPasskey(wanted.staff_id, PASSPHRASE))
    assert isinstance(found, SignedIn)
    assert found.private_key == owner.stage.enrolled[NAME].private_key


def test_a_passkeys_secret_that_is_not_its_own_cannot_unlock_the_key(owner: Owner) -> None:
    command = owner.used()
    other = Authenticator().use(sign_in_request(PARTY, CHALLENGE)).prf
    forged = replace(command, answered=replace(command.answered, prf=other))
    assert isinstance(enter(owner, forged), PassphraseWanted)


def test_an_answer_to_another_challenge_cannot_sign_in(owner: Owner) -> None:
    for challenge in (b"", bytes(32)):
        assert enter(owner, owner.used(challenge)) is None


def test_a_passkey_of_another_site_cannot_sign_in(owner: Owner) -> None:
    owner.device.origin = "https://elsewhere.example"
    assert enter(owner, owner.used()) is None
    owner.device.origin, owner.device.host = "http://localhost", "elsewhere.example"
    assert enter(owner, owner.used()) is None


def test_a_passkey_that_did_not_verify_its_owner_cannot_sign_in(owner: Owner) -> None:
    owner.device.verifies = False
    assert enter(owner, owner.used()) is None


def test_a_copy_of_a_passkey_cannot_sign_in_once_the_original_went_on(owner: Owner) -> None:
    owner.device.count = 10
    assert isinstance(enter(owner, owner.used()), SignedIn)
    owner.device.count = 3
    assert enter(owner, owner.used()) is None
    assert ledger(owner.stage, Event.PEOPLE_SIGN_IN_FAILED)


def test_a_passkey_that_nobody_added_cannot_sign_in(owner: Owner) -> None:
    stranger = Authenticator(owner=owner.device.owner)
    owner.device = stranger
    assert enter(owner, owner.used()) is None


def test_a_passkey_cannot_name_another_owner(owner: Owner) -> None:
    owner.device.owner = owner.stage.enrolled["hr_2"].staff_id.bytes
    assert enter(owner, owner.used()) is None


def named(owner: Owner) -> Owned:
    """What a browser is asked for once the organisation's sign-in named somebody."""
    found = owner.stage.gate.run(find_passkeys_of, Visitor(), owner.name)
    assert found is not None
    return found


def for_named(owner: Owner, device: Authenticator) -> UsePasskey:
    """What a browser sends that was asked for a passkey of `owner`, whatever it has."""
    asked = named(owner)
    options = sign_in_request(PARTY, CHALLENGE, asked.credential_ids)
    return UsePasskey(PARTY, CHALLENGE, device.use(options), owner=asked.owner)


@pytest.mark.parametrize("names_owner", [True, False])
def test_whom_the_provider_named_can_unlock_the_key_with_a_passkey_of_theirs(
    owner: Owner, *, names_owner: bool
) -> None:
    owner.device.names_owner = names_owner
    found = enter(owner, for_named(owner, owner.device))
    assert isinstance(found, SignedIn)
    assert found.private_key == owner.stage.enrolled[NAME].private_key


def test_nobody_elses_passkey_can_unlock_the_key_of_whom_the_provider_named(owner: Owner) -> None:
    other = Owner(owner.stage, Authenticator(), 1, "hr_2")
    other.adds(other.device)
    own = owner.stage.enrolled[NAME].staff_id.bytes
    for handle, is_told in ((other.device.owner, True), (own, True), (b"", False)):
        other.device.owner, other.device.names_owner = handle, is_told
        assert enter(owner, for_named(owner, other.device)) is None
    other.device.owner, other.device.names_owner = other.staff.staff_id.bytes, True
    assert isinstance(enter(other, for_named(other, other.device)), SignedIn)


def test_a_browser_that_was_not_asked_for_anybody_cannot_keep_back_whose_passkey_it_is(
    owner: Owner,
) -> None:
    owner.device.names_owner = False
    command = for_named(owner, owner.device)
    assert enter(owner, replace(command, owner=None)) is None


def test_nobody_can_be_asked_for_a_passkey_who_has_none(owner: Owner) -> None:
    assert named(owner).credential_ids == (owner.device.credential_id,)
    for name in ("hr_2", "nobody"):
        assert owner.stage.gate.run(find_passkeys_of, Visitor(), name) is None


def test_a_writer_of_the_tables_cannot_give_their_passkey_to_somebody_else(owner: Owner) -> None:
    victim = owner.stage.enrolled["hr_2"].staff_id
    with Session(owner.stage.system.database.engine) as session:
        session.execute(update(Passkey).values(staff_id=victim))
        session.commit()
    owner.device.owner = victim.bytes
    with pytest.raises((NotFoundError, SealBrokenError)):
        enter(owner, owner.used())


def test_a_writer_of_the_tables_cannot_change_a_passkeys_record(owner: Owner) -> None:
    with Session(owner.stage.system.database.engine) as session:
        sealed = session.scalars(select(StaffMember.totp_secret)).first()
        session.execute(update(Passkey).values(record=sealed))
        session.commit()
    with pytest.raises(SealBrokenError):
        enter(owner, owner.used())


def test_a_passkey_that_was_taken_away_cannot_sign_in(owner: Owner) -> None:
    gate = owner.stage.gate
    own = gate.run(look_at_own_account, owner.staff, None)
    assert [(one.label, one.unlocks) for one in own.passkeys] == [("blue key", True)]
    removed = gate.run(remove_passkey, owner.staff, RemovePasskey(own.passkeys[0].passkey_id))
    assert removed is not None
    assert enter(owner, owner.used()) is None


def test_nobody_can_take_away_somebody_elses_passkey(owner: Owner) -> None:
    own = owner.stage.gate.run(look_at_own_account, owner.staff, None)
    command = RemovePasskey(own.passkeys[0].passkey_id)
    with pytest.raises(NotFoundError):
        owner.stage.gate.run(remove_passkey, owner.stage.staff("hr_2"), command)


def test_a_passkey_needs_a_name(owner: Owner) -> None:
    with pytest.raises(InvalidError):
        owner.adds(Authenticator(), label="  ")


def test_the_owner_can_prove_again_with_a_passkey_of_theirs_alone(owner: Owner) -> None:
    gate = owner.stage.gate
    assert gate.run(confirm_with_passkey, owner.staff, owner.used())
    assert not gate.run(confirm_with_passkey, owner.staff, owner.used(bytes(32)))
    assert not gate.run(confirm_with_passkey, owner.stage.staff("hr_2"), owner.used())


def test_the_only_second_factor_cannot_be_taken_away(stage: Stage) -> None:
    link, device = invited(stage), Authenticator()
    made = prepared(stage, link)
    options = registration_request(PARTY, made.staff_id, "r.osei", (), CHALLENGE)
    answered = device.make(options)
    new = made_passkey(PARTY, CHALLENGE, answered)
    passkey = AddPasskey(new, "phone", made.secrets.private_key, answered.secret)
    assert stage.gate.run(join, Visitor(), Join(link, made, passkey=passkey)) is None
    used = UsePasskey(PARTY, CHALLENGE, device.use(sign_in_request(PARTY, CHALLENGE)))
    found = stage.gate.run(sign_in_with_passkey, Visitor(), used)
    assert isinstance(found, SignedIn)
    now = RecogniseStaff(found.staff_id, found.private_key, 1, stage.time.now)
    staff = stage.gate.run(recognise_staff, Visitor(), now)
    own = stage.gate.run(look_at_own_account, staff, None)
    assert not own.has_six_digits
    command = RemovePasskey(own.passkeys[0].passkey_id)
    assert stage.gate.run(remove_passkey, staff, command) is None
    assert ledger(stage, Event.PEOPLE_REFUSED)[-1].note["why"] == "only_second_factor"
    after = AfterPasskey(found.staff_id, GOOD)
    assert stage.gate.run(finish_with_passphrase, Visitor(), after) is not None


RIGHT = Authenticator(owner=bytes(16)).use(sign_in_request(PARTY, CHALLENGE)).credential


@given(
    st.one_of(
        st.text(max_size=300),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=20),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(["id", "rawId", "type", "response", "userHandle", "x"]),
                    inner,
                    max_size=4,
                )
            ),
            max_leaves=8,
        ).map(json.dumps),
        st.integers(0, len(RIGHT) - 1).map(lambda cut: RIGHT[:cut]),
    )
)
@settings(max_examples=examples(150))
def test_no_answer_of_a_browser_can_be_anything_but_refused(credential: str) -> None:
    answered = Answered(credential, credential)
    named_in(answered)
    assert answered.secret is None or len(answered.secret) == 32
    with pytest.raises(WrongSecretError):
        made_passkey(PARTY, CHALLENGE, answered)
