"""Who can read what, for tests of exclusions and of changed keys."""

from uuid import UUID

from sqlalchemy import select

from safeshare.concerns.models import Case, Grant, GranteeKind, OnCallPage
from safeshare.concerns.rules.exclusions import Ticked
from safeshare.concerns.service.choice import PrepareChoice, WhoCanRead, prepare_choice
from safeshare.concerns.service.compartments import open_locks
from safeshare.concerns.service.exclusions import excluded_from, succession_of
from safeshare.kernel.actors import Stranger
from safeshare.kernel.sealed import Compartment, CompartmentKey
from tests.cast import Stage
from tests.use_cases.handlers import case_of, holders_of


def ids(stage: Stage, *names: str) -> frozenset[UUID]:
    """The ids of members of the cast."""
    return frozenset(stage.enrolled[name].staff_id for name in names)


def people(stage: Stage, *names: str) -> Ticked:
    """Ticks beside these members of the cast."""
    return Ticked(people=ids(stage, *names))


def team(stage: Stage, queue: str) -> list[str]:
    """The whole cast of one queue."""
    return [name for name in stage.enrolled if name.startswith(f"{queue}_")]


def who_can_read(
    stage: Stage,
    ticked: Ticked | None = None,
    order: tuple[UUID, ...] = (),
    **answers: str,
) -> WhoCanRead:
    """What the page before sending shows of a concern to HR."""
    told = {"concern": "Something is wrong.", "handle_by": "hr"} | answers
    command = PrepareChoice(told, order, ticked or Ticked())
    return stage.gate.run(prepare_choice, Stranger(), command)


def grants_of(stage: Stage, name: str) -> list[Grant]:
    """Every grant that somebody has, of any case."""
    with stage.system.database.reading() as session:
        staff_id = stage.enrolled[name].staff_id
        return list(session.scalars(select(Grant).where(Grant.grantee_id == staff_id)))


def numbers_of(stage: Stage, reference: str) -> set[tuple[Compartment, int]]:
    """Which keys of a case there are grants of."""
    with stage.system.database.reading() as session:
        case_id = case_of(stage, reference).id
        rows = session.scalars(select(Grant).where(Grant.case_id == case_id))
        return {(one.compartment, one.key_number) for one in rows}


def kept_out_of(stage: Stage, reference: str) -> frozenset[str]:
    """Who of the cast can never be given a case, as one of its holders finds."""
    door = stage.gate.door(stage.staff(holders_of(stage, reference)[0]))
    case_id = case_of(stage, reference).id
    out = excluded_from(door, open_locks(door, case_id), case_id)
    door.stop_reading()
    return frozenset(name for name, one in stage.enrolled.items() if one.staff_id in out)


def line_of(stage: Stage, reference: str) -> list[str]:
    """Who is next in line for a case, as one of its holders finds."""
    door = stage.gate.door(stage.staff(holders_of(stage, reference)[0]))
    case_id = case_of(stage, reference).id
    line = succession_of(door, open_locks(door, case_id), case_id)
    door.stop_reading()
    names = {one.staff_id: name for name, one in stage.enrolled.items()}
    return [names[one] for one in line]


def old_keys_of(stage: Stage, reference: str, name: str) -> dict[Compartment, CompartmentKey]:
    """The keys that somebody could have kept a copy of."""
    door = stage.gate.door(stage.staff(name))
    locks = open_locks(door, case_of(stage, reference).id)
    door.stop_reading()
    return {part: lock.key for part, lock in locks.items()}


def overseer_of(stage: Stage, reference: str) -> str | None:
    """The sign-in name of a case's overseer."""
    case: Case = case_of(stage, reference)
    return next((n for n, one in stage.enrolled.items() if one.staff_id == case.overseer_id), None)


def calls(stage: Stage) -> list[OnCallPage]:
    """Every call to an on-call person."""
    with stage.system.database.reading() as session:
        return list(session.scalars(select(OnCallPage)))


def staff_holders(stage: Stage) -> set[UUID]:
    """Everybody among the staff who was given any key of anything."""
    with stage.system.database.reading() as session:
        kind = Grant.grantee_kind == GranteeKind.STAFF
        return set(session.scalars(select(Grant.grantee_id).where(kind)))
