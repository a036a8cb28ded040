"""Where a reporter wishes to be told that something waits. Opened by the worker alone."""

from uuid import UUID

from safeshare.gate import Door
from safeshare.updates.models import NudgeAddress
from safeshare.updates.service.promises import nudge_place


def nudge_address(door: Door, party_id: UUID) -> str | None:
    """A party's own address; None where the party gave none.

    Raises SealBrokenError where the row is not the newest that was sealed there, and
    MisconfiguredError in a process without the worker's contact key.
    """
    row = door.read.get(NudgeAddress, party_id)
    if row is None:
        return None
    door.insist_as_written(row.case_id, row)
    opened = door.vault.open_for_worker("contact", nudge_place(party_id), row.address)
    address = opened.get("address")
    return address if isinstance(address, str) and address else None
