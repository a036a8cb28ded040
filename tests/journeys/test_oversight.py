"""Those who look after the service see what was done and how much there is, and no concern."""

import pytest

from safeshare.gate.keeping import collect_past_days
from safeshare.kernel.actors import Role, Worker
from safeshare.oversight.service.caseload import count_caseload
from tests.cast import Stage, enrol
from tests.journeys.conftest import Visits
from tests.journeys.staff import Colleague, somebody_who_holds
from tests.use_cases.handlers import attested, case_of, opened

pytestmark = pytest.mark.journey

SECRET = "Something that nobody but the holders may read."


def _filled(stage: Stage) -> str:
    """Seven concerns, one of them read at night. Returns the reference of that one."""
    enrol(stage, "inspector", {Role.INSPECTOR})
    references = [stage.submit({"concern": SECRET})[0].reference for _ in range(7)]
    stage.time.advance(hours=13)
    staff = attested(stage, references[0])
    for _ in range(3):
        opened(stage, staff, references[0])
    stage.time.advance(days=33)
    stage.gate.run(collect_past_days, Worker(), None)
    stage.gate.run(count_caseload, Worker(), None)
    return references[0]


def test_each_of_those_who_look_after_the_service_can_go_their_way(
    visits: Visits, scripts: bool, sqlite_stage: Stage
) -> None:
    reference = _filled(sqlite_stage)
    ids = {one.staff_id: name for name, one in sqlite_stage.enrolled.items()}
    overseer_id = case_of(sqlite_stage, reference).overseer_id
    assert overseer_id is not None
    overseer = visits(Colleague, scripts=scripts).signs_in(sqlite_stage, ids[overseer_id])
    overseer.presses("Weekly review").reads("Whose reading was unusual", "What counts as unusual")
    overseer.presses(reference).reads("What was done with this case", "Sent the concern")
    overseer.presses("Caseload").reads("How many cases, how old and how late", "withheld")
    inspector = visits(Colleague, scripts=scripts).signs_in(sqlite_stage, "inspector")
    inspector.presses("Ledger of accounts").reads("Approved somebody for a queue")
    inspector.presses("Older").reads("What was done with accounts and settings")
    inspector.presses("Evidence").reads("What happened in cases, month by month", "March 2026")
    for person in (overseer, inspector):
        assert SECRET not in person.page.content()


def test_a_holder_can_see_who_did_what_with_their_case(
    visits: Visits, scripts: bool, sqlite_stage: Stage
) -> None:
    reference = _filled(sqlite_stage)
    handler = visits(Colleague, scripts=scripts)
    handler.signs_in(sqlite_stage, somebody_who_holds(sqlite_stage, reference))
    handler.opens(f"/staff/cases/{reference}").presses("See who did what with it")
    handler.reads("What was done with this case", "Opened the case", "the reporter")
