"""A case is brought up to date after its page has gone out."""

from dataclasses import replace

from safeshare.app import create_staff_app
from safeshare.concerns.service.resealing import count_out_of_date
from safeshare.kernel.actors import Operator
from safeshare.kernel.sealed import Compartment
from tests.cast import Stage
from tests.use_cases.handlers import attested, holders_of
from tests.web.staff.desk import Desk

CHACHA = 2


def test_a_case_goes_over_to_another_suite_once_its_page_has_been_answered(
    sqlite_stage: Stage,
) -> None:
    reference = sqlite_stage.submit({"concern": "The hoses are old."})[0].reference
    keeper = holders_of(sqlite_stage, reference, Compartment.IDENTITY)[0]
    attested(sqlite_stage, reference, keeper)
    vault = replace(sqlite_stage.gate.vault, content_suite=CHACHA)
    gate = replace(sqlite_stage.gate, vault=vault)
    later = replace(sqlite_stage, system=replace(sqlite_stage.system, gate=gate))
    desk = Desk(create_staff_app(later.system).test_client(), later)
    desk.sign_in(keeper)
    answer = desk.get(f"/cases/{reference}")
    assert "The hoses are old." in desk.page
    assert gate.run(count_out_of_date, Operator(), None) == 1
    answer.close()
    assert gate.run(count_out_of_date, Operator(), None) == 0
    desk.get(f"/cases/{reference}").close()
    assert "The hoses are old." in desk.page
