"""Whoever has a conversation alone keeps it through a change of keys, whatever they were proposed
for; where they came to be kept out they lose it, and the case says so.
"""

from uuid import uuid4

import pytest

from safeshare.concerns.rules import AlarmKind
from safeshare.concerns.rules.exclusions import MOST_LISTED, Ticked
from safeshare.kernel.errors import NotFoundError
from safeshare.kernel.sealed import AccessCode, Compartment
from safeshare.mailbox.service.turning import escalate
from tests.cast import Stage
from tests.use_cases.conversation import enter
from tests.use_cases.handlers import holders_of, nudges
from tests.use_cases.keeping_out import overseer_of
from tests.use_cases.moving import (
    COMES,
    TEAM,
    either,
    joins_the_team,
    place,
    wait_for,
    works_at_the_place,
)
from tests.use_cases.test_stepping_aside import declare
from tests.use_cases.turned import (
    alarms,
    ask,
    contact_of,
    conversation_of,
    corresponding,
    keys_of,
    looked,
)
from tests.use_cases.watched import alerted


def turned_to_somebody(stage: Stage, ticked: Ticked) -> tuple[str, AccessCode, str]:
    """A case, its code and the contact person for whom its reporter asked, who has no notes."""
    told, code = stage.submit(ticked=ticked)
    ask(stage, enter(stage, code))
    contact = contact_of(stage, told.reference)
    corresponding(stage, told.reference, contact)
    assert keys_of(stage, told.reference, contact) == {(Compartment.CONVERSATION, 1)}
    return told.reference, code, contact


def test_a_proposal_takes_the_conversation_from_no_contact_person_either(stage: Stage) -> None:
    reference, code, contact = turned_to_somebody(stage, TEAM)
    wait_for(stage, contact, "safeguarding")
    declare(stage, holders_of(stage, reference)[0], reference)
    assert keys_of(stage, reference, contact) == {(Compartment.CONVERSATION, 2)}
    assert conversation_of(stage, stage.staff(contact), reference).is_contact
    assert looked(stage, enter(stage, code)).has_contact
    assert nudges(stage) == 0


def test_a_list_of_those_allowed_does_not_forget_whoever_has_the_conversation_alone(
    stage: Stage,
) -> None:
    too_many_to_name = Ticked(people=frozenset(uuid4() for _ in range(MOST_LISTED + 30)))
    reference, code, contact = turned_to_somebody(stage, too_many_to_name)
    declare(stage, holders_of(stage, reference)[0], reference)
    assert keys_of(stage, reference, contact) == {(Compartment.CONVERSATION, 2)}
    assert looked(stage, enter(stage, code)).has_contact


def test_a_proposal_takes_no_conversation_when_the_reporter_changes_its_key(stage: Stage) -> None:
    reference, code, first = turned_to_somebody(stage, TEAM)
    stage.time.advance(days=15)
    ask(stage, enter(stage, code), keeps_earlier=True)
    wait_for(stage, first, "safeguarding")
    stage.time.advance(days=15)
    ask(stage, enter(stage, code), keeps_earlier=False)
    assert keys_of(stage, reference, first) == {(Compartment.CONVERSATION, 2)}


def test_an_overseer_who_moved_and_lost_the_conversation_is_waited_for_no_more(
    stage: Stage,
) -> None:
    told, code = stage.submit(ticked=place(stage))
    stage.gate.run(escalate, enter(stage, code), None)
    overseer = overseer_of(stage, told.reference)
    assert overseer is not None
    works_at_the_place(stage, overseer)
    declare(stage, holders_of(stage, told.reference)[0], told.reference)
    assert keys_of(stage, told.reference, overseer) == set()
    assert AlarmKind.ESCALATED not in alarms(stage, told.reference)
    assert nudges(stage) == 1
    assert not looked(stage, enter(stage, code)).is_escalated


def test_no_mail_tells_when_a_reporter_changed_the_keys(stage: Stage) -> None:
    reference, code, first = turned_to_somebody(stage, TEAM)
    stage.time.advance(days=15)
    ask(stage, enter(stage, code), keeps_earlier=True)
    joins_the_team(stage, first)
    stage.time.advance(days=15)
    before = alerted(stage)
    ask(stage, enter(stage, code), keeps_earlier=False)
    assert keys_of(stage, reference, first) == set()
    assert nudges(stage) == 0
    assert alerted(stage) == before


@either
def test_the_case_has_no_contact_person_once_a_change_of_keys_leaves_out_the_one_it_had(
    stage: Stage, by: str
) -> None:
    ticked, comes = COMES[by]
    reference, code, contact = turned_to_somebody(stage, ticked(stage))
    comes(stage, contact)
    tied, *others = holders_of(stage, reference)
    declare(stage, tied, reference)
    assert keys_of(stage, reference, contact) == set()
    assert not looked(stage, enter(stage, code)).has_contact
    assert nudges(stage) == 1
    assert alerted(stage).keys() >= set(others)
    assert AlarmKind.CONTACT_ASKED not in alarms(stage, reference)
    with pytest.raises(NotFoundError):
        conversation_of(stage, stage.staff(contact), reference)
    assert stage.faults() == []
