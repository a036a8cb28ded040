"""Teams and places that a reporter keeps out: whoever is in them stays out, whoever comes to be in
them is out from then on, and neither leaving, nor joining, nor an administrator changes that.
"""

from collections.abc import Callable
from uuid import uuid4

import pytest
from sqlalchemy import delete

from safeshare.casework.service.conflict import ReadNames
from safeshare.casework.service.correspondence import read_correspondence_names
from safeshare.casework.service.files import AskForCaseFile, describe_case_file
from safeshare.casework.service.handing_over import (
    AddHolder,
    OfferColleagues,
    add_holder,
    list_colleagues_for,
)
from safeshare.casework.service.handling import TakeCase, take_case
from safeshare.casework.service.keepers import ReadName, read_name
from safeshare.concerns.models import CaseDocument, DocumentKind
from safeshare.concerns.rules import AlarmKind
from safeshare.concerns.rules.exclusions import MOST_LISTED, Ticked
from safeshare.kernel.errors import InvalidError, NotFoundError
from safeshare.kernel.sealed import Compartment
from safeshare.ledger.events import Event
from safeshare.mailbox.service.turning import escalate
from safeshare.oversight.service.trails import ReadCaseTrail, read_case_trail
from safeshare.people.models import ServiceKey
from tests.cast import Stage
from tests.use_cases.conversation import enter
from tests.use_cases.handlers import (
    attested,
    case_of,
    counted,
    holders_of,
    ledger,
    opened,
)
from tests.use_cases.keeping_out import kept_out_of, line_of, numbers_of, overseer_of, team
from tests.use_cases.moving import join, leave, move, wait_for
from tests.use_cases.test_casework_access import ALL
from tests.use_cases.test_whereabouts import put
from tests.use_cases.turned import (
    alarms,
    ask,
    contact_of,
    conversation_of,
    corresponding,
    keys_of,
    looked,
)

TEAM = Ticked(queues=frozenset({"safeguarding"}))


def place(stage: Stage) -> Ticked:
    return Ticked(places=frozenset({stage.places["north"]}))


def joins_the_team(stage: Stage, name: str) -> None:
    join(stage, name, "safeguarding")


def works_at_the_place(stage: Stage, name: str) -> None:
    put(stage, name, None, "north")


COMES: dict[str, tuple[Callable[[Stage], Ticked], Callable[[Stage, str], None]]] = {
    "team": (lambda _stage: TEAM, joins_the_team),
    "place": (place, works_at_the_place),
}
either = pytest.mark.parametrize("by", COMES)


def add(stage: Stage, reference: str, name: str) -> None:
    holder = attested(stage, reference, holders_of(stage, reference)[0])
    command = AddHolder(reference, stage.enrolled[name].staff_id, "The work needs it.")
    stage.gate.run(add_holder, holder, command)


# Before anybody gave them a key


@either
def test_the_next_in_line_who_came_to_be_out_is_passed_over(stage: Stage, by: str) -> None:
    ticked, comes = COMES[by]
    told, code = stage.submit(ticked=ticked(stage))
    first, second = line_of(stage, told.reference)[:2]
    comes(stage, first)
    ask(stage, enter(stage, code))
    assert contact_of(stage, told.reference) == second
    assert keys_of(stage, told.reference, first) == set()


def test_nobody_is_next_where_everybody_in_line_came_to_be_out(stage: Stage) -> None:
    told, code = stage.submit(ticked=TEAM)
    for name in line_of(stage, told.reference):
        joins_the_team(stage, name)
    reporter = enter(stage, code)
    assert not looked(stage, reporter).has_next
    with pytest.raises(InvalidError, match="nobody_left"):
        ask(stage, reporter)


def test_an_overseer_who_came_to_work_at_a_place_that_is_out_cannot_be_called_in(
    stage: Stage,
) -> None:
    told, code = stage.submit(ticked=place(stage))
    name = overseer_of(stage, told.reference)
    assert name is not None
    works_at_the_place(stage, name)
    reporter = enter(stage, code)
    assert not looked(stage, reporter).has_overseer
    with pytest.raises(InvalidError, match="no_overseer"):
        stage.gate.run(escalate, reporter, None)
    assert keys_of(stage, told.reference, name) == set()


# Once in it, always out


