"""What holders do about a reporter's name, for tests of it and of its pages."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from safeshare.casework.rules import Purpose
from safeshare.casework.service.keepers import (
    ReadName,
    read_name,
)
from safeshare.casework.service.name_requests import (
    AskByNecessity,
    AskReporterForName,
    ask_by_necessity,
    ask_reporter_for_name,
)
from safeshare.kernel.actors import Staff
from safeshare.kernel.sealed import Compartment
from safeshare.mailbox.models import Request
from tests.cast import Stage
from tests.use_cases.handlers import attested, case_of, holders_of

TOLD = {"concern": "The crew was told to sign blank sheets.", "mode": "confidential"}
NAME = {"name": "Robin Marsh"}
ASKED = "May I know who you are, so that I can meet you?"


def keepers_of(stage: Stage, reference: str) -> list[str]:
    return holders_of(stage, reference, Compartment.IDENTITY)


def other_holder(stage: Stage, reference: str) -> Staff:
    """A holder, declared free of ties, who does not keep the name."""
    keepers = keepers_of(stage, reference)
    name = next(one for one in holders_of(stage, reference) if one not in keepers)
    return attested(stage, reference, name)


def a_keeper(stage: Stage, reference: str, number: int = 0) -> Staff:
    return attested(stage, reference, keepers_of(stage, reference)[number])


def requests(stage: Stage) -> list[Request]:
    with stage.system.database.reading() as session:
        return list(session.scalars(select(Request)))


def the_request(stage: Stage) -> Request:
    (found,) = requests(stage)
    return found


def name_read(stage: Stage, staff: Staff, reference: str) -> dict[str, str]:
    return dict(stage.gate.run(read_name, staff, ReadName(reference)).identity)


def forge(stage: Stage, **values: object) -> None:
    """Write to the table behind the product's back."""
    with Session(stage.system.database.engine) as session:
        session.execute(update(Request).values(**values))
        session.commit()


def asked(stage: Stage, staff: Staff, reference: str) -> Request:
    stage.gate.run(ask_reporter_for_name, staff, AskReporterForName(reference, ASKED))
    return the_request(stage)


def necessary(stage: Stage, staff: Staff, reference: str) -> Request:
    command = AskByNecessity(reference, Purpose.LIFE, "They wrote that they want to die.")
    stage.gate.run(ask_by_necessity, staff, command)
    return the_request(stage)


def overseer_of(stage: Stage, reference: str) -> Staff:
    overseer_id = case_of(stage, reference).overseer_id
    return stage.staff(next(n for n, one in stage.enrolled.items() if one.staff_id == overseer_id))
