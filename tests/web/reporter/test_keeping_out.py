"""The page on which a reporter sees who could read it, and keeps people out."""

import re

from sqlalchemy import select

from safeshare.concerns.models import Grant
from safeshare.people.models import StaffMember
from safeshare.people.service.recovery import InitRecovery, begin_renewal, draw_recovery
from tests.cast import Stage
from tests.use_cases.ceremony import together
from tests.web.reporter.behind import count_cases
from tests.web.reporter.browsing import Browser

_TICKED = re.compile(r'value="([^"]+)"[^>]*\schecked')


def at_readers(browser: Browser, **people: str) -> Browser:
    """Somebody who has told us something for HR, on the page of who could read it."""
    browser.open("/form/what").send(concern="Something is wrong.", further="yes")
    if people:
        browser.open("/form/people").send(**people)
    return browser.open("/form/team").send(handle_by="hr").open("/form/readers")


def hidden(browser: Browser, name: str) -> list[str]:
    """The hidden values of a name in the form of this page."""
    return re.findall(rf'name="{name}" value="([^"]*)"', browser.page.text)


def ticked(browser: Browser) -> set[str]:
    """What is ticked on this page."""
    return set(_TICKED.findall(browser.page.text))


def tick(browser: Browser, go: str = "update", **ticks: list[str]) -> Browser:
    """Send the form of the page with these ticks and no others."""
    kept = {name: hidden(browser, name) for name in ("listed", "proposed")}
    pressed = {"go": go} if go else {}
    return browser.send("/form/readers", **kept, **ticks, **pressed)


def id_of(stage: Stage, name: str) -> str:
    return str(stage.enrolled[name].staff_id)


def held_by(stage: Stage, name: str) -> bool:
    with stage.system.database.reading() as session:
        grants = select(Grant).where(Grant.grantee_id == stage.enrolled[name].staff_id)
        return session.scalars(grants).first() is not None


def readers(browser: Browser) -> str:
    """What the page says of who could read everything."""
    return browser.text.split("Everything you tell us")[1].split("Your name and how")[0]


def test_a_reporter_can_tick_somebody_and_see_who_reads_it_instead(
    stage: Stage, browser: Browser
) -> None:
    at_readers(browser)
    shown = readers(browser)
    out = next(name for name in stage.enrolled if name.replace("_", " ").title() in shown)
    tick(browser, people=[id_of(stage, out)])
    assert browser.path == "/form/readers?updated=yes"
    assert "This page shows who could read it now." in browser.text
    assert out.replace("_", " ").title() not in readers(browser)
    assert ticked(browser) == {id_of(stage, out)}
    label = f"{out.replace('_', ' ').title()}, Tester"
    assert f"{label} Kept out: gets no key to it, now or later." in browser.text
    browser.open("/form/check")
    assert label in browser.text.split("You keep these out")[1]
    browser.send("/form/check")
    assert count_cases(stage) == 1
    assert not held_by(stage, out)


def test_ticks_can_be_kept_by_continuing_and_stay_for_the_draft(
    stage: Stage, browser: Browser
) -> None:
    at_readers(browser)
    tick(browser, go="", people=[id_of(stage, "hr_1")], teams=["safeguarding"])
    assert not browser.path.startswith("/form/readers")
    browser.open("/form/readers")
    assert ticked(browser) == {id_of(stage, "hr_1"), "safeguarding"}
    tick(browser, teams=["safeguarding"])
    assert ticked(browser) == {"safeguarding"}


def test_ticks_of_people_on_another_teams_page_cannot_be_lost(
    stage: Stage, browser: Browser
) -> None:
    at_readers(browser)
    tick(browser, people=[id_of(stage, "hr_1")])
    browser.open("/form/team").send(handle_by="safeguarding").open("/form/readers")
    assert id_of(stage, "hr_1") in ticked(browser)
    tick(browser, people=[id_of(stage, "hr_1"), id_of(stage, "safeguarding_1")])
    browser.open("/form/check").send("/form/check")
    assert not held_by(stage, "hr_1")
    assert not held_by(stage, "safeguarding_1")


def test_a_named_person_is_ticked_already_and_the_page_says_why(
    stage: Stage, browser: Browser
) -> None:
    at_readers(browser, who="Supervisor HR was there")
    assert ticked(browser) == {id_of(stage, "hr_supervisor")}
    assert "We ticked this because you gave this name." in browser.text
    tick(browser)
    assert ticked(browser) == set()
    assert "We ticked this" not in browser.text
    tick(browser, people=[id_of(stage, "hr_supervisor")])
    browser.open("/form/people").send(who="Nobody in particular")
    browser.open("/form/readers")
    assert ticked(browser) == {id_of(stage, "hr_supervisor")}


