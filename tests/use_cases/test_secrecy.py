"""Who can open what, tried with every key on every grant; and what lengths and shapes tell."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from safeshare.concerns.models import CaseDocument, Grant, GranteeKind
from safeshare.concerns.rules import Answer, concern_document
from safeshare.concerns.rules.exclusions import Ticked
from safeshare.concerns.rules.identity import LONGEST_ADDRESS, RECORD_ROOM
from safeshare.concerns.service.compartments import Lock
from safeshare.kernel.errors import SealBrokenError
from safeshare.kernel.keys import RecoveryBox
from safeshare.kernel.sealed import Compartment, CompartmentKey, Place, PrivateKey, Sealed
from safeshare.people.models import KeyKind, RecoveryNest, ServiceKey
from safeshare.tables import METADATA
from safeshare.vault import KeyFiles
from safeshare.vault.contents import encode_mapping
from safeshare.vault.worker_keys import WORKER_KINDS
from tests.cast import Stage

SMALL: Mapping[str, Answer] = {"concern": "x"}
FULL: Mapping[str, Answer] = {
    "concern": "He shouted at the whole watch and then at me. " * 12,
    "wishes": "I want it to stop, and to hear what is done.",
    "mode": "confidential",
    "stake": "me",
    "want": "share",
    "where": "North Station, the appliance bay",
    "when": "Most nights since June",
    "who": "The watch manager",
    "risk": "I am afraid of the next night",
    "category": ("behaviour",),
}
FIRST_STEP = 2_048
"""Bytes that every concern takes; 4 of them say how long it is (`vault.padding`)."""

IDENTITY = {"name": "A. Reporter", "phone": "07700 900123", "reach": "After ten at night"}


def lengths(session: Session) -> Mapping[str, Counter[tuple[object, ...]]]:
    """For every table: how many rows there are of each combination of value lengths."""
    found: dict[str, Counter[tuple[object, ...]]] = {}
    for table in METADATA.sorted_tables:
        rows = session.execute(select(table)).all()
        found[table.name] = Counter(tuple(_shape(value) for value in row) for row in rows)
    return found


def _shape(value: object) -> object:
    if isinstance(value, Sealed):
        return len(value.blob)
    if isinstance(value, bytes | str):
        return len(value)
    if isinstance(value, Mapping):
        return tuple(sorted(len(str(item)) for item in value.items()))
    return type(value).__name__


def added(
    before: Mapping[str, Counter[tuple[object, ...]]],
    after: Mapping[str, Counter[tuple[object, ...]]],
) -> dict[str, list[str]]:
    """The shapes of the rows that came in between, in no order."""
    return {
        table: sorted(str(shape) for shape in (after[table] - before[table]).elements())
        for table in after
        if after[table] != before[table]
    }


def rows_of(stage: Stage, answers: Mapping[str, Answer], **told: Any) -> dict[str, list[str]]:
    """The shapes of the rows that one concern leaves."""
    with stage.system.database.reading() as session:
        before = lengths(session)
    stage.submit(answers, **told)
    with stage.system.database.reading() as session:
        return added(before, lengths(session))


def filling_one_step(stage: Stage) -> dict[str, Answer]:
    """Every answer, and as many words as the first step still holds."""
    answers = {**FULL, "place": str(stage.places["north"]), "handle_by": "hr", "danger": "no"}
    used = len(encode_mapping(concern_document(answers)))
    answers["concern"] = str(FULL["concern"]).strip() + "!" * (FIRST_STEP - 4 - used)
    assert len(encode_mapping(concern_document(answers))) + 4 == FIRST_STEP
    return answers


def full(stage: Stage) -> dict[str, Any]:
    """What else a reporter can tell: who they are, an address, and whom to keep out."""
    room = RECORD_ROOM - sum(len(json.dumps(one)) for one in IDENTITY.values())
    return {
        "identity": {**IDENTITY, "reach": IDENTITY["reach"] + "!" * room},
        "address": f"somebody@{'h' * (LONGEST_ADDRESS - len('somebody@.example'))}.example",
        "ticked": Ticked(
            people=frozenset({stage.enrolled["hr_1"].staff_id}),
            queues=frozenset({"safeguarding"}),
            places=frozenset({stage.places["north"]}),
        ),
    }


def test_a_minimal_anonymous_and_a_full_confidential_concern_look_alike(stage: Stage) -> None:
    small = rows_of(stage, SMALL)
    assert small == rows_of(stage, filling_one_step(stage), **full(stage))
    assert len(small) >= 7


def test_a_longer_concern_cannot_be_told_but_by_its_steps(stage: Stage) -> None:
    small, most = rows_of(stage, SMALL), filling_one_step(stage)
    one_more = rows_of(stage, {**most, "concern": f"{most['concern']}!"}, **full(stage))
    assert {table for table in small if small[table] != one_more[table]} == {"case_document"}
    documents = Counter(small["case_document"]), Counter(one_more["case_document"])
    (shorter,), (longer,) = documents[0] - documents[1], documents[1] - documents[0]
    (body,) = set(re.findall(r"\d+", longer)) - set(re.findall(r"\d+", shorter))
    assert shorter == longer.replace(body, str(int(body) - FIRST_STEP))
    words = {**most, "concern": f"{most['concern']}{'!' * FIRST_STEP}"}
    assert rows_of(stage, words, **full(stage)) == one_more


def keys_of_everybody(stage: Stage) -> Mapping[UUID, PrivateKey]:
    """Every private key there is: of all staff, of the worker for each of its kinds and, from the
    officers' codes, of recovery.
    """
    keys = {one.staff_id: one.private_key for one in stage.enrolled.values()}
    worker = KeyFiles.load_for_worker(stage.system.settings.keys_folder)
    keys |= {uuid4(): worker.worker_private(kind) for kind in WORKER_KINDS}
    with stage.system.database.reading() as session:
        nests = session.scalars(select(RecoveryNest)).all()
        officers = session.scalars(
            select(ServiceKey).where(ServiceKey.kind == KeyKind.OFFICER)
        ).all()
    codes = {code.name: code.printed_code for code in stage.officers}
    boxes = [
        RecoveryBox(nest.set_id, tuple(UUID(one) for one in nest.officers), nest.nested)
        for nest in nests
    ]
    given = {one.owner_id: codes[one.owner_name] for one in officers}
    return keys | {nests[0].set_id: stage.gate.vault.recovery_open(given, boxes)}


def opened(
    stage: Stage, grants: Iterable[Grant], key: PrivateKey
) -> list[tuple[Grant, CompartmentKey]]:
    """What one key opens when it is tried on every grant, whoever it was made for."""
    found = []
    for grant in grants:
        try:
            found.append((grant, stage.gate.vault.open_grant(grant.sealed, _place(grant), key)))
        except SealBrokenError:
            continue
    return found


def _place(grant: Grant) -> Place:
    unknown = CompartmentKey(b"", grant.key_number)
    lock = Lock(grant.case_id, grant.compartment, grant.party_id, unknown)
    return lock.place(Grant.__tablename__, grant.grantee_id, "sealed")


def test_nobody_without_a_grant_opens_anything_with_any_stored_key(stage: Stage) -> None:
    stage.submit(FULL, identity=IDENTITY)
    _, code = stage.submit(SMALL)
    keys = dict(keys_of_everybody(stage))
    with stage.system.database.reading() as session:
        grants = session.scalars(select(Grant)).all()
    by_party = {g.grantee_id for g in grants if g.grantee_kind is GranteeKind.PARTY}
    for owner, key in keys.items():
        given = [grant for grant in grants if grant.grantee_id == owner]
        assert [grant for grant, _ in opened(stage, grants, key)] == given, owner
    assert by_party.isdisjoint(keys)
    party = stage.gate.vault.party_keys(code, "send")
    [(grant, _)] = opened(stage, grants, party.private_key)
    assert (grant.compartment, grant.grantee_id in by_party) == (Compartment.CONVERSATION, True)


def test_a_party_opens_its_own_conversation_and_nothing_else(stage: Stage) -> None:
    _, mine = stage.submit(FULL)
    _, theirs = stage.submit(SMALL)
    vault = stage.gate.vault
    with stage.system.database.reading() as session:
        grants = session.scalars(select(Grant)).all()
        documents = session.scalars(select(CaseDocument)).all()
    for code in (mine, theirs):
        [(grant, key)] = opened(stage, grants, vault.party_keys(code, "send").private_key)
        lock = Lock(grant.case_id, grant.compartment, grant.party_id, key)
        readable = []
        for document in documents:
            place = lock.place(CaseDocument.__tablename__, document.id, "body")
            try:
                vault.open_document(lock.key, place, document.body)
            except SealBrokenError:
                continue
            readable.append((document.case_id, document.kind.value))
        assert readable == [(grant.case_id, "account")]


def test_only_the_two_keepers_and_recovery_can_open_an_identity(stage: Stage) -> None:
    stage.submit(FULL, identity=IDENTITY)
    with stage.system.database.reading() as session:
        grants = session.scalars(select(Grant)).all()
    can = [
        owner
        for owner, key in keys_of_everybody(stage).items()
        if any(one.compartment is Compartment.IDENTITY for one, _ in opened(stage, grants, key))
    ]
    assert len(can) == 3
    assert len(set(can) & {one.staff_id for one in stage.enrolled.values()}) == 2
