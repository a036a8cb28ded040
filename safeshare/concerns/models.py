"""The case: its row, its parties, its sealed documents, its grants and its plain events."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from safeshare.concerns.rules.alarms import AlarmKind
from safeshare.concerns.rules.statuses import CaseStatus, RiskBand
from safeshare.db.base import Base, Identified
from safeshare.db.columns import coded
from safeshare.kernel.sealed import Compartment, Sealed


class GranteeKind(StrEnum):
    """Whose key a grant is sealed to."""

    STAFF = "staff"
    PARTY = "party"
    RECOVERY = "recovery"


class DocumentKind(StrEnum):
    """The sealed documents of a case. Every case has one of each from the start, real or empty."""

    ACCOUNT = "account"
    ANSWERS = "answers"
    CASE_SHEET = "case_sheet"
    EXCLUSIONS = "exclusions"
    IDENTITY = "identity"
    SUCCESSION = "succession"


class CaseEventKind(StrEnum):
    """What a case's timeline shows, to holders and, where it says so, to the reporter."""

    RECEIVED = "received"
    TAKEN = "taken"
    ANSWERED = "answered"
    ACKNOWLEDGED = "acknowledged"
    OPENED = "opened"
    STATUS_CHANGED = "status_changed"
    MESSAGE_FROM_STAFF = "message_from_staff"
    MESSAGE_FROM_REPORTER = "message_from_reporter"
    CODED = "coded"
    CLOSED = "closed"
    REROUTED = "rerouted"
    RISK_JUDGED = "risk_judged"
    RECOVERED = "recovered"
    SOMEBODY_ELSE_ASKED = "somebody_else_asked"
    ESCALATED = "escalated"
    NOTES_ASKED = "notes_asked"
    OVERSEER_CHANGED = "overseer_changed"
    FEEDBACK_EXTENDED = "feedback_extended"


class Case(Identified, Base):
    """Our handling of a concern. Everything here is plain, because clocks and queues need it."""

    __tablename__ = "case"
    __table_args__ = (
        Index("ix_case_queue_id_status_received_on", "queue_id", "status", "received_on"),
    )

    reference: Mapped[str] = mapped_column(unique=True)
    queue_id: Mapped[UUID] = mapped_column(ForeignKey("queue.id"))
    status: Mapped[CaseStatus] = mapped_column(coded(CaseStatus, "status"))
    risk: Mapped[RiskBand] = mapped_column(coded(RiskBand, "risk"))
    received_on: Mapped[date]
    acknowledged_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    contact_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff_member.id"))
    overseer_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff_member.id"))


class OverseerLine(Base):
    """Who oversees a case next, should its overseer go: sealed to the worker, who has no key to the
    case and so could not ask who is kept out. Every case has a row of one size.
    """

    __tablename__ = "overseer_line"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), primary_key=True)
    line: Mapped[Sealed]


class Party(Identified, Base):
    """Somebody with a mailbox. `lookup` is the hash of a value derived from the access code. `mac`
    covers the public key: a new key of the conversation is sealed to no other.
    """

    __tablename__ = "party"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    lookup: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    mac: Mapped[bytes] = mapped_column(LargeBinary)


class Grant(Base):
    """One key of one compartment, sealed to one person. `party_id` says whose conversation; in the
    work and identity compartments it is the reporting party, so that the key is never null. Sealing
    needs only a public key, so `mac` says that we did it.
    """

    __tablename__ = "grant"
    __table_args__ = (
        Index("ix_grant_held", "grantee_id", "compartment", "grantee_kind", "case_id"),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), primary_key=True)
    compartment: Mapped[Compartment] = mapped_column(
        coded(Compartment, "compartment"), primary_key=True
    )
    party_id: Mapped[UUID] = mapped_column(ForeignKey("party.id"), primary_key=True)
    key_number: Mapped[int] = mapped_column(primary_key=True)
    grantee_kind: Mapped[GranteeKind] = mapped_column(coded(GranteeKind, "grantee_kind"))
    grantee_id: Mapped[UUID] = mapped_column(primary_key=True)
    sealed: Mapped[Sealed]
    mac: Mapped[bytes] = mapped_column(LargeBinary)


