"""The whole way, in every way to be known, from the first question to the answer."""

from typing import Any

import pytest
from sqlalchemy import select

from safeshare.concerns.models import Case, CaseDocument, DocumentKind, Grant
from safeshare.concerns.rules import answers_in
from safeshare.concerns.service.compartments import open_locks, reveal_document
from safeshare.gate import Door
from safeshare.kernel.sealed import Compartment
from tests.cast import Stage
from tests.use_cases.conversation import a_holder, set_status, write_from_staff
from tests.web.reporter.behind import count_cases
from tests.web.reporter.browsing import Browser, send_now

FURTHER: tuple[tuple[str, dict[str, Any]], ...] = (
    ("place", {"place": "", "where": "The drill yard", "when": "In the spring"}),
    ("people", {"who": "A watch manager"}),
    ("risk", {"risk": "It gets worse."}),
    ("team", {"handle_by": "professional_standards"}),
    ("readers", {}),
    ("files", {}),
    ("reach", {"address": "sam@home.example"}),
)
MODES: dict[str, tuple[tuple[str, dict[str, Any]], ...]] = {
    "anonymous": (),
    "confidential": (("name", {"name": "Sam Poole", "phone": "", "reach": "text after 6pm"}),),
    "named": (("name", {"name": "Sam Poole", "phone": "07700 900123", "reach": ""}),),
}


def the_case(stage: Stage) -> Case:
    with stage.system.database.reading() as session:
        return session.scalars(select(Case)).one()


def opened(stage: Stage, kind: DocumentKind) -> dict[str, Any]:
    """A document of the one case, as whoever may read it opens it."""
    case = the_case(stage)
    with stage.system.database.reading() as session:
        document = session.scalars(
            select(CaseDocument).where(CaseDocument.case_id == case.id, CaseDocument.kind == kind)
        ).one()
        holders = session.scalars(
            select(Grant.grantee_id).where(
                Grant.case_id == case.id,
                Grant.compartment == document.compartment,
                Grant.grantee_kind == "staff",
            )
        ).all()
    name = next(n for n, one in stage.enrolled.items() if one.staff_id in holders)
    door: Door = stage.gate.door(stage.staff(name))
    return reveal_document(door, open_locks(door, case.id)[document.compartment], document)


@pytest.mark.parametrize("mode", MODES)
def test_a_reporter_can_go_the_whole_way_in_every_way_to_be_known(
    stage: Stage, browser: Browser, mode: str
) -> None:
    browser.open("/form/safety").answer(
        ("safety", {"danger": "no"}),
        ("want", {"want": "share"}),
        ("about", {"stake": "saw"}),
        ("known", {"mode": mode}),
        *MODES[mode],
        ("what", {"concern": "He shouts.\r\nEvery day.", "wishes": "That it stops."}),
        ("more", {"further": "yes"}),
        *FURTHER,
    )
    assert browser.path == "/form/check"
    assert "The drill yard" in browser.text
    browser.send()
    assert browser.path == "/form/code"
    words = browser.words
    assert len(words) == 8
    browser.prove()
    assert browser.path == "/form/done"
    assert "Wednesday 4 March 2026" in browser.text
    assert the_case(stage).reference in browser.text
    answers = answers_in(opened(stage, DocumentKind.ACCOUNT))
    assert answers["concern"] == "He shouts.\nEvery day."
    assert answers["handle_by"] == "professional_standards"
    identity = opened(stage, DocumentKind.IDENTITY)
    assert identity.get("name") == (None if mode == "anonymous" else "Sam Poole")
    browser.enter(words)
    assert browser.path == "/messages"
    assert "We have your concern" in browser.text


def test_a_reporter_can_send_after_one_answer(stage: Stage, browser: Browser) -> None:
    send_now(browser)
    assert browser.path == "/form/code"
    assert count_cases(stage) == 1
    assert answers_in(opened(stage, DocumentKind.ACCOUNT)) == {
        "want": "share",
        "mode": "anonymous",
        "concern": "He shouts at everybody.",
    }


def test_a_reporter_can_ask_for_support_only(stage: Stage, browser: Browser) -> None:
    browser.open("/form/want").send(want="support")
    browser.open("/form/what")
    assert "What do you need help with?" in browser.text
    browser.send(concern="Somebody to talk to.").send(further="no").send()
    assert answers_in(opened(stage, DocumentKind.ACCOUNT))["want"] == "support"


def test_a_reporter_can_see_the_same_readers_who_are_then_given_the_concern(
    stage: Stage, browser: Browser
) -> None:
    browser.open("/form/known").send(mode="confidential").send(name="Sam")
    browser.send(concern="Something.").open("/form/team").send(handle_by="hr")
    assert browser.path == "/form/readers"
    shown = browser.text
    again = browser.open("/form/readers").text
    assert shown == again
    browser.open("/form/check").send()
    case = the_case(stage)
    with stage.system.database.reading() as session:
        given = set(
            session.scalars(
                select(Grant.grantee_id).where(
                    Grant.case_id == case.id,
                    Grant.compartment == Compartment.WORK,
                    Grant.grantee_kind == "staff",
                )
            )
        )
        keepers = set(
            session.scalars(
                select(Grant.grantee_id).where(
                    Grant.case_id == case.id,
                    Grant.compartment == Compartment.IDENTITY,
                    Grant.grantee_kind == "staff",
                )
            )
        )
    names = {one.staff_id: name.replace("_", " ").title() for name, one in stage.enrolled.items()}
    everything, rest = shown.split("Your name and how to reach you")
    assert {name for name in names.values() if f"{name}, Tester" in everything} == {
        names[one] for one in given
    }
    before_overseer = rest.split("Dates only")[0]
    assert {name for name in names.values() if f"{name}, Tester" in before_overseer} == {
        names[one] for one in keepers
    }
    assert "Rook, Tern, Wren" in rest


