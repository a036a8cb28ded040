"""The mail relay, and the one distinction that counts: a definite no, or no answer at all."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from safeshare.kernel.errors import SafeShareError
from safeshare.outbox.rules import Outcome, domain_of

_ACCEPTED = 250
_MAY_FORWARD = 251


class RelayUnreachableError(SafeShareError):
    """The relay could not be reached or would not have us. No mail was begun."""


@dataclass(frozen=True, slots=True)
class Relay:
    """The relay for content-free mail (RFC 5321). It belongs outside the employer's network."""

    host: str
    port: int
    sender: str
    username: str | None
    password: str | None = field(repr=False)
    starttls: bool
    timeout_seconds: int

    @contextmanager
    def connected(self) -> Iterator["Line"]:
        """A line to the relay, greeted, encrypted and signed in as the settings say.

        Raises RelayUnreachableError.
        """
        client = None
        try:
            client = self._call()
        except (OSError, smtplib.SMTPException) as error:
            raise RelayUnreachableError(
                f"the mail relay cannot be reached ({type(error).__name__})"
            ) from None
        try:
            yield Line(client, self.sender)
        finally:
            with suppress(OSError, smtplib.SMTPException):
                client.quit()
            client.close()

    def _call(self) -> smtplib.SMTP:
        """Greet by the sender's domain: this machine's own name is nobody's business."""
        name = domain_of(self.sender)
        client = smtplib.SMTP(
            self.host, self.port, local_hostname=name, timeout=self.timeout_seconds
        )
        try:
            client.ehlo_or_helo_if_needed()
            if self.starttls:
                client.starttls(context=ssl.create_default_context())
                client.ehlo_or_helo_if_needed()
            if self.username and self.password:
                client.login(self.username, self.password)
        except BaseException:
            client.close()
            raise
        return client


class Line:
    """An open line to the relay. `is_usable` until it was lost."""

    def __init__(self, client: smtplib.SMTP, sender: str) -> None:
        self._client = client
        self._sender = sender
        self.is_usable = True

    def hand_over(self, recipient: str, mail: bytes) -> Outcome:
        """Give the relay one mail. Whatever happens before DATA is a definite refusal."""
        try:
            if not self._announce(recipient):
                return Outcome.REFUSED
        except (OSError, smtplib.SMTPException):
            self.is_usable = False
            return Outcome.REFUSED
        return self._give(mail)

    def idle(self) -> None:
        """Do for a mail without a recipient what takes about as long."""
        try:
            self._client.noop()
        except (OSError, smtplib.SMTPException):
            self.is_usable = False

    def _announce(self, recipient: str) -> bool:
        self._client.rset()
        code, _ = self._client.mail(self._sender)
        if code != _ACCEPTED:
            return False
        code, _ = self._client.rcpt(recipient)
        return code in {_ACCEPTED, _MAY_FORWARD}

    def _give(self, mail: bytes) -> Outcome:
        """DATA. An answer is definite; a line that breaks here leaves a doubt."""
        try:
            code, _ = self._client.data(mail)
        except smtplib.SMTPDataError:
            return Outcome.REFUSED
        except (OSError, smtplib.SMTPException):
            self.is_usable = False
            return Outcome.DOUBTFUL
        return Outcome.TAKEN if code == _ACCEPTED else Outcome.REFUSED
