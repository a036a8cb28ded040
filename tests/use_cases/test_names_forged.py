"""A writer of the tables cannot make themselves the second person who agrees to give a name."""

import pytest
from sqlalchemy import insert, update

from safeshare.casework.models import Attestation
from safeshare.casework.service.agreeing import (
    DecideAsOverseer,
    decide_as_overseer,
    overseer_place,
)
from safeshare.casework.service.name_requests import (
    DecideRequest,
    NamedRequest,
    decide_request,
    give_name,
)
from safeshare.concerns.models import Case, Grant, GranteeKind
from safeshare.kernel.actors import Staff
from safeshare.kernel.errors import InvalidError, SealBrokenError
from safeshare.kernel.sealed import Compartment, PublicKey, Sealed
from safeshare.mailbox.models import Request
from safeshare.mailbox.rules import RequestState
from safeshare.people.queries import get_standing
from tests.cast import Stage
from tests.use_cases.handlers import strangers_of
from tests.use_cases.naming import (
    NAME,
    TOLD,
    a_keeper,
    forge,
    necessary,
    other_holder,
    overseer_of,
    the_request,
)
from tests.use_cases.writing_tables import write


def other_overseer(stage: Stage, reference: str) -> Staff:
    """An overseer of other cases."""
    theirs = overseer_of(stage, reference).staff_id
    names = ("overseer", "second_overseer")
    return next(stage.staff(n) for n in names if stage.enrolled[n].staff_id != theirs)


def put_grant(stage: Stage, request: Request, staff: Staff, part: Compartment) -> None:
    """A row that says that somebody holds a key."""
    write(
        stage,
        insert(Grant).values(
            case_id=request.case_id,
            compartment=part,
            party_id=request.party_id,
            key_number=1,
            grantee_kind=GranteeKind.STAFF,
            grantee_id=staff.staff_id,
            sealed=Sealed(b"\x02" + bytes(1168)),
            mac=bytes(33),
        ),
    )


def test_a_writer_of_the_tables_cannot_decide_as_a_keeper(stage: Stage) -> None:
    sent, _ = stage.submit(TOLD, identity=NAME)
    request = necessary(stage, other_holder(stage, sent.reference), sent.reference)
    names = strangers_of(stage, sent.reference)
    stranger = stage.staff(next(one for one in names if one.startswith("hr_")))
    for part in (Compartment.WORK, Compartment.IDENTITY):
        put_grant(stage, request, stranger, part)
    word = {"case_id": request.case_id, "staff_id": stranger.staff_id}
    write(stage, insert(Attestation).values(**word, on=stage.time.now.date()))
    command = DecideRequest(sent.reference, request.id, agrees=True)
    with pytest.raises(SealBrokenError):
        stage.gate.run(decide_request, stranger, command)
    assert the_request(stage).agreed_by is None


def test_a_holder_who_writes_to_the_tables_cannot_decide_as_a_keeper(stage: Stage) -> None:
    sent, _ = stage.submit(TOLD, identity=NAME)
    holder, keeper = other_holder(stage, sent.reference), a_keeper(stage, sent.reference)
    request = necessary(stage, keeper, sent.reference)
    put_grant(stage, request, holder, Compartment.IDENTITY)
    command = DecideRequest(sent.reference, request.id, agrees=True)
    with pytest.raises(SealBrokenError):
        stage.gate.run(decide_request, holder, command)
    assert the_request(stage).agreed_by is None


@pytest.mark.parametrize("reseals", [False, True])
def test_a_writer_of_the_tables_cannot_decide_as_the_overseer(stage: Stage, reseals: bool) -> None:
    """Whoever knows a public key can seal to it: so the row has to be the one that was written."""
    sent, _ = stage.submit(TOLD, identity=NAME)
    request = necessary(stage, other_holder(stage, sent.reference), sent.reference)
    other = other_overseer(stage, sent.reference)
    write(stage, update(Case).values(overseer_id=other.staff_id))
    if reseals:
        with stage.system.database.reading() as session:
            key = PublicKey(get_standing(session, other.staff_id).member.public_key)
        said = {"purpose": "life", "reason": "Because."}
        place = overseer_place(request.id)
        forge(stage, for_overseer=stage.gate.vault.seal_to_person(key, place, said))
    with pytest.raises(SealBrokenError):
        stage.gate.run(decide_as_overseer, other, DecideAsOverseer(request.id, agrees=True))
    assert the_request(stage).agreed_by is None


def test_an_overseer_cannot_sign_a_request_that_was_changed(stage: Stage) -> None:
    sent, _ = stage.submit(TOLD, identity=NAME)
    request = necessary(stage, a_keeper(stage, sent.reference), sent.reference)
    forge(stage, asked_by=other_holder(stage, sent.reference).staff_id, is_outside=False)
    overseer = overseer_of(stage, sent.reference)
    with pytest.raises(SealBrokenError):
        stage.gate.run(decide_as_overseer, overseer, DecideAsOverseer(request.id, agrees=True))


def test_a_keeper_cannot_agree_with_themselves_by_a_changed_state(stage: Stage) -> None:
    sent, _ = stage.submit(TOLD, identity=NAME)
    keeper = a_keeper(stage, sent.reference)
    request = necessary(stage, keeper, sent.reference)
    forge(stage, state=RequestState.AGREED)
    with pytest.raises(InvalidError):
        stage.gate.run(give_name, keeper, NamedRequest(sent.reference, request.id))
