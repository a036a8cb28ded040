"""Where the installation writes to its own staff."""

from uuid import UUID

from safeshare.gate import Door
from safeshare.kernel.errors import NotFoundError
from safeshare.people.models import StaffState
from safeshare.people.queries import get_standing
from safeshare.people.service.eligibility import is_signed


def work_address(door: Door, staff_id: UUID) -> str | None:
    """A member of staff's work address; None where the account has left, or its record is not as
    it was signed: whoever changed it would be told what its owner is to be told.
    """
    try:
        standing = get_standing(door.read, staff_id)
    except NotFoundError:
        return None
    if standing.member.state is StaffState.LEFT or not is_signed(door, standing):
        return None
    return standing.member.email or None
