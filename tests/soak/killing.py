"""Kills the product's processes in the middle of their work, and checks that nothing is amiss."""

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import func, select

from safeshare.outbox.models import OutgoingMail
from safeshare.outbox.rules import MailState, message_id
from safeshare.updates.models import Promise, Update
from safeshare.updates.service.sweep import PARTIES_A_SWEEP
from tests.services.mail import MailSink
from tests.worker.running import Installation, Running, wait_until

CONCERNS = 4 * PARTIES_A_SWEEP
"""Sent before each kill: several of the sweep's transactions, and some seconds of mail."""

UPDATES_EACH = 2
"""After ten days without a person: the reply in two working days, and the one in seven days."""

LONGEST_LIVES = (0.3, 2.0)
"""Seconds that a process lives on at the most, once it was seen at work: until about the end of the
sweep, and until about that of its mail.
"""

OVER = (MailState.SENT, MailState.DOUBTFUL)


@dataclass
class Killing:
    """One installation whose process is killed again and again."""

    installation: Installation
    sink: MailSink
    chance: random.Random
    concerns: int = field(default=0, init=False)
    mid_sweep: int = field(default=0, init=False)
    mid_mail: int = field(default=0, init=False)

    def tell(self) -> None:
        """Send concerns whose first promises are due at once."""
        for _ in range(CONCERNS):
            self.installation.stage.submit(address=f"somebody{self.concerns}@home.example")
            self.concerns += 1

    def kill_at_work(self, running: Running, kill: Callable[[Running], None]) -> None:
        """Wait for the first sign of work, and a random while, and kill.

        The first sign is seen after the sweep's first transaction; the others are still to come.
        """
        done_before = (self.concerns - CONCERNS) * UPDATES_EACH
        wait_until(lambda: self.updates() > done_before, "at work")
        time.sleep(self.chance.uniform(0, self.chance.choice(LONGEST_LIVES)))
        kill(running)
        is_swept = self.updates() >= self.concerns * UPDATES_EACH
        self.mid_sweep += not is_swept
        self.mid_mail += is_swept and not self.is_done()

    def updates(self) -> int:
        """How many automatic updates there are."""
        with self.installation.stage.system.database.reading() as session:
            return session.scalar(select(func.count()).select_from(Update)) or 0

    def mails_over(self) -> int:
        """How many mails have come to their end."""
        over = select(func.count()).where(OutgoingMail.state.in_(OVER))
        with self.installation.stage.system.database.reading() as session:
            return session.scalar(over) or 0

    def is_done(self) -> bool:
        """Whether every update is there and every mail at its end."""
        return self.updates() >= self.concerns * UPDATES_EACH and self.mails_over() >= self.concerns

    def check_updates(self) -> None:
        """None lost, none doubled, and each with its miss."""
        with self.installation.stage.system.database.reading() as session:
            told = Counter(session.scalars(select(Update.promise_id)))
            missed = session.scalars(select(Promise.id).where(Promise.missed_on.is_not(None)))
            assert set(missed) == set(told)
        assert set(told.values()) == {1}
        assert len(told) == self.concerns * UPDATES_EACH

    def check_mail(self) -> None:
        """None sent twice; each that is said to be sent has come."""
        ids = self.sink.message_ids()
        assert len(ids) == len(set(ids))
        recipients = [delivery.recipients for delivery in self.sink.deliveries]
        assert len(recipients) == len(set(recipients))
        sender = self.installation.stage.system.settings.mail.sender
        with self.installation.stage.system.database.reading() as session:
            mails = session.scalars(select(OutgoingMail)).all()
        assert {mail.state for mail in mails} <= set(OVER)
        assert len(mails) == self.concerns
        mark = self.installation.stage.system.gate.vault.message_mark
        said = {message_id(mark(m.id), sender) for m in mails if m.state is MailState.SENT}
        assert said <= set(ids) <= {message_id(mark(mail.id), sender) for mail in mails}


def kill_process(running: Running) -> None:
    """The process itself, as a power cut would."""
    running.process.kill()
    running.process.wait()


def kill_web_processes(running: Running) -> None:
    """Gunicorn's processes, one of which runs the worker; the master starts others."""
    for child in running.children():
        os.kill(child, signal.SIGKILL)
