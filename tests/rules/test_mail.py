"""What mail says and how often it is tried."""

from datetime import date
from email import message_from_bytes
from email.policy import SMTP

import pytest

from safeshare.outbox.rules import (
    MOST_ATTEMPTS,
    TEXTS,
    MailKind,
    MailState,
    Outcome,
    attempts_after,
    attempts_allowed,
    is_safe_address,
    mail_bytes,
    message_id,
    state_after,
)

SENDER = "no-reply@messages.example"
MARK = bytes(range(32))


def test_a_message_id_can_be_made_again_and_belongs_to_one_mail() -> None:
    assert message_id(MARK, SENDER) == message_id(MARK, SENDER)
    assert message_id(MARK, SENDER) != message_id(bytes(32), SENDER)
    assert message_id(MARK, SENDER).endswith("@messages.example>")


@pytest.mark.parametrize("kind", MailKind)
def test_a_mail_cannot_say_more_than_its_one_text(kind: MailKind) -> None:
    content = mail_bytes(MARK, kind, date(2026, 3, 4), SENDER, "a@home.example")
    parsed = message_from_bytes(content, policy=SMTP)
    assert parsed["Subject"] == TEXTS[kind]
    assert content.endswith(f"\r\n\r\n{TEXTS[kind]}.\r\n".encode())


def test_two_mails_of_a_kind_cannot_differ_in_length() -> None:
    lengths = {
        len(mail_bytes(MARK, MailKind.NUDGE, day, SENDER, "a@home.example"))
        for day in (date(2026, 3, 4), date(2026, 12, 31))
    }
    assert len(lengths) == 1


@pytest.mark.parametrize("outcome", sorted(set(Outcome) - {Outcome.LATER}))
def test_a_nudge_that_is_over_cannot_tell_how_it_ended(outcome: Outcome) -> None:
    most = MOST_ATTEMPTS[MailKind.NUDGE]
    assert state_after(MailKind.NUDGE, outcome, most) is MailState.SENT


@pytest.mark.parametrize(
    ("outcome", "attempts", "state"),
    [
        (Outcome.TAKEN, 1, MailState.SENT),
        (Outcome.NOBODY, 1, MailState.SENT),
        (Outcome.REFUSED, 1, MailState.WAITING),
        (Outcome.REFUSED, MOST_ATTEMPTS[MailKind.PAGE], MailState.FAILED),
        (Outcome.DOUBTFUL, 1, MailState.DOUBTFUL),
    ],
)
def test_a_page_can_be_followed_to_its_end(
    outcome: Outcome, attempts: int, state: MailState
) -> None:
    assert state_after(MailKind.PAGE, outcome, attempts) is state


@pytest.mark.parametrize("kind", MailKind)
def test_a_mail_whose_address_cannot_be_opened_yet_is_tried_once_an_hour_without_end(
    kind: MailKind,
) -> None:
    most = MOST_ATTEMPTS[kind]
    for attempts in range(1, most + 1):
        assert state_after(kind, Outcome.LATER, attempts) is MailState.WAITING
        counted = attempts_after(kind, Outcome.LATER, attempts)
        assert 1 <= counted < attempts_allowed(again=True)[kind]
        assert attempts_after(kind, Outcome.REFUSED, attempts) == attempts
    hurried = {one for one, allowed in attempts_allowed(again=False).items() if allowed > 1}
    assert hurried == {MailKind.PAGE}


def test_a_refused_page_can_be_tried_at_once_and_everything_else_by_the_hour() -> None:
    now, hourly = attempts_allowed(again=False), attempts_allowed(again=True)
    assert now[MailKind.PAGE] == hourly[MailKind.PAGE] == MOST_ATTEMPTS[MailKind.PAGE]
    assert now[MailKind.NUDGE] == now[MailKind.DIGEST] == 1
    assert hourly == MOST_ATTEMPTS


@pytest.mark.parametrize("address", ["a@b.example\r\nBcc: c@d.example", "a b@c.example", "é@x.uk"])
def test_an_address_cannot_forge_a_header(address: str) -> None:
    assert not is_safe_address(address)
    assert is_safe_address("first.last+tag@home.example")
