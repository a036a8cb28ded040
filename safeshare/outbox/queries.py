"""Finding mail that is to be sent, or that is over."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from safeshare.outbox.models import OutgoingMail
from safeshare.outbox.rules import MailKind, MailState

DAYS_KEPT = 7
"""How long mail that is over is kept, so that the operator can look why something did not come."""


def anything_to_send(
    session: Session,
    most_attempts: Mapping[MailKind, int],
    but: Collection[UUID] = frozenset(),
) -> bool:
    """Whether a mail waits that was tried less often than its kind allows in this round."""
    statement = select(OutgoingMail.id).where(_to_send(most_attempts, but)).limit(1)
    return session.scalar(statement) is not None


def claim_next(
    session: Session, most_attempts: Mapping[MailKind, int], but: Collection[UUID]
) -> OutgoingMail | None:
    """The next mail to send, taken until the commit; a page before everything else."""
    return session.scalar(
        select(OutgoingMail)
        .where(_to_send(most_attempts, but))
        .order_by(
            case((OutgoingMail.kind == MailKind.PAGE, 0), else_=1),
            OutgoingMail.attempts,
            OutgoingMail.id,
        )
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def count_in_flight(session: Session) -> int:
    """How many mails stand as being sent."""
    return _count(session, OutgoingMail.state == MailState.SENDING)


def count_digests(session: Session, on: date) -> int:
    """How many digests were promised for a day."""
    return _count(session, and_(OutgoingMail.kind == MailKind.DIGEST, OutgoingMail.due_on == on))


def count_finished(session: Session, today: date) -> int:
    """How many mails have long been over."""
    return _count(session, is_finished(today))


def is_finished(today: date) -> ColumnElement[bool]:
    """The condition of mail that has long been over."""
    over = OutgoingMail.state.in_([MailState.SENT, MailState.DOUBTFUL, MailState.FAILED])
    return and_(over, OutgoingMail.due_on < today - timedelta(days=DAYS_KEPT))


def _to_send(most_attempts: Mapping[MailKind, int], but: Collection[UUID]) -> ColumnElement[bool]:
    kinds = (
        and_(OutgoingMail.kind == kind, OutgoingMail.attempts < most)
        for kind, most in most_attempts.items()
    )
    waits = OutgoingMail.state == MailState.WAITING
    return and_(waits, OutgoingMail.id.not_in(but), or_(*kinds))


def _count(session: Session, condition: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(OutgoingMail).where(condition)) or 0