@pytest.mark.parametrize("about", [False, True])
def test_whoever_was_in_a_team_when_it_was_sent_stays_out_after_leaving_it(
    stage: Stage, about: bool
) -> None:
    told, _ = stage.submit({"about": ("safeguarding",)}) if about else stage.submit(ticked=TEAM)
    move(stage, "safeguarding_1", "safeguarding", "professional_standards")
    assert "safeguarding_1" in kept_out_of(stage, told.reference)
    with pytest.raises(InvalidError, match="may_not_hold"):
        add(stage, told.reference, "safeguarding_1")


def test_whoever_worked_at_a_place_when_it_was_sent_stays_out_wherever_they_are_put(
    stage: Stage,
) -> None:
    works_at_the_place(stage, "hr_1")
    told, _ = stage.submit(ticked=place(stage))
    put(stage, "hr_1", None)
    assert "hr_1" in kept_out_of(stage, told.reference)
    with pytest.raises(InvalidError, match="may_not_hold"):
        add(stage, told.reference, "hr_1")


def test_nobody_of_a_team_is_promoted_after_leaving_it(stage: Stage) -> None:
    told, code = stage.submit({"about": ("hr",)})
    for name in team(stage, "hr")[1:]:
        move(stage, name, "hr", "independent")
    reporter = enter(stage, code)
    while looked(stage, reporter).has_next:
        stage.time.advance(days=15)
        ask(stage, reporter)
    assert not any(keys_of(stage, told.reference, name) for name in team(stage, "hr"))


def test_a_list_too_long_for_its_record_still_keeps_out_who_comes_later(stage: Stage) -> None:
    many = frozenset(uuid4() for _ in range(MOST_LISTED))
    told, code = stage.submit(ticked=Ticked(people=many, queues=TEAM.queues))
    first = line_of(stage, told.reference)[0]
    joins_the_team(stage, first)
    assert first in kept_out_of(stage, told.reference)
    with pytest.raises(InvalidError, match="may_not_hold"):
        add(stage, told.reference, first)
    ask(stage, enter(stage, code))
    assert keys_of(stage, told.reference, first) == set()


# Holders who come to be out


@either
def test_a_holder_who_came_to_be_out_reads_nothing_more_and_gives_the_case_up(
    stage: Stage, by: str
) -> None:
    ticked, comes = COMES[by]
    reference = stage.submit(ticked=ticked(stage))[0].reference
    before = holders_of(stage, reference)
    name = holders_of(stage, reference, Compartment.IDENTITY)[0]
    attested(stage, reference, name)
    comes(stage, name)
    assert holders_of(stage, reference) == before
    with pytest.raises(NotFoundError):
        opened(stage, stage.staff(name), reference)
    after = set(holders_of(stage, reference))
    assert keys_of(stage, reference, name) == set()
    assert len(after) == len(before)
    assert len(holders_of(stage, reference, Compartment.IDENTITY)) == 2
    assert numbers_of(stage, reference) == {(part, 2) for part in Compartment}
    assert ledger(stage, Event.CASE_OPENED) == []
    assert stage.faults() == []
    leave_again(stage, name, by)
    with pytest.raises(InvalidError, match="may_not_hold"):
        add(stage, reference, name)


def leave_again(stage: Stage, name: str, by: str) -> None:
    if by == "team":
        leave(stage, name, "safeguarding")
    else:
        put(stage, name, None)


def test_the_ledger_tells_of_a_holder_who_came_to_be_out_what_it_tells_of_every_other(
    stage: Stage,
) -> None:
    reference = stage.submit(ticked=TEAM)[0].reference
    name = holders_of(stage, reference)[0]
    attested(stage, reference, name)
    joins_the_team(stage, name)
    with pytest.raises(NotFoundError):
        opened(stage, stage.staff(name), reference)
    (refused,) = ledger(stage, Event.ACTION_REFUSED)
    assert refused.case_id is None
    assert len(ledger(stage, Event.CASE_HOLDER_REMOVED)) == 1
    assert ledger(stage, Event.ALARM_RAISED) == []