class CaseDocument(Identified, Base):
    """A sealed document. `key_number` says under which of its compartment's keys."""

    __tablename__ = "case_document"
    __table_args__ = (UniqueConstraint("case_id", "kind", "party_id"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    party_id: Mapped[UUID] = mapped_column(ForeignKey("party.id"))
    kind: Mapped[DocumentKind] = mapped_column(coded(DocumentKind, "kind"))
    compartment: Mapped[Compartment] = mapped_column(coded(Compartment, "compartment"))
    key_number: Mapped[int]
    body: Mapped[Sealed]


class CaseEvent(Identified, Base):
    """One line of the timeline. `position` counts within the case; there is no instant."""

    __tablename__ = "case_event"
    __table_args__ = (UniqueConstraint("case_id", "position"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    position: Mapped[int]
    kind: Mapped[CaseEventKind] = mapped_column(coded(CaseEventKind, "kind"))
    on: Mapped[date]
    staff_id: Mapped[UUID | None]
    status: Mapped[CaseStatus | None] = mapped_column(coded(CaseStatus, "status_code"))


class OnCallPage(Identified, Base):
    """A call to the on-call person. `sweeps_left` counts down to the reserve's on-call: a number
    instead of an instant, because a reporter's time of day is never stored. `then_id` is who is
    called after that, chosen when the concern was sent; None for the other holders.
    """

    __tablename__ = "on_call_page"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    staff_id: Mapped[UUID]
    then_id: Mapped[UUID | None]
    is_reserve: Mapped[bool] = mapped_column(default=False)
    is_sent: Mapped[bool] = mapped_column(default=False, index=True)
    is_accepted: Mapped[bool] = mapped_column(default=False)
    sweeps_left: Mapped[int]


class CaseAlarm(Base):
    """A case that needs somebody, and since which day. It goes away with its cause.

    `overseer_on` is the date from which the case's overseer is told as well, `mailed_on` the last
    on which people were. All three are dates: what a reporter asks for is told of on a later day.
    """

    __tablename__ = "case_alarm"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), primary_key=True)
    kind: Mapped[AlarmKind] = mapped_column(coded(AlarmKind, "kind"), primary_key=True)
    raised_on: Mapped[date]
    overseer_on: Mapped[date | None]
    mailed_on: Mapped[date | None]


class Attachment(Identified, Base):
    """A file of a conversation: `id` is the stored file's. `sheet` holds the key of the copy that
    people read, `original` that of what was sent; each with its true size. `position` counts within
    the case, from 1. Without a message it came with the concern.
    """

    __tablename__ = "attachment"
    __table_args__ = (UniqueConstraint("case_id", "position"),)

    id: Mapped[UUID] = mapped_column(ForeignKey("stored_file.id"), primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    party_id: Mapped[UUID] = mapped_column(ForeignKey("party.id"))
    message_id: Mapped[UUID | None] = mapped_column(ForeignKey("message.id"), index=True)
    position: Mapped[int]
    key_number: Mapped[int]
    sheet: Mapped[Sealed]
    original: Mapped[Sealed]


class OriginalOpening(Identified, Base):
    """Somebody opened an original, with metadata and all. Why is sealed in the work compartment."""

    __tablename__ = "original_opening"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    party_id: Mapped[UUID] = mapped_column(ForeignKey("party.id"))
    attachment_id: Mapped[UUID] = mapped_column(ForeignKey("attachment.id"))
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff_member.id"))
    on: Mapped[date]
    key_number: Mapped[int]
    reason: Mapped[Sealed]


class RoutingRule(Base):
    """One rule of the routing order, as loaded from the defaults and changed by approval."""

    __tablename__ = "routing_rule"

    position: Mapped[int] = mapped_column(primary_key=True)
    when: Mapped[dict[str, str]]
    queue_code: Mapped[str]