def test_a_reporter_cannot_send_it_to_people_it_is_about(stage: Stage, browser: Browser) -> None:
    browser.open("/form/what").send(concern="About my HR partner.").send(further="yes")
    browser.send(place="").send(about=["hr", "chief_officer"]).send()
    assert browser.path == "/form/readers"
    assert "Because of who is involved" in browser.text
    browser.open("/form/check").send()
    assert the_case(stage).queue_id == stage.queues["independent"]


def test_a_reporter_can_leave_the_team_to_us_and_say_what_it_is_about(
    stage: Stage, browser: Browser
) -> None:
    browser.open("/form/what").send(concern="Something.").open("/form/team").send(handle_by="")
    assert browser.path == "/form/kind"
    browser.send(category=["sexual"]).open("/form/check").send()
    assert the_case(stage).queue_id == stage.queues["professional_standards"]


@pytest.mark.parametrize(
    ("danger", "team"), [("no", "Independent"), ("yes", "Safeguarding")], ids=["no", "danger"]
)
def test_no_page_promises_a_team_before_the_one_that_shows_it(
    browser: Browser, danger: str, team: str
) -> None:
    browser.open("/form/safety").send(danger=danger)
    browser.open("/form/what").send(concern="Something.").open("/form/team").send(handle_by="")
    assert browser.path == "/form/kind"
    assert "independent people" not in browser.text
    assert "The next page shows" in browser.text
    browser.send()
    assert browser.path == "/form/readers"
    assert f"goes to the team {team}" in browser.text


def test_a_reporter_can_choose_a_team_that_no_earlier_kind_overrules(
    stage: Stage, browser: Browser
) -> None:
    browser.open("/form/what").send(concern="Something.").open("/form/team").send(handle_by="")
    browser.send(category=["behaviour"]).open("/form/team").send(handle_by="independent")
    browser.open("/form/check").send()
    assert the_case(stage).queue_id == stage.queues["independent"]


def test_a_reporter_can_change_an_answer_from_the_check_page(browser: Browser) -> None:
    browser.open("/form/known").send(mode="anonymous").send(concern="First words.")
    browser.open("/form/check")
    browser.open("/form/what?from=check").send(concern="Better words.")
    assert browser.path == "/form/check"
    assert "Better words." in browser.text
    assert "First words." not in browser.text
    browser.open("/form/known?from=check").send(mode="named")
    assert browser.path == "/form/name?from=check"
    browser.send(name="Sam")
    assert browser.path == "/form/check"


def test_a_reporter_can_go_to_send_from_a_later_page_and_keeps_what_is_on_it(
    browser: Browser,
) -> None:
    browser.open("/form/what").send(concern="Something.").send(further="yes")
    browser.send(where="Behind the station", go="send")
    assert browser.path == "/form/check"
    assert "Behind the station" in browser.text


def test_a_reporter_who_turns_anonymous_leaves_no_name_behind(
    stage: Stage, browser: Browser
) -> None:
    browser.open("/form/known").send(mode="named").send(name="Sam Poole")
    browser.open("/form/known").send(mode="anonymous").send(concern="Something.")
    browser.open("/form/check")
    assert "Sam Poole" not in browser.text
    browser.send()
    assert opened(stage, DocumentKind.IDENTITY) == {}


def test_a_reporter_in_danger_can_see_999_and_has_somebody_paged(
    stage: Stage, browser: Browser
) -> None:
    browser.open("/form/safety").send(danger="yes")
    assert "call 999 now" in browser.text
    browser.open("/form/what").send(concern="He has a knife.").send(further="no")
    assert "one of them is alerted as soon as you send" in browser.text
    browser.send()
    assert browser.path == "/form/code"
    assert count_cases(stage) == 1


def test_a_reporter_can_talk_with_the_people_who_handle_it(stage: Stage, browser: Browser) -> None:
    words = send_now(browser).words
    browser.prove().enter(words)
    browser.send(message="I forgot: it was in the yard.\n\nשלום 🚒", id="")
    assert browser.path == "/messages"
    assert "Your message was sent." in browser.text
    case = the_case(stage)
    write_from_staff(stage, case.id, "Thank you. <b>Are you safe?</b>")
    browser.open("/messages")
    assert "I forgot: it was in the yard." in browser.text
    assert "שלום 🚒" in browser.text
    assert "Thank you. <b>Are you safe?</b>" in browser.text
    assert a_holder(stage, case.id).display_name in browser.text


def test_a_reporter_can_see_missed_promises_and_the_status_in_plain_words(
    stage: Stage, browser: Browser
) -> None:
    words = send_now(browser).words
    stage.time.advance(days=10)
    browser.open("/messages/enter").send(code=" ".join(words))
    assert "Promised for 4 March 2026 Missed" in browser.text
    assert "This has not happened yet. We are sorry." in browser.text
    set_status(stage, the_case(stage).id, the_case(stage).status.WAITING_YOU)
    browser.open("/messages")
    assert "We have a question for you" in browser.text


def test_a_reporter_can_read_who_opens_a_name_and_how_long_a_draft_is_kept(
    browser: Browser,
) -> None:
    known = browser.open("/form/safety").answer(
        ("safety", {}), ("want", {"want": "share"}), ("about", {})
    )
    assert "Only two people can open your name and how to reach you." in known.text
    privacy = browser.open("/privacy").text
    assert "your draft closes after 2 hours" in privacy
    assert "locked remains are deleted within 3 days" in privacy
    assert "the same two people alone can open your name" in privacy
