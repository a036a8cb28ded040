"""Role by action: what HTTP answers for every route of both apps, against what the policy says."""

from collections import Counter
from dataclasses import dataclass

import pytest
from flask import Flask

from safeshare.app import create_reporter_app, create_staff_app
from safeshare.casework.service.conflict import DeclareTie, declare_tie
from safeshare.concerns.rules.exclusions import Ticked
from safeshare.kernel.actors import Role, Stranger, Visitor
from safeshare.kernel.sealed import AccessCode, Compartment
from safeshare.policy.rules import Facts
from safeshare.web.shared.doors import open_page
from tests.cast import Stage, approve, enrol
from tests.use_cases.conversation import enter
from tests.use_cases.handlers import attested, case_of, holders_of
from tests.web.matrix import Request, Verdict, known_facts, requests_of, verdict
from tests.web.reporter.browsing import Browser
from tests.web.staff.desk import Desk

TOLD = "He hid the helmets behind the boiler"
REFUSALS = {303, 400, 404}


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
        spare = self.stage.enrolled["safeguarding_5"].staff_id
        return {
            "reference": self.reference,
            "staff_id": str(spare),
            "role": "overseer",
            "code": "safeguarding",
            "queue_id": str(self.stage.queues["safeguarding"]),
        }


@pytest.fixture
def world(sqlite_stage: Stage) -> World:
    stage = sqlite_stage
    enrol(stage, "inspector", {Role.INSPECTOR})
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

    def ask(self, request: Request) -> int:
        """The status of the answer; a redirect to the way in counts as 303."""
        if request.method == "GET":
            return self.desk.get(request.path).status_code
        answer = self.desk.send(request.path, csrf_token=self.token)
        if "/sign-in" in str(answer.location) and not request.is_for_visitors:
            self.come_in()  # An earlier request ended the session, as signing out everywhere does.
            answer = self.desk.send(request.path, csrf_token=self.token)
        return answer.status_code


def fits(request: Request, said: Verdict, status: int) -> bool:
    """Whether an answer is one that the policy allows."""
    if status == 403 or status >= 500:
        return False
    if request.is_for_visitors:
        return True  # Whether there is a link or a provider is no question of who asks.
    if said is Verdict.NO:
        return status == 404
    return said is not Verdict.YES or status != 404 or not request.is_found


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_every_route_answers_everybody_as_the_policy_says(world: World, method: str) -> None:
    wrong, judged, used = [], Counter[Verdict](), set[str]()
    actors = {name: world.stage.staff(name) for name in world.people.values()}
    routes = [one for one in requests_of(world.app, world.found()) if one.method == method]
    for kind, name in world.people.items():
        someone, staff = Someone(world, name), actors[name]
        for request in routes:
            facts = known_facts(world.stage, world.reference, staff.staff_id)
            said = verdict(request, Visitor() if request.is_for_visitors else staff, facts)
            judged[said] += 1
            status = someone.ask(request)
            if said is Verdict.YES and status == 404 and request.endpoint in used:
                continue  # Somebody before them did it, and nothing is left to do.
            used |= {request.endpoint} if status != 404 else set()
            if not fits(request, said, status) or (
                said is Verdict.NO and TOLD in someone.desk.page
            ):
                asked = f"{method} {request.path} {request.endpoint}"
                wrong.append(f"{asked}: {kind}: {said.name}, {status}")
    assert wrong == [], "\n".join(wrong)
    assert min(judged[Verdict.NO], judged[Verdict.YES]) > 20 * len(world.people)


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
        said = verdict(request, Stranger(), None)
        allowed = REFUSALS if said is Verdict.NO else {200, *REFUSALS}
        assert answer.status_code in allowed, (request, answer.status_code)
        assert TOLD not in answer.text


def test_a_reporter_can_ask_every_page_of_the_mailbox(world: World) -> None:
    app = create_reporter_app(world.stage.system)
    mailbox = Browser(app).enter(list(world.code.words))
    assert mailbox.path == "/messages"
    entered = enter(world.stage, world.code)
    for request in requests_of(app, {"name": "safety"}):
        said = verdict(request, entered, Facts(is_party=True))
        if said is not Verdict.YES or request.method != "GET":
            continue
        answer = mailbox.client.get(request.path)
        assert answer.status_code in ({200, 303} if request.is_found else {404}), request


def test_a_route_with_a_parameter_that_nobody_thought_of_cannot_go_untried(world: World) -> None:
    view = open_page("a test page")(lambda **_values: "anything")
    world.app._got_first_request = False
    world.app.add_url_rule("/new/<unheard_of>", "new", view)
    with pytest.raises(KeyError, match="unheard_of"):
        list(requests_of(world.app, world.found()))