@either
def test_nothing_of_a_case_is_left_to_a_holder_who_came_to_be_out(stage: Stage, by: str) -> None:
    """Theirs is the last key, which nobody takes: so that each of these is refused by itself."""
    with stage.system.database.engine.begin() as connection:
        connection.execute(delete(ServiceKey))
    ticked, comes = COMES[by]
    others = frozenset(one.staff_id for name, one in stage.enrolled.items() if name != "hr_1")
    reference = stage.submit(
        ticked=Ticked(people=others, queues=ticked(stage).queues, places=ticked(stage).places)
    )[0].reference
    assert holders_of(stage, reference) == ["hr_1"]
    attested(stage, reference, "hr_1")
    comes(stage, "hr_1")
    staff = stage.staff("hr_1")
    asked = [make(reference) for make in ALL.values()]
    asked += [
        (describe_case_file, AskForCaseFile(reference, uuid4())),
        (list_colleagues_for, OfferColleagues(reference)),
        (read_name, ReadName(reference)),
        (read_correspondence_names, ReadNames(reference)),
        (read_case_trail, ReadCaseTrail(reference)),
    ]
    for use_case, command in asked:
        with pytest.raises(NotFoundError):
            stage.gate.run(use_case, staff, command)
    assert holders_of(stage, reference) == ["hr_1"]
    kept = [one.note["alarm"] for one in ledger(stage, Event.ALARM_RAISED)]
    assert kept == ["last_key_kept"] * len(asked)


def test_whoever_has_the_conversation_alone_loses_it_by_coming_to_be_out(stage: Stage) -> None:
    told, code = stage.submit(ticked=TEAM)
    first, second = line_of(stage, told.reference)[:2]
    ask(stage, enter(stage, code))
    corresponding(stage, told.reference, first)
    joins_the_team(stage, first)
    with pytest.raises(NotFoundError):
        conversation_of(stage, stage.staff(first), told.reference)
    assert keys_of(stage, told.reference, first) == set()
    assert contact_of(stage, told.reference) == second
    assert AlarmKind.CONTACT_ASKED in alarms(stage, told.reference)
    assert stage.faults() == []


def test_the_key_of_a_conversation_is_not_changed_for_whoever_came_to_be_out(stage: Stage) -> None:
    told, code = stage.submit(ticked=TEAM)
    first, second = line_of(stage, told.reference)[:2]
    reporter = enter(stage, code)
    ask(stage, reporter)
    joins_the_team(stage, first)
    stage.time.advance(days=15)
    ask(stage, reporter, keeps_earlier=True)
    stage.time.advance(days=15)
    ask(stage, reporter, keeps_earlier=False)
    assert keys_of(stage, told.reference, second) == set()
    assert (Compartment.CONVERSATION, 2) not in keys_of(stage, told.reference, first)


def test_a_proposal_alone_takes_a_case_from_nobody(stage: Stage) -> None:
    """An administrator can propose anybody for any team: that must not choose who reads."""
    reference = stage.submit(ticked=TEAM)[0].reference
    name = holders_of(stage, reference)[0]
    staff = attested(stage, reference, name)
    wait_for(stage, name, "safeguarding")
    assert opened(stage, stage.staff(name), reference).summary.reference == reference
    stage.gate.run(take_case, staff, TakeCase(reference))
    assert name in holders_of(stage, reference)


def test_opening_takes_no_statement_more_where_teams_are_out_and_two_with_places(
    stage: Stage,
) -> None:
    for name in team(stage, "hr"):
        put(stage, name, None, "service")
    numbers = []
    for ticked in (Ticked(), TEAM, place(stage)):
        reference = stage.submit(ticked=ticked)[0].reference
        staff = attested(stage, reference)
        opened(stage, staff, reference)
        with counted(stage) as opening:
            opened(stage, staff, reference)
        numbers.append(len(opening))
    assert numbers == [9, 9, 11]


def test_the_records_of_a_case_do_not_tell_how_many_are_kept_out(stage: Stage) -> None:
    places = frozenset(stage.places.values())
    full = stage.submit(ticked=Ticked(queues=frozenset({"safeguarding"}), places=places))
    lengths = []
    for reference in (stage.submit()[0].reference, full[0].reference):
        with stage.system.database.reading() as session:
            rows = session.query(CaseDocument).filter_by(case_id=case_of(stage, reference).id)
            lengths.append({row.kind: len(row.body.blob) for row in rows})
    for kind in (DocumentKind.EXCLUSIONS, DocumentKind.SUCCESSION):
        assert lengths[0][kind] == lengths[1][kind]
