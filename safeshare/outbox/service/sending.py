"""Sending what was promised: claimed in one commit, handed over, settled in another.

A process that dies between the two leaves the mail as `sending`. Nobody can know whether it went
out, so it is never sent again (blueprint section 6).
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from time import monotonic
from uuid import UUID

from sqlalchemy import update

from safeshare.gate import Door, Gate, use_case
from safeshare.kernel.actors import Worker
from safeshare.kernel.errors import MisconfiguredError, SealBrokenError, StaleError
from safeshare.ledger.events import Event
from safeshare.outbox.models import OutgoingMail
from safeshare.outbox.queries import anything_to_send, claim_next, count_in_flight
from safeshare.outbox.rules import (
    MailKind,
    MailState,
    Outcome,
    attempts_after,
    attempts_allowed,
    is_safe_address,
    mail_bytes,
    state_after,
)
from safeshare.outbox.service.relay import Line, Relay
from safeshare.policy.actions import Action

_log = logging.getLogger(__name__)

SECONDS_A_ROUND = 5.0
"""After which a round begins no further mail: promises that fall due must not wait for a slow
relay.
"""

SENDER_LOCK = "mail"


@dataclass(frozen=True, slots=True)
class AddressBook:
    """How the address of each kind of mail is found, and the link of those that have one. Given by
    wiring, since lower slices know neither parties nor staff.
    """

    find: Mapping[MailKind, Callable[[Door, UUID], str | None]]
    links: Mapping[MailKind, Callable[[Door, UUID], str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ClaimMail:
    """`again`: whether this round tries what was refused before. `tried`: not again in this one."""

    again: bool
    tried: frozenset[UUID]


@dataclass(frozen=True, slots=True)
class ClaimedMail:
    """A mail that now stands as `sending`."""

    id: UUID
    kind: MailKind
    recipient_id: UUID
    due_on: date


@dataclass(frozen=True, slots=True)
class SettleMail:
    """What became of a claimed mail."""

    id: UUID
    outcome: Outcome


def send_waiting_mail(gate: Gate, relay: Relay, *, again: bool = False) -> int:
    """Send what waits, one mail after the other. Returns how many the relay took.

    One process of an installation sends at a time. With the relay out of reach nothing is claimed,
    so that an outage costs no mail an attempt. Raises RelayUnreachableError.
    """
    with gate.database.alone(SENDER_LOCK) as is_alone:
        if not is_alone:
            return 0
        gate.run(doubt_unfinished, Worker(), None)
        if not gate.run(is_mail_waiting, Worker(), again):
            return 0
        with relay.connected() as line:
            return _send_all(gate, relay, line, again=again)


def _send_all(gate: Gate, relay: Relay, line: Line, *, again: bool) -> int:
    tried: set[UUID] = set()
    taken = 0
    until = monotonic() + SECONDS_A_ROUND
    while line.is_usable and monotonic() < until:
        mail = gate.run(claim_mail, Worker(), ClaimMail(again, frozenset(tried)))
        if mail is None:
            break
        tried.add(mail.id)
        outcome = _hand_over(gate, line, mail, relay.sender)
        gate.run(settle_mail, Worker(), SettleMail(mail.id, outcome))
        taken += outcome is Outcome.TAKEN
    return taken


def _hand_over(gate: Gate, line: Line, mail: ClaimedMail, sender: str) -> Outcome:
    """One attempt. An address that was tampered with has raised its alarm, and is nobody's. One to
    which the key is not at hand, as where an older file was put back, waits for it.
    """
    try:
        address = gate.run(find_address, Worker(), mail)
    except SealBrokenError:
        return Outcome.NOBODY
    except MisconfiguredError as error:
        _log.warning("A mail waits: %s", error)
        return Outcome.LATER
    if address is None:
        line.idle()
        return Outcome.NOBODY
    if not is_safe_address(address):
        return Outcome.REFUSED
    link = gate.run(find_link, Worker(), mail)
    mark = gate.vault.message_mark(mail.id)
    content = mail_bytes(mark, mail.kind, mail.due_on, sender, address, link)
    return line.hand_over(address, content)


@use_case(Action.WORK_MAIL)
def doubt_unfinished(door: Door, _command: None) -> int:
    """Mark what a process left as `sending` when it died. Returns how many mails that is.

    Called only while no process of the installation is sending.
    """
    if not count_in_flight(door.read):
        return 0
    with door.change() as session:
        left = session.scalars(
            update(OutgoingMail)
            .where(OutgoingMail.state == MailState.SENDING)
            .values(state=MailState.DOUBTFUL)
            .returning(OutgoingMail.id)
        ).all()
        door.record(Event.MAIL_SETTLED, outcome=Outcome.DOUBTFUL, mails=str(len(left)))
    return len(left)


@use_case(Action.WORK_MAIL)
def is_mail_waiting(door: Door, again: bool) -> bool:
    """Whether this round has anything to send."""
    return anything_to_send(door.read, attempts_allowed(again=again))


@use_case(Action.WORK_MAIL)
def claim_mail(door: Door, command: ClaimMail) -> ClaimedMail | None:
    """Commit that the next mail is being sent; None where nothing is left for this round."""
    allowed = attempts_allowed(again=command.again)
    if not anything_to_send(door.read, allowed, command.tried):
        return None
    with door.change() as session:
        mail = claim_next(session, allowed, command.tried)
        if mail is None:
            raise StaleError("another process took the last mail")
        mail.state = MailState.SENDING
        mail.attempts += 1
        door.record(Event.MAIL_CLAIMED, kind=mail.kind)
    return ClaimedMail(mail.id, mail.kind, mail.recipient_id, mail.due_on)


@use_case(Action.WORK_MAIL)
def find_address(door: Door, mail: ClaimedMail) -> str | None:
    """Where a mail goes, looked up or unsealed at the last moment. None where it goes nowhere."""
    return door.rule(AddressBook).find[mail.kind](door, mail.recipient_id)


@use_case(Action.WORK_MAIL)
def find_link(door: Door, mail: ClaimedMail) -> str:
    """The link that a mail carries; empty for every kind but invitations."""
    find = door.rule(AddressBook).links.get(mail.kind)
    return find(door, mail.recipient_id) if find is not None else ""


@use_case(Action.WORK_MAIL)
def settle_mail(door: Door, command: SettleMail) -> None:
    """Commit what became of a mail, unless it was doubted in the meantime."""
    with door.change() as session:
        mail = session.get(OutgoingMail, command.id, with_for_update=True)
        if mail is None or mail.state is not MailState.SENDING:
            raise StaleError("this mail is not being sent")
        mail.state = state_after(mail.kind, command.outcome, mail.attempts)
        mail.attempts = attempts_after(mail.kind, command.outcome, mail.attempts)
        door.record(Event.MAIL_SETTLED, kind=mail.kind, outcome=command.outcome)
