"""A case that a supervisor holds with others, and what takes them both. For tests."""

from collections.abc import Mapping

from safeshare.casework.rules import Outcome, Proposed
from safeshare.casework.service.case_sheet import CloseCase, close_case
from safeshare.casework.service.endorsing import (
    EndorseDecision,
    ProposalShown,
    ProposeDecision,
    ReadProposal,
    endorse_decision,
    propose_decision,
    read_proposal,
)
from safeshare.casework.service.handling import AcknowledgeCase, acknowledge
from safeshare.concerns.rules import Answer
from safeshare.kernel.actors import Staff
from safeshare.kernel.sealed import AccessCode
from tests.cast import Stage
from tests.use_cases.handlers import attested, case_of, holders_of


def with_supervisor(stage: Stage, answers: Mapping[str, Answer] | None = None) -> str:
    """The reference of a case, in triage, that the supervisor of HR holds."""
    return sent_to_supervisor(stage, answers)[0]


def sent_to_supervisor(
    stage: Stage, answers: Mapping[str, Answer] | None = None
) -> tuple[str, AccessCode]:
    """The same, with its access code."""
    supervisor = stage.enrolled["hr_supervisor"].staff_id
    others = [one.staff_id for name, one in stage.enrolled.items() if name.startswith("hr_")]
    order = (supervisor, *(one for one in others if one != supervisor))
    sent, code = stage.submit(answers, order=order)
    assert "hr_supervisor" in holders_of(stage, sent.reference)
    staff = handler(stage, sent.reference)
    stage.gate.run(acknowledge, staff, AcknowledgeCase(sent.reference, "Hello."))
    attested(stage, sent.reference, "hr_supervisor")
    return sent.reference, code


def handler(stage: Stage, reference: str) -> Staff:
    names = [name for name in holders_of(stage, reference) if "supervisor" not in name]
    return attested(stage, reference, names[0])


def proposal(stage: Stage, staff: Staff, reference: str) -> ProposalShown:
    return stage.gate.run(read_proposal, staff, ReadProposal(reference))


def propose(
    stage: Stage, staff: Staff, reference: str, what: Proposed, why: str = "Nothing is there."
) -> None:
    stage.gate.run(propose_decision, staff, ProposeDecision(reference, what, why))


def endorse(
    stage: Stage, staff: Staff, reference: str, *, endorses: bool = True, saw: str | None = None
) -> None:
    shown = proposal(stage, staff, reference).proposal
    seen = saw or (shown.seen if shown else "")
    stage.gate.run(endorse_decision, staff, EndorseDecision(reference, seen, endorses))


def close(stage: Stage, staff: Staff, reference: str, outcome: Outcome) -> None:
    status = case_of(stage, reference).status
    stage.gate.run(close_case, staff, CloseCase(reference, status, outcome, "We end it here."))
