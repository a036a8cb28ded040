"""Finding staff, queues, rotas and places. Each is one statement, or a fixed few, for all rows."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import CompoundSelect, Row, Select, bindparam, select
from sqlalchemy.orm import Session

from safeshare.kernel.actors import Role
from safeshare.kernel.errors import NotFoundError
from safeshare.people.models import (
    KeyKind,
    Location,
    OnCall,
    ParkedForm,
    Proposal,
    Queue,
    QueueMember,
    RecoveryNest,
    ServiceKey,
    SignedList,
    StaffMember,
    StaffRole,
    StaffState,
)


@dataclass(frozen=True, slots=True)
class Standing:
    """A member of staff with everything that the eligibility MAC covers."""

    member: StaffMember
    roles: frozenset[Role]
    memberships: tuple[QueueMember, ...]


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """In which queues somebody serves, approved or not, of those the `approved`, and where they
    work: the place of their account and every place that it lies in.
    """

    staff_id: UUID
    queues: frozenset[UUID]
    approved: frozenset[UUID]
    places: frozenset[UUID]


def find_staff_by_sign_in_name(session: Session, sign_in_name: str) -> StaffMember | None:
    """The account with this (normalised) sign-in name."""
    return session.scalar(select(StaffMember).where(StaffMember.sign_in_name == sign_in_name))


def get_standing(session: Session, staff_id: UUID) -> Standing:
    """The standing of one person. Raises NotFoundError."""
    found = _gathered(session.execute(_STANDING, {"staff_id": staff_id}))
    if not found:
        raise NotFoundError("there is no such account")
    return found[0]


def list_standings(session: Session, staff_ids: Sequence[UUID]) -> list[Standing]:
    """The standing of each of these people who has an account."""
    return _standings(session, staff_ids)


def list_all_standings(session: Session) -> list[Standing]:
    """The standing of everybody with an account, ended ones included."""
    return _standings(session, select(StaffMember.id))


def list_choosable_standings(session: Session) -> list[Standing]:
    """The standing of every member, approved or not, of any queue, and of every overseer."""
    return _gathered(session.execute(_CHOOSABLE))


def _standings(
    session: Session, staff_ids: Sequence[UUID] | CompoundSelect[UUID] | Select[UUID]
) -> list[Standing]:
    """The standing of each of these people, in one statement."""
    return _gathered(session.execute(_STANDINGS.where(StaffMember.id.in_(staff_ids))))


_STANDINGS = (
    select(StaffMember, StaffRole.role, QueueMember)
    .outerjoin(StaffRole, StaffRole.staff_id == StaffMember.id)
    .outerjoin(QueueMember, QueueMember.staff_id == StaffMember.id)
)
_STANDING = _STANDINGS.where(StaffMember.id == bindparam("staff_id"))
"""Built once: every request of somebody signed in asks it."""

_CHOOSABLE = _STANDINGS.where(
    StaffMember.id.in_(
        select(QueueMember.staff_id).union(
            select(StaffRole.staff_id).where(StaffRole.role == Role.OVERSEER)
        )
    )
)
"""Built once, like whatever else a reporter's page of readers asks."""


def _gathered(rows: Iterable[Row[StaffMember, Role, QueueMember]]) -> list[Standing]:
    roles: dict[StaffMember, set[Role | None]] = defaultdict(set)
    memberships: dict[StaffMember, set[QueueMember | None]] = defaultdict(set)
    for member, role, membership in rows:
        roles[member].add(role)
        memberships[member].add(membership)
    return [
        Standing(
            member,
            frozenset(one for one in roles[member] if one is not None),
            tuple(one for one in memberships[member] if one is not None),
        )
        for member in roles
    ]


def list_standings_of_queue(session: Session, queue_id: UUID) -> list[Standing]:
    """The standing of everybody in a queue, or waiting to be let in, by name."""
    found = _standings(
        session, select(QueueMember.staff_id).where(QueueMember.queue_id == queue_id)
    )
    return sorted(found, key=lambda one: (one.member.display_name, one.member.id))


def list_unapproved(session: Session) -> list[tuple[Standing, QueueMember]]:
    """Everybody who waits to be let into a queue, by name, with what they wait for."""
    waiting = select(QueueMember.staff_id).where(QueueMember.approved_by.is_(None))
    left = select(StaffMember.id).where(StaffMember.state == StaffState.LEFT)
    found = _standings(session, waiting.except_(left))
    return [
        (standing, row)
        for standing in sorted(found, key=lambda one: (one.member.display_name, one.member.id))
        for row in sorted(standing.memberships, key=lambda one: one.queue_id)
        if row.approved_by is None
    ]


def list_proposals(session: Session) -> Sequence[Proposal]:
    """Every change that waits for an approval, the oldest first."""
    return session.scalars(select(Proposal).order_by(Proposal.on, Proposal.id)).all()


def list_queues(session: Session) -> list[Queue]:
    """Every queue, in its order on the page."""
    return list(session.scalars(_QUEUES))


_QUEUES = select(Queue).order_by(Queue.position)


def find_queue_name(session: Session, code: str) -> str | None:
    """The name of the queue with this code."""
    return session.scalar(_QUEUE_NAME, {"code": code})


_QUEUE_NAME = select(Queue.name).where(Queue.code == bindparam("code"))


def list_locations(session: Session) -> list[Location]:
    """Every place, by name."""
    return list(session.scalars(_LOCATIONS))


