"""Whoever a reporter keeps out is not alone in that: of every team that can hide somebody, two
never hold the case, whatever happens to it (ADR 0018).
"""

from collections import Counter
from dataclasses import replace
from secrets import choice
from uuid import UUID

import pytest

from safeshare.casework.service.conflict import DeclareTie, declare_tie
from safeshare.casework.service.handing_over import (
    AddHolder,
    OfferColleagues,
    add_holder,
    list_colleagues_for,
)
from safeshare.concerns.models import DocumentKind
from safeshare.concerns.queries import get_document
from safeshare.concerns.rules import AlarmKind, how_many_holders
from safeshare.concerns.rules.exclusions import Why, exclusions_in
from safeshare.concerns.service.compartments import open_locks, reveal_document
from safeshare.kernel.errors import BarredError
from safeshare.kernel.sealed import Compartment
from safeshare.ledger.events import Event
from safeshare.people.service.away import GoAway, go_away
from tests.cast import Stage
from tests.rules.test_best_guesser import BOUND, Sight, Table, Team, after, exact, told
from tests.use_cases.ceremony import give_all, together
from tests.use_cases.handlers import attested, case_of, holders_of, ledger, opened
from tests.use_cases.keeping_out import kept_out_of, line_of, people, team
from tests.use_cases.recovered import newcomer
from tests.use_cases.turned import alarms

HELD_BACK = 2


def send_away(stage: Stage, *names: str) -> None:
    for name in names:
        stage.gate.run(go_away, stage.staff(name), GoAway(stage.gate.clock.today(), None))


def available(stage: Stage, size: int) -> list[str]:
    """So many people of HR, the supervisor first; the others are away."""
    send_away(stage, *(f"hr_{number}" for number in range(size, 6)))
    for number in range(6, size):
        newcomer(stage, f"hr_{number}")
    return ["hr_supervisor", *(f"hr_{number}" for number in range(1, size))]


def tie(stage: Stage, reference: str, name: str) -> set[str]:
    """Let a holder declare a tie. Returns who was promoted."""
    before = set(holders_of(stage, reference))
    stage.gate.run(declare_tie, stage.staff(name), DeclareTie(reference, has_tie=True))
    return set(holders_of(stage, reference)) - before


def sights(stage: Stage, reference: str, names: list[str], promotions: int) -> list[Sight]:
    """What the tables show of a case at first, after one promotion, and so on."""
    numbers = {name: UUID(int=at) for at, name in enumerate(names, start=1)}
    nobody: frozenset[UUID] = frozenset()
    holders = frozenset(numbers[one] for one in holders_of(stage, reference))
    keepers = holders_of(stage, reference, Compartment.IDENTITY)
    found = [Sight(holders, frozenset(numbers[one] for one in keepers), None, None, (), nobody)]
    for _ in range(promotions):
        (promoted,) = tie(stage, reference, choice(holders_of(stage, reference)))
        found.append(replace(found[-1], promoted=(*found[-1].promoted, numbers[promoted])))
    return found


def guess(table: Table, sight: Sight) -> UUID:
    return table[sight].most_common(1)[0][0]


@pytest.mark.parametrize("concerns", [30, pytest.param(200, marks=pytest.mark.soak)])
@pytest.mark.parametrize(
    "size", [4, 6, *(pytest.param(size, marks=pytest.mark.soak) for size in (5, 7, 8))]
)
def test_from_the_tables_the_best_guesser_can_be_right_no_more_often_than_published(
    stage: Stage, size: int, concerns: int
) -> None:
    names = available(stage, size)
    published = told(Team(size, supervisors=1))
    promotions = size - how_many_holders(size) - HELD_BACK
    tables = [after(published, number) for number in range(promotions + 1)]
    right: Counter[int] = Counter()
    for _ in range(concerns):
        accused = choice(names)
        reference = stage.submit(ticked=people(stage, accused))[0].reference
        seen = sights(stage, reference, names, promotions)
        for number, (table, sight) in enumerate(zip(tables, seen, strict=True)):
            right[number] += names[guess(table, sight).int - 1] == accused
        beyond = tie(stage, reference, choice(holders_of(stage, reference)))
        assert not beyond & set(names), "the line of the team has ended"
    for number, table in enumerate(tables):
        rate = float(exact(table))
        assert rate <= 0.5
        deviation = (rate * (1 - rate) / concerns) ** 0.5
        assert right[number] / concerns <= rate + BOUND * deviation


