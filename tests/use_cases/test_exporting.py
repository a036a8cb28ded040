"""Saving a case as a file: for a reason, by a holder, and never behind the reporter's back."""

import dataclasses

import pytest

from safeshare.casework.rules import ExportPurpose
from safeshare.casework.service.exporting import (
    CaseExport,
    ExportCase,
    LookAtExports,
    export_case,
    list_exports,
)
from safeshare.kernel.actors import Staff
from safeshare.kernel.errors import InvalidError, NotFoundError
from safeshare.ledger.events import Event
from safeshare.mailbox.service.history import Purpose
from tests.cast import Stage
from tests.use_cases.handlers import attested, holders_of, ledger
from tests.use_cases.keeping_out import overseer_of
from tests.use_cases.naming import NAME, TOLD, a_keeper
from tests.use_cases.test_access_history import history

WHY = "The panel of the hearing on Friday reads it: two people of Legal."


def exported(stage: Stage, staff: Staff, reference: str, reason: str = WHY) -> CaseExport:
    return stage.gate.run(export_case, staff, ExportCase(reference, ExportPurpose.HEARING, reason))


def test_a_holder_can_save_a_case_and_the_reporter_is_told_by_whom_and_what_for(
    stage: Stage,
) -> None:
    sent, code = stage.submit(TOLD, identity=NAME)
    keeper = a_keeper(stage, sent.reference)
    made = exported(stage, keeper, sent.reference)
    assert made.view.answers["concern"] == TOLD["concern"]
    assert NAME["name"] not in repr(dataclasses.asdict(made))
    line = next(one for one in history(stage, code).lines if one.purpose is Purpose.EXPORTED)
    assert line.actor is not None
    assert (line.actor.queue, line.cause) == ("Human Resources", ExportPurpose.HEARING)


def test_the_other_holders_can_read_why_and_the_ledger_never_tells(stage: Stage) -> None:
    reference = stage.submit()[0].reference
    first, second = holders_of(stage, reference)[:2]
    for _ in range(2):
        exported(stage, attested(stage, reference, first), reference)
    other = attested(stage, reference, second)
    found = stage.gate.run(list_exports, other, LookAtExports(reference))
    assert [(one.reason, one.purpose) for one in found.exports] == [
        (WHY, ExportPurpose.HEARING)
    ] * 2
    entries = ledger(stage, Event.CASE_EXPORTED)
    assert len(entries) == 2
    assert all(entry.note == {"purpose": "hearing"} for entry in entries)
    assert stage.faults() == []


@pytest.mark.parametrize(("reason", "why"), [(" \n", "reason_missing"), ("x" * 2001, "too_long")])
def test_nobody_can_save_a_case_without_a_reason(stage: Stage, reason: str, why: str) -> None:
    reference = stage.submit()[0].reference
    with pytest.raises(InvalidError, match=why):
        exported(stage, attested(stage, reference), reference, reason)
    assert ledger(stage, Event.CASE_EXPORTED) == []


def test_nobody_else_can_save_a_case(stage: Stage) -> None:
    reference = stage.submit()[0].reference
    holders = holders_of(stage, reference)
    undeclared = holders[0]
    others = ["leader", "administrator", overseer_of(stage, reference) or "", "safeguarding_1"]
    others += [name for name in stage.enrolled if name.startswith("hr_") and name not in holders]
    for name in (undeclared, *others):
        with pytest.raises(NotFoundError):
            exported(stage, stage.staff(name), reference)


def test_somebody_at_an_unlocked_screen_cannot_save_a_case(stage: Stage) -> None:
    reference = stage.submit()[0].reference
    stale = dataclasses.replace(attested(stage, reference), is_fresh=False)
    with pytest.raises(NotFoundError):
        exported(stage, stale, reference)
    with pytest.raises(NotFoundError):
        stage.gate.run(list_exports, stale, LookAtExports(reference))
