"""What a party's key opens, and what it does not."""

from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import select

from safeshare.concerns.models import Grant
from safeshare.kernel.actors import Stranger
from safeshare.kernel.errors import (
    NotFoundError,
    SealBrokenError,
)
from safeshare.kernel.sealed import Compartment, Place
from safeshare.mailbox.models import Message
from safeshare.mailbox.service.reading import open_mailbox
from tests.cast import Stage
from tests.tampering import spoilt
from tests.use_cases.conversation import enter, read, write


def test_a_reporter_cannot_reach_another_mailbox_with_its_ids(stage: Stage) -> None:
    _, code = stage.submit()
    _, other = stage.submit()
    mine, theirs = enter(stage, code), enter(stage, other)
    mixed = (
        replace(mine, case_id=theirs.case_id),
        replace(mine, party_id=theirs.party_id),
        replace(mine, case_id=uuid4()),
    )
    for forged in mixed:
        with pytest.raises(NotFoundError):
            read(stage, forged)
        with pytest.raises(NotFoundError):
            write(stage, forged, "Who are you?")
    borrowed = replace(mine, case_id=theirs.case_id, party_id=theirs.party_id)
    with pytest.raises(SealBrokenError):
        read(stage, borrowed)


def test_a_handler_cannot_open_a_mailbox(stage: Stage) -> None:
    stage.submit()
    with pytest.raises(NotFoundError):
        stage.gate.run(open_mailbox, stage.staff("hr_1"), None)


def test_a_partys_key_can_open_its_conversation_and_no_other_grant(stage: Stage) -> None:
    _, code = stage.submit({"mode": "confidential"}, identity={"name": "Sam"})
    stage.submit()
    reporter = enter(stage, code)
    opened = []
    with stage.system.database.reading() as session:
        for grant in session.scalars(select(Grant)):
            for party_id in {grant.party_id, None}:
                place = Place(
                    "grant",
                    str(grant.grantee_id),
                    "sealed",
                    case_id=grant.case_id,
                    compartment=grant.compartment,
                    party_id=party_id,
                    key_number=grant.key_number,
                )
                try:
                    stage.gate.vault.open_grant(grant.sealed, place, reporter.private_key)
                except SealBrokenError:
                    continue
                opened.append((grant.compartment, grant.grantee_id))
    assert opened == [(Compartment.CONVERSATION, reporter.party_id)]


def test_a_reporter_cannot_read_a_message_that_was_moved_or_changed(stage: Stage) -> None:
    _, code = stage.submit()
    reporter = enter(stage, code)
    write(stage, reporter, "First.")
    write(stage, reporter, "Second.")
    with stage.gate.door(Stranger()).change() as session:
        first, second = session.scalars(select(Message).order_by(Message.position)).all()
        first.body, second.body = second.body, spoilt(second.body, -1)
        session.flush()
        session.info.clear()
    with pytest.raises(SealBrokenError):
        read(stage, reporter)


def test_a_reporters_session_cannot_be_used_with_a_made_up_key(stage: Stage) -> None:
    _, code = stage.submit()
    reporter = enter(stage, code)
    made_up = stage.gate.vault.party_keys(stage.gate.vault.new_access_code()).private_key
    with pytest.raises(SealBrokenError):
        read(stage, replace(reporter, private_key=made_up))
