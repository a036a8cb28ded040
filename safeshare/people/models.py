"""Who works here: staff and their keys, roles, queues, rotas and places."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from safeshare.db.base import Base, Identified
from safeshare.db.columns import coded
from safeshare.kernel.actors import Role
from safeshare.kernel.sealed import Sealed


class StaffState(StrEnum):
    """Whether an account may be used."""

    ACTIVE = "active"
    LEFT = "left"


class KeyKind(StrEnum):
    """Whose key a service key is. The worker's public keys are key files, not rows."""

    RECOVERY = "recovery"
    OFFICER = "officer"


class Location(Identified, Base):
    """A place in the organisation's tree: service, area, station or department, watch."""

    __tablename__ = "location"

    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("location.id"))
    kind: Mapped[str]
    name: Mapped[str]
    headcount: Mapped[int] = mapped_column(default=0)


class StaffMember(Identified, Base):
    """An account. `mac` covers everything that chooses, bars or names the person, roles and queues
    included (blueprint §4); where it fails, or `revision` is not the newest, they are never chosen.

    `away_from` and `away_until` (None: until they say that they are back) are both included.
    """

    __tablename__ = "staff_member"

    sign_in_name: Mapped[str] = mapped_column(unique=True)
    display_name: Mapped[str]
    job_title: Mapped[str]
    staff_number: Mapped[str | None]
    email: Mapped[str]
    location_id: Mapped[UUID | None] = mapped_column(ForeignKey("location.id"))
    state: Mapped[StaffState] = mapped_column(coded(StaffState, "state"))
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    verifier: Mapped[bytes] = mapped_column(LargeBinary)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    key_number: Mapped[int] = mapped_column(default=1)
    wrapped_key: Mapped[Sealed]
    recovery_wrap: Mapped[Sealed]
    totp_secret: Mapped[Sealed | None]
    totp_last_step: Mapped[int] = mapped_column(default=0)
    session_number: Mapped[int] = mapped_column(default=1)
    misses: Mapped[int] = mapped_column(default=0)
    ends_on: Mapped[date | None]
    away_from: Mapped[date | None]
    away_until: Mapped[date | None]
    revision: Mapped[int]
    mac: Mapped[bytes] = mapped_column(LargeBinary)


class StaffRole(Base):
    """A role that a member of staff has."""

    __tablename__ = "staff_role"

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff_member.id"), primary_key=True)
    role: Mapped[Role] = mapped_column(coded(Role, "role"), primary_key=True)


class ProposedRole(Base):
    """A role of cases that an administrator proposed. It counts for nothing until somebody who
    watches over cases approves it: then it becomes a `StaffRole`. Where `mac` fails, or `revision`
    is not the newest, nobody can approve it.
    """

    __tablename__ = "proposed_role"

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff_member.id"), primary_key=True)
    role: Mapped[Role] = mapped_column(coded(Role, "role"), primary_key=True)
    revision: Mapped[int]
    mac: Mapped[bytes] = mapped_column(LargeBinary)


class InvitationState(StrEnum):
    """Whether an invitation's link may still be used. That it expired is told by its seal alone."""

    WAITING = "waiting"
    USED = "used"
    WITHDRAWN = "withdrawn"


class Invitation(Identified, Base):
    """An account that was proposed. Only the link's hash is kept, and `details`, bound to it, say
    whose account it is to be; `mail` is for the worker, who sends the link once.
    """

    __tablename__ = "invitation"

    link_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    details: Mapped[Sealed]
    mail: Mapped[Sealed]
    state: Mapped[InvitationState] = mapped_column(coded(InvitationState, "state"))
    purge_on: Mapped[date] = mapped_column(index=True)


class Passkey(Identified, Base):
    """A passkey. `record` holds its public half; `wrap` the owner's private key, where the passkey
    can make a secret of its own to wrap it with.
    """

    __tablename__ = "passkey"

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff_member.id"), index=True)
    record: Mapped[Sealed]
    wrap: Mapped[Sealed | None]


class BackupCode(Base):
    """A code on paper that stands in for the six digits once."""

    __tablename__ = "backup_code"

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff_member.id"), primary_key=True)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)


