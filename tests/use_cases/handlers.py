"""What handlers do, for tests of casework and of the staff app."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import event, func, select

from safeshare.casework.service.conflict import DeclareTie, declare_tie
from safeshare.casework.service.handling import ChangeStatus, change_status
from safeshare.casework.service.opening import CaseView, OpenCase, open_case
from safeshare.casework.service.upkeep import KeepUp, keep_case_up
from safeshare.concerns.models import Case, Grant, GranteeKind
from safeshare.concerns.queries import find_case_by_reference
from safeshare.concerns.rules import CaseStatus
from safeshare.kernel.actors import Staff
from safeshare.kernel.sealed import Compartment
from safeshare.ledger.events import Event
from safeshare.ledger.models import LedgerEntry
from safeshare.outbox.models import OutgoingMail
from safeshare.outbox.rules import MailKind
from tests.cast import Stage


def case_of(stage: Stage, reference: str) -> Case:
    """The row of a case."""
    with stage.system.database.reading() as session:
        case = find_case_by_reference(session, reference)
    assert case is not None
    return case


def holders_of(
    stage: Stage, reference: str, compartment: Compartment = Compartment.WORK
) -> list[str]:
    """The sign-in names of the staff with a key to a compartment, in alphabetical order."""
    case_id = case_of(stage, reference).id
    with stage.system.database.reading() as session:
        held = set(
            session.scalars(
                select(Grant.grantee_id).where(
                    Grant.case_id == case_id,
                    Grant.compartment == compartment,
                    Grant.grantee_kind == GranteeKind.STAFF,
                )
            )
        )
    return sorted(name for name, one in stage.enrolled.items() if one.staff_id in held)


def strangers_of(stage: Stage, reference: str) -> list[str]:
    """Everybody of the cast who does not hold the case."""
    return sorted(set(stage.enrolled) - set(holders_of(stage, reference)))


def attested(stage: Stage, reference: str, name: str | None = None) -> Staff:
    """A holder, by default the first, who has declared that they have no tie."""
    staff = stage.staff(name or holders_of(stage, reference)[0])
    stage.gate.run(declare_tie, staff, DeclareTie(reference, has_tie=False))
    return staff


def opened(stage: Stage, staff: Staff, reference: str) -> CaseView:
    """The case as a holder sees it."""
    return stage.gate.run(open_case, staff, OpenCase(reference))


def kept_up(stage: Stage, staff: Staff, reference: str) -> bool:
    """Whether a case was brought up to date by a round, which its opening must have asked for."""
    asked = opened(stage, staff, reference).looks_behind
    assert stage.gate.run(keep_case_up, staff, KeepUp(reference)) is asked
    return asked


def ledger(stage: Stage, event: Event) -> Sequence[LedgerEntry]:
    """The entries of a kind, oldest first."""
    with stage.system.database.reading() as session:
        rows = select(LedgerEntry).where(LedgerEntry.event == event)
        return session.scalars(rows.order_by(LedgerEntry.position)).all()


def count(stage: Stage, table: type) -> int:
    """How many rows a table has."""
    with stage.system.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def nudges(stage: Stage) -> int:
    """How many mails were promised to reporters."""
    with stage.system.database.reading() as session:
        wanted = select(func.count()).where(OutgoingMail.kind == MailKind.NUDGE)
        return session.scalar(wanted) or 0


def move(stage: Stage, staff: Staff, reference: str, wanted: CaseStatus) -> None:
    """Move a case on from where it stands."""
    seen = case_of(stage, reference).status
    stage.gate.run(change_status, staff, ChangeStatus(reference, seen, wanted))


@contextmanager
def counted(stage: Stage) -> Iterator[list[str]]:
    """Every statement from here on, without those that begin a transaction."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            statements.append(statement)

    event.listen(stage.system.database.engine, "before_cursor_execute", note)
    yield statements
    event.remove(stage.system.database.engine, "before_cursor_execute", note)
