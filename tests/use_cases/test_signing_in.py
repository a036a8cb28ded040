"""Passphrase and second factor, both always; what slows a guesser stops no owner."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pyotp
import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from safeshare.kernel.actors import Role, Visitor
from safeshare.kernel.errors import InvalidError, NotFoundError
from safeshare.kernel.sealed import PrivateKey
from safeshare.ledger.events import Event
from safeshare.outbox.rules import MailKind
from safeshare.people.models import StaffMember, StaffState
from safeshare.people.rules import MOST_MISSES
from safeshare.people.service.factors import (
    renew_backup_codes,
    sign_out_everywhere,
)
from safeshare.people.service.own_account import list_recent_sign_ins
from safeshare.people.service.sign_in import (
    IsKnownBrowser,
    RecogniseStaff,
    is_known_browser,
    recognise_staff,
)
from safeshare.vault import staff_keys
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
from tests.use_cases.signed_in import NAME, actor, digits, signed_in


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


@pytest.mark.parametrize("second", ["000000", "ABCDE-FGHJK"])
def test_a_name_that_nobody_has_takes_the_work_of_one_that_somebody_has(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, second: str
) -> None:
    """Else the time of the answer would tell who works here."""
    done: list[str] = []

    def count(owner: Any, name: str) -> None:
        real = getattr(owner, name)

        def counted(*given: Any, **more: Any) -> Any:
            done.append(name)
            return real(*given, **more)

        monkeypatch.setattr(owner, name, counted)

    count(pyotp.TOTP, "generate_otp")
    count(staff_keys, "_stretched")
    count(Session, "get")
    works = []
    for name in (NAME, "nobody.at.all"):
        done.clear()
        assert tried(stage, name, "not the passphrase", second) is None
        works.append(sorted(done))
    assert works[0] == works[1]
    assert "_stretched" in works[0]
