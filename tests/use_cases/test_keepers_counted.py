"""Who has the key of the name is counted like who can open the case, and made up again."""

from contextlib import suppress
from datetime import date

import pytest
from sqlalchemy import delete, insert

from safeshare.casework.models import Attestation
from safeshare.casework.service.handling import TakeCase, take_case
from safeshare.casework.service.keepers import ReadName, read_name
from safeshare.casework.service.upkeep import KeepUp, keep_case_up
from safeshare.concerns.models import Grant, GranteeKind
from safeshare.concerns.rules import AlarmKind
from safeshare.concerns.service.leavers import take_leavers_keys
from safeshare.kernel.actors import Worker
from safeshare.kernel.errors import NotFoundError, SealBrokenError
from safeshare.kernel.sealed import Compartment
from safeshare.ledger.events import Event
from safeshare.mailbox.service.history import Purpose
from safeshare.mailbox.service.turning import AskForSomebodyElse, ask_for_somebody_else
from safeshare.people.service.away import GoAway, come_back, go_away
from tests.cast import Stage
from tests.use_cases.ceremony import give, let_leave, together
from tests.use_cases.conversation import enter
from tests.use_cases.handlers import attested, case_of, holders_of, kept_up, ledger, opened
from tests.use_cases.keeping_out import overseer_of
from tests.use_cases.naming import TOLD
from tests.use_cases.test_access_history import history, purposes
from tests.use_cases.watched import alarms_of, alerted, health, next_morning, seen_by, watch
from tests.use_cases.writing_tables import rows_of, table, write


def keepers_of(stage: Stage, reference: str) -> list[str]:
    return holders_of(stage, reference, Compartment.IDENTITY)


def other_of(stage: Stage, reference: str) -> str:
    (other,) = set(holders_of(stage, reference)) - set(keepers_of(stage, reference))
    return other


def read_first(stage: Stage, reference: str) -> None:
    """Let somebody open the case, so that nothing else is wrong with it."""
    opened(stage, attested(stage, reference), reference)


def leave(stage: Stage, name: str) -> None:
    """Somebody leaves, and the worker takes their keys in the night."""
    let_leave(stage, [name])
    stage.gate.run(take_leavers_keys, Worker(), None)


@pytest.mark.parametrize("said", [{}, {"name": "Robin Marsh"}], ids=["anonymous", "named"])
def test_a_case_with_one_keeper_left_raises_an_alarm_with_a_name_and_without(
    stage: Stage, said: dict[str, str]
) -> None:
    reference = stage.submit(TOLD if said else None, identity=said)[0].reference
    read_first(stage, reference)
    let_leave(stage, keepers_of(stage, reference)[:1])
    done = watch(stage)
    assert done is not None
    assert done.few == 0
    assert set(alarms_of(stage, reference)) == {AlarmKind.FEW_KEEPERS}
    assert (health(stage).held.few, health(stage).kept.few, health(stage).kept.nobody) == (0, 1, 0)
    here = {other_of(stage, reference), keepers_of(stage, reference)[1]}
    assert set(alerted(stage)) == here | {overseer_of(stage, reference)}
    for name in here:
        assert [one.kind for one in seen_by(stage, name).alarms] == [AlarmKind.FEW_KEEPERS]


def test_a_keeper_who_is_away_does_not_count_and_counts_again(stage: Stage) -> None:
    reference = stage.submit()[0].reference
    read_first(stage, reference)
    away = keepers_of(stage, reference)[0]
    actor = stage.staff(away)
    stage.gate.run(go_away, actor, GoAway(stage.gate.clock.today(), None))
    watch(stage)
    assert set(alarms_of(stage, reference)) == {AlarmKind.FEW_KEEPERS}
    stage.gate.run(come_back, actor, None)
    next_morning(stage)
    assert not alarms_of(stage, reference)


def test_the_last_keeper_hands_the_key_on_by_opening_the_case(stage: Stage) -> None:
    sent, code = stage.submit()
    reference = sent.reference
    gone, last = keepers_of(stage, reference)
    other = other_of(stage, reference)
    leave(stage, gone)
    for name in (other, last):  # What the one who left had the keys of is given others first.
        assert kept_up(stage, attested(stage, reference, name), reference)
    assert not kept_up(stage, attested(stage, reference, other), reference)
    assert Purpose.NAME_GIVEN not in purposes(history(stage, code))
    assert kept_up(stage, attested(stage, reference, last), reference)
    assert set(keepers_of(stage, reference)) == {last, other}
    assert not kept_up(stage, attested(stage, reference, last), reference)
    assert Purpose.NAME_GIVEN in purposes(history(stage, code))
    watch(stage)
    assert AlarmKind.FEW_KEEPERS not in alarms_of(stage, reference)