class Queue(Identified, Base):
    """Where concerns of a kind go. `reserve_id` is the queue that fills up when it has too few.
    Where `mac` fails, the queue is passed over.
    """

    __tablename__ = "queue"

    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    position: Mapped[int]
    holders_wanted: Mapped[int] = mapped_column(default=3)
    reserve_id: Mapped[UUID | None] = mapped_column(ForeignKey("queue.id"))
    shows_names: Mapped[bool] = mapped_column(default=True)
    revision: Mapped[int]
    mac: Mapped[bytes] = mapped_column(LargeBinary)


class SignedList(Base):
    """The signature on rows that mean something only together: the routing order, or the rota of
    the queue `queue_id`.
    """

    __tablename__ = "signed_list"

    name: Mapped[str] = mapped_column(primary_key=True)
    queue_id: Mapped[UUID | None] = mapped_column(ForeignKey("queue.id"))
    revision: Mapped[int]
    mac: Mapped[bytes] = mapped_column(LargeBinary)


class ProposalKind(StrEnum):
    """What somebody asks a supervisor or an overseer to approve."""

    QUEUE = "queue"
    ROTA = "rota"
    ROUTING = "routing"


class Proposal(Identified, Base):
    """A change of who is given concerns, until somebody else approves it or turns it down. Where
    `mac` fails, or `revision` is not the newest, it can only be turned down.
    """

    __tablename__ = "proposal"

    kind: Mapped[ProposalKind] = mapped_column(coded(ProposalKind, "proposal_kind"))
    queue_id: Mapped[UUID | None] = mapped_column(ForeignKey("queue.id"))
    proposed_by: Mapped[UUID] = mapped_column(ForeignKey("staff_member.id"))
    on: Mapped[date]
    content: Mapped[dict[str, object]]
    revision: Mapped[int]
    mac: Mapped[bytes] = mapped_column(LargeBinary)


class QueueMember(Base):
    """Membership of a queue. Eligible only once approved, and never approved by oneself."""

    __tablename__ = "queue_member"

    queue_id: Mapped[UUID] = mapped_column(ForeignKey("queue.id"), primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(
        ForeignKey("staff_member.id"), primary_key=True, index=True
    )
    approved_by: Mapped[UUID | None]
    trained_for_danger: Mapped[bool] = mapped_column(default=True)


class OnCall(Identified, Base):
    """Who answers for a queue from one date to another, both included."""

    __tablename__ = "on_call"

    queue_id: Mapped[UUID] = mapped_column(ForeignKey("queue.id"), index=True)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff_member.id"))
    from_on: Mapped[date]
    until_on: Mapped[date]


class ServiceKey(Identified, Base):
    """A public key that belongs to no account: the recovery key or an officer's. Under a MAC.

    `number` counts the recovery keys of an installation from 1. `used_on` says that officers came
    together for it: a key that was used is renewed.
    """

    __tablename__ = "service_key"
    __table_args__ = (UniqueConstraint("set_id", "owner_id"),)

    kind: Mapped[KeyKind] = mapped_column(coded(KeyKind, "kind"))
    set_id: Mapped[UUID]
    number: Mapped[int] = mapped_column(default=1)
    owner_id: Mapped[UUID]
    owner_name: Mapped[str]
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    is_current: Mapped[bool] = mapped_column(default=True)
    used_on: Mapped[date | None]
    revision: Mapped[int]
    mac: Mapped[bytes] = mapped_column(LargeBinary)


class RecoveryNest(Identified, Base):
    """The recovery private key, nested under the keys of one sufficient subset of officers."""

    __tablename__ = "recovery_nest"

    set_id: Mapped[UUID] = mapped_column(index=True)
    officers: Mapped[list[str]]
    nested: Mapped[Sealed]


class ParkedForm(Identified, Base):
    """What a handler typed and has not sent, sealed to their own key."""

    __tablename__ = "parked_form"

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff_member.id"), index=True)
    body: Mapped[Sealed]
    purge_on: Mapped[date] = mapped_column(index=True)


class Installation(Base):
    """The one row that says which installation this is. `business_days` moves a demo's clock;
    `watched_on` is the last date on which every case was counted through.
    """

    __tablename__ = "installation"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation: Mapped[str]
    is_demo: Mapped[bool] = mapped_column(default=False)
    business_days: Mapped[int] = mapped_column(default=0)
    watched_on: Mapped[date | None]
