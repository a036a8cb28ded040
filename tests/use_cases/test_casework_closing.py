"""Holders code what a case is about, and close it; both stay in the sealed case sheet."""

from datetime import date

import pytest
from sqlalchemy import select

from safeshare.casework.rules import Outcome
from safeshare.casework.service import case_sheet
from safeshare.casework.service.case_sheet import (
    CloseCase,
    CodeThemes,
    ReadThemes,
    close_case,
    code_themes,
    read_themes,
)
from safeshare.casework.service.handling import AcknowledgeCase, acknowledge
from safeshare.concerns.rules import CaseStatus
from safeshare.kernel.errors import InvalidError, StaleError
from safeshare.themes.models import Parcel
from safeshare.themes.service.parcels import open_parcel, prepare_parcel
from safeshare.updates.rules import PromiseKind, PromiseState
from tests.cast import Stage
from tests.use_cases.handlers import attested, case_of, count, holders_of, move, opened


def test_a_holder_can_code_themes_for_the_worker_to_count(stage: Stage) -> None:
    sent, _ = stage.submit()
    staff, case = attested(stage, sent.reference), case_of(stage, sent.reference)
    stage.gate.run(code_themes, staff, CodeThemes(sent.reference, ("MIS", "BUL")))
    assert opened(stage, staff, sent.reference).themes == ("BUL", "MIS")
    assert stage.gate.run(read_themes, staff, ReadThemes(sent.reference)).themes == ("BUL", "MIS")
    with stage.system.database.reading() as session:
        parcel = session.scalars(select(Parcel)).one()
    coding = open_parcel(stage.gate.door(staff), parcel)
    assert (coding.case_id, coding.themes) == (case.id, ("BUL", "MIS"))


@pytest.mark.parametrize("themes", [(), ("NOPE",)])
def test_a_holder_cannot_code_without_a_theme_of_the_vocabulary(
    stage: Stage, themes: tuple[str, ...]
) -> None:
    sent, _ = stage.submit()
    staff = attested(stage, sent.reference)
    with pytest.raises(InvalidError):
        stage.gate.run(code_themes, staff, CodeThemes(sent.reference, themes))
    assert count(stage, Parcel) == 0


def test_a_holder_can_close_a_case_with_an_outcome_that_stays_sealed(stage: Stage) -> None:
    sent, _ = stage.submit()
    staff = attested(stage, sent.reference)
    stage.gate.run(acknowledge, staff, AcknowledgeCase(sent.reference, "Hello."))
    stage.gate.run(code_themes, staff, CodeThemes(sent.reference, ("BUL",)))
    move(stage, staff, sent.reference, CaseStatus.INFORMAL)
    command = CloseCase(sent.reference, CaseStatus.INFORMAL, Outcome.RESOLVED, "It is settled.")
    stage.gate.run(close_case, staff, command)
    view = opened(stage, staff, sent.reference)
    assert (view.outcome, view.themes) == (Outcome.RESOLVED, ("BUL",))
    assert view.summary.status is CaseStatus.AFTERCARE
    assert view.summary.closed_on == date(2026, 3, 2)
    assert [one.text for one in view.messages] == ["Hello.", "It is settled."]
    states = {one.kind: one.state for one in view.promises}
    assert states[PromiseKind.FEEDBACK] is PromiseState.KEPT
    assert states[PromiseKind.DETRIMENT_30_DAYS] is PromiseState.PENDING
    assert count(stage, Parcel) == 2
    with pytest.raises(StaleError):
        stage.gate.run(close_case, staff, command)


def test_a_case_closed_before_anybody_wrote_has_kept_its_reply(stage: Stage) -> None:
    sent, _ = stage.submit()
    staff = attested(stage, sent.reference)
    move(stage, staff, sent.reference, CaseStatus.TRIAGE)
    command = CloseCase(sent.reference, CaseStatus.TRIAGE, Outcome.REDIRECTED, "Ask the police.")
    stage.gate.run(close_case, staff, command)
    states = {one.kind: one.state for one in opened(stage, staff, sent.reference).promises}
    assert states[PromiseKind.REPLY] is PromiseState.KEPT


def test_a_holder_cannot_close_a_case_with_an_outcome_that_does_not_fit(stage: Stage) -> None:
    sent, _ = stage.submit()
    staff = attested(stage, sent.reference)
    move(stage, staff, sent.reference, CaseStatus.TRIAGE)
    command = CloseCase(sent.reference, CaseStatus.TRIAGE, Outcome.SUBSTANTIATED, "Found.")
    with pytest.raises(InvalidError):
        stage.gate.run(close_case, staff, command)
    assert case_of(stage, sent.reference).status is CaseStatus.TRIAGE


def test_a_holder_cannot_overwrite_what_a_colleague_coded_meanwhile(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent, _ = stage.submit()
    one, two = (
        attested(stage, sent.reference, name) for name in holders_of(stage, sent.reference)[:2]
    )

    def slowly(*arguments: object) -> Parcel:
        monkeypatch.undo()
        stage.gate.run(code_themes, two, CodeThemes(sent.reference, ("MIS",)))
        return prepare_parcel(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(case_sheet, "prepare_parcel", slowly)
    with pytest.raises(StaleError):
        stage.gate.run(code_themes, one, CodeThemes(sent.reference, ("BUL",)))
    assert opened(stage, one, sent.reference).themes == ("MIS",)
    assert count(stage, Parcel) == 1
