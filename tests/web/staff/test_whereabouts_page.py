"""The page on which an administrator puts a staff number and a place right."""

from tests.cast import Stage
from tests.web.staff.desk import Desks


def test_an_administrator_can_change_a_number_and_a_place(sqlite_stage: Stage, desk: Desks) -> None:
    administrator = desk()
    administrator.sign_in("administrator")
    address = f"/accounts/{sqlite_stage.enrolled['hr_1'].staff_id}"
    administrator.get(address)
    assert "Not said" in administrator.page
    administrator.get(f"{address}/whereabouts")
    place = str(sqlite_stage.places["north"])
    assert "North Station" in administrator.page
    assert administrator.send(f"{address}/whereabouts", location="none").status_code == 400
    refused = administrator.send(f"{address}/whereabouts", staff_number="9" * 41, location=place)
    assert refused.status_code == 400
    sent = administrator.send(f"{address}/whereabouts", staff_number="EF4017", location=place)
    assert sent.status_code == 303
    administrator.get(address)
    assert "EF4017" in administrator.page
    assert "North Station" in administrator.page


def test_a_supervisor_sees_whose_number_or_place_was_changed(
    sqlite_stage: Stage, desk: Desks
) -> None:
    place = str(sqlite_stage.places["north"])
    administrator = desk()
    administrator.sign_in("administrator")
    for name, number, where in (("hr_1", "EF4017", place), ("hr_2", "", place), ("hr_3", "9", "")):
        address = f"/accounts/{sqlite_stage.enrolled[name].staff_id}/whereabouts"
        administrator.get(address)
        assert administrator.send(address, staff_number=number, location=where).status_code == 303
    supervisor = desk()
    supervisor.sign_in("hr_supervisor")
    supervisor.get("/waiting-to-join")
    assert "Hr 1: staff number and place, changed by Administrator" in supervisor.page
    assert "Hr 2: place, changed by Administrator" in supervisor.page
    assert "Hr 3: staff number, changed by Administrator" in supervisor.page
