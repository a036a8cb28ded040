"""Teams and places that a reporter keeps out: whoever is in them stays out, whoever comes to be in
them is out from then on, and neither leaving, nor joining, nor an administrator changes that.
"""

from uuid import uuid4

import pytest

from safeshare.concerns.models import CaseDocument, DocumentKind
from safeshare.concerns.rules.exclusions import MOST_LISTED, Ticked
from safeshare.kernel.errors import InvalidError
from safeshare.mailbox.service.turning import escalate
from tests.cast import Stage
from tests.use_cases.conversation import enter
from tests.use_cases.handlers import (
    case_of,
)
from tests.use_cases.keeping_out import kept_out_of, line_of, overseer_of, team
from tests.use_cases.moving import (
    COMES,
    TEAM,
    add,
    either,
    joins_the_team,
    move,
    place,
    works_at_the_place,
)
from tests.use_cases.test_whereabouts import put
from tests.use_cases.turned import (
    ask,
    contact_of,
    keys_of,
    looked,
)

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


def test_more_places_than_a_record_holds_keep_out_whoever_works_there_when_it_is_sent(
    stage: Stage,
) -> None:
    works_at_the_place(stage, "hr_1")
    many = frozenset(uuid4() for _ in range(MOST_LISTED + 30)) | place(stage).places
    told, _ = stage.submit(ticked=Ticked(places=many, queues=TEAM.queues))
    put(stage, "hr_1", None)
    out = kept_out_of(stage, told.reference)
    assert {"hr_1", *team(stage, "safeguarding")} <= out
    first = line_of(stage, told.reference)[0]
    joins_the_team(stage, first)
    assert first in kept_out_of(stage, told.reference)


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
