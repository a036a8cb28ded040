"""An administrator who can also write every table, and has no key file, cannot become a holder.

Each attack changes rows behind the program's back. Then concerns are sent, and the attacker tries
what they now may: with every key that they have, on every stored grant, and through the gate.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection, insert, select, update

from safeshare.casework.models import Attestation
from safeshare.casework.service.opening import OpenCase, open_case
from safeshare.concerns.models import Case, Grant, GranteeKind, RoutingRule
from safeshare.concerns.service.compartments import Lock
from safeshare.kernel.actors import Visitor
from safeshare.kernel.errors import NobodyEligibleError, NotFoundError, SealBrokenError
from safeshare.kernel.sealed import Compartment, PublicKey
from safeshare.people.models import (
    KeyKind,
    OnCall,
    Queue,
    QueueMember,
    ServiceKey,
    StaffMember,
    StaffRole,
)
from safeshare.people.service.sign_in import SignIn, sign_in
from tests.cast import PASSPHRASE, QUEUES, Stage
from tests.use_cases.handlers import case_of
from tests.use_cases.world import Trials

Attack = Callable[[Stage, Connection, UUID], None]

ATTACKER, VICTIM = "administrator", "hr_1"
SENT = 4
SECRETS = ("salt", "verifier", "wrapped_key", "recovery_wrap", "totp_secret", "totp_last_step")
SIGNED = ("public_key", "key_number", "revision", "mac")


def row(connection: Connection, stage: Stage, name: str) -> dict[str, Any]:
    staff_id = stage.enrolled[name].staff_id
    found = connection.execute(select(StaffMember.__table__).where(StaffMember.id == staff_id))
    return dict(found.mappings().one())


def change(connection: Connection, stage: Stage, name: str, values: dict[str, Any]) -> None:
    wanted = StaffMember.id == stage.enrolled[name].staff_id
    connection.execute(update(StaffMember).where(wanted).values(values))


def join_the_queue(stage: Stage, connection: Connection, _case: UUID) -> None:
    """A membership that nobody approved, with an approver's name on it."""
    connection.execute(
        insert(QueueMember).values(
            queue_id=stage.queues["hr"],
            staff_id=stage.enrolled[ATTACKER].staff_id,
            approved_by=stage.enrolled["hr_supervisor"].staff_id,
            trained_for_danger=True,
        )
    )


def take_a_role_as_well(stage: Stage, connection: Connection, case: UUID) -> None:
    staff_id = stage.enrolled[ATTACKER].staff_id
    connection.execute(
        update(StaffRole).where(StaffRole.staff_id == staff_id).values(role="handler")
    )
    join_the_queue(stage, connection, case)


def copy_a_signature(stage: Stage, connection: Connection, case: UUID) -> None:
    """A handler's MAC and revision under the attacker's own key, role and membership."""
    victim = row(connection, stage, VICTIM)
    change(connection, stage, ATTACKER, {"mac": victim["mac"], "revision": victim["revision"]})
    take_a_role_as_well(stage, connection, case)


def put_their_key_on_a_handler(stage: Stage, connection: Connection, _case: UUID) -> None:
    own = row(connection, stage, ATTACKER)
    change(connection, stage, VICTIM, {"public_key": own["public_key"]})


def put_their_signed_key_on_a_handler(stage: Stage, connection: Connection, _case: UUID) -> None:
    own = row(connection, stage, ATTACKER)
    change(connection, stage, VICTIM, {name: own[name] for name in SIGNED})


def put_their_passphrase_on_a_handler(stage: Stage, connection: Connection, _case: UUID) -> None:
    """So that the handler's name opens with the attacker's passphrase and phone."""
    own = row(connection, stage, ATTACKER)
    change(connection, stage, VICTIM, {name: own[name] for name in SECRETS})


def become_a_handler_whole(stage: Stage, connection: Connection, case: UUID) -> None:
    put_their_passphrase_on_a_handler(stage, connection, case)
    put_their_signed_key_on_a_handler(stage, connection, case)


def copy_grants(stage: Stage, connection: Connection, _case: UUID) -> None:
    """Every grant of a handler once more, in the attacker's name."""
    table = Grant.__table__
    some = select(table).where(Grant.grantee_kind == GranteeKind.STAFF)
    rows = connection.execute(some).mappings().all()
    one = rows[0]["grantee_id"]
    for grant in [dict(each) for each in rows if each["grantee_id"] == one]:
        mine = grant | {"grantee_id": stage.enrolled[ATTACKER].staff_id}
        connection.execute(insert(Grant).values(mine))


def plant_grants(stage: Stage, connection: Connection, case: UUID) -> None:
    """Grants of keys of their own to their own key, with a MAC that holds elsewhere."""
    own = PublicKey(row(connection, stage, ATTACKER)["public_key"])
    rows = connection.execute(select(Grant.__table__).where(Grant.case_id == case)).mappings().all()
    staff_id, vault = stage.enrolled[ATTACKER].staff_id, stage.gate.vault
    for part in (Compartment.CONVERSATION, Compartment.WORK, Compartment.IDENTITY):
        like = next(dict(one) for one in rows if one["compartment"] == part)
        key = vault.new_compartment_key()
        lock = Lock(case, part, like["party_id"], key)
        sealed = vault.grant(key, lock.place("grant", staff_id, "sealed"), own)
        planted = {"grantee_id": staff_id, "grantee_kind": GranteeKind.STAFF, "sealed": sealed}
        connection.execute(insert(Grant).values(like | planted))


