"""Finding the cases that are not, or not wholly, sealed in today's suite. Opens nothing."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    LargeBinary,
    Select,
    and_,
    exists,
    func,
    literal,
    or_,
    select,
    true,
    type_coerce,
    union,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from safeshare.concerns.models import Attachment, CaseDocument, Grant, Party
from safeshare.db.base import Base
from safeshare.files.models import FileChunk, FilePart
from safeshare.kernel.sealed import Compartment, Sealed
from safeshare.people.models import ServiceKey, StaffMember, StaffState


@dataclass(frozen=True, slots=True)
class KeysOfOtherSuite:
    """Accounts, mailboxes, keys of recovery and its officers, and grants sealed to any of them."""

    accounts: int
    mailboxes: int
    recovery_keys: int
    grants: int


def is_out_of_date(
    session: Session,
    case_id: UUID,
    suite: int,
    compartments: Collection[Compartment] = tuple(Compartment),
) -> bool:
    """Whether any of these compartments of a case is in another suite, or in two keys at once."""
    asked = _out_of_date(suite, compartments, Grant.case_id == case_id)
    return session.scalar(asked.limit(1)) is not None


def list_out_of_date(
    session: Session, suite: int, after: UUID | None, most: int | None
) -> Sequence[UUID]:
    """The next cases that are not, or not wholly, sealed in this suite, by id."""
    cases = true() if after is None else Grant.case_id > after
    statement = _out_of_date(suite, tuple(Compartment), cases)
    return session.scalars(statement.order_by(Grant.case_id).limit(most)).all()


def _out_of_date(
    suite: int, compartments: Collection[Compartment], cases: ColumnElement[bool]
) -> Select[UUID]:
    """A compartment is told by its documents, of which it always has one: their first byte is the
    suite. A file is told by the first chunk of its clean copy, which is sealed anew after all else.
    More than one key number means that a rotation is not over.
    """
    today = literal(bytes([suite]), LargeBinary())
    other_suite = exists().where(
        CaseDocument.case_id == Grant.case_id,
        CaseDocument.compartment.in_(compartments),
        _first_byte(CaseDocument.body) != today,
    )
    older_file = and_(
        literal(Compartment.CONVERSATION in compartments),
        exists().where(
            Attachment.case_id == Grant.case_id,
            FileChunk.file_id == Attachment.id,
            FileChunk.part == FilePart.CLEAN,
            FileChunk.position == 0,
            _first_byte(FileChunk.body) != today,
        ),
    )
    numbers = func.count(Grant.key_number.distinct())
    unfinished = (
        select(Grant.case_id)
        .where(cases, Grant.compartment.in_(compartments))
        .group_by(Grant.case_id, Grant.compartment, Grant.party_id)
        .having(numbers > 1)
    )
    told = or_(other_suite, older_file, Grant.case_id.in_(unfinished))
    return select(Grant.case_id).where(cases, told).distinct()


def _first_byte(
    sealed: InstrumentedAttribute[Sealed] | InstrumentedAttribute[bytes],
) -> ColumnElement[bytes]:
    return func.substr(type_coerce(sealed, LargeBinary()), 1, 1)


def list_grants_of_other_suite(
    session: Session, grantee_id: UUID, suite: int, after: UUID | None, most: int
) -> Sequence[Grant]:
    """Somebody's grants that are sealed to a key of another suite, of the next cases by id."""
    theirs = and_(
        Grant.grantee_id == grantee_id,
        _first_byte(Grant.sealed) != literal(bytes([suite]), LargeBinary()),
        true() if after is None else Grant.case_id > after,
    )
    cases = select(Grant.case_id).where(theirs).distinct().order_by(Grant.case_id).limit(most)
    return session.scalars(
        select(Grant).where(theirs, Grant.case_id.in_(cases)).order_by(Grant.case_id)
    ).all()


def count_keys_of_other_suite(session: Session, suite: int) -> KeysOfOtherSuite:
    """How much of what people hold is of another suite of keys."""
    today = literal(bytes([suite]), LargeBinary())

    def count(table: type[Base], told: ColumnElement[bool]) -> int:
        return session.scalar(select(func.count()).select_from(table).where(told)) or 0

    here = StaffMember.state != StaffState.LEFT
    return KeysOfOtherSuite(
        accounts=count(StaffMember, and_(here, _first_byte(StaffMember.public_key) != today)),
        mailboxes=count(Party, _first_byte(Party.public_key) != today),
        recovery_keys=count(
            ServiceKey, and_(ServiceKey.is_current, _first_byte(ServiceKey.public_key) != today)
        ),
        grants=count(Grant, _first_byte(Grant.sealed) != today),
    )


Key = InstrumentedAttribute[UUID]
Seal = InstrumentedAttribute[Sealed]


def list_seals_of_other_suite(
    session: Session,
    columns: Sequence[tuple[Key, Seal]],
    suite: int,
    after: UUID | None,
    most: int,
) -> Sequence[UUID]:
    """The next keys, in order, under which any of these columns is sealed to one of another suite.
    Each column goes with that of its table by which its rows are told.
    """
    parts = (
        select(key.label("key")).where(
            _is_of_other_suite(sealed, suite), true() if after is None else key > after
        )
        for key, sealed in columns
    )
    found = union(*parts).subquery()
    return session.scalars(select(found.c.key).order_by(found.c.key).limit(most)).all()


def take_rows_of_other_suite(
    session: Session, key: Key, sealed: Seal, suite: int, wanted: UUID
) -> Sequence[Base]:
    """The rows under a key that are still sealed to a key of another suite, held until the
    transaction ends. Those that somebody else is at just now are left out.
    """
    rows = select(sealed.class_).where(key == wanted, _is_of_other_suite(sealed, suite))
    found: Sequence[Base] = session.scalars(rows.with_for_update(skip_locked=True)).all()
    return found


def take_rows(session: Session, key: Key, sealed: Seal, wanted: UUID) -> Sequence[Base]:
    """All rows under a key, held until the transaction ends."""
    rows = select(sealed.class_).where(key == wanted)
    found: Sequence[Base] = session.scalars(rows.with_for_update()).all()
    return found


def count_seals_of_other_suite(session: Session, sealed: Seal, suite: int) -> int:
    """How many rows of a column are sealed to a key of another suite."""
    rows = select(func.count()).where(_is_of_other_suite(sealed, suite))
    return session.scalar(rows) or 0


def _is_of_other_suite(sealed: Seal, suite: int) -> ColumnElement[bool]:
    return _first_byte(sealed) != literal(bytes([suite]), LargeBinary())


def list_staff_among(session: Session, ids: Collection[UUID]) -> frozenset[UUID]:
    """Which of these are members of staff, whether they are still here or not."""
    return frozenset(session.scalars(select(StaffMember.id).where(StaffMember.id.in_(ids))))
