"""A case is saved as a file, and an account's number and place are put right."""

from pathlib import Path

import pytest

from tests.cast import Stage
from tests.journeys.conftest import Visits
from tests.journeys.staff import Colleague, somebody_who_holds

pytestmark = pytest.mark.journey

WHY = "Why do they need it, and who is given it?"


def test_a_holder_can_save_a_case_as_a_file(
    visits: Visits, scripts: bool, sqlite_stage: Stage
) -> None:
    reference = sqlite_stage.submit({"concern": "The kit is unsafe."})[0].reference
    holder = visits(Colleague, scripts=scripts)
    holder.signs_in(sqlite_stage, somebody_who_holds(sqlite_stage, reference))
    holder.opens_case(reference).presses("Save the case as a file").presses("Save the file")
    holder.reads("Choose what the copy is for").chooses("A court or the law demands it")
    holder.fills(WHY, "The judge asked for it.")
    with holder.page.expect_download() as saved:
        holder.page.get_by_role("button", name="Save the file").click()
    assert saved.value.suggested_filename == f"{reference}.txt"
    assert "The kit is unsafe." in Path(saved.value.path()).read_text(encoding="utf-8")
    holder.opens(f"/staff/cases/{reference}/export").reads("The judge asked for it.")


def test_an_administrator_can_put_a_number_and_a_place_right(
    visits: Visits, scripts: bool, sqlite_stage: Stage
) -> None:
    administrator = visits(Colleague, scripts=scripts).signs_in(sqlite_stage, "administrator")
    administrator.presses("Alarms").reads("What needs somebody").presses("Accounts")
    administrator.presses("Hr 1").presses("Change staff number and place")
    administrator.fills("Staff number (optional)", "EF4017")
    administrator.page.get_by_label("Where do they work? (optional)").select_option("North Station")
    administrator.presses("Save").reads("You changed the staff number", "EF4017", "North Station")
