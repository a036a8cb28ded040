"""Telling the reporter later what was found, by the pages of both apps alone."""

from safeshare.app import create_reporter_app
from tests.cast import Stage
from tests.use_cases.second_person import sent_to_supervisor
from tests.web.reporter.browsing import Browser
from tests.web.staff.desk import Desks
from tests.web.staff.test_deciding import TOO_LATE, both, fill

WHY = "Two people whom you named are away until June. We must hear them first."
LATER = "2026-08-02"


def test_a_reporter_reads_a_later_date_and_why(sqlite_stage: Stage, desk: Desks) -> None:
    reference, code = sent_to_supervisor(sqlite_stage)
    asker, supervisor = both(sqlite_stage, desk, reference)
    path = f"/cases/{reference}/later-date"
    asker.get(f"/cases/{reference}")
    assert "Tell them the result later" in asker.page
    asker.get(path)
    assert "to be told by 2 June 2026 what you found and did" in asker.page
    assert "Hr Supervisor can agree." in asker.page
    assert fill(asker, path, until=LATER, text=WHY) == 303
    asker.get(path)
    assert "Waits for a supervisor" in asker.page
    assert "Ask a supervisor" not in asker.page
    asker.get(f"{path}/decide")
    assert "There is nothing here for you to decide" in asker.page
    supervisor.get(path)
    assert "Decide on it, as a supervisor" in supervisor.page
    assert fill(supervisor, f"{path}/decide", decision="yes") == 303
    supervisor.get(path)
    assert "cannot be put off again" in supervisor.page
    reporter = Browser(create_reporter_app(sqlite_stage.system)).enter(list(code.words))
    assert WHY in reporter.text
    assert "we now promise it by 2 August 2026 at the latest" in reporter.text
    assert "Was promised for 2 June 2026" in reporter.text
    assert "By 2 August 2026" in reporter.text


def test_a_form_says_what_is_missing_and_keeps_what_was_typed(
    sqlite_stage: Stage, desk: Desks
) -> None:
    reference, _ = sent_to_supervisor(sqlite_stage)
    asker, supervisor = both(sqlite_stage, desk, reference)
    path = f"/cases/{reference}/later-date"
    assert fill(asker, path, text=WHY) == 400
    assert "Choose a date" in asker.page
    assert WHY in asker.page
    assert fill(asker, path, until=LATER, text="") == 400
    assert "Write down the reason" in asker.page
    assert fill(asker, path, until="2026-12-24", text=WHY) == 400
    assert fill(asker, path, until=LATER, text=WHY) == 303
    assert fill(supervisor, f"{path}/decide") == 400
    assert "Choose what you decide" in supervisor.page
    supervisor.get(f"{path}/decide")
    forged = supervisor.send(f"{path}/decide", decision="yes", seen="something else")
    assert forged.status_code == 400
    assert TOO_LATE in supervisor.page
    assert WHY in supervisor.page
    assert supervisor.send(f"{path}/decide", decision="no").status_code == 303
    supervisor.get(path)
    assert "Hr Supervisor did not agree." in supervisor.page


def test_a_handler_who_asks_after_somebody_else_finds_their_words_again(
    sqlite_stage: Stage, desk: Desks
) -> None:
    reference, _ = sent_to_supervisor(sqlite_stage)
    asker, supervisor = both(sqlite_stage, desk, reference)
    path = f"/cases/{reference}/later-date"
    supervisor.get(path)
    assert fill(asker, path, until=LATER, text=WHY) == 303
    assert supervisor.send(path, until=LATER, text="The laboratory is slow.").status_code == 409
    assert "This has changed since you opened it" in supervisor.page
    assert "The laboratory is slow." in supervisor.page


def test_a_handler_without_a_second_supervisor_is_told_whom_to_ask(
    sqlite_stage: Stage, desk: Desks
) -> None:
    reference, _ = sent_to_supervisor(sqlite_stage)
    _, supervisor = both(sqlite_stage, desk, reference)
    supervisor.get(f"/cases/{reference}/later-date")
    assert "No other supervisor holds this case" in supervisor.page
    assert "Let a supervisor hold it as well" in supervisor.page
