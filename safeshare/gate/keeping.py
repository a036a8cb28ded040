"""What the worker does for the gate's own rows: the ledger's days, and signs of life."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select

from safeshare.gate.door import Door
from safeshare.gate.models import Heartbeat
from safeshare.gate.use_case import use_case
from safeshare.ledger.entries import find_end
from safeshare.ledger.events import Event
from safeshare.ledger.head import Head
from safeshare.ledger.models import Chain, LedgerDay
from safeshare.ledger.verifying import Fault
from safeshare.policy.actions import Action


@use_case(Action.WORK_LEDGER)
def collect_past_days(door: Door, _command: None) -> int:
    """Hang the reporters' entries of past days, shuffled, onto their chain. Returns how many.

    Called as often as one likes: a day is moved once it is over (blueprint section 4, time rule).
    What is not as it was written stays where it is, and `check_ledger` raises the alarm.
    """
    waiting = select(LedgerDay.id).where(LedgerDay.on < door.clock.today()).limit(1)
    if door.read.scalar(waiting) is None:
        return 0
    with door.change() as session:
        collected = door.collect_past_days(session)
        if collected.moved:
            door.record(Event.DAY_COLLECTED, entries=str(collected.moved))
    return collected.moved


@use_case(Action.WORK_LEDGER)
def sign_head(door: Door, _command: None) -> None:
    """Sign where the ledger ends, in a file outside the database. Once a minute, whether or not
    anything was written, so that the file's own date says nothing of a reporter.

    Where an older database was put back this begins an era, and web processes end every session.
    Raises MisconfiguredError where the file cannot be kept.
    """
    alarm = door.book.sign_head()
    if alarm is not None:
        door.record(Event.ALARM_RAISED, alarm=alarm)


@use_case(Action.INSTALL_INIT)
def begin_ledger(door: Door, _command: None) -> None:
    """Forget the head of a database that was here before this one, where nothing is written yet."""
    if door.book.is_empty():
        door.book.head_file.forget()


@use_case(Action.WORK_LEDGER)
def check_ledger(door: Door, _command: None) -> int:
    """Look for everything that `verify` finds, and raise one alarm where there is anything. Once a
    day. Returns how many faults there are.
    """
    faults = door.book.list_faults()
    if faults:
        door.record(Event.ALARM_RAISED, alarm="ledger_broken", faults=str(len(faults)))
    return len(faults)


@use_case(Action.LEDGER_VERIFY)
def verify_ledger(door: Door, copy: str | None) -> Sequence[Fault]:
    """Everything that is wrong with the ledger, against its own head or a `copy` of an earlier one.

    Raises HeadBrokenError where the copy is none of ours.
    """
    return door.book.list_faults(copy)


@use_case(Action.LEDGER_VERIFY)
def accept_ledger(door: Door, _command: None) -> Mapping[Chain, tuple[int, int]]:
    """Sign the ledger as it is now, as after an older backup was put back.

    Returns for each chain where the head before said that it ended, and where it does. That it was
    accepted is an entry itself.
    """
    before = door.book.accept_present() or Head()
    connection = door.read.connection()
    ends = {one: (before.end(one).position, find_end(connection, one).position) for one in Chain}
    noted = {chain: f"{was} to {now}" for chain, (was, now) in ends.items()}
    door.record(Event.LEDGER_ACCEPTED, staff=noted[Chain.STAFF], reporter=noted[Chain.REPORTER])
    return ends


@use_case(Action.SESSIONS_END)
def note_sessions_ended(door: Door, why: str) -> None:
    """Note that the sessions of both apps were ended: `by_hand`, or because an older database was
    `put_back`. Who comes with one of them is asked to begin anew and leaves no entry: a stranger
    with made-up cookies could otherwise flood the ledger.
    """
    door.record(Event.PEOPLE_SESSIONS_ENDED, why=why)


@use_case(Action.SERVICE_CHECK)
def show_life(door: Door, name: str) -> None:
    """Note that a background process of this name is alive now."""
    with door.change() as session:
        session.merge(Heartbeat(name=name, at=door.clock.security_now()))


@use_case(Action.SERVICE_CHECK)
def last_life(door: Door, name: str) -> datetime | None:
    """When a background process last showed life; None if it never did."""
    row = door.read.get(Heartbeat, name)
    return row.at if row is not None else None