def test_nobody_who_is_away_can_be_made_a_keeper(stage: Stage) -> None:
    reference = stage.submit()[0].reference
    gone, last = keepers_of(stage, reference)
    actor = stage.staff(other_of(stage, reference))
    leave(stage, gone)
    stage.gate.run(go_away, actor, GoAway(stage.gate.clock.today(), None))
    staff = attested(stage, reference, last)
    assert kept_up(stage, staff, reference)  # The keys are changed.
    assert not stage.gate.run(keep_case_up, staff, KeepUp(reference))
    assert keepers_of(stage, reference) == [last]


def test_a_keeper_whom_the_reporter_passed_over_is_followed_by_another_holder(
    stage: Stage,
) -> None:
    told, code = stage.submit()
    gone, last = keepers_of(stage, told.reference)
    other = other_of(stage, told.reference)
    staff = attested(stage, told.reference, gone)
    stage.gate.run(take_case, staff, TakeCase(told.reference, None))
    stage.gate.run(ask_for_somebody_else, enter(stage, code), AskForSomebodyElse(False))
    assert keepers_of(stage, told.reference) == [last]
    watch(stage)
    assert AlarmKind.FEW_KEEPERS not in alarms_of(stage, told.reference)
    next_morning(stage)
    assert AlarmKind.FEW_KEEPERS in alarms_of(stage, told.reference)
    staff = attested(stage, told.reference, last)
    assert kept_up(stage, staff, told.reference)  # The key is changed first.
    assert kept_up(stage, staff, told.reference)
    assert set(keepers_of(stage, told.reference)) == {last, other}
    assert not kept_up(stage, staff, told.reference)
    assert stage.faults() == []


def test_a_name_whose_key_nobody_has_can_be_given_by_recovery(stage: Stage) -> None:
    reference = stage.submit()[0].reference
    other = other_of(stage, reference)
    for name in keepers_of(stage, reference):
        leave(stage, name)
    assert (health(stage).kept.nobody, health(stage).kept.lost) == (1, 0)
    give(stage, together(stage), reference, other, with_identity=True)
    assert keepers_of(stage, reference) == [other]
    assert health(stage).kept.nobody == 0


def test_a_name_that_recovery_cannot_open_either_is_said_to_be_lost(stage: Stage) -> None:
    reference = stage.submit()[0].reference
    case_id = case_of(stage, reference).id
    named = (Grant.case_id == case_id, Grant.compartment == Compartment.IDENTITY)
    write(stage, delete(Grant).where(*named, Grant.grantee_kind == GranteeKind.RECOVERY))
    let_leave(stage, keepers_of(stage, reference))
    assert (health(stage).held.lost, health(stage).kept.lost) == (0, 1)


def test_a_writer_of_the_tables_cannot_make_themselves_a_keeper(stage: Stage) -> None:
    sent, _code = stage.submit(TOLD, identity={"name": "Sam"})
    reference, case_id = sent.reference, case_of(stage, sent.reference).id
    last, gone = keepers_of(stage, reference)
    writer = stage.enrolled["safeguarding_1"].staff_id
    staff = attested(stage, reference, last)
    held = (Grant.case_id == case_id) & (Grant.compartment == Compartment.WORK)
    row = rows_of(stage, {Grant: held})[table(Grant)][0]
    forged = {**row, "grantee_id": writer, "grantee_kind": GranteeKind.STAFF}
    write(stage, insert(Grant).values(forged))
    attestation = {"case_id": case_id, "staff_id": writer, "on": date(2026, 3, 2)}
    write(stage, insert(Attestation).values(attestation))
    leave(stage, gone)
    with suppress(SealBrokenError):
        stage.gate.run(keep_case_up, staff, KeepUp(reference))
    assert "safeguarding_1" not in keepers_of(stage, reference)
    with pytest.raises((NotFoundError, SealBrokenError)):
        stage.gate.run(read_name, stage.staff("safeguarding_1"), ReadName(reference))


def test_a_grant_that_was_taken_out_of_the_table_raises_an_alarm_and_makes_no_keeper(
    stage: Stage,
) -> None:
    sent, _code = stage.submit(TOLD, identity={"name": "Sam"})
    reference, case_id = sent.reference, case_of(stage, sent.reference).id
    last, other = keepers_of(stage, reference)
    staff = attested(stage, reference, last)
    named = (Grant.case_id == case_id, Grant.compartment == Compartment.IDENTITY)
    theirs = Grant.grantee_id == stage.enrolled[other].staff_id
    write(stage, delete(Grant).where(*named, theirs))
    with pytest.raises(SealBrokenError):
        stage.gate.run(keep_case_up, staff, KeepUp(reference))
    assert keepers_of(stage, reference) == [last]
    assert case_id in {one.case_id for one in ledger(stage, Event.ALARM_RAISED)}
