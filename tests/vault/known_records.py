"""One record of every kind that is signed, chained or sealed by a key of the server's or the
worker's, as the product makes it: what the known answers of records are over.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum
from hashlib import sha256
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

from sqlalchemy import JSON, Boolean, Date, Integer, LargeBinary, Uuid
from sqlalchemy import Enum as Coded
from sqlalchemy.orm import class_mapper
from sqlalchemy.types import TypeEngine

from safeshare.concerns.models import Party, RoutingRule
from safeshare.concerns.rules.exclusions import succession_in
from safeshare.concerns.service import new_keys, overseers, parties
from safeshare.concerns.service.routing import routing_record
from safeshare.db.base import Base
from safeshare.db.columns import SealedBytes
from safeshare.gate import Door
from safeshare.kernel.actors import Role
from safeshare.kernel.keys import SignedRecord
from safeshare.kernel.sealed import Place, Sealed
from safeshare.ledger.digests import has_seals
from safeshare.ledger.entries import End
from safeshare.ledger.events import Event
from safeshare.ledger.head import Head
from safeshare.ledger.macs import Mac, day_mac, entry_mac
from safeshare.ledger.models import Chain, LedgerDay, LedgerEntry
from safeshare.mailbox.models import Request
from safeshare.mailbox.rules import RequestKind
from safeshare.mailbox.service import requests
from safeshare.people.models import (
    Invitation,
    KeyKind,
    OnCall,
    Passkey,
    Proposal,
    ProposalKind,
    ProposedRole,
    Queue,
    QueueMember,
    ServiceKey,
    SignedList,
    StaffMember,
    StaffState,
)
from safeshare.people.queries import Standing
from safeshare.people.service import eligibility, invitations, passkeys, waiting
from safeshare.people.service.webauthn import NewPasskey
from safeshare.themes.models import Parcel
from safeshare.themes.service import parcels
from safeshare.updates.service.promises import nudge_place
from safeshare.vault import Vault
from safeshare.vault.worker_keys import WorkerKind
from tests.vault.cast import ANOTHER, CASE, PARTY

ON = date(2026, 3, 2)
AT = datetime(2026, 3, 2, 9, 30, 15, 123456, tzinfo=UTC)
KEY = b"\x02" + bytes(range(32))
LINK_HASH = sha256(b"a link").digest()
NAME = "Zoë Ångström"


def door_of(vault: Vault) -> Door:
    """As much of a door as the readers of sealed records need."""
    return cast("Door", SimpleNamespace(vault=vault))


def signed_records() -> dict[str, SignedRecord]:
    """A record of each kind that is signed, with as many of its parts filled as can be."""
    return _of_people() | _of_queues() | _of_cases()


def _of_people() -> dict[str, SignedRecord]:
    member = StaffMember(
        id=CASE,
        public_key=KEY,
        key_number=2,
        sign_in_name="z.angstrom",
        display_name=NAME,
        job_title="Officer",
        staff_number="E 17",
        email="z.angstrom@service.example",
        location_id=ANOTHER,
        state=StaffState.ACTIVE,
        ends_on=ON,
        away_from=ON,
        away_until=ON,
        revision=7,
    )
    rows = (
        QueueMember(queue_id=PARTY, approved_by=ANOTHER, trained_for_danger=True),
        QueueMember(queue_id=CASE, approved_by=None, trained_for_danger=False),
    )
    standing = Standing(member, frozenset({Role.OVERSEER, Role.HANDLER}), rows)
    proposed = ProposedRole(staff_id=CASE, role=Role.LEADER, revision=3)
    return {
        "staff": eligibility.staff_record(standing),
        "proposed role": waiting._record(proposed),
        **{f"key of {kind}": eligibility.service_record(_service_key(kind)) for kind in KeyKind},
    }


def _of_queues() -> dict[str, SignedRecord]:
    queue = Queue(id=PARTY, code="hr", name="People", position=1, holders_wanted=3, revision=4)
    queue.reserve_id, queue.shows_names = ANOTHER, False
    rota = SignedList(name=f"rota {PARTY}", queue_id=PARTY, revision=5)
    turns = [OnCall(staff_id=one, from_on=ON, until_on=ON) for one in (PARTY, CASE)]
    order = SignedList(name="routing", revision=6)
    rule = RoutingRule(position=1, queue_code="hr", when={"category": "bullying"})
    proposal = Proposal(id=CASE, kind=ProposalKind.QUEUE, queue_id=PARTY, proposed_by=ANOTHER)
    proposal.on, proposal.content, proposal.revision = ON, {"name": NAME, "wanted": 3}, 2
    return {
        "queue": eligibility.queue_record(queue),
        "rota": eligibility.rota_record(rota, turns),
        "routing": routing_record(order, [rule]),
        "proposal": waiting._record(proposal),
    }


def _of_cases() -> dict[str, SignedRecord]:
    request = Request(id=ANOTHER, case_id=CASE, kind=RequestKind.NAME_NECESSARY, asked_by=PARTY)
    request.agreed_by, request.is_outside = ANOTHER, True
    party = Party(id=PARTY, case_id=CASE, lookup=LINK_HASH, public_key=KEY)
    return {"request": requests._signed_part(request), "reporter": parties._record(party)}


def _service_key(kind: KeyKind) -> ServiceKey:
    key = ServiceKey(kind=kind, set_id=CASE, owner_id=PARTY, owner_name="Wren", number=2)
    key.public_key, key.is_current, key.revision = KEY, True, 9
    return key


@dataclass(frozen=True)
class Kept:
    """A record that a key of the server's or, with `kind`, of the worker's seals."""

    place: Place
    said: Mapping[str, Any]
    read: Any
    kind: WorkerKind | None = None
    size: int = 0


PROPOSED = invitations.Proposal(
    sign_in_name="r.osei",
    display_name="Rhoda Osei",
    job_title="Case worker",
    email="r.osei@service.example",
    roles=frozenset({Role.HANDLER, Role.INSPECTOR}),
    queue_ids=(PARTY, CASE),
    ends_on=ON,
    staff_number="E 18",
    location_id=ANOTHER,
)
PASSKEY = NewPasskey(bytes(range(16)), bytes(range(77)), 41)


def kept_records() -> dict[str, Kept]:
    """A record of each kind. `said` is what was sealed and `read` what the product reads in it."""
    secret = {"staff": str(CASE), "label": "blue key", "count": PASSKEY.count}
    secret["credential"] = base64.b64encode(PASSKEY.credential_id).decode()
    secret["public_key"] = base64.b64encode(PASSKEY.public_key).decode()
    invited, offer = invitations._written(PROPOSED, AT), {"number": 2, "until": AT.isoformat()}
    mail = {"address": PROPOSED.email, "link": "https://staff.example/join/a-link"}
    coding = {"case": str(CASE), "at": AT.timestamp(), "themes": ["bullying", "safety"]}
    line = {"order": "ERERERERQRGBEREREREREQMzMzMzMzQzODMzMzMzMzMw", "out": ""}
    themes, heirs = ("bullying", "safety"), (CASE, ANOTHER)
    address = {"address": "a@home.example"}
    own = passkeys.KnownPasskey(PARTY, "blue key", unlocks=False, passkey=PASSKEY)
    read = parcels.Coding(CASE, AT.timestamp(), themes)
    return {
        "passkey": Kept(passkeys.record_place(PARTY), secret, own),
        "invitation": Kept(invitations.details_place(LINK_HASH), invited, (PROPOSED, AT)),
        "new keys": Kept(new_keys._place(CASE), offer, offer),
        "mail of an invitation": Kept(invitations.mail_place(PARTY), mail, mail, "contact", 1024),
        "parcel": Kept(parcels.parcel_place(PARTY), coding, read, "themes", 512),
        "address": Kept(nudge_place(PARTY), address, address, "contact", 512),
        "line of overseers": Kept(overseers.line_place(CASE), line, heirs, "contact", 512),
    }


def read_record(vault: Vault, name: str, sealed: Sealed, opened: Mapping[str, Any]) -> object:
    """What the product reads in a record; what was opened, where it is read part by part."""
    door = door_of(vault)
    match name:
        case "passkey":
            return passkeys._known(door, Passkey(id=PARTY, staff_id=CASE, record=sealed))
        case "invitation":
            return invitations._details(door, Invitation(link_hash=LINK_HASH, details=sealed))
        case "mail of an invitation":
            return invitations._mail(door, Invitation(id=PARTY, mail=sealed))
        case "parcel":
            return parcels.open_parcel(door, Parcel(id=PARTY, body=sealed))
        case "line of overseers":
            return succession_in(opened)
    return opened


def ledger_rows() -> dict[str, LedgerEntry | LedgerDay]:
    """A link of each chain, and an entry that waits for its day to end."""
    place = f"message/{PARTY}"
    staff = LedgerEntry(chain=Chain.STAFF, position=12, at=AT, on=ON, actor_kind="staff")
    staff.actor_id, staff.case_id, staff.day_id = ANOTHER, CASE, None
    staff.digests = {place: f"made:{LINK_HASH.hex()}"}
    reporter = LedgerEntry(chain=Chain.REPORTER, position=3, at=None, on=ON, actor_kind="party")
    reporter.actor_id, reporter.case_id, reporter.day_id = None, CASE, PARTY
    reporter.digests = None
    day = LedgerDay(id=PARTY, on=ON, case_id=CASE, digests={place: "gone"})
    for row in (staff, reporter, day):
        row.event, row.note = Event.ACTION_REFUSED, {"why": "tie", "count": "2"}
    for link in (staff, reporter):
        link.previous = LINK_HASH
    return {"staff": staff, "reporter": reporter, "day": day}


def link_mac(vault: Vault, row: LedgerEntry | LedgerDay) -> bytes:
    """The MAC of a link or a waiting entry."""
    return _mac(vault.ledger_mac, row)


def link_text(row: LedgerEntry | LedgerDay) -> str:
    """For what, and over which text, the MAC is."""
    return _mac(lambda purpose, message: purpose.encode() + b" " + message, row).decode()


def _mac(mac: Mac, row: LedgerEntry | LedgerDay) -> bytes:
    return day_mac(mac, row) if isinstance(row, LedgerDay) else entry_mac(mac, row)


HEAD = Head(
    ends={Chain.STAFF: End(12, LINK_HASH), Chain.REPORTER: End(3, LINK_HASH)},
    waiting=frozenset({PARTY, CASE}),
    signed_at=AT,
    is_held_back=True,
)
TIP = End(13, LINK_HASH)


def sealed_tables() -> dict[str, type[Base]]:
    """The tables with a sealed column: those of whose rows the ledger keeps digests."""
    classes = [one.class_ for one in Base.registry.mappers]
    return {one.__tablename__: one for one in classes if has_seals(one())}


def example_row(table: type[Base]) -> dict[str, Any]:
    """A value for every column, as JSON holds it."""
    return {
        one.key: _example(one.columns[0].type, number)
        for number, one in enumerate(class_mapper(table).column_attrs)
    }


def _example(kind: TypeEngine[Any], number: int) -> Any:
    match kind:
        case Uuid():
            found: Any = str(UUID(int=number + 1, version=4))
        case SealedBytes() | LargeBinary():
            found = bytes([number] * 40).hex()
        case Date():
            found = ON.replace(day=number + 1).isoformat()
        case Coded(enums=enums):
            found = enums[-1]
        case JSON():
            found = {"ö": [1, None, True], "a": NAME}
        case Boolean():
            found = number % 2 == 0
        case Integer():
            found = number
        case _:
            found = f"{NAME} {number}"
    return found


def as_row(table: type[Base], said: Mapping[str, Any]) -> Base:
    """The row of these values."""
    kinds = {one.key: one.columns[0].type for one in class_mapper(table).column_attrs}
    return table(**{name: _value(kinds[name], value) for name, value in said.items()})


def _value(kind: TypeEngine[Any], said: Any) -> Any:
    match kind:
        case Uuid():
            return UUID(said)
        case SealedBytes():
            return Sealed(bytes.fromhex(said))
        case LargeBinary():
            return bytes.fromhex(said)
        case Date():
            return date.fromisoformat(said)
        case Coded(enum_class=found) if found is not None and issubclass(found, Enum):
            return found(said)
    return said