_LOCATIONS = select(Location).order_by(Location.name)


def list_whereabouts(session: Session) -> list[Whereabouts]:
    """Where everybody with an account serves and works, in three statements."""
    parents = _list_parents(session)
    queues: dict[UUID, set[UUID]] = defaultdict(set)
    approved: dict[UUID, set[UUID]] = defaultdict(set)
    for queue_id, staff_id, approved_by in session.execute(_MEMBERS):
        for found in (queues, approved) if approved_by else (queues,):
            found[staff_id].add(queue_id)
    places = {row[0]: frozenset(_within(row[1], parents)) for row in session.execute(_PLACES)}
    return [
        Whereabouts(one, frozenset(queues[one]), frozenset(approved[one]), its)
        for one, its in places.items()
    ]


_MEMBERS = select(QueueMember.queue_id, QueueMember.staff_id, QueueMember.approved_by)
_PLACES = select(StaffMember.id, StaffMember.location_id)
_PARENTS = select(Location.id, Location.parent_id)


def _list_parents(session: Session) -> dict[UUID, UUID | None]:
    return {row[0]: row[1] for row in session.execute(_PARENTS)}


def _within(place: UUID | None, parents: Mapping[UUID, UUID | None]) -> Iterator[UUID]:
    seen: set[UUID] = set()
    while place is not None and place not in seen:
        seen.add(place)
        yield place
        place = parents.get(place)


def find_places_around(session: Session, place: UUID | None) -> frozenset[UUID]:
    """A place and every place that it lies in. Empty for none."""
    return frozenset(_within(place, _list_parents(session))) if place else frozenset()


def list_names_and_numbers(session: Session) -> list[tuple[UUID, str, str | None]]:
    """Everybody with an account: id, display name, and staff number where one is known."""
    return [(row[0], row[1], row[2]) for row in session.execute(_NAMES)]


_NAMES = select(StaffMember.id, StaffMember.display_name, StaffMember.staff_number)


def list_rotas(session: Session) -> list[tuple[SignedList, list[OnCall]]]:
    """Every queue's signed rota with its turns, in one statement: a change that comes between two
    would look like a forgery.
    """
    rows = session.execute(_ROTAS)
    found: dict[SignedList, list[OnCall | None]] = defaultdict(list)
    for rota, turn in rows:
        found[rota].append(turn)
    return [(rota, [one for one in turns if one is not None]) for rota, turns in found.items()]


_ROTAS = (
    select(SignedList, OnCall)
    .outerjoin(OnCall, OnCall.queue_id == SignedList.queue_id)
    .where(SignedList.queue_id.is_not(None))
)


def find_current_service_key(session: Session, kind: KeyKind) -> ServiceKey | None:
    """The service key of a kind now in use."""
    return session.scalar(_CURRENT_KEY, {"kind": kind})


_CURRENT_KEY = select(ServiceKey).where(ServiceKey.kind == bindparam("kind"), ServiceKey.is_current)


def list_current_service_keys(session: Session) -> Sequence[ServiceKey]:
    """The recovery key now in use and its officers' keys, officers by name."""
    return session.scalars(_CURRENT_KEYS).all()


_CURRENT_KEYS = (
    select(ServiceKey)
    .where(ServiceKey.is_current)
    .order_by(ServiceKey.owner_name, ServiceKey.owner_id)
)


def list_service_keys(session: Session) -> Sequence[ServiceKey]:
    """Every recovery key and officer's key that is kept, the oldest set first, officers by name."""
    return session.scalars(
        select(ServiceKey).order_by(ServiceKey.number, ServiceKey.owner_name, ServiceKey.owner_id)
    ).all()


def list_nests(session: Session, set_id: UUID) -> Sequence[RecoveryNest]:
    """The boxes of one recovery key, one for each sufficient subset of its officers."""
    return session.scalars(select(RecoveryNest).where(RecoveryNest.set_id == set_id)).all()


def count_officers_together(session: Session, set_id: UUID) -> int:
    """How many officers a recovery key takes: each of its boxes is for so many."""
    officers = select(RecoveryNest.officers).where(RecoveryNest.set_id == set_id).limit(1)
    return len(session.scalar(officers) or ())


def find_names(session: Session, staff_ids: Iterable[UUID]) -> Mapping[UUID, str]:
    """The display names of these people."""
    wanted = list(staff_ids)
    if not wanted:
        return {}
    named = select(StaffMember.id, StaffMember.display_name).where(StaffMember.id.in_(wanted))
    return {row[0]: row[1] for row in session.execute(named)}


def list_case_workers(session: Session) -> Sequence[UUID]:
    """Everybody who works cases and has not left."""
    return session.scalars(
        select(StaffMember.id)
        .join(StaffRole, StaffRole.staff_id == StaffMember.id)
        .where(
            StaffMember.state != StaffState.LEFT,
            StaffRole.role.in_([Role.HANDLER, Role.SUPERVISOR]),
        )
        .distinct()
    ).all()


def list_parked(session: Session, staff_id: UUID) -> Sequence[ParkedForm]:
    """The unsent forms of one person."""
    return session.scalars(select(ParkedForm).where(ParkedForm.staff_id == staff_id)).all()


def find_parked(session: Session, form_id: UUID) -> ParkedForm | None:
    """The unsent form with this id."""
    return session.get(ParkedForm, form_id)
