"""Finding cases, parties, grants, documents and events."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from safeshare.concerns.models import (
    Case,
    CaseDocument,
    CaseEvent,
    Grant,
    OnCallPage,
    Party,
    RoutingRule,
)
from safeshare.concerns.rules import RoutingRule as Rule
from safeshare.concerns.rules import stored_rule
from safeshare.kernel.errors import NotFoundError


def find_case_by_reference(session: Session, reference: str) -> Case | None:
    """The case with this public number."""
    return session.scalar(select(Case).where(Case.reference == reference))


def get_case(session: Session, case_id: UUID) -> Case:
    """The case with this id. Raises NotFoundError."""
    case = session.get(Case, case_id)
    if case is None:
        raise NotFoundError("there is no such case")
    return case


def get_case_held(session: Session, case_id: UUID) -> Case:
    """The case with this id, held until the transaction ends: two changes of it take turns.

    Raises NotFoundError.
    """
    case = session.get(Case, case_id, with_for_update=True)
    if case is None:
        raise NotFoundError("there is no such case")
    return case


def find_party_by_lookup(session: Session, lookup: bytes) -> Party | None:
    """The party whose access code leads to this lookup value."""
    return session.scalar(select(Party).where(Party.lookup == lookup))


def get_reporting_party(session: Session, case_id: UUID) -> Party:
    """The party who raised the concern. Raises NotFoundError."""
    party = session.scalar(select(Party).where(Party.case_id == case_id))
    if party is None:
        raise NotFoundError("there is no such case")
    return party


def list_grants(session: Session, case_id: UUID, grantee_id: UUID) -> Sequence[Grant]:
    """Every grant that one person has in a case."""
    return session.scalars(
        select(Grant).where(Grant.case_id == case_id, Grant.grantee_id == grantee_id)
    ).all()


def list_holders(session: Session, case_id: UUID) -> Sequence[Grant]:
    """The grants of the work compartment: who holds the case."""
    return session.scalars(
        select(Grant).where(Grant.case_id == case_id, Grant.compartment == "work")
    ).all()


def list_documents(session: Session, case_id: UUID) -> Sequence[CaseDocument]:
    """The sealed documents of a case."""
    return session.scalars(select(CaseDocument).where(CaseDocument.case_id == case_id)).all()


def list_events(session: Session, case_id: UUID) -> Sequence[CaseEvent]:
    """The timeline of a case, oldest first."""
    return session.scalars(
        select(CaseEvent).where(CaseEvent.case_id == case_id).order_by(CaseEvent.position)
    ).all()


def next_event_position(session: Session, case_id: UUID) -> int:
    """The position of the next line of a timeline."""
    last = session.scalar(select(func.max(CaseEvent.position)).where(CaseEvent.case_id == case_id))
    return (last or 0) + 1


def list_routing_rules(session: Session) -> tuple[Rule, ...]:
    """The routing order now in force."""
    rows = session.scalars(select(RoutingRule).order_by(RoutingRule.position))
    return tuple(stored_rule(row.queue_code, row.when) for row in rows)


def list_open_pages(session: Session) -> Sequence[OnCallPage]:
    """Calls to on-call people that nobody has accepted, taken until the commit.

    Those that another worker has just now are passed over.
    """
    return session.scalars(
        select(OnCallPage).where(_OPEN_PAGE).with_for_update(skip_locked=True)
    ).all()


def list_case_pages(session: Session, case_id: UUID) -> Sequence[OnCallPage]:
    """Calls about one case that nobody has accepted, taken until the commit."""
    return session.scalars(
        select(OnCallPage).where(_OPEN_PAGE, OnCallPage.case_id == case_id).with_for_update()
    ).all()


def count_open_pages(session: Session, *, unsent_only: bool) -> int:
    """How many calls nobody has accepted, or how many of those have not been made."""
    statement = select(func.count()).select_from(OnCallPage).where(_OPEN_PAGE)
    if unsent_only:
        statement = statement.where(~OnCallPage.is_sent)
    return session.scalar(statement) or 0


_OPEN_PAGE = and_(~OnCallPage.is_accepted, OnCallPage.sweeps_left > 0)
