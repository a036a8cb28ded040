"""A mail to an address to which the worker has no key at hand waits for it."""

import shutil
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from safeshare import wiring
from safeshare.kernel.clocks import LONDON
from safeshare.outbox.models import OutgoingMail
from safeshare.outbox.rules import MOST_ATTEMPTS, MailKind, MailState
from safeshare.outbox.service import sending
from safeshare.outbox.service.sending import send_waiting_mail
from safeshare.vault import worker_keys
from safeshare.vault.worker_keys import WorkerKeys
from tests.cast import Stage
from tests.services.mail import MailSink
from tests.use_cases.test_outbox import ADDRESS, nudge, states


def test_a_nudge_cannot_be_lost_while_the_key_to_its_address_is_not_at_hand(
    stage: Stage,
    smtp_sink: MailSink,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As on a machine to which only the public halves were copied, or none, when the keys were
    renewed. It waits for days, and for longer than a mail may that a relay refuses.
    """
    monkeypatch.setattr(sending, "SECONDS_A_ROUND", 600.0)
    configured = wiring.mail_relay(stage.system.settings)
    relay = replace(configured, host=smtp_sink.host, port=smtp_sink.port, timeout_seconds=60)
    keys = stage.gate.vault.keys
    apart = shutil.copytree(keys.folder, tmp_path / "apart")
    elsewhere = replace(keys, _workers=WorkerKeys(apart, opens=True))
    worker = replace(stage.gate, vault=replace(stage.gate.vault, keys=elsewhere))
    replace(stage.gate.vault, key_suite=1).renew_worker_keys()
    later = datetime.now(LONDON) + timedelta(days=3)
    monkeypatch.setattr(worker_keys, "now_in_london", lambda: later)
    nudge(stage)
    assert send_waiting_mail(worker, relay) == 0
    shutil.copytree(keys.folder / "public", apart / "public", dirs_exist_ok=True)
    for attempts in (1, MOST_ATTEMPTS[MailKind.NUDGE] - 1):
        with stage.system.database.writing(Session) as session:
            session.execute(update(OutgoingMail).values(attempts=attempts))
            session.commit()
        assert send_waiting_mail(worker, relay) == 0
        assert send_waiting_mail(worker, relay, again=True) == 0
        assert states(stage) == [MailState.WAITING]
    shutil.copytree(keys.folder / "worker", apart / "worker", dirs_exist_ok=True)
    assert send_waiting_mail(worker, relay, again=True) == 1
    assert [one.recipients for one in smtp_sink.deliveries] == [(ADDRESS,)]
    assert states(stage) == [MailState.SENT]
