"""Who is kept out is not called about danger either; and whoever is called can read of it."""

from safeshare.concerns.rules.exclusions import Ticked
from safeshare.concerns.service.paging import SWEEPS_TO_RESERVE, page_on_call
from safeshare.kernel.actors import Worker
from safeshare.outbox.models import OutgoingMail
from tests.cast import Stage
from tests.use_cases.handlers import holders_of
from tests.use_cases.keeping_out import calls, ids, who_can_read
from tests.use_cases.test_paging import put_on_call, reserve_of, sweep


def test_an_excluded_person_on_call_cannot_be_called(stage: Stage) -> None:
    first = put_on_call(stage, "hr", "hr_4")
    reserve = reserve_of(stage, "hr")
    second = put_on_call(stage, reserve, f"{reserve}_2")
    ticked = Ticked(people=frozenset({first, second}))
    reference = stage.submit({"danger": "yes"}, ticked=ticked)[0].reference
    for _ in range(SWEEPS_TO_RESERVE + 2):
        sweep(stage)
    holders = ids(stage, *holders_of(stage, reference))
    assert {page.staff_id for page in calls(stage)} <= holders
    assert {first, second}.isdisjoint(holders)


def test_a_barred_queues_on_call_person_cannot_be_called(stage: Stage) -> None:
    barred = put_on_call(stage, "hr", "hr_4")
    put_on_call(stage, "independent", "independent_2")
    stage.submit({"danger": "yes", "about": ("hr",)})
    for _ in range(SWEEPS_TO_RESERVE + 2):
        sweep(stage)
    assert barred not in {page.staff_id for page in calls(stage)}
    assert calls(stage)


def test_the_reserves_on_call_person_can_read_what_they_are_called_about(stage: Stage) -> None:
    put_on_call(stage, "hr", "hr_4")
    reserve = reserve_of(stage, "hr")
    second = put_on_call(stage, reserve, f"{reserve}_2")
    page = who_can_read(stage, danger="yes")
    assert f"{reserve}_2".replace("_", " ").title() in {one.name for one in page.holders}
    reference = stage.submit({"danger": "yes"}, order=page.order)[0].reference
    assert f"{reserve}_2" in holders_of(stage, reference)
    assert [page.then_id for page in calls(stage)] == [second]


def test_mail_about_a_case_cannot_go_to_an_excluded_person(stage: Stage) -> None:
    out = ids(stage, "hr_1", "overseer")
    put_on_call(stage, "hr", "hr_1")
    stage.submit({"danger": "yes"}, ticked=Ticked(people=out))
    stage.gate.run(page_on_call, Worker(), None)
    with stage.system.database.reading() as session:
        assert out.isdisjoint({mail.recipient_id for mail in session.query(OutgoingMail)})
