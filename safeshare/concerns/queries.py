"""Finding cases, parties, grants, documents and events."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import (
    and_,
    bindparam,
    func,
    select,
    true,
)
from sqlalchemy.orm import Session

from safeshare.concerns.models import (
    Attachment,
    Case,
    CaseAlarm,
    CaseDocument,
    CaseEvent,
    CaseEventKind,
    DocumentKind,
    Grant,
    GranteeKind,
    OnCallPage,
    Party,
    RoutingRule,
)
from safeshare.concerns.rules import AlarmKind, CaseStatus
from safeshare.db.plain import list_plain
from safeshare.kernel.errors import NotFoundError, SealBrokenError
from safeshare.kernel.sealed import Compartment
from safeshare.people.models import SignedList


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
    case = session.scalar(_CASE_HELD, {"case_id": case_id})
    if case is None:
        raise NotFoundError("there is no such case")
    return case


_CASE_HELD = (
    select(Case)
    .where(Case.id == bindparam("case_id"))
    .with_for_update()
    .execution_options(populate_existing=True)
)
"""Built once, as those below: every change of a case asks it."""


def find_party_by_lookup(session: Session, lookup: bytes) -> Party | None:
    """The party whose access code leads to this lookup value."""
    return session.scalar(_PARTY, {"lookup": lookup})


_PARTY = select(Party).where(Party.lookup == bindparam("lookup"))


def get_party(session: Session, party_id: UUID) -> Party:
    """The party with this id. Raises NotFoundError."""
    party = session.get(Party, party_id)
    if party is None:
        raise NotFoundError("there is no such party")
    return party


def list_grants(session: Session, case_id: UUID, grantee_id: UUID) -> Sequence[Grant]:
    """Every grant that one person has in a case."""
    return session.scalars(_GRANTS, {"case_id": case_id, "grantee_id": grantee_id}).all()


_GRANTS = select(Grant).where(
    Grant.case_id == bindparam("case_id"), Grant.grantee_id == bindparam("grantee_id")
)
"""Built once, as the three below: every opening of a case asks them."""


def list_case_grants(session: Session, case_id: UUID) -> Sequence[Grant]:
    """Every grant of a case, of whomever."""
    return session.scalars(select(Grant).where(Grant.case_id == case_id)).all()


def list_holders(session: Session, case_id: UUID) -> Sequence[Grant]:
    """The grants of the work compartment: who holds the case."""
    return session.scalars(
        select(Grant).where(Grant.case_id == case_id, Grant.compartment == "work")
    ).all()


def newest_key_number(
    session: Session, case_id: UUID, compartment: Compartment, party_id: UUID
) -> int:
    """The number of the key under which a compartment is sealed now."""
    asked = {"case_id": case_id, "compartment": compartment, "party_id": party_id}
    return session.scalar(_NEWEST_NUMBER, asked) or 0


_NEWEST_NUMBER = select(func.max(Grant.key_number)).where(
    Grant.case_id == bindparam("case_id"),
    Grant.compartment == bindparam("compartment"),
    Grant.party_id == bindparam("party_id"),
)


def list_compartment_grants(
    session: Session, case_id: UUID, compartment: Compartment, party_id: UUID
) -> Sequence[Grant]:
    """Everybody's grants of one compartment, of all its keys."""
    return session.scalars(
        select(Grant).where(
            Grant.case_id == case_id, Grant.compartment == compartment, Grant.party_id == party_id
        )
    ).all()


def list_recovery_cases(
    session: Session, set_id: UUID, after: UUID | None, most: int
) -> Sequence[UUID]:
    """The next cases with a grant to this recovery key, by id."""
    statement = (
        select(Grant.case_id)
        .where(Grant.grantee_kind == GranteeKind.RECOVERY, Grant.grantee_id == set_id)
        .distinct()
        .order_by(Grant.case_id)
        .limit(most)
    )
    return session.scalars(
        statement if after is None else statement.where(Grant.case_id > after)
    ).all()


