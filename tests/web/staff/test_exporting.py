"""The page that asks what a copy of a case is for, and the file."""

from safeshare.ledger.events import Event
from tests.cast import Stage
from tests.use_cases.handlers import ledger
from tests.web.staff.desk import Desks
from tests.web.staff.test_working_a_case import at_case

CONCERN = "<b>The</b> kit {{ 7*7 }} is unsafe"
NAME = "Robin Marsh"


def test_a_holder_can_save_a_case_as_a_plain_text(sqlite_stage: Stage, desk: Desks) -> None:
    told = {"concern": CONCERN, "mode": "confidential", "wishes": "New kit"}
    reference = sqlite_stage.submit(told, identity={"name": NAME})[0].reference
    handler = at_case(sqlite_stage, desk, reference)
    address = f"/cases/{reference}/export"
    handler.get(address)
    assert "The reporter sees in their mailbox that you saved a copy" in handler.page
    refused = handler.send(address, purpose="court", text=" ")
    assert refused.status_code == 400
    assert "Write down the reason" in handler.page
    assert handler.send(address, text="The judge asked.").status_code == 400
    assert ledger(sqlite_stage, Event.CASE_EXPORTED) == []
    saved = handler.send(address, purpose="court", text="The judge asked.")
    assert saved.content_type == "text/plain; charset=utf-8"
    assert saved.headers["Content-Disposition"] == f'attachment; filename="{reference}.txt"'
    assert "no-store" in saved.headers["Cache-Control"]
    assert "sandbox" in saved.headers["Content-Security-Policy"]
    assert CONCERN in saved.text
    assert "New kit" in saved.text
    assert "A court or the law demands it" in saved.text
    assert NAME not in saved.text
    assert "The judge asked." not in saved.text
    handler.get(address)
    assert "The judge asked." in handler.page


def test_both_factors_are_asked_for_first(sqlite_stage: Stage, desk: Desks) -> None:
    reference = sqlite_stage.submit()[0].reference
    handler = at_case(sqlite_stage, desk, reference)
    sqlite_stage.time.advance(minutes=16)
    answer = handler.get(f"/cases/{reference}/export")
    assert answer.status_code == 303
    assert "/confirm" in str(answer.location)
