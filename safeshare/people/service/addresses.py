"""Where the installation writes to its own staff."""

from uuid import UUID

from safeshare.gate import Door
from safeshare.people.queries import find_email


def work_address(door: Door, staff_id: UUID) -> str | None:
    """A member of staff's work address; None where the account has left or there is none."""
    return find_email(door.read, staff_id) or None
