"""The settings that decide on who is given a concern, as far as they are as they were signed."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from safeshare.concerns.rules import RoutingRule
from safeshare.concerns.service.routing import ROUTING, trusted_routing
from safeshare.gate import Door
from safeshare.people.models import Queue
from safeshare.people.service.eligibility import trusted_queues, trusted_rota


@dataclass(frozen=True, slots=True)
class TrustedSettings:
    """Queues by code, the routing order, and who is on call for which queue.

    `refused` are the queues whose row is not as it was signed: nothing in it can be believed, not
    even whose queue it is. `forged` names every record of the settings that is a cause for alarm.
    """

    queues: Mapping[str, Queue]
    refused: frozenset[UUID]
    rules: tuple[RoutingRule, ...]
    on_call: Mapping[UUID, UUID]
    forged: frozenset[str]


def trusted_settings(door: Door) -> TrustedSettings:
    """What the tables say, without what was changed behind our back. Three statements."""
    queues, refused = trusted_queues(door, door.read)
    by_code = {queue.code: queue for queue in queues}
    rules, is_ours = trusted_routing(door, door.read, by_code)
    on_call, changed = trusted_rota(door, door.read, queues, door.clock.today())
    return TrustedSettings(
        queues=by_code,
        refused=frozenset(UUID(one) for one in refused),
        rules=rules,
        on_call=on_call,
        forged=refused | changed | (frozenset() if is_ours else frozenset({ROUTING})),
    )
