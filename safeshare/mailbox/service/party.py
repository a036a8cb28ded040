"""What the policy must know before a reporter touches a mailbox."""

from safeshare.gate import Door, Facts
from safeshare.kernel.actors import Reporter
from safeshare.mailbox.queries import is_party_of


def party_facts(door: Door, _command: object) -> Facts:
    """Whether the actor is a party of the case that their session names."""
    actor = door.actor
    if not isinstance(actor, Reporter):
        return Facts()
    return Facts(is_party=is_party_of(door.read, actor.case_id, actor.party_id))


def reporter_of(door: Door) -> Reporter:
    """The actor, known to be a reporter once the policy has agreed.

    Raises:
        TypeError: the use case was declared under an action that others may do.
    """
    if not isinstance(door.actor, Reporter):
        raise TypeError("only a reporter has a mailbox")
    return door.actor
