"""Once a day: can every case be opened by enough people, and was every concern opened at all?

What is found is told to those who can do something about it, in mail that names nothing, and shown
on a page. Excluded people must learn nothing: of a case only its holders, its contact person and
its overseer are told, who were chosen with the exclusions left out. Whoever appoints overseers is
told where those are too few, which no case decides; the operator gets numbers (ADR 0012).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from safeshare.casework.overseeing_queries import end_overseen
from safeshare.casework.rules import (
    DAYS_BETWEEN_MAILS,
    FEWEST_OVERSEERS,
    is_mail_day,
    received_too_long_ago,
    waiting_too_long,
)
from safeshare.casework.service.standing import staff_of
from safeshare.casework.watching_queries import (
    AlarmShown,
    HeldBy,
    claim_mailing,
    count_alarms,
    count_held,
    count_unopened,
    keep_few,
    keep_unopened,
    list_alarms,
    tell_overseers,
)
from safeshare.concerns.rules import AlarmKind
from safeshare.gate import Door, use_case
from safeshare.kernel.actors import Role
from safeshare.kernel.sealed import Compartment
from safeshare.ledger.events import Event
from safeshare.outbox.service.queueing import queue_alerts
from safeshare.people.account_queries import list_with_role
from safeshare.people.models import Installation
from safeshare.people.service.liveness import LivePeople, find_live_people
from safeshare.policy.actions import Action

MOST_SHOWN = 200
"""Alarms on the page; who has more has other worries than the next page."""


@dataclass(frozen=True, slots=True)
class Watched:
    """How many cases now have too few holders, and how many mails were promised."""

    few: int
    mails: int


@dataclass(frozen=True, slots=True)
class AlarmsPage:
    """The alarms that concern the actor; and, for those who have overseers appointed, whether the
    service has too few of them today. That no case decides.
    """

    alarms: Sequence[AlarmShown]
    lacks_overseers: bool


@dataclass(frozen=True, slots=True)
class CaseHealth:
    """How the cases stand, for the operator. `held` counts who can open them, `kept` who has the
    key of the name. `watched_on` is when the worker last counted.
    """

    held: HeldBy
    kept: HeldBy
    unopened: int
    unwatched: int
    forged: int
    watched_on: date | None
    today: date


@use_case(Action.WORK_WATCH)
def watch_cases(door: Door, _command: None) -> Watched | None:
    """Raise and end the alarms of every case, once a day, and mail those whom they are for.

    Whatever a reporter caused since yesterday is found at one time of the day, whenever it was. A
    fixed number of statements, however many cases there are.
    """
    today = door.clock.today()
    installation = door.read.get(Installation, 1)
    if installation is None or installation.watched_on == today:
        return None
    people = find_live_people(door)
    with door.change() as session:
        held = session.get_one(Installation, 1, with_for_update=True)
        if held.watched_on == today:
            return None
        held.watched_on = today
        _keep_alarms(door, session, people)
        few = count_alarms(session, AlarmKind.FEW_HOLDERS)
        mails = _mail(session, people, today)
        door.record(Event.CASES_WATCHED, few=str(few))
    return Watched(few, mails)


@use_case(Action.ALARMS_READ)
def read_alarms(door: Door, _command: None) -> AlarmsPage:
    """The alarms that the actor is to see."""
    staff = staff_of(door)
    found = list_alarms(door.read, staff.staff_id, door.clock.today(), MOST_SHOWN)
    appoints = not staff.roles.isdisjoint(_APPOINTING)
    return AlarmsPage(found, appoints and _lacks_overseers(find_live_people(door)))


@use_case(Action.SERVICE_CHECK)
def check_cases(door: Door, _command: None) -> CaseHealth:
    """How the cases are held at this moment, by the people whose records are as they were signed.

    Counts alone, and no case.
    """
    people = find_live_people(door)
    installation = door.read.get(Installation, 1)
    return CaseHealth(
        held=count_held(door.read, people.live),
        kept=count_held(door.read, people.live, Compartment.IDENTITY),
        unopened=count_unopened(door.read, received_too_long_ago(door.clock.now())),
        unwatched=count_alarms(door.read, AlarmKind.NO_OVERSEER),
        forged=len(people.forged),
        watched_on=installation.watched_on if installation else None,
        today=door.clock.today(),
    )


def _keep_alarms(door: Door, session: Session, people: LivePeople) -> None:
    today, first = door.clock.today(), received_too_long_ago(door.clock.now())
    for kind in (AlarmKind.FEW_HOLDERS, AlarmKind.FEW_KEEPERS):
        keep_few(session, people.live, kind, today)
    keep_unopened(session, first, today)
    end_overseen(session)
    tell_overseers(session, waiting_too_long(door.clock.now()), first, today)


def _mail(session: Session, people: LivePeople, today: date) -> int:
    recipients = claim_mailing(session, today, today - timedelta(days=DAYS_BETWEEN_MAILS))
    told = recipients & people.reachable
    if _lacks_overseers(people) and is_mail_day(today):
        told |= set(list_with_role(session, Role.ADMINISTRATOR))
    return queue_alerts(session, sorted(told), today)


def _lacks_overseers(people: LivePeople) -> bool:
    return len(people.overseers) < FEWEST_OVERSEERS


_APPOINTING = frozenset({Role.ADMINISTRATOR, Role.SUPERVISOR, Role.OVERSEER})
"""Who invites overseers, or approves them."""
