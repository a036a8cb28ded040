"""The routing order: loaded when an installation is made, and believed only as it was signed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import delete
from sqlalchemy.orm import Session

from safeshare.concerns.models import RoutingRule
from safeshare.concerns.queries import find_routing
from safeshare.concerns.rules import RoutingRule as Rule
from safeshare.concerns.rules import stored_condition, stored_rule
from safeshare.gate import Door, use_case
from safeshare.kernel.errors import SealBrokenError, StaleError
from safeshare.kernel.keys import SignedRecord
from safeshare.ledger.events import Event
from safeshare.people.models import SignedList
from safeshare.policy.actions import Action

ROUTING = "routing"
"""The name under which the routing order is signed."""


@dataclass(frozen=True, slots=True)
class FirstRouting:
    """The routing order of the files, which every installation starts with."""

    rules: tuple[Rule, ...]


@use_case(Action.INSTALL_INIT)
def load_routing_order(door: Door, rules: Sequence[Rule]) -> None:
    """Store the routing order of a new installation, already checked by `load_routing`."""
    with door.change() as session:
        store_routing(door, session, SignedList(name=ROUTING), rules)
        door.record(Event.ROUTING_LOADED, rules=str(len(rules)))


def store_routing(door: Door, session: Session, signed: SignedList, rules: Sequence[Rule]) -> None:
    """Put an order that was checked into the table and sign it. The caller removed the old one."""
    rows = [
        RoutingRule(position=position, when=stored_condition(rule), queue_code=rule.queue)
        for position, rule in enumerate(rules, start=1)
    ]
    signed.revision = door.next_revision(ROUTING, signed.name, signed.revision)
    signed.mac = door.sign(routing_record(signed, rows))
    session.add_all([signed, *rows])


def is_routing_signed(door: Door, signed: SignedList, rows: Sequence[RoutingRule]) -> bool:
    """Whether the routing order is as it was last signed."""
    return door.is_signed(routing_record(signed, rows), signed.mac)


def trusted_routing(
    door: Door, session: Session, queues: Collection[str]
) -> tuple[tuple[Rule, ...], bool]:
    """The routing order, and whether it is as it was signed.

    Where it is not, the order of the files takes its place, without the rules that lead to a queue
    which is not there: a concern must go somewhere, and never where a writer of the tables says.
    """
    signed, rows = find_routing(session)
    if signed is not None and is_routing_signed(door, signed, rows):
        return tuple(stored_rule(row.queue_code, row.when) for row in rows), True
    first = door.rule(FirstRouting).rules
    return tuple(rule for rule in first if rule.queue in queues), False


def routing_now(door: Door, session: Session) -> tuple[tuple[Rule, ...], int]:
    """The routing order now in force, and its revision.

    Raises SealBrokenError where it is not as it was signed: nothing can be built on it.
    """
    signed, rows = find_routing(session)
    if signed is None or not is_routing_signed(door, signed, rows):
        raise SealBrokenError("the routing order is not as it was signed")
    return tuple(stored_rule(row.queue_code, row.when) for row in rows), signed.revision


def replace_routing(door: Door, session: Session, rules: Sequence[Rule], seen: object) -> None:
    """Put another order, already checked, in the place of the one with the revision `seen`.

    Raises StaleError where that is not the one in force any more.
    """
    session.get(SignedList, ROUTING, with_for_update=True)
    _, revision = routing_now(door, session)
    if revision != seen:
        raise StaleError("Somebody else has changed the routing meanwhile.")
    session.execute(delete(RoutingRule))
    store_routing(door, session, session.get_one(SignedList, ROUTING), rules)


def routing_record(signed: SignedList, rows: Sequence[RoutingRule]) -> SignedRecord:
    """What the signature on the routing order covers."""
    said = [[row.position, row.queue_code, dict(row.when)] for row in rows]
    return SignedRecord(ROUTING, signed.name, signed.revision, {"rules": said})
