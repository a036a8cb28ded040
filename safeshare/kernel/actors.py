"""Who acts. An actor is passed to every use case; nothing reads it from a global."""

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from safeshare.kernel.sealed import PrivateKey


class Role(StrEnum):
    """What a member of staff may be. An administrator never has a queue role as well."""

    HANDLER = "handler"
    SUPERVISOR = "supervisor"
    OVERSEER = "overseer"
    LEADER = "leader"
    ADMINISTRATOR = "administrator"
    INSPECTOR = "inspector"


@dataclass(frozen=True, slots=True)
class Stranger:
    """Somebody in the reporter app who has shown nothing: a reporter before sending, a guesser."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody at the door of the staff app who has not signed in."""


@dataclass(frozen=True, slots=True)
class Reporter:
    """Somebody who opened a case's mailbox with its access code."""

    case_id: UUID
    party_id: UUID
    private_key: PrivateKey = field(repr=False)


@dataclass(frozen=True, slots=True)
class Staff:
    """A signed-in member of staff, with the private key that the passphrase unlocked. `is_fresh`:
    whether they gave both factors a short while ago.
    """

    staff_id: UUID
    display_name: str
    roles: frozenset[Role]
    queue_ids: frozenset[UUID]
    private_key: PrivateKey = field(repr=False)
    is_fresh: bool = False


@dataclass(frozen=True, slots=True)
class Worker:
    """The background worker. It holds no case keys."""


@dataclass(frozen=True, slots=True)
class Operator:
    """Whoever runs the `safeshare` command on the server."""


@dataclass(frozen=True, slots=True)
class Officers:
    """Enough recovery officers together, with the recovery key that their codes opened. They act on
    the server and for as long as one command runs; their key is never stored.
    """

    set_id: UUID
    officer_ids: tuple[UUID, ...]
    private_key: PrivateKey = field(repr=False)


Actor = Stranger | Visitor | Reporter | Staff | Worker | Operator | Officers
