"""A name that is asked for and given, a concern that is triaged and passed on, and what of it the
reporter sees.
"""

import pytest

from safeshare.kernel.sealed import Compartment
from tests.cast import Stage
from tests.journeys.conftest import Visits
from tests.journeys.reporter import Reporter
from tests.journeys.staff import MOUNT, Colleague
from tests.use_cases.handlers import attested, holders_of
from tests.use_cases.naming import NAME, TOLD, overseer_of

pytestmark = pytest.mark.journey

QUESTION = "May I know who you are, so that I can meet you somewhere safe?"
REASON = "They wrote that they do not want to live."
RISK = "It goes on every shift, and the youngest cannot defend themselves."


def a_case(stage: Stage) -> tuple[str, list[str], str, str]:
    """A confidential case: reference, words of the code, a keeper, and a holder who is none."""
    sent, code = stage.submit({**TOLD, "want": "support"}, identity=NAME)
    keepers = holders_of(stage, sent.reference, Compartment.IDENTITY)
    other = next(one for one in holders_of(stage, sent.reference) if one not in keepers)
    for name in (keepers[0], other):
        attested(stage, sent.reference, name)
    return sent.reference, list(code.words), keepers[0], other


def test_a_reporter_can_let_one_more_person_see_the_name(
    visits: Visits, scripts: bool, sqlite_stage: Stage
) -> None:
    reference, words, keeper_name, other = a_case(sqlite_stage)
    holder, keeper = visits(Colleague, scripts=scripts), visits(Colleague, scripts=scripts)
    reporter = visits(Reporter, scripts=scripts)
    holder.signs_in(sqlite_stage, other).presses(reference).presses("About the name")
    holder.reads("Nobody else can open it.").finds_no("Open the name")
    holder.presses("Ask the reporter whether you may see the name").presses("Ask the reporter")
    holder.reads("There is a problem", "Write your question")
    holder.fills("Your question", QUESTION).presses("Ask the reporter")
    holder.reads("Your question waits for the reporter.", "Waiting")
    reporter.comes_back(words).reads("There is a question that only you can decide.")
    reporter.presses("Read it and answer").reads(QUESTION, "Both answers are fine.")
    reporter.presses("Send my answer").reads("Choose yes or no, or go back and decide later")
    reporter.chooses("Yes, this person may see my name").presses("Send my answer")
    reporter.reads("Your answer was kept.")
    keeper.signs_in(sqlite_stage, keeper_name).opens(f"{MOUNT}/cases/{reference}/name")
    keeper.presses(sqlite_stage.staff(other).display_name).reads("Agreed")
    keeper.presses("Save the decision").reads("Choose what you decide")
    keeper.chooses("I give them the key").presses("Save the decision").reads("Given")
    holder.opens(f"{MOUNT}/cases/{reference}/name").presses("Open the name").reads("Robin Marsh")
    reporter.presses("Who opened it, and who did what with it")
    reporter.reads("Who did what with it", "gave the key of your name", "looked at your name")
    reporter.presses("Your messages").reads("Your messages")


def test_an_overseer_can_agree_that_a_name_is_needed(
    visits: Visits, scripts: bool, sqlite_stage: Stage
) -> None:
    reference, _, keeper_name, other = a_case(sqlite_stage)
    overseer_id = overseer_of(sqlite_stage, reference).staff_id
    watching = next(n for n, one in sqlite_stage.enrolled.items() if one.staff_id == overseer_id)
    holder, overseer = visits(Colleague, scripts=scripts), visits(Colleague, scripts=scripts)
    holder.signs_in(sqlite_stage, other).opens(f"{MOUNT}/cases/{reference}/name")
    holder.presses("Ask a second person, because it is necessary").presses("Ask for it")
    holder.reads("Choose why it is necessary").chooses("Somebody's life is at risk")
    holder.fills("What makes it necessary now?", REASON).presses("Ask for it")
    holder.reads("Your request waits for a second person.")
    overseer.signs_in(sqlite_stage, watching).presses("Name requests")
    overseer.presses(f"Request about {reference}").reads(REASON, "Somebody's life is at risk")
    overseer.chooses("I agree").presses("Save the decision").reads("Nothing waits for you.")
    keeper = visits(Colleague, scripts=scripts)
    keeper.signs_in(sqlite_stage, keeper_name).opens(f"{MOUNT}/cases/{reference}/name")
    keeper.presses(sqlite_stage.staff(other).display_name).reads(REASON, "agreed by")
    keeper.chooses("No: the name is not given").presses("Save the decision").reads("Declined")


def test_a_holder_can_triage_a_case_and_pass_it_on(
    visits: Visits, scripts: bool, sqlite_stage: Stage
) -> None:
    reference, words, keeper_name, _ = a_case(sqlite_stage)
    keeper, reporter = visits(Colleague, scripts=scripts), visits(Reporter, scripts=scripts)
    keeper.signs_in(sqlite_stage, keeper_name).presses(reference).presses("Triage")
    keeper.reads("Not assessed yet").presses("Judge the risk").presses("Save the risk")
    keeper.reads("Choose how bad it would be").chooses(
        "Serious", "Happening now", "A child is at risk"
    )
    keeper.chooses("The reporter was asked whether they are safe").fills("Your reasons", RISK)
    keeper.presses("Save the risk").reads("You judged the risk.", "Critical", RISK)
    keeper.presses("Ask them whether we may look into it").fills("Your question", "May we?")
    keeper.presses("Ask the reporter").reads("they have not answered")
    reporter.comes_back(words).presses("Read it and answer")
    reporter.reads("May we look into what happened?").chooses("No").presses("Send my answer")
    keeper.opens(f"{MOUNT}/cases/{reference}/triage").reads("they said no")
    keeper.presses("See or propose a decision").reads("Nobody decides these alone.")
    keeper.presses("Triage").presses("Pass it to another team").chooses("Safeguarding")
    keeper.chooses("They lose their keys").fills(
        "Why does another team need to have it?", "A child"
    )
    keeper.presses("Pass it on").reads("The case was passed on.").finds_no(reference)
    reporter.presses("Who opened it, and who did what with it")
    reporter.reads("passed it on to another team", "can read it no longer")
