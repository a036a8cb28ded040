"""Telling those who may approve something that it waits for them. A part of other use cases.

The mail names nothing, and goes out once however much waits. Nobody is told of what they asked for
or what is about themselves: they may not approve it.
"""

from collections.abc import Collection, Iterable
from uuid import UUID

from sqlalchemy.orm import Session

from safeshare.gate import Door
from safeshare.kernel.actors import Staff
from safeshare.outbox.service.queueing import queue_alerts
from safeshare.people.account_queries import list_approvers, list_who_watch


def tell_approvers(
    door: Door, session: Session, about: UUID | None, queue_ids: Iterable[UUID]
) -> None:
    """Something about these queues waits: a person who would join them, `about`, or a setting."""
    people = frozenset[UUID]().union(*(list_approvers(session, one) for one in queue_ids))
    _tell(door, session, people, about)


def tell_who_watch(door: Door, session: Session, about: UUID | None) -> None:
    """Something of no one queue waits: a role that watches over cases, for somebody, or routing."""
    _tell(door, session, list_who_watch(session), about)


def _tell(door: Door, session: Session, people: Collection[UUID], about: UUID | None) -> None:
    actor = door.actor.staff_id if isinstance(door.actor, Staff) else None
    queue_alerts(session, set(people) - {about, actor}, door.clock.today())
