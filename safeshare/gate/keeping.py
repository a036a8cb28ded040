"""What the worker does for the gate's own rows: the ledger's days, and signs of life."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select

from safeshare.gate.door import Door
from safeshare.gate.models import Heartbeat
from safeshare.gate.use_case import use_case
from safeshare.ledger.events import Event
from safeshare.ledger.models import Chain, LedgerDay
from safeshare.policy.actions import Action


@use_case(Action.WORK_LEDGER)
def collect_past_days(door: Door, _command: None) -> int:
    """Hang the reporters' entries of past days, shuffled, onto their chain. Returns how many.

    Called as often as one likes: a day is moved once it is over (blueprint section 4, time rule).
    """
    waiting = select(LedgerDay.id).where(LedgerDay.on < door.clock.today()).limit(1)
    if door.read.scalar(waiting) is None:
        return 0
    with door.change() as session:
        moved = door.collect_past_days(session)
        door.record(Event.DAY_COLLECTED, entries=str(moved))
    return moved


@use_case(Action.LEDGER_VERIFY)
def verify_chains(door: Door, _command: None) -> Mapping[Chain, int | None]:
    """For each chain, the position of the first entry that does not follow; None where all do."""
    return {chain: door.first_broken_position(chain) for chain in Chain}


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
