"""A case whose holders have all left: the ceremony at the server, and then the new holder's way."""

from functools import partial

import pytest
from click.testing import CliRunner

from safeshare import wiring
from safeshare.cli import main
from safeshare.concerns.queries import find_case_by_reference
from safeshare.vault import Cost, Vault
from tests.cast import Stage
from tests.journeys.conftest import Visits
from tests.journeys.reporter import Reporter
from tests.journeys.staff import MOUNT, Colleague
from tests.use_cases.ceremony import let_leave
from tests.use_cases.handlers import holders_of
from tests.use_cases.recovered import newcomer

pytestmark = pytest.mark.journey

TOLD = "The duty log was written afterwards."
REASON = "The three people who could read it have left the service."


def officers_meet(stage: Stage, monkeypatch: pytest.MonkeyPatch, *words: str) -> str:
    """Two of three officers at the server's own terminal. Gives what they were shown."""
    cheap = partial(Vault, code_cost=Cost(64, 1), passphrase_cost=Cost(64, 1))
    monkeypatch.setattr(wiring, "Vault", cheap)
    monkeypatch.setattr(wiring, "protect_memory", lambda: None)
    own = stage.system.settings
    environment = {
        "SAFESHARE_DEMO": "1",
        "SAFESHARE_DATABASE_URL": own.database_url,
        "SAFESHARE_KEYS_FOLDER": str(own.keys_folder),
    }
    codes = {code.name: code.printed_code for code in stage.officers}
    typed = [REASON, codes["Rook"], "", codes["Wren"], "y"]
    shown = "".join(f"{line}\n" for line in typed)
    done = CliRunner().invoke(main, words, input=shown, env=environment)
    assert done.exit_code == 0, done.output
    return done.output


def test_a_new_holder_can_open_a_case_that_nobody_could(
    visits: Visits, scripts: bool, sqlite_stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent, code = sqlite_stage.submit({"concern": TOLD})
    let_leave(sqlite_stage, holders_of(sqlite_stage, sent.reference))
    fresh = newcomer(sqlite_stage)
    colleague = visits(Colleague, scripts=scripts).signs_in(sqlite_stage, fresh)
    colleague.reads("You hold no open case at the moment.")
    assert colleague.answer_to(f"{MOUNT}/cases/{sent.reference}").status == 404
    words = ("recovery", "open", sent.reference, "--to", fresh, "--purpose", "nobody_left")
    shown = officers_meet(sqlite_stage, monkeypatch, *words)
    assert TOLD not in shown
    colleague.opens_case(sent.reference).reads(TOLD, "Recovery officers", REASON)
    colleague.presses("Take the case").presses("Become the contact person")
    colleague.writes("I am new here, and I have read everything.")
    reporter = visits(Reporter, scripts=scripts)
    reporter.comes_back(list(code.words)).reads(REASON, "I am new here", "Recovery officers")


def test_a_reporter_can_turn_to_somebody_new_and_to_the_overseer(
    visits: Visits, scripts: bool, sqlite_stage: Stage
) -> None:
    sent, code = sqlite_stage.submit({"concern": TOLD})
    reporter = visits(Reporter, scripts=scripts).comes_back(list(code.words))
    reporter.presses("Ask for somebody else").reads("Nobody is your contact person yet.")
    reporter.presses("Ask for somebody else").reads("A new person can read your messages now.")
    reporter.presses("Ask the overseer to look").reads("It cannot be taken back")
    reporter.presses("Ask the overseer to look").reads("The overseer can read your messages now.")
    names = {one.staff_id: name for name, one in sqlite_stage.enrolled.items()}
    with sqlite_stage.system.database.reading() as session:
        case = find_case_by_reference(session, sent.reference)
    assert case is not None
    for staff_id in (case.contact_id, case.overseer_id):
        assert staff_id is not None
        colleague = visits(Colleague, scripts=scripts).signs_in(sqlite_stage, names[staff_id])
        colleague.presses("Alarms").reads(sent.reference)
        colleague.presses("Asked for you").presses(sent.reference).reads("do you have a tie?")
        colleague.chooses("No, I have no tie").presses("Save and continue").reads(TOLD)
        colleague.presses("Write a message").fills("Your message", "I am here.")
        colleague.presses("Send the message").reads("The message was sent.", "I am here.")
    reporter.opens("/messages").reads("I am here.")
