"""What is thrown away when its day has come, and the daily digest."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from safeshare.gate import Door, use_case
from safeshare.gate.models import ReporterSession, StaffSession
from safeshare.ledger.events import Event
from safeshare.outbox.queries import count_digests, count_finished
from safeshare.outbox.service.queueing import forget_finished, queue_digest
from safeshare.people.models import Installation, Invitation, ParkedForm
from safeshare.people.queries import list_case_workers
from safeshare.policy.actions import Action

_EXPIRING = (StaffSession, ReporterSession, ParkedForm, Invitation)


@use_case(Action.WORK_PURGE)
def purge_expired(door: Door, _command: None) -> None:
    """Delete the sessions, unsent forms and invitations whose day has come, and mail that is over.

    The day is a real one: the clock of a demo that was advanced ends no session.
    """
    today = door.clock.security_now().date()
    is_due = any(
        door.read.scalar(select(table.purge_on).where(table.purge_on < today).limit(1))
        for table in _EXPIRING
    )
    if not is_due and not count_finished(door.read, door.clock.today()):
        return
    with door.change() as session:
        for table in _EXPIRING:
            session.execute(delete(table).where(table.purge_on < today))
        forgotten = forget_finished(session, door.clock.today())
        door.record(Event.SESSIONS_PURGED, mails=str(forgotten))


@use_case(Action.WORK_DIGEST)
def queue_digests(door: Door, _command: None) -> int:
    """Promise today's digest to everybody who works cases, whether or not anything came in.

    Returns how many; 0 where today's was promised before.
    """
    today = door.clock.today()
    if count_digests(door.read, today):
        return 0
    with door.change() as session:
        _one_at_a_time(session)
        people = () if count_digests(session, today) else list_case_workers(session)
        queued = queue_digest(session, people, today)
        door.record(Event.DIGESTS_QUEUED, digests=str(queued))
    return queued


def _one_at_a_time(session: Session) -> None:
    """Two workers asked at once: the second waits, and then finds the first one's digests."""
    session.execute(select(Installation.id).with_for_update())
