"""A private mail server that keeps what it was given and can be told to misbehave."""

from asyncio import WriteTransport
from collections import deque
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from threading import Lock

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.services.processes import START_SECONDS, free_port

ACCEPTED = "250 Message accepted for delivery"
HANG_UP = "hang up"
"""An answer for `answer_next`: take the message, then close the connection without a word, so that
the sender cannot know what became of it."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message as the server got it."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes

    @property
    def message(self) -> EmailMessage:
        """The message, parsed."""
        parsed = message_from_bytes(self.content, policy=SMTP_POLICY)
        if not isinstance(parsed, EmailMessage):
            raise TypeError(type(parsed))
        return parsed


class _Handler:
    def __init__(self) -> None:
        self.lock = Lock()
        self.deliveries: list[Delivery] = []
        self.answers: deque[str] = deque()

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        with self.lock:
            answer = self.answers.popleft() if self.answers else ACCEPTED
            if answer in (ACCEPTED, HANG_UP):
                self.deliveries.append(_delivery(envelope))
        if answer == HANG_UP and isinstance(server.transport, WriteTransport):
            server.transport.abort()
        return ACCEPTED if answer == HANG_UP else answer


def _delivery(envelope: Envelope) -> Delivery:
    content = envelope.content
    if not isinstance(content, bytes):
        raise TypeError(type(content))
    return Delivery(envelope.mail_from or "", tuple(envelope.rcpt_tos), content)


class MailSink:
    """The server. `stop` and `start` may be called for tests of a dead mail server."""

    def __init__(self) -> None:
        self.host = "127.0.0.1"
        self.port = free_port()
        self._handler = _Handler()
        self._controller: Controller | None = None
        self.start()

    def start(self) -> None:
        """Start the server on its port, if it does not run."""
        if self._controller is None:
            self._controller = Controller(
                self._handler,
                hostname=self.host,
                port=self.port,
                server_hostname="sink.example",
                ready_timeout=START_SECONDS,
            )
            self._controller.start()

    def stop(self) -> None:
        """Stop the server; what it got stays readable."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    @property
    def deliveries(self) -> tuple[Delivery, ...]:
        """Every message taken so far, oldest first."""
        with self._handler.lock:
            return tuple(self._handler.deliveries)

    def message_ids(self) -> list[str]:
        """The Message-ID of each delivery, oldest first, repeated ones included."""
        return [str(delivery.message["Message-ID"]) for delivery in self.deliveries]

    def answer_next(self, *answers: str) -> None:
        """Give these SMTP replies to the next messages, such as `451 Try again` or `HANG_UP`."""
        with self._handler.lock:
            self._handler.answers.extend(answers)

    def empty(self) -> None:
        """Forget every message and every prepared answer, and run."""
        self.start()
        with self._handler.lock:
            self._handler.deliveries.clear()
            self._handler.answers.clear()
