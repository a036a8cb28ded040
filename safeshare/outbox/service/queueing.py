"""Promising mail: parts of other slices' use cases, so that cause and mail are one commit."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from safeshare.outbox.models import OutgoingMail
from safeshare.outbox.queries import is_finished
from safeshare.outbox.rules import MailKind, MailState


def queue_nudge(session: Session, party_id: UUID, today: date) -> None:
    """Promise a party the mail that something waits in the mailbox.

    Call it for every party alike: whether there is an address is known only to the worker's key,
    and a row for those alone who gave one would tell.
    """
    session.add(_mail(MailKind.NUDGE, party_id, today))


def queue_page(session: Session, staff_id: UUID, today: date) -> None:
    """Promise an on-call person the mail that calls them, at their work address."""
    session.add(_mail(MailKind.PAGE, staff_id, today))


def queue_sign_in_alert(session: Session, staff_id: UUID, today: date) -> None:
    """Promise an account's owner the mail that asks them to look at its sign-ins: one a day that
    waits, however often somebody tries.
    """
    waits = select(OutgoingMail.id).where(
        OutgoingMail.kind == MailKind.SIGN_IN,
        OutgoingMail.recipient_id == staff_id,
        OutgoingMail.state == MailState.WAITING,
    )
    if session.scalar(waits.limit(1)) is None:
        session.add(_mail(MailKind.SIGN_IN, staff_id, today))


def queue_invitation(session: Session, invitation_id: UUID, today: date) -> None:
    """Promise the mail with the link of an invitation."""
    session.add(_mail(MailKind.INVITATION, invitation_id, today))


def queue_digest(session: Session, staff_ids: Iterable[UUID], today: date) -> int:
    """Promise the daily digest to these people. Returns how many mails that makes."""
    mails = [_mail(MailKind.DIGEST, one, today) for one in staff_ids]
    session.add_all(mails)
    return len(mails)


def queue_alerts(session: Session, staff_ids: Iterable[UUID], today: date) -> int:
    """Promise these people the mail that something waits for them: one a day that is not out yet,
    however much waits. Returns how many mails that makes.
    """
    promised = select(OutgoingMail.recipient_id).where(
        OutgoingMail.kind == MailKind.ALERT,
        OutgoingMail.state == MailState.WAITING,
        OutgoingMail.due_on == today,
    )
    fresh = sorted(set(staff_ids) - set(session.scalars(promised)))
    mails = [_mail(MailKind.ALERT, one, today) for one in fresh]
    session.add_all(mails)
    return len(mails)


def forget_finished(session: Session, today: date) -> int:
    """Delete mail that has long been over. Returns how many rows that were."""
    gone = session.scalars(
        delete(OutgoingMail).where(is_finished(today)).returning(OutgoingMail.id)
    )
    return len(gone.all())


def _mail(kind: MailKind, recipient_id: UUID, today: date) -> OutgoingMail:
    return OutgoingMail(
        kind=kind, recipient_id=recipient_id, state=MailState.WAITING, due_on=today, attempts=0
    )
