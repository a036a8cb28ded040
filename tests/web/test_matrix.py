"""Role by action: what HTTP answers for every route of both apps, against what the policy says.

The whole cast is compared on SQLite. On PostgreSQL it takes as long again, half a minute, and the
policy, the guard and the pages are the same code there: those four ask whose answers hang most on
rows. What the use cases answer is tried on both databases everywhere else.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from safeshare.app import create_reporter_app, create_staff_app
from safeshare.casework.service.conflict import DeclareTie, declare_tie
from safeshare.concerns.rules.exclusions import Ticked
from safeshare.kernel.actors import Role, Stranger
from safeshare.kernel.sealed import AccessCode, Compartment
from safeshare.policy.rules import Facts
from safeshare.web.shared.doors import open_page
from tests.cast import Stage, approve, enrol
from tests.use_cases.conversation import enter
from tests.use_cases.handlers import attested, case_of, holders_of
from tests.web.matrix import (
    VISITORS_SEE,
    Request,
    Verdict,
    known_facts,
    requests_of,
    verdict,
)
from tests.web.reporter.browsing import Browser
from tests.web.staff.desk import Desk

TOLD = "He hid the helmets behind the boiler"
REFUSALS = {303, 400, 404}
ON_POSTGRES = ("keeper", "who declared a tie", "excluded handler", "administrator")
QUEUE = "safeguarding"
"""The queue that addresses name, for which somebody waits to be approved."""


@dataclass(frozen=True)
class World:
    """A case of Human Resources, and everybody who might ask for it. `people` are sign-in names."""

    stage: Stage
    reference: str
    code: AccessCode
    app: Flask
    people: dict[str, str]

    def found(self) -> dict[str, str]:
        """What the parameters of addresses stand for."""
        spare = self.stage.enrolled["newcomer"].staff_id
        return {
            "reference": self.reference,
            "staff_id": str(spare),
            "role": "overseer",
            "code": QUEUE,
            "queue_id": str(self.stage.queues[QUEUE]),
        }


@pytest.fixture
def world(sqlite_stage: Stage) -> World:
    return world_on(sqlite_stage)


def world_on(stage: Stage) -> World:
    enrol(stage, "inspector", {Role.INSPECTOR})
    enrol(stage, "newcomer", {Role.HANDLER}, QUEUE)
    enrol(stage, "hr_6", {Role.HANDLER}, "hr")
    approve(stage, "overseer", "hr_6", "hr")
    excluded = "hr_5"
    ticked = Ticked(people=frozenset({stage.enrolled[excluded].staff_id}))
    told = {"mode": "confidential", "concern": TOLD}
    sent, code = stage.submit(told, identity={"name": "A"}, ticked=ticked)
    reference = sent.reference
    keepers = holders_of(stage, reference, Compartment.IDENTITY)
    tied = next(name for name in holders_of(stage, reference) if name not in keepers)
    stage.gate.run(declare_tie, stage.staff(tied), DeclareTie(reference, has_tie=True))
    holders = holders_of(stage, reference)
    assert {excluded, tied}.isdisjoint(holders)
    attested(stage, reference, keepers[0])
    others = [name for name in holders if name not in keepers]
    attested(stage, reference, others[0])
    overseers = _overseers(stage, reference)
    others_out = {*holders, tied, excluded}
    colleagues = [f"hr_{n}" for n in range(1, 7) if f"hr_{n}" not in others_out]
    people = {
        "keeper": keepers[0],
        "keeper who has not declared": keepers[1],
        "holder": others[0],
        "who declared a tie": tied,
        "colleague": colleagues[0],
        "excluded handler": excluded,
        "handler of another queue": "safeguarding_1",
        "supervisor": "hr_supervisor",
        "supervisor of another queue": "safeguarding_supervisor",
        "overseer": overseers[0],
        "another overseer": overseers[1],
        "leader": "leader",
        "administrator": "administrator",
        "inspector": "inspector",
    }
    return World(stage, reference, code, create_staff_app(stage.system), people)


def _overseers(stage: Stage, reference: str) -> list[str]:
    """The overseer of the case, and the other one."""
    own = case_of(stage, reference).overseer_id
    return sorted(
        ("overseer", "second_overseer"), key=lambda one: stage.enrolled[one].staff_id != own
    )


class Someone:
    """A signed-in browser that signs in again when its last request signed it out."""

    def __init__(self, world: World, name: str) -> None:
        self.world, self.name = world, name
        self.desk = Desk(world.app.test_client(), world.stage)
        self.come_in()

    def come_in(self) -> None:
        self.world.stage.time.advance(seconds=30)
        answer = self.desk.sign_in(self.name)
        assert answer.status_code == 303, (self.name, answer.text[:300])
        self.desk.get("/unsent")
        self.token = self.desk.hidden()["csrf_token"]

    def ask(self, request: Request) -> TestResponse:
        """The answer. Whoever an earlier request signed out comes in again."""
        if request.method == "GET":
            return self.desk.get(request.path)
        answer = self.desk.send(request.path, csrf_token=self.token)
        if "/sign-in" in str(answer.location) and not request.is_for_visitors:
            self.come_in()  # An earlier request ended the session, as signing out everywhere does.
            answer = self.desk.send(request.path, csrf_token=self.token)
        return answer


def fits(request: Request, said: Verdict, status: int) -> bool:
    """Whether an answer is one that the policy allows."""
    if said is Verdict.NO:
        return status == 404
    if not request.is_found:
        return status in {200, 404, 409}
    return status in {200, 303, 400, 409}


def is_what_visitors_see(request: Request, answer: TestResponse, *, is_signed_in: bool) -> bool:
    """Whether it is the page, the form or the address that `VISITORS_SEE` says."""
    wanted = VISITORS_SEE[request.endpoint][request.method == "POST"]
    if request.endpoint == "door.show_sign_in" and is_signed_in:
        wanted = "/"
    if isinstance(wanted, int):
        return answer.status_code == wanted
    path = urlsplit(str(answer.location)).path.removeprefix("/staff")
    return answer.status_code == 303 and path == wanted


def compare(world: World, method: str, kinds: Iterable[str]) -> Counter[Verdict]:
    """Let everybody ask every route. Counts the verdicts; fails where an answer is another."""
    wrong, judged, used = [], Counter[Verdict](), set[str]()
    actors = {name: world.stage.staff(name) for name in world.people.values()}
    routes = [one for one in requests_of(world.app, world.found()) if one.method == method]
    for kind in kinds:
        someone, staff = Someone(world, world.people[kind]), actors[world.people[kind]]
        for request in routes:
            facts = known_facts(world.stage, request, world.reference, staff, QUEUE)
            said = Verdict.OPEN if request.is_for_visitors else verdict(request, staff, facts)
            answer = someone.ask(request)
            status = answer.status_code
            if request.is_for_visitors:
                is_right = is_what_visitors_see(request, answer, is_signed_in=True)
            else:
                is_done = said is Verdict.YES and status == 404 and request.endpoint in used
                is_right = is_done or fits(request, said, status)
            judged[said] += 1
            used |= {request.endpoint} if status != 404 else set()
            if not is_right or (said is Verdict.NO and TOLD in someone.desk.page):
                asked = f"{method} {request.path} {request.endpoint}"
                wrong.append(f"{asked}: {kind}: {said.name}, {status} {answer.location}")
    assert wrong == [], "\n".join(wrong)
    return judged


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_every_route_answers_everybody_as_the_policy_says(world: World, method: str) -> None:
    judged = compare(world, method, world.people)
    assert min(judged[Verdict.NO], judged[Verdict.YES]) > 20 * len(world.people)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_routes_answer_the_same_on_postgresql(postgres_stage: Stage, method: str) -> None:
    judged = compare(world_on(postgres_stage), method, ON_POSTGRES)
    assert min(judged[Verdict.NO], judged[Verdict.YES]) > 15 * len(ON_POSTGRES)


def test_a_visitor_can_see_the_ways_in_and_comes_no_further(world: World) -> None:
    tried = set()
    for request in requests_of(world.app, world.found()):
        if not request.is_for_visitors:
            continue
        desk = Desk(world.app.test_client(), world.stage)
        desk.get("/sign-in")
        answer = desk.get(request.path) if request.method == "GET" else desk.send(request.path)
        said = f"{request.method} {request.path}: {answer.status_code} {answer.location}"
        assert is_what_visitors_see(request, answer, is_signed_in=False), said
        assert "/sign-in" in str(desk.get("/").location), said
        tried.add(request.endpoint)
    assert tried == VISITORS_SEE.keys()


def test_nobody_can_get_past_the_sign_in_page(world: World) -> None:
    tried = 0
    for request in requests_of(world.app, world.found()):
        if request.is_for_visitors or request.door.open_because:
            continue
        desk = Desk(world.app.test_client(), world.stage)
        desk.get("/sign-in")
        answer = desk.get(request.path) if request.method == "GET" else desk.send(request.path)
        assert answer.status_code == 303, request
        assert "/sign-in" in str(answer.location), request
        tried += 1
    assert tried > 50


def test_a_stranger_can_only_begin_with_the_reporters_pages(world: World) -> None:
    app = create_reporter_app(world.stage.system)
    for request in requests_of(app, {"name": "safety"}):
        stranger = Browser(app).open("/messages/enter")
        sent = {"csrf_token": stranger.token, "message": "Let me in"}
        answer = stranger.client.open(request.path, method=request.method, data=sent)
        said = verdict(request, Stranger(), Facts())
        allowed = REFUSALS if said is Verdict.NO else {200, *REFUSALS}
        assert answer.status_code in allowed, (request, answer.status_code)
        assert TOLD not in answer.text


@dataclass(frozen=True)
class Answered:
    """What one request of a reporter who has entered got."""

    request: Request
    said: Verdict
    status: int
    location: str
    text: str


def asked_by_a_reporter(world: World, code: AccessCode) -> Iterator[Answered]:
    """Every route and method, each by a browser in which somebody has just entered. They may do
    what they may as the party of their concern, and whatever a stranger may.
    """
    app, entered = create_reporter_app(world.stage.system), enter(world.stage, code)
    for request in requests_of(app, {"name": "safety"}):
        mailbox = Browser(app).enter(list(code.words))
        assert mailbox.path == "/messages"
        sent = {"csrf_token": mailbox.token}
        answer = mailbox.client.open(request.path, method=request.method, data=sent)
        actors = ((entered, Facts(is_party=True)), (Stranger(), Facts()))
        said = {verdict(request, actor, facts) for actor, facts in actors}
        best = said.pop() if len(said) == 1 else Verdict.YES
        status, location = answer.status_code, str(answer.location)
        yield Answered(request, best, status, location, answer.text)


def test_a_reporter_can_ask_and_send_every_page_of_the_mailbox(world: World) -> None:
    kinds = Counter[str]()
    for one in asked_by_a_reporter(world, world.code):
        assert one.said is not Verdict.NO, one.request
        kinds[one.request.method] += one.said is Verdict.YES
        if not one.request.is_found:
            assert one.status == 404, one.request
            continue
        wanted = {200, 303} if one.request.method == "GET" else {200, 303, 400}
        assert one.status in wanted, (one.request, one.status)
        assert "/messages/enter" not in one.location, one.request
    assert min(kinds["GET"], kinds["POST"]) >= 8


def test_another_reporter_can_see_nothing_of_a_concern_on_any_page(world: World) -> None:
    sent, code = world.stage.submit()
    seen = [one.text for one in asked_by_a_reporter(world, code)]
    assert any(sent.reference in text for text in seen)
    assert not any(TOLD in text or world.reference in text for text in seen)


def test_a_route_with_a_parameter_that_nobody_thought_of_cannot_go_untried(world: World) -> None:
    view = open_page("a test page")(lambda **_values: "anything")
    world.app._got_first_request = False
    world.app.add_url_rule("/new/<unheard_of>", "new", view)
    with pytest.raises(KeyError, match="unheard_of"):
        list(requests_of(world.app, world.found()))
