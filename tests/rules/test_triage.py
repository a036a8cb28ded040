"""Judging risk, and decisions that take two: the pure rules."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeshare.casework.rules import (
    Harm,
    Likelihood,
    Outcome,
    Override,
    Proposal,
    Proposed,
    SafetyStep,
    check_endorsing,
    check_proposing,
    check_risk_reasons,
    is_endorsed,
    judge,
    needs_endorsement,
    offered_proposals,
    outcomes_of,
    proposal_in,
)
from safeshare.concerns.rules import CaseStatus, RiskBand
from safeshare.kernel.errors import InvalidError, SealBrokenError, StaleError

ADA, BEN = UUID(int=1), UUID(int=2)
PROPOSAL = Proposal(Proposed.NO_CASE, "Nothing to look into.", ADA, date(2026, 3, 2))
ORDER = (RiskBand.LOW, RiskBand.MEDIUM, RiskBand.HIGH, RiskBand.CRITICAL)

harms, likelihoods = st.sampled_from(Harm), st.sampled_from(Likelihood)


@pytest.mark.parametrize(
    ("harm", "likelihood", "band"),
    [
        (Harm.MINOR, Likelihood.LIKELY, RiskBand.LOW),
        (Harm.MINOR, Likelihood.NOW, RiskBand.MEDIUM),
        (Harm.SERIOUS, Likelihood.POSSIBLE, RiskBand.MEDIUM),
        (Harm.MODERATE, Likelihood.NOW, RiskBand.HIGH),
        (Harm.SERIOUS, Likelihood.LIKELY, RiskBand.HIGH),
        (Harm.SERIOUS, Likelihood.NOW, RiskBand.CRITICAL),
        (Harm.SEVERE, Likelihood.NOW, RiskBand.CRITICAL),
    ],
)
def test_the_band_follows_from_harm_and_likelihood(
    harm: Harm, likelihood: Likelihood, band: RiskBand
) -> None:
    assert judge(harm, likelihood, ()).band is band


@given(harms, harms, likelihoods, likelihoods)
def test_more_harm_or_likelihood_never_lowers_the_band(
    harm: Harm, more: Harm, likelihood: Likelihood, likelier: Likelihood
) -> None:
    low = judge(min(harm, more), min(likelihood, likelier), ()).band
    high = judge(max(harm, more), max(likelihood, likelier), ()).band
    assert ORDER.index(low) <= ORDER.index(high)


@given(harms, likelihoods, st.frozensets(st.sampled_from(Override), min_size=1))
def test_an_override_makes_any_case_critical(
    harm: Harm, likelihood: Likelihood, overrides: frozenset[Override]
) -> None:
    judged = judge(harm, likelihood, overrides)
    assert judged.band is RiskBand.CRITICAL
    assert judged.demands_a_step == bool(
        overrides & {Override.LIFE, Override.CHILD, Override.ADULT}
    )


def test_danger_cannot_be_written_down_with_nothing_done() -> None:
    judged = judge(Harm.MINOR, Likelihood.UNLIKELY, {Override.CHILD})
    with pytest.raises(InvalidError):
        check_risk_reasons(judged, ())
    check_risk_reasons(judged, {SafetyStep.SAFEGUARDING_TOLD})
    check_risk_reasons(judge(Harm.SEVERE, Likelihood.NOW, ()), ())


@pytest.mark.parametrize("is_decided", [True, False])
def test_a_proposal_comes_back_from_the_sheet_as_it_was(is_decided: bool) -> None:
    decided = replace(PROPOSAL, decided_by=BEN, decided_on=date(2026, 3, 3), is_endorsed=True)
    proposal = decided if is_decided else PROPOSAL
    assert proposal_in({"proposal": proposal.stored()}) == proposal
    assert proposal_in({}) is None


@pytest.mark.parametrize("kept", [{"what": "no_case"}, {**PROPOSAL.stored(), "by": "nobody"}])
def test_a_proposal_that_is_not_ours_is_refused(kept: dict[str, object]) -> None:
    with pytest.raises(SealBrokenError):
        proposal_in({"proposal": kept})


def test_only_another_person_can_endorse_and_only_what_waits() -> None:
    assert check_endorsing(PROPOSAL, BEN, PROPOSAL.seen) is PROPOSAL
    with pytest.raises(InvalidError):
        check_endorsing(PROPOSAL, ADA, PROPOSAL.seen)
    for settled in (None, replace(PROPOSAL, decided_by=BEN)):
        with pytest.raises(StaleError):
            check_endorsing(settled, BEN, PROPOSAL.seen)


@pytest.mark.parametrize(
    "change",
    [
        {"what": Proposed.MALICIOUS},
        {"reason": "Other words."},
        {"by": UUID(int=77)},
        {"on": date(2026, 3, 4)},
        {"until": date(2026, 8, 2)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_nobody_can_endorse_anything_but_what_they_saw(change: dict[str, Any]) -> None:
    with pytest.raises(StaleError):
        check_endorsing(replace(PROPOSAL, **change), BEN, PROPOSAL.seen)


@given(st.sampled_from(Proposed), st.sampled_from(Proposed), st.booleans())
def test_an_endorsement_counts_for_what_was_endorsed_alone(
    proposed: Proposed, needed: Proposed, endorsed: bool
) -> None:
    proposal = replace(PROPOSAL, what=proposed, decided_by=BEN, is_endorsed=endorsed)
    assert is_endorsed(proposal, needed) == (endorsed and proposed is needed)
    assert not is_endorsed(None, needed)


@pytest.mark.parametrize("outcome", Outcome)
def test_what_needs_an_endorsement_can_be_proposed_where_it_can_be_done(outcome: Outcome) -> None:
    needed = needs_endorsement(outcome)
    if needed is None:
        return
    for status in CaseStatus:
        offered = offered_proposals(status, support_only=False)
        assert (needed in offered) == (outcome in outcomes_of(status))


@given(st.sampled_from(CaseStatus), st.sampled_from(Proposed), st.booleans())
def test_only_what_is_offered_can_be_proposed(
    status: CaseStatus, what: Proposed, support_only: bool
) -> None:
    offered = offered_proposals(status, support_only=support_only)
    if what in offered:
        check_proposing(status, what, support_only=support_only)
        assert support_only or what is not Proposed.LOOK_INTO
    else:
        with pytest.raises(StaleError):
            check_proposing(status, what, support_only=support_only)
