"""Loading the routing order into the database when an installation is made."""

from collections.abc import Sequence

from safeshare.concerns.models import RoutingRule
from safeshare.concerns.rules import RoutingRule as Rule
from safeshare.concerns.rules import stored_condition
from safeshare.gate import Door, use_case
from safeshare.ledger.events import Event
from safeshare.policy.actions import Action


@use_case(Action.INSTALL_INIT)
def load_routing_order(door: Door, rules: Sequence[Rule]) -> None:
    """Store the routing order of a new installation, already checked by `load_routing`."""
    with door.change() as session:
        session.add_all(
            RoutingRule(position=position, when=stored_condition(rule), queue_code=rule.queue)
            for position, rule in enumerate(rules, start=1)
        )
        door.record(Event.ROUTING_LOADED, rules=str(len(rules)))
