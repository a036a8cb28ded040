"""Decisions that take a second person: one holder proposes, a supervisor who holds the case too
endorses or refuses. Both stand in the case sheet with their reason.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from safeshare.casework.rules import (
    Outcome,
    Proposal,
    Proposed,
    check_endorsing,
    check_proposing,
    is_endorsed,
    needs_endorsement,
    offered_proposals,
    proposal_in,
)
from safeshare.casework.service.account import conversation, reveal_account
from safeshare.casework.service.agreeing import supervising_holders
from safeshare.casework.service.sheet import Sheet, read_sheet, replace_sheet, resealed
from safeshare.casework.service.standing import case_facts, staff_of, standing_of
from safeshare.casework.service.summary import CaseSummary, summary_of
from safeshare.casework.service.triage import newest_consent, wants_support_only
from safeshare.concerns.models import Case
from safeshare.concerns.queries import get_case_held
from safeshare.concerns.rules import clean_reason
from safeshare.gate import Door, use_case
from safeshare.kernel.actors import Role
from safeshare.kernel.errors import InvalidError
from safeshare.ledger.events import Event
from safeshare.mailbox.queries import list_requests
from safeshare.mailbox.service.requests import has_agreed
from safeshare.outbox.service.queueing import queue_alerts
from safeshare.people.queries import find_names
from safeshare.policy.actions import Action


@dataclass(frozen=True, slots=True)
class ReadProposal:
    """Ask for the newest proposal of a case."""

    reference: str


@dataclass(frozen=True, slots=True)
class ProposalShown:
    """The newest proposal with the names of its people; None where there was none. `offered` is
    what can be proposed now; `may_decide` says whether the actor may endorse or refuse it.
    """

    summary: CaseSummary
    proposal: Proposal | None
    by_name: str
    decided_by_name: str
    offered: tuple[Proposed, ...]
    may_decide: bool

    @property
    def seen(self) -> str:
        """What stands there, in one short word that goes with the page that showed it."""
        return self.proposal.seen if self.proposal else ""


@dataclass(frozen=True, slots=True)
class ProposeDecision:
    """Propose what nobody may decide alone."""

    reference: str
    what: Proposed
    reason: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class EndorseDecision:
    """A supervisor's word on the proposal that they saw."""

    reference: str
    seen: str
    endorses: bool


@use_case(Action.CASE_OPEN, facts=case_facts)
def read_proposal(door: Door, command: ReadProposal) -> ProposalShown:
    """The newest proposal of a case. An entry like any other opening."""
    standing, staff = standing_of(door, command), staff_of(door)
    sheet = read_sheet(door, standing.case)
    proposal = proposal_in(sheet.says)
    support_only = wants_support_only(reveal_account(door, standing.case, sheet.locks))
    people = {one for one in (proposal.by, proposal.decided_by) if one} if proposal else set()
    names = find_names(door.read, people)
    shown = ProposalShown(
        summary=summary_of(door, standing),
        proposal=proposal,
        by_name=names.get(proposal.by, "") if proposal else "",
        decided_by_name=_name(names, proposal),
        offered=offered_proposals(standing.case.status, support_only=support_only),
        may_decide=Role.SUPERVISOR in staff.roles and _waits_for_another(proposal, staff.staff_id),
    )
    door.record(Event.CASE_OPENED, case_id=standing.case.id, part="proposal")
    return shown


@use_case(Action.CASE_PROPOSE, facts=case_facts)
def propose_decision(door: Door, command: ProposeDecision) -> None:
    """Write a proposal into the case sheet, in place of the one before.

    Raises InvalidError where the reason is missing or too long, StaleError where the case does not
    stand where this can be proposed, or the sheet was changed meanwhile.
    """
    reason, case = clean_reason(command.reason), standing_of(door, command).case
    sheet = read_sheet(door, case)
    support_only = wants_support_only(reveal_account(door, case, sheet.locks))
    proposal = Proposal(command.what, reason, staff_of(door).staff_id, door.clock.today())
    changed = resealed(door, sheet, {"proposal": proposal.stored()})
    with door.change() as session:
        held = get_case_held(session, case.id)
        check_proposing(held.status, command.what, support_only=support_only)
        replace_sheet(session, sheet, changed)
        others = supervising_holders(session, case.id) - {proposal.by}
        queue_alerts(session, others, door.clock.today())
        door.record(Event.CASE_DECISION_PROPOSED, case_id=case.id)


@use_case(Action.CASE_ENDORSE, facts=case_facts)
def endorse_decision(door: Door, command: EndorseDecision) -> None:
    """A supervisor who is another person endorses or refuses what was proposed.

    Raises InvalidError where it is their own proposal, StaleError where nothing waits for them,
    something else than they saw, or the sheet was changed meanwhile.
    """
    case, staff_id = standing_of(door, command).case, staff_of(door).staff_id
    sheet = read_sheet(door, case)
    proposal = check_endorsing(proposal_in(sheet.says), staff_id, command.seen)
    decided = replace(
        proposal,
        decided_by=staff_id,
        decided_on=door.clock.today(),
        is_endorsed=command.endorses,
    )
    changed = resealed(door, sheet, {"proposal": decided.stored()})
    endorsed = Event.CASE_DECISION_ENDORSED if command.endorses else Event.CASE_DECISION_REFUSED
    with door.change() as session:
        get_case_held(session, case.id)
        replace_sheet(session, sheet, changed)
        door.record(endorsed, case_id=case.id)


def check_endorsed(sheet: Sheet, outcome: Outcome) -> None:
    """Insists that an outcome which takes a second person has been endorsed by one.

    Raises:
        InvalidError: it has not.
    """
    needed = needs_endorsement(outcome)
    if needed is not None and not is_endorsed(proposal_in(sheet.says), needed):
        raise InvalidError("needs_endorsement", field="outcome")


def may_only_support(door: Door, case: Case) -> bool:
    """Whether a concern must not be looked into: the reporter wants support only, has not agreed to
    more in the mailbox, and no supervisor endorsed that harm demands it.
    """
    sheet = read_sheet(door, case)
    if not wants_support_only(reveal_account(door, case, sheet.locks)):
        return False
    consent = newest_consent(list_requests(door.read, case.id))
    if consent is not None and has_agreed(door, conversation(sheet.locks), consent):
        return False
    return not is_endorsed(proposal_in(sheet.says), Proposed.LOOK_INTO)


def _name(names: Mapping[UUID, str], proposal: Proposal | None) -> str:
    decided_by = proposal.decided_by if proposal is not None else None
    return names.get(decided_by, "") if decided_by is not None else ""


def _waits_for_another(proposal: Proposal | None, staff_id: UUID) -> bool:
    return proposal is not None and proposal.waits and proposal.by != staff_id
