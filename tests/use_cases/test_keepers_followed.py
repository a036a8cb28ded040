"""A keeper who works for no team any more can be followed by another holder: a keeper says so."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, insert

from safeshare.casework.service.keepers import (
    HandOver,
    LookAtKeepers,
    hand_over,
    look_at_keepers,
)
from safeshare.casework.service.name_page import LookAtName, look_at_name
from safeshare.casework.service.upkeep import KeepUp, keep_case_up
from safeshare.concerns.models import Grant, GranteeKind
from safeshare.concerns.queries import get_case_held
from safeshare.concerns.rules import AlarmKind
from safeshare.concerns.rules.exclusions import Why
from safeshare.concerns.service.compartments import open_locks
from safeshare.concerns.service.exclusions import exclude
from safeshare.kernel.actors import Staff
from safeshare.kernel.errors import BarredError, NotFoundError, SealBrokenError, StaleError
from safeshare.kernel.sealed import Compartment
from safeshare.ledger.events import Event
from safeshare.mailbox.service.history import Purpose
from safeshare.people.models import QueueMember
from safeshare.people.queries import get_standing
from safeshare.people.service.away import GoAway, go_away
from safeshare.people.service.membership import Membership, leave_queue
from tests.cast import Stage
from tests.use_cases.handlers import attested, case_of, holders_of
from tests.use_cases.naming import NAME, TOLD, keepers_of, name_read
from tests.use_cases.test_access_history import history, purposes
from tests.use_cases.watched import alarms_of, next_morning, watch
from tests.use_cases.writing_tables import rows_of, table, write


def leave_all_teams(stage: Stage, name: str) -> None:
    staff_id = stage.enrolled[name].staff_id
    with stage.system.database.reading() as session:
        teams = [one.queue_id for one in get_standing(session, staff_id).memberships]
    for one in teams:
        stage.gate.run(leave_queue, stage.staff("overseer"), Membership(staff_id, one))


def go_away_until(stage: Stage, name: str, days: int | None) -> None:
    today = stage.gate.clock.today()
    until = None if days is None else today + timedelta(days=days)
    stage.gate.run(go_away, stage.staff(name), GoAway(today, until))


def a_case(stage: Stage) -> tuple[str, str, str, str]:
    """A case with a name: its number, two keepers, and a holder who keeps no name."""
    reference = stage.submit(TOLD, identity=NAME)[0].reference
    gone, last = keepers_of(stage, reference)
    (other,) = set(holders_of(stage, reference)) - {gone, last}
    return reference, gone, last, other


def hand(stage: Stage, giver: Staff, reference: str, to: str, instead_of: str) -> None:
    ids = (stage.enrolled[to].staff_id, stage.enrolled[instead_of].staff_id)
    stage.gate.run(hand_over, giver, HandOver(reference, *ids, "They have changed teams."))


def offered(stage: Stage, keeper: Staff, reference: str) -> list[tuple[str, str]]:
    found = stage.gate.run(look_at_keepers, keeper, LookAtKeepers(reference)).changes
    return [(one.to_name, one.instead_of_name) for one in found]


def test_a_keeper_who_left_every_team_is_followed_when_the_other_keeper_says_so(
    stage: Stage,
) -> None:
    sent, code = stage.submit(TOLD, identity=NAME)
    reference, (gone, last) = sent.reference, keepers_of(stage, sent.reference)
    (other,) = set(holders_of(stage, reference)) - {gone, last}
    before, keeper = attested(stage, reference, gone), attested(stage, reference, last)
    assert offered(stage, keeper, reference) == []
    leave_all_teams(stage, gone)
    watch(stage)
    assert AlarmKind.FEW_KEEPERS in alarms_of(stage, reference)
    assert not stage.gate.run(keep_case_up, keeper, KeepUp(reference))
    assert keepers_of(stage, reference) == [gone, last]
    names = {one: stage.staff(one).display_name for one in (gone, last, other)}
    page = stage.gate.run(look_at_name, keeper, LookAtName(reference))
    assert page.gone == (names[gone],)
    assert offered(stage, keeper, reference) == [(names[other], names[gone])]
    hand(stage, keeper, reference, other, gone)
    assert set(keepers_of(stage, reference)) == {last, other}
    assert name_read(stage, attested(stage, reference, other), reference) == NAME
    with pytest.raises(NotFoundError):
        name_read(stage, before, reference)
    assert Purpose.NAME_GIVEN in purposes(history(stage, code))
    next_morning(stage)
    assert AlarmKind.FEW_KEEPERS not in alarms_of(stage, reference)
    assert stage.faults() == []


def test_a_keeper_who_left_every_team_can_hand_their_own_key_on(stage: Stage) -> None:
    reference, gone, last, other = a_case(stage)
    leave_all_teams(stage, gone)
    leave_all_teams(stage, last)
    hand(stage, attested(stage, reference, gone), reference, other, gone)
    assert set(keepers_of(stage, reference)) == {last, other}


def test_a_keeper_who_has_not_said_until_when_they_are_away_can_be_followed(stage: Stage) -> None:
    reference, gone, last, other = a_case(stage)
    keeper = attested(stage, reference, last)
    go_away_until(stage, gone, 30)
    assert offered(stage, keeper, reference) == []
    with pytest.raises(StaleError):
        hand(stage, keeper, reference, other, gone)
    go_away_until(stage, gone, None)
    hand(stage, keeper, reference, other, gone)
    assert set(keepers_of(stage, reference)) == {last, other}


def test_nobody_who_is_away_or_holds_the_case_not_can_follow_a_keeper(stage: Stage) -> None:
    reference, gone, last, other = a_case(stage)
    keeper = attested(stage, reference, last)
    leave_all_teams(stage, gone)
    go_away_until(stage, other, 30)
    assert offered(stage, keeper, reference) == []
    for name in (other, "safeguarding_1"):
        with pytest.raises(StaleError):
            hand(stage, keeper, reference, name, gone)
    assert keepers_of(stage, reference) == [gone, last]


def test_nobody_can_follow_a_keeper_who_is_kept_out(stage: Stage) -> None:
    reference, gone, last, other = a_case(stage)
    keeper, case_id = attested(stage, reference, last), case_of(stage, reference).id
    leave_all_teams(stage, gone)
    door = stage.gate.door(keeper)
    with door.change() as session:
        case, locks = get_case_held(session, case_id), open_locks(door, case_id, session=session)
        exclude(door, session, case, locks, [stage.enrolled[other].staff_id], Why.TIE)
        door.record(Event.CASE_KEPT_UP, case_id=case_id)
    with pytest.raises(BarredError):
        hand(stage, keeper, reference, other, gone)
    assert keepers_of(stage, reference) == [gone, last]


def test_a_writer_of_the_tables_cannot_have_a_keeper_followed(stage: Stage) -> None:
    reference, gone, last, other = a_case(stage)
    keeper = attested(stage, reference, last)
    write(stage, delete(QueueMember).where(QueueMember.staff_id == stage.enrolled[gone].staff_id))
    with pytest.raises((StaleError, SealBrokenError)):
        hand(stage, keeper, reference, other, gone)
    assert keepers_of(stage, reference) == [gone, last]


def test_a_row_alone_makes_nobody_a_holder_who_could_follow_a_keeper(stage: Stage) -> None:
    reference, gone, last, _other = a_case(stage)
    keeper, case_id = attested(stage, reference, last), case_of(stage, reference).id
    held = (Grant.case_id == case_id) & (Grant.compartment == Compartment.WORK)
    row = rows_of(stage, {Grant: held})[table(Grant)][0]
    writer = stage.enrolled["safeguarding_1"].staff_id
    forged = {**row, "grantee_id": writer, "grantee_kind": GranteeKind.STAFF}
    write(stage, insert(Grant).values(forged))
    leave_all_teams(stage, gone)
    with pytest.raises((StaleError, SealBrokenError)):
        hand(stage, keeper, reference, "safeguarding_1", gone)
    assert keepers_of(stage, reference) == [gone, last]
