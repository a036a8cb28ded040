"""Somebody joins a queue, settings are changed by two people, and cases are handed over."""

import pytest

from safeshare.kernel.actors import Role
from tests.cast import Stage, approve, enrol
from tests.journeys.conftest import Visits
from tests.journeys.staff import Colleague, somebody_who_holds

pytestmark = pytest.mark.journey


def test_a_newcomer_can_be_let_in_and_given_cases_by_their_colleagues(
    visits: Visits, scripts: bool, sqlite_stage: Stage
) -> None:
    reference = sqlite_stage.submit()[0].reference
    enrol(sqlite_stage, "newcomer", {Role.HANDLER})
    administrator = visits(Colleague, scripts=scripts).signs_in(sqlite_stage, "administrator")
    administrator.presses("Queues").presses("Propose somebody for a queue")
    administrator.chooses("Human Resources").fills("Their sign-in name", "newcomer")
    administrator.presses("Propose them").reads("You proposed them.")
    supervisor = visits(Colleague, scripts=scripts).signs_in(sqlite_stage, "hr_supervisor")
    supervisor.presses("Queues").presses("People waiting to join")
    supervisor.presses("Newcomer: Human Resources")
    supervisor.chooses("Let them in").presses("Decide").reads("Newcomer can now be given concerns")
    holder = visits(Colleague, scripts=scripts)
    holder.signs_in(sqlite_stage, somebody_who_holds(sqlite_stage, reference))
    holder.opens_case(reference).presses("Let a colleague hold it as well")
    holder.chooses("Newcomer").fills("Why do they need it?", "Knows the station.")
    holder.presses("Let them hold it").reads("They hold the case now as well.")
    newcomer = visits(Colleague, scripts=scripts).signs_in(sqlite_stage, "newcomer")
    newcomer.opens_case(reference)


def test_settings_of_a_small_queue_can_be_changed_by_two_people(
    visits: Visits, scripts: bool, sqlite_stage: Stage
) -> None:
    administrator = visits(Colleague, scripts=scripts).signs_in(sqlite_stage, "administrator")
    administrator.presses("Queues").presses("Human Resources").presses("Propose other settings")
    administrator.fills("How many people are given each concern?", "2")
    administrator.presses("Propose it").reads("You proposed it.")
    administrator.presses("Propose a turn on call").opens("/staff/queues/routing-order")
    administrator.reads("The first rule that fits decides.")
    overseer = visits(Colleague, scripts=scripts).signs_in(sqlite_stage, "overseer")
    overseer.presses("Queues").presses("Settings of Human Resources")
    overseer.chooses("Approve it").presses("Decide").reads("You approved the change.")
    supervisor = visits(Colleague, scripts=scripts).signs_in(sqlite_stage, "hr_supervisor")
    supervisor.presses("Your account").presses("When you are away").reads("given no new concern")
    supervisor.opens("/staff/queues/hr").reads("People given each concern")


def test_cases_can_be_handed_over_to_a_colleague(
    visits: Visits, scripts: bool, sqlite_stage: Stage
) -> None:
    reference = sqlite_stage.submit()[0].reference
    enrol(sqlite_stage, "newcomer", {Role.HANDLER}, "hr")
    approve(sqlite_stage, "hr_supervisor", "newcomer", "hr")
    holder = visits(Colleague, scripts=scripts)
    holder.signs_in(sqlite_stage, somebody_who_holds(sqlite_stage, reference))
    holder.presses("Hand cases over to a colleague").chooses("Newcomer").presses("Continue")
    holder.reads("There is one case that they do not hold yet.").presses("Hand them over")
    holder.reads("Newcomer was given one case.")
