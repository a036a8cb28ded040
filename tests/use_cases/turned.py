"""Reporters who turned to somebody else, for tests."""

from sqlalchemy import select

from safeshare.casework.service.conflict import DeclareTie
from safeshare.casework.service.correspondence import (
    CorrespondenceView,
    OpenCorrespondence,
    declare_correspondence_tie,
    open_correspondence,
)
from safeshare.casework.service.handling import TakeCase, take_case
from safeshare.concerns.models import CaseAlarm, Grant
from safeshare.concerns.rules import AlarmKind
from safeshare.kernel.actors import Reporter, Staff
from safeshare.kernel.sealed import AccessCode, Compartment
from safeshare.mailbox.service.turning import (
    AskForSomebodyElse,
    Turning,
    ask_for_somebody_else,
    look_whom_to_turn_to,
)
from tests.cast import Stage
from tests.use_cases.handlers import attested, case_of, holders_of


def ask(stage: Stage, reporter: Reporter, *, keeps_earlier: bool = True) -> None:
    stage.gate.run(ask_for_somebody_else, reporter, AskForSomebodyElse(keeps_earlier))


def looked(stage: Stage, reporter: Reporter) -> Turning:
    return stage.gate.run(look_whom_to_turn_to, reporter, None)


def taken(stage: Stage) -> tuple[str, AccessCode, str]:
    """A case that its first holder took: its reference, its code and that holder."""
    told, code = stage.submit({"concern": "The kit is unsafe."})
    name = holders_of(stage, told.reference)[0]
    staff = attested(stage, told.reference, name)
    stage.gate.run(take_case, staff, TakeCase(told.reference))
    return told.reference, code, name


def contact_of(stage: Stage, reference: str) -> str:
    contact_id = case_of(stage, reference).contact_id
    return next(name for name, one in stage.enrolled.items() if one.staff_id == contact_id)


def corresponding(stage: Stage, reference: str, name: str) -> Staff:
    """Somebody whom the reporter turned to, who has declared that they have no tie."""
    staff = stage.staff(name)
    stage.gate.run(declare_correspondence_tie, staff, DeclareTie(reference, has_tie=False))
    return staff


def conversation_of(stage: Stage, staff: Staff, reference: str) -> CorrespondenceView:
    return stage.gate.run(open_correspondence, staff, OpenCorrespondence(reference))


def keys_of(stage: Stage, reference: str, name: str) -> set[tuple[Compartment, int]]:
    case_id, staff_id = case_of(stage, reference).id, stage.enrolled[name].staff_id
    with stage.system.database.reading() as session:
        rows = select(Grant).where(Grant.case_id == case_id, Grant.grantee_id == staff_id)
        return {(one.compartment, one.key_number) for one in session.scalars(rows)}


def alarms(stage: Stage, reference: str) -> set[AlarmKind]:
    with stage.system.database.reading() as session:
        rows = select(CaseAlarm.kind).where(CaseAlarm.case_id == case_of(stage, reference).id)
        return set(session.scalars(rows))