def test_a_person_named_after_the_page_was_drawn_cannot_be_let_in_by_it(
    stage: Stage, browser: Browser
) -> None:
    at_readers(browser)
    drawn = {name: hidden(browser, name) for name in ("listed", "proposed")}
    browser.open("/form/people").send(who="Supervisor HR was there")
    browser.open("/form/readers").send("/form/readers", go="update", **drawn)
    assert ticked(browser) == {id_of(stage, "hr_supervisor")}


def test_a_reporter_can_send_early_and_a_named_person_is_kept_out_all_the_same(
    stage: Stage, browser: Browser
) -> None:
    browser.open("/form/what").send(concern="Something is wrong.")
    browser.open("/form/people").send(who="Supervisor HR was there", go="send")
    browser.open("/form/team").send(handle_by="hr")
    browser.open("/form/check").send("/form/check")
    assert count_cases(stage) == 1
    assert not held_by(stage, "hr_supervisor")


def test_the_page_can_say_that_another_team_takes_it(browser: Browser) -> None:
    at_readers(browser)
    tick(browser, teams=["hr"])
    assert "Nobody is left in the team Human Resources." in browser.text
    assert "the team Independent takes it instead" in browser.text


def test_a_reporter_who_leaves_nobody_is_told_what_to_do_and_loses_nothing(
    stage: Stage, browser: Browser
) -> None:
    at_readers(browser)
    tick(browser, teams=["hr", "independent", "safeguarding", "professional_standards"])
    assert "With these ticks nobody is left who could read your concern" in browser.text
    assert "Nothing you wrote is lost." in browser.text
    browser.open("/form/check")
    assert "With these ticks nobody is left" in browser.text
    assert "Something is wrong." in browser.text
    assert ">Send<" not in re.sub(r"\s", "", browser.page.text)
    assert browser.open("/form/readers").post_only("/form/check").status_code == 503
    assert count_cases(stage) == 0
    tick(browser.open("/form/readers"), teams=["hr"])
    browser.open("/form/check").send("/form/check")
    assert count_cases(stage) == 1


def test_the_page_can_be_opened_from_the_check_and_leads_back(
    stage: Stage, browser: Browser
) -> None:
    at_readers(browser)
    browser.open("/form/check")
    assert 'href="/form/readers?from=check"' in browser.page.text
    browser.open("/form/readers?from=check")
    kept = {name: hidden(browser, name) for name in ("listed", "proposed")}
    browser.send("/form/readers?from=check", go="update", teams=["safeguarding"], **kept)
    assert browser.path == "/form/readers?from=check&updated=yes"
    browser.send("/form/readers?from=check", teams=["safeguarding"], **kept)
    assert browser.path == "/form/check"
    assert "Everybody in Safeguarding" in browser.text


def test_nonsense_among_the_ticks_is_no_error(stage: Stage, browser: Browser) -> None:
    at_readers(browser)
    nonsense = ["'; drop table", "x" * 5000, "-", "\x00"]
    tick(browser, people=nonsense, teams=nonsense, places=nonsense, jobs=nonsense)
    assert browser.page.status_code == 200
    browser.open("/form/check").send("/form/check")
    assert count_cases(stage) == 1


def test_the_officers_cannot_be_ticked_and_the_page_says_why(browser: Browser) -> None:
    at_readers(browser)
    assert "2 of 3 recovery officers together: " in browser.text
    for cause in (
        "nobody above can open it any more",
        "asks for it",
        "keep somebody safe",
        "the law",
    ):
        assert cause in browser.text
    assert "They cannot be ticked" in browser.text


def test_the_page_says_how_many_officers_it_really_takes(stage: Stage, browser: Browser) -> None:
    officers = together(stage)
    command = InitRecovery(("Wren", "Tern", "Rook", "Lark", "Kite"), 4)
    drawn = stage.gate.run(draw_recovery, officers, command)
    stage.gate.run(begin_renewal, officers, drawn)
    at_readers(browser)
    assert "4 of 5 recovery officers together: " in browser.text
    for name in command.officers:
        assert name in browser.text.split("4 of 5 recovery officers together: ")[1]


def test_the_page_cannot_tell_of_an_account_that_reads_nothing(
    stage: Stage, browser: Browser
) -> None:
    at_readers(browser, who="The administrator, the leader and Nobody Known")
    with stage.system.database.reading() as session:
        silent = {
            str(one.id)
            for one in session.scalars(select(StaffMember))
            if one.sign_in_name in {"administrator", "leader"}
        }
    assert len(silent) == 2
    assert not any(one in browser.page.text for one in silent)
