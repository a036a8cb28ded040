"""Kills the product's processes in the middle of their work, and checks that nothing is amiss."""

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import func, select

from safeshare.kernel.sealed import AccessCode
from safeshare.outbox.models import OutgoingMail
from safeshare.outbox.rules import MailKind, MailState, message_id
from safeshare.updates.models import Promise, Update
from safeshare.updates.rules import PromiseKind
from safeshare.updates.service.sweep import PARTIES_A_SWEEP
from tests.services.mail import MailSink
from tests.use_cases.conversation import enter, read
from tests.worker.running import Installation, Running, wait_until

CONCERNS = 4 * PARTIES_A_SWEEP
"""Sent before each kill: several of the sweep's transactions, and some seconds of mail."""

UPDATES_EACH = 2
"""After ten days without a person: the reply in two working days, and the one in seven days."""

LONGEST_LIVES = (0.3, 2.0)
"""Seconds that a process lives on at the most, once it was seen at work: until about the end of the
sweep, and until about that of its mail.
"""

MAILBOXES_EACH = 3
"""Of the concerns before each kill, how many reporters look into their own mailbox."""

TOLD = [PromiseKind.REPLY, PromiseKind.REPLY_AT_LATEST]
"""The updates that such a mailbox shows in the end, each once."""

OVER = (MailState.SENT, MailState.DOUBTFUL)

HOME = "@home.example"
NUDGES = OutgoingMail.kind == MailKind.NUDGE
"""Mails to reporters. Staff are written to as well, if the real clock strikes an hour at which
their digests go out.
"""


@dataclass
class Killing:
    """One installation whose process is killed again and again."""

    installation: Installation
    sink: MailSink
    chance: random.Random
    concerns: int = field(default=0, init=False)
    mid_sweep: int = field(default=0, init=False)
    mid_mail: int = field(default=0, init=False)
    codes: list[AccessCode] = field(default_factory=list, init=False, repr=False)

    def tell(self) -> None:
        """Send concerns whose first promises are due at once."""
        looking = set(self.chance.sample(range(CONCERNS), MAILBOXES_EACH))
        for position in range(CONCERNS):
            address = f"somebody{self.concerns}{HOME}"
            _, code = self.installation.stage.submit(address=address)
            self.codes += [code] if position in looking else []
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
        self.check_none_doubled()

    def updates(self) -> int:
        """How many automatic updates there are."""
        with self.installation.stage.system.database.reading() as session:
            return session.scalar(select(func.count()).select_from(Update)) or 0

    def mails_over(self) -> int:
        """How many mails to reporters have come to their end."""
        over = select(func.count()).where(NUDGES, OutgoingMail.state.in_(OVER))
        with self.installation.stage.system.database.reading() as session:
            return session.scalar(over) or 0

    def is_done(self) -> bool:
        """Whether every update is there and every mail at its end."""
        return self.updates() >= self.concerns * UPDATES_EACH and self.mails_over() >= self.concerns

    def updates_in_mailboxes(self) -> list[list[PromiseKind]]:
        """What automatic updates those reporters see who look, each in their own mailbox."""
        stage = self.installation.stage
        return [
            sorted(one.kind for one in read(stage, enter(stage, code)).updates)
            for code in self.codes
        ]

    def check_none_doubled(self) -> None:
        """Just after a kill: whatever is there already is in each mailbox once."""
        for told in self.updates_in_mailboxes():
            assert told in (TOLD, TOLD[:1], TOLD[1:], [])

    def check_updates(self) -> None:
        """None lost, none doubled, and each with its miss; in the mailboxes and in the tables."""
        assert self.updates_in_mailboxes() == [TOLD] * len(self.codes)
        with self.installation.stage.system.database.reading() as session:
            told = Counter(session.scalars(select(Update.promise_id)))
            missed = session.scalars(select(Promise.id).where(Promise.missed_on.is_not(None)))
            assert set(missed) == set(told)
        assert set(told.values()) == {1}
        assert len(told) == self.concerns * UPDATES_EACH

    def check_mail(self) -> None:
        """None sent twice; each that is said to be sent to a reporter has come."""
        ids = self.sink.message_ids()
        assert len(ids) == len(set(ids))
        came = [one for one in self.sink.deliveries if one.recipients[0].endswith(HOME)]
        assert len(came) == len({one.recipients for one in came})
        sender = self.installation.stage.system.settings.mail.sender
        with self.installation.stage.system.database.reading() as session:
            mails = session.scalars(select(OutgoingMail).where(NUDGES)).all()
        assert {mail.state for mail in mails} <= set(OVER)
        assert len(mails) == self.concerns
        mark = self.installation.stage.system.gate.vault.message_mark
        said = {message_id(mark(m.id), sender) for m in mails if m.state is MailState.SENT}
        nudged = {str(one.message["Message-ID"]) for one in came}
        assert said <= nudged <= {message_id(mark(mail.id), sender) for mail in mails}


def kill_process(running: Running) -> None:
    """The process itself, as a power cut would."""
    running.process.kill()
    running.process.wait()


def kill_web_processes(running: Running) -> None:
    """Gunicorn's processes, one of which runs the worker; the master starts others."""
    for child in running.children():
        os.kill(child, signal.SIGKILL)
