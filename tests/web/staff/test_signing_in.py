from collections.abc import Callable

from tests.cast import Stage
from tests.use_cases.handlers import holders_of
from tests.web.staff.desk import Desk


def test_a_handler_can_sign_in_and_read_a_case(sqlite_stage: Stage, desk: Callable[[], Desk]) -> None:
    sent, _ = sqlite_stage.submit({"who": "A certain Crew Commander", "wishes": "Peace"})
    handler = desk()
    answer = handler.sign_in(holders_of(sqlite_stage, sent.reference)[0])
    assert answer.status_code == 303, handler.page
    handler.get("/")
    assert sent.reference in handler.page
    handler.get(f"/cases/{sent.reference}/conflict")
    assert "A certain Crew Commander" in handler.page
    assert "Something is wrong." not in handler.page
    assert handler.send(f"/cases/{sent.reference}/conflict", tie="no").status_code == 303
    answer = handler.get(f"/cases/{sent.reference}")
    assert answer.status_code == 200
    assert "Something is wrong." in handler.page
    for part in ("take", "acknowledge", "message", "status", "close", "themes"):
        assert handler.get(f"/cases/{sent.reference}/{part}").status_code == 200, part
