"""What the policy must know before a reporter touches a mailbox."""

from safeshare.concerns.models import Case
from safeshare.gate import Door, Facts
from safeshare.kernel.actors import Reporter
from safeshare.kernel.errors import NotFoundError
from safeshare.mailbox.queries import find_case_of_party


def party_facts(door: Door, _command: object) -> Facts:
    """Whether the actor is a party of the case that their session names."""
    if not isinstance(door.actor, Reporter):
        return Facts()
    return Facts(is_party=_find_case(door) is not None)


def case_of(door: Door) -> Case:
    """The reporter's case, as the policy's facts found it. Raises NotFoundError."""
    case = _find_case(door)
    if case is None:
        raise NotFoundError("there is no such case")
    return case


def reporter_of(door: Door) -> Reporter:
    """The actor, known to be a reporter once the policy has agreed.

    Raises:
        TypeError: the use case was declared under an action that others may do.
    """
    if not isinstance(door.actor, Reporter):
        raise TypeError("only a reporter has a mailbox")
    return door.actor


def _find_case(door: Door) -> Case | None:
    reporter = reporter_of(door)
    case_id, party_id = reporter.case_id, reporter.party_id
    return door.once(
        ("case of party", case_id, party_id),
        lambda session: find_case_of_party(session, case_id, party_id),
    )