def list_recovery_grants(session: Session, case_ids: Sequence[UUID]) -> Sequence[Grant]:
    """The grants of these cases to any recovery key, case by case, held until the commit."""
    return session.scalars(
        select(Grant)
        .where(Grant.case_id.in_(case_ids), Grant.grantee_kind == GranteeKind.RECOVERY)
        .order_by(Grant.case_id)
        .with_for_update()
    ).all()


def list_recoverable(session: Session, case_id: UUID, set_id: UUID) -> Collection[Compartment]:
    """The compartments of a case to which a recovery key has a grant."""
    return session.scalars(
        select(Grant.compartment).where(Grant.case_id == case_id, Grant.grantee_id == set_id)
    ).all()


def list_documents(session: Session, case_id: UUID) -> Sequence[CaseDocument]:
    """The sealed documents of a case."""
    return session.scalars(_DOCUMENTS, {"case_id": case_id}).all()


_DOCUMENTS = select(CaseDocument).where(CaseDocument.case_id == bindparam("case_id"))


def get_document(session: Session, case_id: UUID, kind: DocumentKind) -> CaseDocument:
    """A case's document of a kind. Each has one from the start: SealBrokenError where not."""
    document = session.scalar(_DOCUMENT, {"case_id": case_id, "kind": kind})
    if document is None:
        raise SealBrokenError("a document of the case is gone")
    return document


_DOCUMENT = _DOCUMENTS.where(CaseDocument.kind == bindparam("kind"))


def list_attachments(session: Session, case_id: UUID) -> Sequence[Attachment]:
    """The files of a case, in their order."""
    return session.scalars(_ATTACHMENTS, {"case_id": case_id}).all()


_ATTACHMENTS = (
    select(Attachment)
    .where(Attachment.case_id == bindparam("case_id"))
    .order_by(Attachment.position)
)


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of a timeline. `staff_id` is None for what a reporter or the service did."""

    position: int
    kind: CaseEventKind
    on: date
    staff_id: UUID | None
    status: CaseStatus | None


def list_events(session: Session, case_id: UUID) -> Sequence[Happened]:
    """The timeline of a case, oldest first."""
    return [Happened(*row) for row in list_plain(session, _EVENTS, {"case_id": case_id})]


_EVENTS = (
    select(CaseEvent.position, CaseEvent.kind, CaseEvent.on, CaseEvent.staff_id, CaseEvent.status)
    .where(CaseEvent.case_id == bindparam("case_id"))
    .order_by(CaseEvent.position)
)


def has_alarm(session: Session, case_id: UUID, kind: AlarmKind) -> bool:
    """Whether an alarm of a case stands."""
    return session.get(CaseAlarm, (case_id, kind)) is not None


def next_event_position(session: Session, case_id: UUID) -> int:
    """The position of the next line of a timeline, after those that are not stored yet."""
    last = session.scalar(_LAST_EVENT, {"case_id": case_id}) or 0
    added = sum(isinstance(one, CaseEvent) and one.case_id == case_id for one in session.new)
    return last + added + 1


_LAST_EVENT = (
    select(func.max(CaseEvent.position))
    .where(CaseEvent.case_id == bindparam("case_id"))
    .execution_options(autoflush=False)
)
"""Nothing that was changed is stored for it alone: it is, with everything else, at the end."""


def find_routing(session: Session) -> tuple[SignedList | None, list[RoutingRule]]:
    """The routing order with its signature, in one statement: a change that comes between two would
    look like a forgery.
    """
    found = session.execute(_ROUTING).all()
    rules: list[RoutingRule | None] = [row[1] for row in found]
    return (found[0][0] if found else None), [rule for rule in rules if rule is not None]


_ROUTING = (
    select(SignedList, RoutingRule)
    .outerjoin(RoutingRule, true())
    .where(SignedList.name == "routing")
    .order_by(RoutingRule.position)
)


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