@pytest.mark.parametrize("ticked", [(), ("hr_1",), ("hr_1", "hr_2"), ("hr_1", "hr_2", "hr_3")])
def test_as_many_can_ever_hold_it_whether_the_reporter_keeps_out_none_or_two(
    stage: Stage, ticked: tuple[str, ...]
) -> None:
    reference = stage.submit(ticked=people(stage, *ticked))[0].reference
    ever = {*holders_of(stage, reference), *line_of(stage, reference)}
    out = set(team(stage, "hr")) & kept_out_of(stage, reference)
    assert len(out) == max(HELD_BACK, len(ticked))
    assert out >= set(ticked)
    assert ever & set(team(stage, "hr")) == set(team(stage, "hr")) - out
    independent = set(team(stage, "independent"))
    assert len(independent & kept_out_of(stage, reference)) == HELD_BACK


def test_the_sealed_list_cannot_tell_whom_the_reporter_kept_out(stage: Stage) -> None:
    reference = stage.submit(ticked=people(stage, "hr_1"))[0].reference
    case_id = case_of(stage, reference).id
    door = stage.gate.door(stage.staff(holders_of(stage, reference)[0]))
    document = get_document(door.read, case_id, DocumentKind.EXCLUSIONS)
    lock = open_locks(door, case_id)[document.compartment]
    listed = exclusions_in(reveal_document(door, lock, document)).people
    door.stop_reading()
    assert len(listed) == HELD_BACK * 4
    assert set(listed.values()) == {Why.TICKED}


def test_a_holder_cannot_add_anybody_who_is_kept_out_by_lot(stage: Stage) -> None:
    reference = stage.submit(ticked=people(stage, "hr_1"))[0].reference
    actor = attested(stage, reference)
    by_lot = next(
        one for one in sorted(kept_out_of(stage, reference) - {"hr_1"}) if one.startswith("hr_")
    )
    offered = stage.gate.run(list_colleagues_for, actor, OfferColleagues(reference))
    assert stage.enrolled[by_lot].staff_id not in {one.staff_id for one in offered}
    command = AddHolder(reference, stage.enrolled[by_lot].staff_id, "The work needs it.")
    with pytest.raises(BarredError, match="may_not_hold"):
        stage.gate.run(add_holder, actor, command)
    joined = newcomer(stage)
    command = AddHolder(reference, stage.enrolled[joined].staff_id, "The work needs it.")
    stage.gate.run(add_holder, actor, command)
    assert joined in holders_of(stage, reference)


def test_a_case_for_which_lots_leave_nobody_raises_alarms_and_can_be_given_to_who_joins(
    stage: Stage,
) -> None:
    """Four of one team, and nobody in any other: both holders have a tie."""
    available(stage, 4)
    send_away(stage, *(one for one in stage.enrolled if one[-1].isdigit() and one[0] != "h"))
    send_away(stage, *(f"{one}_supervisor" for one in stage.queues if one != "hr"))
    reference = stage.submit(ticked=people(stage, "hr_1"))[0].reference
    first, second = holders_of(stage, reference)
    assert tie(stage, reference, first) == set()
    assert AlarmKind.FEW_HOLDERS in alarms(stage, reference)
    assert tie(stage, reference, second) == set()
    assert holders_of(stage, reference) == []
    (abandoned,) = give_all(stage, together(stage))
    assert (abandoned.given, abandoned.left) == (0, 1)
    assert [one.case_id for one in ledger(stage, Event.RECOVERY_CASE_LEFT)] == [
        case_of(stage, reference).id
    ]
    joined = newcomer(stage)
    (again,) = give_all(stage, together(stage))
    assert (again.given, again.left) == (1, 0)
    assert holders_of(stage, reference) == [joined]
    view = opened(stage, attested(stage, reference, joined), reference)
    assert view.answers["concern"] == "Something is wrong."
