"""What somebody changes about how they sign in, and how they prove again that it is they."""

from dataclasses import replace
from uuid import uuid4

import pyotp
import pytest

from safeshare.kernel.actors import Visitor
from safeshare.kernel.errors import NotFoundError
from safeshare.ledger.events import Event
from safeshare.people.rules import Weakness
from safeshare.people.service.confirming import Confirm, confirm
from safeshare.people.service.factors import (
    ChangePassphrase,
    RemovePasskey,
    UseOtherPhone,
    change_passphrase,
    new_totp_secret,
    remove_passkey,
    renew_backup_codes,
    renew_recovery_code,
    use_other_phone,
)
from safeshare.people.service.own_account import look_at_own_account
from safeshare.people.service.recovering import Recover, recover_account
from safeshare.people.service.sign_in import (
    RecogniseStaff,
    SignedIn,
    recognise_staff,
)
from tests.cast import PASSPHRASE, Stage
from tests.use_cases.handlers import ledger
from tests.use_cases.inviting import (
    GOOD,
    invited,
    joined,
    tried,
)
from tests.use_cases.signed_in import NAME, actor, digits, signed_in


def test_somebody_can_change_their_passphrase_and_open_what_they_could(stage: Stage) -> None:
    found = signed_in(stage)
    changed = stage.gate.run(change_passphrase, actor(stage, found), ChangePassphrase(GOOD))
    assert isinstance(changed, SignedIn)
    actor(stage, changed)
    with pytest.raises(NotFoundError):
        actor(stage, found)
    stage.time.advance(seconds=30)
    assert tried(stage, NAME, PASSPHRASE, digits(stage)) is None
    assert tried(stage, NAME, GOOD, digits(stage)).private_key == found.private_key


def test_somebody_cannot_change_to_a_weak_passphrase(stage: Stage) -> None:
    command = ChangePassphrase("password password")
    found = stage.gate.run(change_passphrase, stage.staff(NAME), command)
    assert found is Weakness.COMMON


def test_somebody_can_use_another_phone_and_the_old_one_works_no_more(stage: Stage) -> None:
    owner = actor(stage, signed_in(stage))
    secret = stage.gate.run(new_totp_secret, owner, None)
    wrong = stage.gate.run(use_other_phone, owner, UseOtherPhone(secret, "000000"))
    assert wrong is None
    shown = pyotp.TOTP(secret).at(stage.time.now)
    assert stage.gate.run(use_other_phone, owner, UseOtherPhone(secret, shown))
    stage.time.advance(seconds=30)
    assert tried(stage, NAME, PASSPHRASE, digits(stage)) is None
    assert tried(stage, NAME, PASSPHRASE, pyotp.TOTP(secret).at(stage.time.now)) is not None


def test_new_backup_codes_end_the_old_ones(stage: Stage) -> None:
    made = joined(stage, invited(stage))
    found = tried(stage, "r.osei", GOOD, made.backup_codes[0])
    codes = stage.gate.run(renew_backup_codes, actor(stage, found), None)
    assert len(codes) == 10
    assert tried(stage, "r.osei", GOOD, made.backup_codes[1]) is None
    assert tried(stage, "r.osei", GOOD, codes[1]) is not None
    own = stage.gate.run(look_at_own_account, actor(stage, found), None)
    assert own.backup_codes_left == 9


@pytest.mark.parametrize(
    ("case", "command"),
    [
        (change_passphrase, ChangePassphrase(GOOD)),
        (new_totp_secret, None),
        (renew_backup_codes, None),
        (renew_recovery_code, None),
        (remove_passkey, RemovePasskey(uuid4())),
    ],
)
def test_nobody_can_change_a_factor_without_a_fresh_proof(
    stage: Stage, case: object, command: object
) -> None:
    stale = replace(stage.staff(NAME), is_fresh=False)
    with pytest.raises(NotFoundError):
        stage.gate.run(case, stale, command)  # type: ignore[arg-type]


def test_a_proof_is_fresh_for_a_quarter_of_an_hour(stage: Stage) -> None:
    found = signed_in(stage)
    at = stage.time.now
    command = RecogniseStaff(found.staff_id, found.private_key, 1, at)
    assert stage.gate.run(recognise_staff, Visitor(), command).is_fresh
    stage.time.advance(minutes=15, seconds=1)
    assert not stage.gate.run(recognise_staff, Visitor(), command).is_fresh


def test_somebody_can_prove_again_who_they_are_with_both_factors_alone(stage: Stage) -> None:
    owner = actor(stage, signed_in(stage))
    stage.time.advance(minutes=20)
    for passphrase, shown in (
        ("wrong passphrase altogether", digits(stage)),
        (PASSPHRASE, "000000"),
    ):
        assert not stage.gate.run(confirm, owner, Confirm(passphrase, shown))
    assert stage.gate.run(confirm, owner, Confirm(PASSPHRASE, digits(stage)))
    assert not stage.gate.run(confirm, owner, Confirm(PASSPHRASE, digits(stage)))
    assert len(ledger(stage, Event.PEOPLE_CONFIRMED)) == 1


def test_whoever_forgot_their_passphrase_can_choose_another_with_the_printed_code(
    stage: Stage,
) -> None:
    code = stage.enrolled[NAME].recovery_code
    command = Recover(NAME, code, digits(stage), "password password")
    assert stage.gate.run(recover_account, Visitor(), command) is Weakness.COMMON
    command = Recover(NAME, code, digits(stage), GOOD)
    found = stage.gate.run(recover_account, Visitor(), command)
    assert isinstance(found, SignedIn)
    assert found.private_key == stage.enrolled[NAME].private_key
    actor(stage, found)
    stage.time.advance(seconds=30)
    assert tried(stage, NAME, GOOD, digits(stage)) is not None


@pytest.mark.parametrize(
    "wrong",
    [
        {"sign_in_name": "nobody"},
        {"recovery_code": "BBBB-BBBB-BBBB-BBBB-BBBB-BBBB-BBBB"},
        {"recovery_code": "no code"},
        {"six_digits": "000000"},
    ],
)
def test_nobody_can_choose_a_passphrase_for_somebody_else(
    stage: Stage, wrong: dict[str, str]
) -> None:
    right = Recover(NAME, stage.enrolled[NAME].recovery_code, digits(stage), GOOD)
    assert stage.gate.run(recover_account, Visitor(), replace(right, **wrong)) is None
    assert tried(stage, NAME, PASSPHRASE, digits(stage)) is not None


def test_an_old_recovery_code_cannot_be_used_after_a_new_one(stage: Stage) -> None:
    code = stage.gate.run(renew_recovery_code, stage.staff(NAME), None)
    old = Recover(NAME, stage.enrolled[NAME].recovery_code, digits(stage), GOOD)
    assert stage.gate.run(recover_account, Visitor(), old) is None
    new = replace(old, recovery_code=code)
    assert isinstance(stage.gate.run(recover_account, Visitor(), new), SignedIn)
