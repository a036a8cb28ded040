"""Decisions that take a second person: proposed by one holder, endorsed by a supervisor who is
another (HMICFRS on vetting and misconduct, recommendations 26 and 40).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from hashlib import sha256
from typing import Any
from uuid import UUID

from safeshare.casework.rules.lifecycle import Outcome
from safeshare.concerns.rules import CaseStatus
from safeshare.kernel.errors import BarredError, SealBrokenError, StaleError


class Proposed(StrEnum):
    """What a supervisor is asked to endorse."""

    NO_CASE = "no_case"
    MALICIOUS = "malicious"
    LOOK_INTO = "look_into"
    LATER_DATE = "later_date"


_OF_OUTCOME = {Outcome.NO_CASE: Proposed.NO_CASE, Outcome.MALICIOUS: Proposed.MALICIOUS}


@dataclass(frozen=True, slots=True)
class Proposal:
    """A decision that somebody proposed, as the case sheet keeps it. `decided_by` is the supervisor
    who endorsed or refused it; None while it waits. `until` is the later date that is proposed.
    """

    what: Proposed
    reason: str = field(repr=False)
    by: UUID
    on: date
    decided_by: UUID | None = None
    decided_on: date | None = None
    is_endorsed: bool = False
    until: date | None = None

    @property
    def seen(self) -> str:
        """What it says, in one short word that goes with the page that showed it."""
        said = [self.what, self.reason, str(self.by), str(self.on), str(self.until)]
        return sha256(json.dumps(said).encode()).hexdigest()

    @property
    def waits(self) -> bool:
        """Whether nobody has decided yet."""
        return self.decided_by is None

    def stored(self) -> dict[str, Any]:
        """As it stands in the case sheet."""
        return {
            "what": self.what.value,
            "reason": self.reason,
            "by": str(self.by),
            "on": self.on.isoformat(),
            "decided_by": str(self.decided_by) if self.decided_by else None,
            "decided_on": self.decided_on.isoformat() if self.decided_on else None,
            "is_endorsed": self.is_endorsed,
            "until": self.until.isoformat() if self.until else None,
        }


def proposal_in(sheet: Mapping[str, Any], key: str = "proposal") -> Proposal | None:
    """The newest proposal that a case sheet keeps under `key`; None where there is none.

    Raises:
        SealBrokenError: it is not one that we wrote.
    """
    kept = sheet.get(key)
    if not kept:
        return None
    try:
        decided_by, decided_on, until = kept["decided_by"], kept["decided_on"], kept.get("until")
        return Proposal(
            what=Proposed(kept["what"]),
            reason=kept["reason"],
            by=UUID(kept["by"]),
            on=date.fromisoformat(kept["on"]),
            decided_by=UUID(decided_by) if decided_by else None,
            decided_on=date.fromisoformat(decided_on) if decided_on else None,
            is_endorsed=bool(kept["is_endorsed"]),
            until=date.fromisoformat(until) if until else None,
        )
    except (KeyError, TypeError, ValueError):
        raise SealBrokenError("a proposal is not one that we wrote") from None


def needs_endorsement(outcome: Outcome) -> Proposed | None:
    """What must be endorsed before a case is closed with this outcome; None for most."""
    return _OF_OUTCOME.get(outcome)


def is_endorsed(proposal: Proposal | None, what: Proposed) -> bool:
    """Whether a supervisor endorsed just this."""
    return proposal is not None and proposal.what is what and proposal.is_endorsed


def check_endorsing(proposal: Proposal | None, staff_id: UUID, seen: str) -> Proposal:
    """The proposal that this supervisor may endorse or refuse, as they saw it.

    Raises:
        StaleError: nothing waits for a decision, or something else than they saw.
        BarredError: they proposed it themselves.
    """
    if proposal is None or not proposal.waits:
        raise StaleError("nothing waits for an endorsement")
    if proposal.seen != seen:
        raise StaleError("something else waits than what was seen")
    if proposal.by == staff_id:
        raise BarredError("not_for_oneself", field="decision")
    return proposal


_PROPOSED_AT = {
    Proposed.NO_CASE: frozenset({CaseStatus.TRIAGE}),
    Proposed.MALICIOUS: frozenset({CaseStatus.OUTCOME}),
    Proposed.LOOK_INTO: frozenset({CaseStatus.TRIAGE, CaseStatus.SUPPORT}),
}
"""Where a case must stand for it. That somebody may come to harm, so that a concern must be looked
into though the reporter wants support only, may come up wherever the handling could turn that way.
"""


def offered_proposals(status: CaseStatus, *, support_only: bool) -> tuple[Proposed, ...]:
    """What may be proposed for a case of this status."""
    return tuple(
        what
        for what, statuses in _PROPOSED_AT.items()
        if status in statuses and (support_only or what is not Proposed.LOOK_INTO)
    )


def check_proposing(status: CaseStatus, what: Proposed, *, support_only: bool) -> None:
    """Insists that this may be proposed now.

    Raises:
        StaleError: the case does not stand where it could be.
    """
    if what not in offered_proposals(status, support_only=support_only):
        raise StaleError("the case does not stand where this can be proposed")
