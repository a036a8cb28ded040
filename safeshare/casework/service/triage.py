"""Triage: how great the risk is and what was done for safety, and asking whether a concern of
somebody who wants support only may be looked into.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from safeshare.casework.rules import (
    Harm,
    Likelihood,
    Override,
    Proposal,
    SafetyStep,
    check_risk_reasons,
    judge,
    proposal_in,
)
from safeshare.casework.service.account import conversation, reveal_account
from safeshare.casework.service.saying import say, sealed_for_reporter
from safeshare.casework.service.sheet import read_sheet, replace_sheet, resealed
from safeshare.casework.service.standing import case_facts, staff_of, standing_of
from safeshare.casework.service.summary import CaseSummary, summary_of
from safeshare.concerns.models import CaseEventKind
from safeshare.concerns.queries import get_case_held
from safeshare.concerns.rules import OVER, Answer, clean_reason, in_danger
from safeshare.concerns.service.compartments import add_event
from safeshare.gate import Door, use_case
from safeshare.kernel.errors import InvalidError, StaleError
from safeshare.ledger.events import Event
from safeshare.mailbox.models import Request
from safeshare.mailbox.queries import list_requests
from safeshare.mailbox.rules import OPEN_REQUESTS, RequestKind, RequestState
from safeshare.mailbox.service.requests import has_agreed, new_request
from safeshare.policy.actions import Action
from safeshare.themes.rules import Group, Vocabulary


@dataclass(frozen=True, slots=True)
class ReadTriage:
    """Ask for the triage of a case."""

    reference: str


@dataclass(frozen=True, slots=True)
class RiskNote:
    """How the risk was judged last; what the form begins with."""

    harm: int | None = None
    likelihood: int | None = None
    overrides: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    category: str = ""
    reason: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Triage:
    """Where the triage of a case stands. `consent` is the newest request to look into a concern of
    somebody who wants support only; `has_consent` what the reporter themselves answered to it.
    """

    summary: CaseSummary
    says_danger: bool
    says_at_risk: bool
    support_only: bool
    risk: RiskNote
    consent: Request | None
    has_consent: bool
    proposal: Proposal | None
    categories: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class JudgeRisk:
    """How great the risk is, why, and what was done for somebody's safety."""

    reference: str
    harm: Harm
    likelihood: Likelihood
    overrides: frozenset[Override]
    steps: frozenset[SafetyStep]
    category: str
    reason: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class AskToLookInto:
    """Ask a reporter who wants support only whether we may look into it."""

    reference: str
    text: str = field(repr=False)


@use_case(Action.CASE_OPEN, facts=case_facts)
def read_triage(door: Door, command: ReadTriage) -> Triage:
    """The triage of a case. An entry like any other opening."""
    standing = standing_of(door, command)
    sheet = read_sheet(door, standing.case)
    answers = reveal_account(door, standing.case, sheet.locks)
    consent = newest_consent(list_requests(door.read, standing.case.id))
    triage = Triage(
        summary=summary_of(door, standing),
        says_danger=in_danger(answers),
        says_at_risk=bool(answers.get("at_risk")),
        support_only=wants_support_only(answers),
        risk=_risk_in(sheet.says),
        consent=consent,
        has_consent=consent is not None and has_agreed(door, conversation(sheet.locks), consent),
        proposal=proposal_in(sheet.says),
        categories=door.rule(Vocabulary).groups,
    )
    door.record(Event.CASE_OPENED, case_id=standing.case.id, part="triage")
    return triage


@use_case(Action.CASE_RISK, facts=case_facts)
def judge_risk(door: Door, command: JudgeRisk) -> None:
    """Set the risk band by the rule. The marks and reasons are sealed in the case sheet; the band
    itself is plain, because queues sort by it.

    Raises InvalidError where the reason is missing, the category unknown, or nothing was done where
    somebody may come to harm; StaleError where the case is over or the sheet was changed.
    """
    reason = clean_reason(command.reason)
    judged = judge(command.harm, command.likelihood, command.overrides)
    check_risk_reasons(judged, command.steps)
    if command.category not in {"", *(group.code for group in door.rule(Vocabulary).groups)}:
        raise InvalidError("unknown_category", field="category")
    case = standing_of(door, command).case
    sheet = read_sheet(door, case)
    changed = resealed(door, sheet, {"risk": _stored(door, command, reason)})
    with door.change() as session:
        held = get_case_held(session, case.id)
        if held.status in OVER:
            raise StaleError("the case is closed")
        replace_sheet(session, sheet, changed)
        held.risk = judged.band
        add_event(session, door, case.id, CaseEventKind.RISK_JUDGED)
        door.record(Event.CASE_RISK_JUDGED, case_id=case.id, band=judged.band)


@use_case(Action.CASE_CONSENT, facts=case_facts)
def ask_to_look_into(door: Door, command: AskToLookInto) -> None:
    """Put the question into the mailbox. That it was asked is kept in the case sheet; the answer is
    the reporter's own, sealed by them.

    Raises InvalidError where they never asked for support only, or the words are missing or too
    long; StaleError where the question waits already, or the case is over.
    """
    case, staff_id = standing_of(door, command).case, staff_of(door).staff_id
    message = sealed_for_reporter(door, case.id, command.text)
    sheet = read_sheet(door, case)
    if not wants_support_only(reveal_account(door, case, sheet.locks)):
        raise InvalidError("not_support_only", field="text")
    request = new_request(door, conversation(sheet.locks), RequestKind.LOOK_INTO, staff_id)
    request.message_id = message.id
    asked = {"request": str(request.id), "asked_on": request.asked_on.isoformat()}
    changed = resealed(door, sheet, {"consent": {**asked, "asked_by": str(staff_id)}})
    with door.change() as session:
        held = get_case_held(session, case.id)
        before = newest_consent(list_requests(session, case.id))
        if held.status in OVER or (before is not None and before.state in OPEN_REQUESTS):
            raise StaleError("the question has been put already, or the case is closed")
        replace_sheet(session, sheet, changed)
        say(session, door, held, message)
        session.add(request)
        door.record(Event.CASE_CONSENT_ASKED, case_id=case.id)


def wants_support_only(answers: Mapping[str, Answer]) -> bool:
    """Whether the reporter asked for support and no investigation."""
    return answers.get("want") == "support"


def newest_consent(requests: Sequence[Request]) -> Request | None:
    """The request to look into it that counts: one that was agreed to, else the newest."""
    asked = [one for one in requests if one.kind is RequestKind.LOOK_INTO]
    given = [one for one in asked if one.state is RequestState.AGREED]
    counting = given or asked
    return counting[-1] if counting else None


def _risk_in(says: Mapping[str, Any]) -> RiskNote:
    kept = says.get("risk")
    if not kept:
        return RiskNote()
    return RiskNote(
        harm=kept["harm"],
        likelihood=kept["likelihood"],
        overrides=tuple(kept["overrides"]),
        steps=tuple(kept["steps"]),
        category=kept["category"],
        reason=kept["reason"],
    )


def _stored(door: Door, command: JudgeRisk, reason: str) -> dict[str, Any]:
    return {
        "harm": int(command.harm),
        "likelihood": int(command.likelihood),
        "overrides": sorted(command.overrides),
        "steps": sorted(command.steps),
        "category": command.category,
        "reason": reason,
        "by": str(staff_of(door).staff_id),
        "on": door.clock.today().isoformat(),
    }
