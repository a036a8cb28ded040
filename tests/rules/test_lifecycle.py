from datetime import date
from uuid import UUID

import pytest

from safeshare.casework.rules import (
    Outcome,
    check_acknowledging,
    check_closing,
    check_status_change,
    check_taking,
    next_statuses,
    outcomes_of,
    status_when_acknowledged,
)
from safeshare.concerns.rules import OVER, CaseStatus
from safeshare.kernel.errors import InvalidError, StaleError

S = CaseStatus
ADA, BEN = UUID(int=1), UUID(int=2)

ALLOWED = {
    (S.RECEIVED, S.TRIAGE),
    (S.TRIAGE, S.WAITING_YOU),
    (S.TRIAGE, S.SUPPORT),
    (S.TRIAGE, S.INFORMAL),
    (S.TRIAGE, S.PLANNING),
    (S.WAITING_YOU, S.TRIAGE),
    (S.WAITING_YOU, S.PLANNING),
    (S.WAITING_YOU, S.INVESTIGATING),
    (S.SUPPORT, S.PLANNING),
    (S.INFORMAL, S.PLANNING),
    (S.INFORMAL, S.OUTCOME),
    (S.PLANNING, S.WAITING_YOU),
    (S.PLANNING, S.INVESTIGATING),
    (S.INVESTIGATING, S.WAITING_YOU),
    (S.INVESTIGATING, S.OUTCOME),
}


@pytest.mark.parametrize("status", list(S))
@pytest.mark.parametrize("wanted", list(S))
def test_a_case_can_only_move_along_the_lifecycle(status: S, wanted: S) -> None:
    if (status, wanted) in ALLOWED:
        check_status_change(status, wanted)
    else:
        with pytest.raises(StaleError):
            check_status_change(status, wanted)


@pytest.mark.parametrize("origin", [S.TRIAGE, S.PLANNING, S.INVESTIGATING])
def test_a_case_that_waits_can_only_go_back_where_it_came_from(origin: S) -> None:
    assert next_statuses(S.WAITING_YOU, origin) == (origin,)
    check_status_change(S.WAITING_YOU, origin, came_from=origin)
    for other in {S.TRIAGE, S.PLANNING, S.INVESTIGATING} - {origin}:
        with pytest.raises(StaleError):
            check_status_change(S.WAITING_YOU, other, came_from=origin)


def test_where_a_case_came_from_cannot_matter_unless_it_waits() -> None:
    assert next_statuses(S.TRIAGE, S.RECEIVED) == next_statuses(S.TRIAGE)


@pytest.mark.parametrize("status", [S.TRIAGE, S.SUPPORT, S.INFORMAL])
def test_a_reporter_who_asked_for_support_only_cannot_be_made_part_of_an_investigation(
    status: S,
) -> None:
    with pytest.raises(InvalidError) as refused:
        check_status_change(status, S.PLANNING, support_only=True)
    assert refused.value.field == "status"
    check_status_change(status, S.PLANNING, support_only=False)


def test_a_reporter_who_asked_for_support_can_be_given_it() -> None:
    check_status_change(S.TRIAGE, S.SUPPORT, support_only=True)


def test_every_open_case_can_come_to_an_end() -> None:
    for start in set(S) - OVER:
        seen, front = {start}, {start}
        while front:
            front = {after for status in front for after in next_statuses(status)} - seen
            seen |= front
        assert any(outcomes_of(status) for status in seen), start


@pytest.mark.parametrize(
    ("status", "outcomes"),
    [
        (S.RECEIVED, set()),
        (S.TRIAGE, {Outcome.NO_CASE, Outcome.REDIRECTED, Outcome.WITHDRAWN}),
        (S.WAITING_YOU, set()),
        (S.SUPPORT, {Outcome.RESOLVED, Outcome.WITHDRAWN}),
        (S.INFORMAL, {Outcome.RESOLVED, Outcome.WITHDRAWN}),
        (S.PLANNING, set()),
        (S.INVESTIGATING, set()),
        (S.OUTCOME, set(Outcome) - {Outcome.NO_CASE, Outcome.REDIRECTED, Outcome.WITHDRAWN}),
        (S.AFTERCARE, set()),
        (S.CLOSED, set()),
    ],
)
def test_a_case_can_only_be_closed_with_an_outcome_that_fits(
    status: S, outcomes: set[Outcome]
) -> None:
    assert set(outcomes_of(status)) == outcomes
    for outcome in Outcome:
        if outcome in outcomes:
            assert check_closing(status, outcome) is S.AFTERCARE
        else:
            with pytest.raises(InvalidError if outcomes else StaleError):
                check_closing(status, outcome)


def test_a_handler_can_take_a_case_and_another_can_take_it_over() -> None:
    check_taking(S.RECEIVED, None, ADA)
    check_taking(S.INVESTIGATING, BEN, ADA)


@pytest.mark.parametrize(
    ("status", "contact"), [(S.TRIAGE, ADA), (S.AFTERCARE, None), (S.CLOSED, BEN)]
)
def test_a_handler_cannot_take_what_is_theirs_or_over(status: S, contact: UUID | None) -> None:
    with pytest.raises(StaleError):
        check_taking(status, contact, ADA)


@pytest.mark.parametrize(
    ("status", "after"),
    [(S.RECEIVED, S.TRIAGE), (S.TRIAGE, S.TRIAGE), (S.INVESTIGATING, S.INVESTIGATING)],
)
def test_acknowledging_can_begin_the_triage(status: S, after: S) -> None:
    check_acknowledging(status, None)
    assert status_when_acknowledged(status) is after


@pytest.mark.parametrize(
    ("status", "before"), [(S.RECEIVED, date(2026, 11, 20)), (S.AFTERCARE, None), (S.CLOSED, None)]
)
def test_a_concern_cannot_be_acknowledged_twice_or_after_its_end(
    status: S, before: date | None
) -> None:
    with pytest.raises(StaleError):
        check_acknowledging(status, before)
