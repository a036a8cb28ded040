"""Sending a concern: the one moment at which it becomes a case, and cannot be lost again."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from safeshare.concerns.models import (
    Attachment,
    Case,
    CaseDocument,
    CaseEvent,
    CaseEventKind,
    DocumentKind,
    Grant,
    GranteeKind,
    OnCallPage,
    OverseerLine,
    Party,
)
from safeshare.concerns.queries import find_party_by_lookup, get_case
from safeshare.concerns.rules import (
    Answer,
    CaseStatus,
    concern_document,
    contact_address,
    first_risk_band,
    identity_record,
    mode_of,
)
from safeshare.concerns.rules.exclusions import Ticked, exclusions_record, succession_record
from safeshare.concerns.service.attaching import add_attachments, sealed_attachments
from safeshare.concerns.service.choosing import Chosen, choose, survey
from safeshare.concerns.service.compartments import (
    COMPARTMENT_OF,
    Grantee,
    Lock,
    grant_lock,
    new_lock,
    sealed_document,
)
from safeshare.concerns.service.overseers import overseer_line
from safeshare.concerns.service.paging import SWEEPS_TO_RESERVE
from safeshare.concerns.service.parties import sign_party
from safeshare.files.service.keeping import TakenFile
from safeshare.gate import Door, use_case
from safeshare.kernel.identifiers import new_id, new_reference
from safeshare.kernel.keys import PartyKeys
from safeshare.kernel.sealed import AccessCode, Compartment, PublicKey
from safeshare.ledger.events import Event
from safeshare.people.service.liveness import hold_unchanged
from safeshare.policy.actions import Action
from safeshare.updates.models import NudgeAddress, Promise
from safeshare.updates.queries import list_promises
from safeshare.updates.rules import PromiseState
from safeshare.updates.service.promises import first_promises, seal_address


@dataclass(frozen=True, slots=True)
class SubmitConcern:
    """Everything a draft holds when it is sent. `order` is the draft's random order of people, and
    `ticked` whom it keeps out.
    """

    answers: Mapping[str, Answer] = field(repr=False)
    identity: Mapping[str, str] = field(repr=False)
    address: str = field(repr=False)
    order: tuple[UUID, ...]
    code: AccessCode = field(repr=False)
    ticked: Ticked = field(default=Ticked(), repr=False)
    files: tuple[TakenFile, ...] = ()


@dataclass(frozen=True, slots=True)
class Submitted:
    """What the last pages show. `next_on` is the date by which a person replies."""

    reference: str
    next_on: date


@use_case(Action.CONCERN_SUBMIT)
def submit_concern(door: Door, command: SubmitConcern) -> Submitted:
    """Make a concern a case: seal it, give keys to the few who may answer it, promise the dates.

    Sent twice with the same code, it is one case and the answer is the same. Raises InvalidError
    where the concern is missing or a field too long, BusyError where too many send at once, and
    NobodyEligibleError where nobody may be given it, StaleError where a file waited too long to be
    sent; in each case nothing has been stored.
    """
    document = concern_document(command.answers)
    with ThreadPoolExecutor(max_workers=1) as meanwhile:  # Stretching leaves the interpreter free.
        preparing = meanwhile.submit(_prepare, door, command, document)
        keys = door.vault.party_keys(command.code, "send")
    already = _already_sent(door, keys)
    if already is not None:
        return already
    prepared = preparing.result()
    try:
        return _store(door, prepared, *_party(door, prepared, keys))
    except IntegrityError:
        stored = _already_sent(door, keys)
        if stored is None:
            raise
        return stored


@dataclass(frozen=True, slots=True)
class _Prepared:
    """Every row of a new case, made and sealed outside the transaction, except for what needs the
    party's key: that is known once the access code is stretched. `conversation` is its lock, and
    `judged` the signatures of what its overseers were judged by, as they were drawn.
    """

    case: Case
    judged: Mapping[UUID, bytes]
    conversation: Lock
    grants: list[Grant]
    documents: list[CaseDocument]
    address: NudgeAddress
    overseers: OverseerLine
    promises: list[Promise]
    page: OnCallPage | None
    forged: frozenset[str]
    attachments: list[Attachment]
    files: tuple[TakenFile, ...]


def _already_sent(door: Door, keys: PartyKeys) -> Submitted | None:
    party = find_party_by_lookup(door.read, keys.lookup_hash)
    if party is None:
        return None
    case = get_case(door.read, party.case_id)
    return _submitted(case, list(list_promises(door.read, case.id, party.id)))


def _prepare(door: Door, command: SubmitConcern, document: Mapping[str, object]) -> _Prepared:
    chosen = choose(door, survey(door, command.answers, command.order, command.ticked))
    case_id, party_id, today = new_id(), new_id(), door.clock.today()
    locks = {one: new_lock(door, case_id, one, party_id) for one in Compartment}
    contents: Mapping[DocumentKind, Mapping[str, object]] = {
        DocumentKind.ACCOUNT: document,
        DocumentKind.ANSWERS: {"answers": []},
        DocumentKind.CASE_SHEET: _first_case_sheet(chosen),
        DocumentKind.EXCLUSIONS: exclusions_record(chosen.exclusions, _allowed(chosen)),
        DocumentKind.IDENTITY: identity_record(
            mode_of(command.answers.get("mode")), command.identity
        ),
        DocumentKind.SUCCESSION: succession_record(
            chosen.succession, chosen.exclusions.groups, chosen.overseers
        ),
    }
    return _Prepared(
        case=_case(case_id, command, chosen, today),
        judged={one: chosen.field.people[one].mac for one in chosen.overseers},
        conversation=locks[Compartment.CONVERSATION],
        grants=_grants(door, locks, chosen),
        documents=[
            sealed_document(door, locks[COMPARTMENT_OF[kind]], kind, content)
            for kind, content in contents.items()
        ],
        address=NudgeAddress(
            party_id=party_id,
            case_id=case_id,
            address=seal_address(door, party_id, contact_address(command.address)),
        ),
        overseers=overseer_line(door, case_id, chosen.overseers[1:]),
        promises=first_promises(door, case_id, party_id, today),
        page=_page(case_id, chosen),
        forged=chosen.forged,
        attachments=sealed_attachments(door, locks[Compartment.CONVERSATION], command.files),
        files=command.files,
    )


def _allowed(chosen: Chosen) -> list[UUID]:
    """Who may be given the case, the most needed first."""
    overseer = [chosen.overseer] if chosen.overseer else []
    return [*chosen.choice.holders, *overseer, *chosen.succession]


def _party(door: Door, prepared: _Prepared, keys: PartyKeys) -> tuple[Party, list[Grant]]:
    """The party, and its key to the conversation."""
    lock = prepared.conversation
    party = Party(
        id=lock.party_id,
        case_id=lock.case_id,
        lookup=keys.lookup_hash,
        public_key=keys.public_key.raw,
    )
    sign_party(door, party)
    grantee = Grantee(GranteeKind.PARTY, party.id, keys.public_key)
    return party, grant_lock(door, lock, [grantee])


def _case(case_id: UUID, command: SubmitConcern, chosen: Chosen, today: date) -> Case:
    return Case(
        id=case_id,
        reference=new_reference(),
        queue_id=chosen.queue.id,
        status=CaseStatus.RECEIVED,
        risk=first_risk_band(command.answers),
        received_on=today,
        overseer_id=chosen.overseer,
    )


def _first_case_sheet(chosen: Chosen) -> dict[str, object]:
    routed = chosen.field.route
    return {
        "danger": routed.danger,
        "route": {"queue": routed.queue, "because": list(routed.reason)},
        "themes": [],
        "outcome": None,
    }


def _grants(door: Door, locks: Mapping[Compartment, Lock], chosen: Chosen) -> list[Grant]:
    """Conversation and work: holders, recovery. Identity: its two keepers, recovery."""
    people = chosen.field.people
    holders = [
        Grantee(GranteeKind.STAFF, one, PublicKey(people[one].public_key))
        for one in chosen.choice.holders
    ]
    keepers = [one for one in holders if one.id in chosen.choice.identity_keepers]
    recovery = (
        [Grantee(GranteeKind.RECOVERY, *chosen.recovery)] if chosen.recovery is not None else []
    )
    given = {
        Compartment.CONVERSATION: holders + recovery,
        Compartment.WORK: holders + recovery,
        Compartment.IDENTITY: keepers + recovery,
    }
    return [
        grant for one, people in given.items() for grant in grant_lock(door, locks[one], people)
    ]


def _page(case_id: UUID, chosen: Chosen) -> OnCallPage | None:
    if chosen.choice.paged is None:
        return None
    return OnCallPage(
        case_id=case_id,
        staff_id=chosen.choice.paged,
        then_id=chosen.choice.then_paged,
        sweeps_left=SWEEPS_TO_RESERVE,
    )


def _store(door: Door, prepared: _Prepared, party: Party, given: list[Grant]) -> Submitted:
    case = prepared.case
    begun = CaseEvent(case_id=case.id, position=1, kind=CaseEventKind.RECEIVED, on=case.received_on)
    with door.change() as session:
        held = hold_unchanged(session, prepared.judged)
        case.overseer_id = next((one for one in prepared.judged if one in held), None)
        session.insert([case, party, *given, *prepared.grants, *prepared.documents])
        session.insert([*prepared.promises, prepared.address, prepared.overseers, begun])
        session.insert([prepared.page] if prepared.page is not None else [])
        add_attachments(session, prepared.attachments, prepared.files)
        door.record(Event.CONCERN_SUBMITTED, case_id=case.id)
        for one in sorted(prepared.forged):
            door.record(Event.ALARM_RAISED, alarm="record_not_as_signed", owner=one)
    return _submitted(case, prepared.promises)


def _submitted(case: Case, promises: list[Promise]) -> Submitted:
    waiting = [one.due_on for one in promises if one.state is PromiseState.PENDING]
    return Submitted(case.reference, min(waiting, default=case.received_on))
