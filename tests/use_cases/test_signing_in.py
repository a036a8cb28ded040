"""Passphrase and second factor, both always; what slows a guesser stops no owner."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from uuid import uuid4

import pyotp
import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from safeshare.kernel.actors import Role, Staff, Visitor
from safeshare.kernel.errors import InvalidError, NotFoundError
from safeshare.kernel.sealed import PrivateKey
from safeshare.ledger.events import Event
from safeshare.outbox.rules import MailKind
from safeshare.people.models import StaffMember, StaffState
from safeshare.people.rules import MOST_MISSES, Weakness
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
    sign_out_everywhere,
    use_other_phone,
)
from safeshare.people.service.own_account import list_recent_sign_ins, look_at_own_account
from safeshare.people.service.recovering import Recover, recover_account
from safeshare.people.service.sign_in import (
    IsKnownBrowser,
    RecogniseStaff,
    SignedIn,
    is_known_browser,
    recognise_staff,
)
from tests.cast import PASSPHRASE, Stage
from tests.use_cases.handlers import ledger
from tests.use_cases.inviting import (
    GOOD,
    digits_of,
    invited,
    joined,
    mails,
    member,
    proposed,
    tried,
)

NAME = "hr_1"


def digits(stage: Stage, steps: int = 0) -> str:
    """What the phone shows, were its clock so many steps ahead."""
    secret = stage.enrolled[NAME].totp_secret
    return pyotp.TOTP(secret).at(stage.time.now, counter_offset=steps)


def signed_in(stage: Stage, browser: str = "") -> SignedIn:
    """A sign-in that works, with digits that were not used."""
    stage.time.advance(seconds=30)
    found = tried(stage, NAME, PASSPHRASE, digits(stage), browser)
    if not isinstance(found, SignedIn):
        raise TypeError(found)
    return found


def actor(stage: Stage, found: SignedIn) -> Staff:
    """Whoever a session belongs to."""
    now = RecogniseStaff(found.staff_id, found.private_key, found.session_number, stage.time.now)
    return stage.gate.run(recognise_staff, Visitor(), now)


def why(stage: Stage) -> list[str]:
    return [row.note["why"] for row in ledger(stage, Event.PEOPLE_SIGN_IN_FAILED)]


def set_columns(stage: Stage, **values: object) -> None:
    with Session(stage.system.database.engine) as session:
        session.execute(
            update(StaffMember).where(StaffMember.sign_in_name == NAME).values(**values)
        )
        session.commit()


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_a_phone_can_be_one_step_early_or_late(stage: Stage, steps: int) -> None:
    assert tried(stage, NAME, PASSPHRASE, digits(stage, steps)) is not None


@pytest.mark.parametrize("steps", [-20, -2, 2, 20])
def test_a_phone_whose_clock_is_wrong_cannot_sign_in_and_the_ledger_says_why(
    stage: Stage, steps: int
) -> None:
    assert tried(stage, NAME, PASSPHRASE, digits(stage, steps)) is None
    assert why(stage) == ["clock"]


def test_six_digits_cannot_be_used_twice_or_out_of_order(stage: Stage) -> None:
    assert tried(stage, NAME, PASSPHRASE, digits(stage)) is not None
    assert tried(stage, NAME, PASSPHRASE, digits(stage)) is None
    assert tried(stage, NAME, PASSPHRASE, digits(stage, -1)) is None
    assert why(stage) == ["replayed", "replayed"]


def test_two_sign_ins_with_the_same_digits_at_once_cannot_both_work(stage: Stage) -> None:
    shown = digits(stage)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: tried(stage, NAME, PASSPHRASE, shown), range(4)))
    assert sum(one is not None for one in found) == 1


def test_a_wrong_passphrase_cannot_be_told_from_a_wrong_name_or_wrong_digits(stage: Stage) -> None:
    assert tried(stage, "nobody", PASSPHRASE, "000000") is None
    assert tried(stage, NAME, "not the passphrase at all", digits(stage)) is None
    assert tried(stage, NAME, PASSPHRASE, "000000") is None
    assert why(stage) == ["name", "passphrase", "second_factor"]


def test_a_backup_code_can_stand_in_for_the_digits_once(stage: Stage) -> None:
    made = joined(stage, invited(stage))
    code = made.backup_codes[3]
    assert tried(stage, "r.osei", GOOD, code.lower()) is not None
    assert tried(stage, "r.osei", GOOD, code) is None
    assert tried(stage, NAME, PASSPHRASE, made.backup_codes[4]) is None


def test_two_sign_ins_with_one_backup_code_at_once_cannot_both_work(stage: Stage) -> None:
    code = joined(stage, invited(stage)).backup_codes[0]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: tried(stage, "r.osei", GOOD, code), range(4)))
    assert sum(one is not None for one in found) == 1


def test_the_owner_can_read_who_signed_in_and_who_tried(stage: Stage) -> None:
    tried(stage, NAME, PASSPHRASE, "000000")
    found = signed_in(stage)
    tried(stage, "hr_2", PASSPHRASE, "000000")
    seen = stage.gate.run(list_recent_sign_ins, actor(stage, found), None)
    assert [(one.event, one.factor, one.is_new_browser, one.why) for one in seen] == [
        (Event.PEOPLE_SIGNED_IN, "six_digits", True, ""),
        (Event.PEOPLE_SIGN_IN_FAILED, "", False, "second_factor"),
    ]


def test_the_owner_is_told_by_mail_of_a_new_browser_and_of_wrong_digits_once(stage: Stage) -> None:
    found = signed_in(stage)
    assert mails(stage, MailKind.SIGN_IN) == 1
    tried(stage, NAME, PASSPHRASE, "000000")
    assert mails(stage, MailKind.SIGN_IN) == 1, "one that waits is enough"
    signed_in(stage, found.browser)
    assert mails(stage, MailKind.SIGN_IN) == 1


def test_a_stranger_cannot_bring_about_a_mail_or_a_miss(stage: Stage) -> None:
    for _ in range(MOST_MISSES + 5):
        assert tried(stage, NAME, "a guess at a passphrase", "000000") is None
    assert mails(stage, MailKind.SIGN_IN) == 0
    assert member(stage, NAME).misses == 0
    assert tried(stage, NAME, PASSPHRASE, digits(stage)) is not None


def test_whoever_has_the_passphrase_cannot_go_on_guessing_digits(stage: Stage) -> None:
    known = signed_in(stage).browser
    code = stage.gate.run(renew_backup_codes, stage.staff(NAME), None)[0]
    for _ in range(MOST_MISSES):
        assert tried(stage, NAME, PASSPHRASE, "000000") is None
    stage.time.advance(seconds=30)
    assert tried(stage, NAME, PASSPHRASE, digits(stage)) is None
    assert why(stage)[-1] == "slowed"
    assert tried(stage, NAME, PASSPHRASE, digits(stage), known) is not None
    set_columns(stage, misses=MOST_MISSES)
    assert tried(stage, NAME, PASSPHRASE, code) is not None
    assert member(stage, NAME).misses == 0


def test_a_known_browser_is_known_to_its_owner_alone_and_until_they_sign_out_everywhere(
    stage: Stage,
) -> None:
    found = signed_in(stage)

    def knows(name: str, cookie: str) -> bool:
        return stage.gate.run(is_known_browser, Visitor(), IsKnownBrowser(name, cookie))

    assert knows(NAME, found.browser)
    assert not knows("hr_2", found.browser)
    assert not knows("nobody", found.browser)
    assert not knows(NAME, "made up")
    stage.gate.run(sign_out_everywhere, actor(stage, found), None)
    assert not knows(NAME, found.browser)


def test_nobody_can_go_on_with_a_session_after_signing_out_everywhere(stage: Stage) -> None:
    found = signed_in(stage)
    stage.gate.run(sign_out_everywhere, actor(stage, found), None)
    with pytest.raises(NotFoundError):
        actor(stage, found)
    actor(stage, signed_in(stage))


def test_a_leaver_cannot_sign_in(stage: Stage) -> None:
    set_columns(stage, state=StaffState.LEFT)
    assert tried(stage, NAME, PASSPHRASE, digits(stage)) is None
    assert why(stage) == ["left"]


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


def test_a_session_without_its_key_is_known_and_opens_nothing(stage: Stage) -> None:
    staff_id = stage.enrolled[NAME].staff_id
    now = RecogniseStaff(staff_id, PrivateKey(b""))
    assert not stage.gate.run(recognise_staff, Visitor(), now).is_fresh


def test_a_handler_cannot_be_invited_to_no_queue(stage: Stage) -> None:
    with pytest.raises(InvalidError):
        invited(stage, proposed(stage, {Role.HANDLER}))


def test_the_new_phone_of_a_newcomer_is_theirs_alone(stage: Stage) -> None:
    made = joined(stage, invited(stage))
    stage.time.advance(seconds=30)
    assert tried(stage, NAME, PASSPHRASE, digits_of(stage, made)) is None
