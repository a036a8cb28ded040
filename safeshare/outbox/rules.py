"""What mail says, how often it is tried, and where it stands. Pure.

The text is the same for everybody and names nothing: a mail lies in a provider's store for years,
and on the screen of a telephone for everybody to see (blueprint section 6).
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from email.utils import format_datetime
from enum import StrEnum
from types import MappingProxyType


class MailKind(StrEnum):
    """What a mail is for. Every kind has one fixed text and names nothing. An invitation alone
    has a second line: the link, which works once.
    """

    NUDGE = "nudge"
    DIGEST = "digest"
    PAGE = "page"
    SIGN_IN = "sign_in"
    INVITATION = "invitation"
    ALERT = "alert"


class MailState(StrEnum):
    """Where a mail is. `sending` is committed before DATA, and found so is never sent again.

    A nudge that is over is `sent`, be it taken, refused for good, or that there was no address to
    send it to: the table must not tell which reporters gave one.
    """

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    DOUBTFUL = "doubtful"
    FAILED = "failed"


class Outcome(StrEnum):
    """What became of one attempt.

    `REFUSED` is definite: the relay said no, or never got the text. `DOUBTFUL` is the rest: the
    text went out, and no answer came back. `LATER`: the key to the address was not at hand.
    """

    TAKEN = "taken"
    NOBODY = "nobody"
    REFUSED = "refused"
    DOUBTFUL = "doubtful"
    LATER = "later"


TEXTS: Mapping[MailKind, str] = MappingProxyType(
    {
        MailKind.NUDGE: "You have a message",
        MailKind.DIGEST: "Your daily summary is ready",
        MailKind.PAGE: "You are on call. Please sign in now",
        MailKind.SIGN_IN: "Please look at the recent sign-ins of your account",
        MailKind.INVITATION: "You are invited to set up an account",
        MailKind.ALERT: "Something waits for you. Please sign in",
    }
)
"""The subject and the whole text of each kind of mail."""

MOST_ATTEMPTS: Mapping[MailKind, int] = MappingProxyType(
    {
        MailKind.NUDGE: 24,
        MailKind.DIGEST: 8,
        MailKind.PAGE: 60,
        MailKind.ALERT: 24,
        MailKind.SIGN_IN: 24,
        MailKind.INVITATION: 24,
    }
)
"""After so many definite refusals a mail is given up. All but pages are tried once an hour."""


_MARK_DIGITS = 32


def attempts_allowed(*, again: bool) -> Mapping[MailKind, int]:
    """How often a mail may have been tried to be tried in this round.

    A page is tried in every round. The others are tried in the next one, and then only in the
    rounds of the hour (`again`).
    """
    if again:
        return MOST_ATTEMPTS
    return {kind: most if kind is MailKind.PAGE else 1 for kind, most in MOST_ATTEMPTS.items()}


def state_after(kind: MailKind, outcome: Outcome, attempts: int) -> MailState:
    """Where a mail stands after an attempt, `attempts` being how many there were with it."""
    if outcome is Outcome.LATER:
        return MailState.WAITING
    if outcome is Outcome.REFUSED and attempts < MOST_ATTEMPTS[kind]:
        return MailState.WAITING
    if kind is MailKind.NUDGE or outcome in {Outcome.TAKEN, Outcome.NOBODY}:
        return MailState.SENT
    return MailState.DOUBTFUL if outcome is Outcome.DOUBTFUL else MailState.FAILED


def attempts_after(kind: MailKind, outcome: Outcome, attempts: int) -> int:
    """How many attempts are counted: never the last where the key to the address was not at hand,
    so that such a mail is tried once an hour until it is.
    """
    return min(attempts, MOST_ATTEMPTS[kind] - 1) if outcome is Outcome.LATER else attempts


def message_id(mark: bytes, sender: str) -> str:
    """The Message-ID (RFC 5322 section 3.6.4): always the same for one mail, and without a time.

    `mark` is the vault's: made of the row's id it would tell whoever has the mail and a copy of the
    database which case the mail was about.
    """
    return f"<{mark.hex()[:_MARK_DIGITS]}@{domain_of(sender)}>"


def domain_of(sender: str) -> str:
    """The domain of a mail address."""
    return sender.rpartition("@")[2]


def mail_bytes(
    mark: bytes, kind: MailKind, due_on: date, sender: str, recipient: str, link: str = ""
) -> bytes:
    """The whole mail (RFC 5322), the same at every attempt. Only an invitation has a `link`.

    Its `Date` is the first instant of the day on which it was promised, so that the hour at which
    somebody wrote to us stands in no header of ours.
    """
    lines = (
        f"Date: {format_datetime(datetime.combine(due_on, time.min, UTC))}",
        f"From: {sender}",
        f"To: {recipient}",
        f"Message-ID: {message_id(mark, sender)}",
        f"Subject: {TEXTS[kind]}",
        "Auto-Submitted: auto-generated",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=us-ascii",
        "",
        f"{TEXTS[kind]}.",
        *((link,) if link else ()),
        "",
    )
    return "\r\n".join(lines).encode("ascii")


def is_safe_address(address: str) -> bool:
    """Whether an address can stand in a header and an SMTP command: ASCII, printable, one `@`."""
    return address.isascii() and address.isprintable() and not set(address) & set(' <>,;:\\"()')
