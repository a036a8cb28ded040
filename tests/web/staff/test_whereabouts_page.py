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
