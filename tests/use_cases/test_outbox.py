"""Mail that was promised: sent to a real mail server, and never twice after a doubt."""

from dataclasses import replace
from email.message import EmailMessage

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from safeshare import wiring
from safeshare.kernel.actors import Worker
from safeshare.ledger.events import Event
from safeshare.ledger.models import LedgerDay, LedgerEntry
from safeshare.outbox.models import OutgoingMail
from safeshare.outbox.rules import MOST_ATTEMPTS, MailKind, MailState
from safeshare.outbox.service import sending
from safeshare.outbox.service.relay import Relay, RelayUnreachableError
from safeshare.outbox.service.sending import (
    ClaimMail,
    claim_mail,
    send_waiting_mail,
)
from safeshare.people.service.keeping import purge_expired, queue_digests
from safeshare.updates.models import NudgeAddress
from safeshare.updates.service.sweep import sweep_promises
from tests.cast import Stage
from tests.services.mail import HANG_UP, MailSink
from tests.tampering import spoilt

ADDRESS = "somebody@home.example"


@pytest.fixture
def relay(stage: Stage, smtp_sink: MailSink) -> Relay:
    return replace(
        wiring.mail_relay(stage.system.settings),
        host=smtp_sink.host,
        port=smtp_sink.port,
        timeout_seconds=60,
    )


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A round sends everything, however busy the machine is."""
    monkeypatch.setattr(sending, "SECONDS_A_ROUND", 600.0)


def nudge(stage: Stage, address: str = ADDRESS) -> None:
    """Somebody is told that an automatic update appeared."""
    stage.submit(address=address)
    stage.time.advance(days=2, hours=8)
    stage.gate.run(sweep_promises, Worker(), None)


def mails(stage: Stage) -> list[OutgoingMail]:
    with stage.system.database.reading() as session:
        return list(session.scalars(select(OutgoingMail)))


def states(stage: Stage) -> list[MailState]:
    return [mail.state for mail in mails(stage)]


def send(stage: Stage, relay: Relay, *, again: bool = False) -> int:
    return send_waiting_mail(stage.gate, relay, again=again)


def only_message(sink: MailSink) -> EmailMessage:
    (delivery,) = sink.deliveries
    return delivery.message


def test_a_reporter_can_be_told_and_nothing_else_is_said(
    stage: Stage, relay: Relay, smtp_sink: MailSink
) -> None:
    nudge(stage)
    assert send(stage, relay) == 1
    (delivery,) = smtp_sink.deliveries
    assert delivery.recipients == (ADDRESS,)
    assert delivery.message["Subject"] == "You have a message"
    assert delivery.message.get_content() == "You have a message.\r\n"
    assert states(stage) == [MailState.SENT]


def test_a_nudge_cannot_tell_the_hour(stage: Stage, relay: Relay, smtp_sink: MailSink) -> None:
    nudge(stage)
    send(stage, relay)
    assert only_message(smtp_sink)["Date"] == "Wed, 04 Mar 2026 00:00:00 +0000"
    assert {name.lower() for name in only_message(smtp_sink)} - {"x-peer"} == {
        *("date", "from", "to", "message-id", "subject", "auto-submitted"),
        *("mime-version", "content-type"),
    }


def test_a_mail_that_went_cannot_go_again(stage: Stage, relay: Relay, smtp_sink: MailSink) -> None:
    nudge(stage)
    assert [send(stage, relay), send(stage, relay), send(stage, relay, again=True)] == [1, 0, 0]
    assert len(smtp_sink.deliveries) == 1


def test_a_reporter_without_an_address_cannot_be_told_apart(
    stage: Stage, relay: Relay, smtp_sink: MailSink
) -> None:
    stage.submit()
    nudge(stage)
    assert send(stage, relay) == 1
    assert len({(mail.state, mail.attempts, mail.due_on) for mail in mails(stage)}) == 1
    assert len(mails(stage)) == 2
    assert len(smtp_sink.deliveries) == 1


@pytest.mark.parametrize("answer", ["451 Try again", "550 No such user"])
def test_a_refused_mail_can_go_in_a_later_round_under_the_same_id(
    stage: Stage, relay: Relay, smtp_sink: MailSink, answer: str
) -> None:
    nudge(stage)
    smtp_sink.answer_next(answer)
    assert send(stage, relay) == 0
    assert states(stage) == [MailState.WAITING]
    assert send(stage, relay) == 0
    assert send(stage, relay, again=True) == 1
    assert states(stage) == [MailState.SENT]
    assert len(smtp_sink.message_ids()) == 1


def test_a_mail_cannot_change_between_two_attempts(
    stage: Stage, relay: Relay, smtp_sink: MailSink
) -> None:
    nudge(stage)
    send(stage, relay)
    first = smtp_sink.deliveries[0].content
    rewind(stage, MailState.WAITING)
    stage.time.advance(days=1)
    send(stage, relay, again=True)
    assert smtp_sink.deliveries[1].content == first


def rewind(stage: Stage, state: MailState) -> None:
    """What only a test does: put every mail back."""
    with stage.system.database.writing(Session) as session:
        session.execute(update(OutgoingMail).values(state=state))
        session.commit()


def test_a_mail_that_was_refused_too_often_cannot_be_tried_for_ever(
    stage: Stage, relay: Relay, smtp_sink: MailSink
) -> None:
    stage.gate.run(queue_digests, Worker(), None)
    most = MOST_ATTEMPTS[MailKind.DIGEST]
    count = len(mails(stage))
    smtp_sink.answer_next(*(["550 No"] * count * (most + 1)))
    for _ in range(most + 1):
        send(stage, relay, again=True)
    assert set(states(stage)) == {MailState.FAILED}
    assert {mail.attempts for mail in mails(stage)} == {most}


def test_a_mail_with_a_lost_answer_cannot_be_sent_again(
    stage: Stage, relay: Relay, smtp_sink: MailSink
) -> None:
    stage.gate.run(queue_digests, Worker(), None)
    smtp_sink.answer_next(HANG_UP)
    send(stage, relay)
    assert states(stage).count(MailState.DOUBTFUL) == 1
    send(stage, relay, again=True)
    ids = smtp_sink.message_ids()
    assert len(ids) == len(set(ids)) == len(mails(stage))


def test_a_mail_left_by_a_killed_worker_cannot_be_sent_again(
    stage: Stage, relay: Relay, smtp_sink: MailSink
) -> None:
    nudge(stage)
    stage.gate.run(claim_mail, Worker(), ClaimMail(again=False, tried=frozenset()))
    assert states(stage) == [MailState.SENDING]
    assert send(stage, relay) == 0
    assert states(stage) == [MailState.DOUBTFUL]
    assert smtp_sink.deliveries == ()


def test_a_dead_mail_server_cannot_cost_a_mail_an_attempt(
    stage: Stage, relay: Relay, smtp_sink: MailSink
) -> None:
    nudge(stage)
    smtp_sink.stop()
    with pytest.raises(RelayUnreachableError):
        send(stage, relay)
    assert [(mail.state, mail.attempts) for mail in mails(stage)] == [(MailState.WAITING, 0)]
    smtp_sink.start()
    assert send(stage, relay) == 1


def test_a_relay_without_encryption_cannot_be_told_an_address_where_it_is_demanded(
    stage: Stage, relay: Relay, smtp_sink: MailSink
) -> None:
    nudge(stage)
    with pytest.raises(RelayUnreachableError):
        send(stage, replace(relay, starttls=True))
    with pytest.raises(RelayUnreachableError):
        send(stage, replace(relay, username="name", password="secret"))
    assert states(stage) == [MailState.WAITING]
    assert smtp_sink.deliveries == ()


def test_a_slow_relay_cannot_keep_the_worker_from_its_other_work(
    stage: Stage, relay: Relay, smtp_sink: MailSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.gate.run(queue_digests, Worker(), None)
    with monkeypatch.context() as hurried:
        hurried.setattr(sending, "SECONDS_A_ROUND", 0.0)
        assert send(stage, relay) == 0
    assert send(stage, relay) == len(mails(stage))


def test_a_second_sender_cannot_take_the_first_ones_mail_for_doubtful(
    stage: Stage, relay: Relay, smtp_sink: MailSink
) -> None:
    nudge(stage)
    with stage.gate.database.alone("mail") as first:
        assert first
        stage.gate.run(claim_mail, Worker(), ClaimMail(again=False, tried=frozenset()))
        assert send(stage, relay) == 0
        assert states(stage) == [MailState.SENDING]


def test_an_address_moved_to_another_party_cannot_be_written_to(
    stage: Stage, relay: Relay, smtp_sink: MailSink
) -> None:
    nudge(stage)
    with stage.system.database.writing(Session) as session:
        row = session.scalars(select(NudgeAddress)).one()
        row.address = spoilt(row.address, -1)
        session.commit()
    assert send(stage, relay) == 0
    assert smtp_sink.deliveries == ()
    with stage.system.database.reading() as session:
        alarms = select(LedgerEntry).where(LedgerEntry.event == Event.ALARM_RAISED)
        assert len(session.scalars(alarms).all()) == 1


def test_the_ledger_cannot_tell_when_a_mail_went(
    stage: Stage, relay: Relay, smtp_sink: MailSink
) -> None:
    nudge(stage)
    send(stage, relay)
    with stage.system.database.reading() as session:
        timed = select(LedgerEntry.event).where(LedgerEntry.at.is_not(None))
        assert not {Event.MAIL_CLAIMED, Event.MAIL_SETTLED} & set(session.scalars(timed))
        laid = set(session.scalars(select(LedgerDay.event)))
    assert {Event.MAIL_CLAIMED, Event.MAIL_SETTLED} <= laid


def test_handlers_can_expect_one_digest_a_day_whether_or_not_anything_came(
    stage: Stage, relay: Relay, smtp_sink: MailSink
) -> None:
    workers = sum(1 for name in stage.enrolled if name[-1].isdigit() or "supervisor" in name)
    assert stage.gate.run(queue_digests, Worker(), None) == workers
    assert stage.gate.run(queue_digests, Worker(), None) == 0
    send(stage, relay)
    bodies = {delivery.message.get_content() for delivery in smtp_sink.deliveries}
    assert len(smtp_sink.deliveries) == workers
    assert bodies == {"Your daily summary is ready.\r\n"}
    stage.time.advance(days=1)
    assert stage.gate.run(queue_digests, Worker(), None) == workers


def test_mail_that_is_over_can_be_forgotten_after_a_week(
    stage: Stage, relay: Relay, smtp_sink: MailSink
) -> None:
    nudge(stage)
    send(stage, relay)
    stage.gate.run(purge_expired, Worker(), None)
    assert len(mails(stage)) == 1
    stage.time.advance(days=8)
    stage.gate.run(purge_expired, Worker(), None)
    assert mails(stage) == []