def give_themselves_the_case(stage: Stage, connection: Connection, case: UUID) -> None:
    """Contact person, overseer, and a word of no tie: everything but a key."""
    staff_id = stage.enrolled[ATTACKER].staff_id
    own = {"contact_id": staff_id, "overseer_id": staff_id}
    connection.execute(update(Case).where(Case.id == case).values(own))
    connection.execute(
        insert(Attestation).values(case_id=case, staff_id=staff_id, on=stage.time.now.date())
    )


def swap_queues(stage: Stage, connection: Connection, _case: UUID) -> None:
    codes = {"hr": "safeguarding", "safeguarding": "hr"}
    for code in codes:
        wanted = Queue.id == stage.queues[code]
        connection.execute(update(Queue).where(wanted).values(code=f"{code} then"))
    for code, other in codes.items():
        wanted = Queue.id == stage.queues[code]
        connection.execute(update(Queue).where(wanted).values(code=other))


def route_everything_to_one_queue(stage: Stage, connection: Connection, case: UUID) -> None:
    connection.execute(update(RoutingRule).values(queue_code="professional_standards"))
    join_the_queue(stage, connection, case)


def be_on_call(stage: Stage, connection: Connection, case: UUID) -> None:
    today = stage.time.now.date()
    for queue_id in stage.queues.values():
        connection.execute(
            insert(OnCall).values(
                id=uuid4(),
                queue_id=queue_id,
                staff_id=stage.enrolled[ATTACKER].staff_id,
                from_on=today,
                until_on=today,
            )
        )
    join_the_queue(stage, connection, case)


def be_the_recovery_key(stage: Stage, connection: Connection, _case: UUID) -> None:
    own = row(connection, stage, ATTACKER)["public_key"]
    wanted = ServiceKey.kind == KeyKind.RECOVERY
    connection.execute(update(ServiceKey).where(wanted).values(public_key=own))


ATTACKS: tuple[Attack, ...] = (
    join_the_queue,
    take_a_role_as_well,
    copy_a_signature,
    put_their_key_on_a_handler,
    put_their_signed_key_on_a_handler,
    put_their_passphrase_on_a_handler,
    become_a_handler_whole,
    copy_grants,
    plant_grants,
    give_themselves_the_case,
    swap_queues,
    route_everything_to_one_queue,
    be_on_call,
    be_the_recovery_key,
)
BY_NAME = pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)


def attacked(stage: Stage, attack: Attack) -> str:
    """Send a concern, then let the attacker write. Returns the reference of the concern."""
    sent, _code = stage.submit()
    case_id = case_of(stage, sent.reference).id
    with stage.system.database.engine.begin() as connection:
        attack(stage, connection, case_id)
    return sent.reference


def may_read_with_anything(stage: Stage, reference: str) -> bool:
    """Whether the attacker opens a case through the gate, as themselves or signed in as a handler
    whose row they wrote to.
    """
    actors = []
    for name in (ATTACKER, VICTIM):
        typed = SignIn(name, PASSPHRASE, stage.six_digits(ATTACKER))
        with suppress(SealBrokenError, NotFoundError):
            signed_in = stage.gate.run(sign_in, Visitor(), typed)
            if signed_in is not None and name == VICTIM:
                return True
        with suppress(SealBrokenError, NotFoundError):
            actors.append(stage.staff(ATTACKER))
    for actor in actors:
        with suppress(SealBrokenError, NotFoundError):
            stage.gate.run(open_case, actor, OpenCase(reference))
            return True
    return False


@BY_NAME
@pytest.mark.parametrize("danger", [False, True], ids=["quiet", "danger"])
def test_a_writer_of_every_table_cannot_be_given_the_next_concern(
    stage: Stage, attack: Attack, danger: bool
) -> None:
    attacked(stage, attack)
    attacker = stage.enrolled[ATTACKER]
    known = {name for name in stage.enrolled if name.startswith(tuple(f"{q}_" for q in QUEUES))}
    for _ in range(SENT):
        try:
            sent, _code = stage.submit({"danger": "yes"} if danger else {})
        except NobodyEligibleError:
            continue  # Nobody is given it, and the reporter keeps the draft.
        case_id = case_of(stage, sent.reference).id
        keys = [(ATTACKER, attacker.private_key)]
        assert not any(Trials(stage).openers(case_id, keys).values())
        with stage.system.database.reading() as session:
            given = set(
                session.scalars(
                    select(Grant.grantee_id).where(
                        Grant.case_id == case_id, Grant.grantee_kind == GranteeKind.STAFF
                    )
                )
            )
        names = {name for name, one in stage.enrolled.items() if one.staff_id in given}
        assert names <= known
        assert len(names) >= 2


@BY_NAME
def test_a_writer_of_every_table_cannot_read_a_case_that_was_there_before(
    stage: Stage, attack: Attack
) -> None:
    reference = attacked(stage, attack)
    assert not may_read_with_anything(stage, reference)
