"""What the policy says that each person may ask of each route, worked out from the routes' marks.

A route is known by its mark (`@serves`), its address by its parameters, and a person by the rows of
the database; so a route that is added tomorrow is judged tomorrow. Routes are named only where
somebody may do one part of what a route serves and not another (`DECIDED_BY`), and where visitors
come in (`VISITORS_SEE`): a new one of those fails until it is said what it should answer.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from uuid import uuid4

from flask import Flask
from sqlalchemy import select

from safeshare.casework.models import Attestation
from safeshare.concerns.models import Grant, GranteeKind
from safeshare.gate import UseCase
from safeshare.kernel.actors import Actor, Staff
from safeshare.kernel.sealed import Compartment
from safeshare.policy.actions import Action
from safeshare.policy.rules import Facts, may
from safeshare.web.shared.doors import Door, door_of
from safeshare.web.staff.guard import _FOR_VISITORS
from tests.cast import Stage
from tests.use_cases.handlers import case_of

NOT_THERE = str(uuid4())
"""Stands for anything that a person may have and nobody here has, such as a parked form."""

UNFOUND = {
    "edition": "none",
    "file_id": NOT_THERE,
    "form_id": NOT_THERE,
    "invitation_id": NOT_THERE,
    "link": "none",
    "name": "none",
    "passkey_id": NOT_THERE,
    "period": "2020-01-06",
    "proposal_id": NOT_THERE,
    "request_id": NOT_THERE,
}
"""Parameters for which the world of the test has nothing: such a page is missing for everybody."""


DECIDED_BY: Mapping[str, Mapping[str, Action]] = {
    "cases.show_case": {"GET": Action.CASE_ATTEST},
    "conversations.show": {"GET": Action.CONVERSATION_ATTEST},
    "extending.decide": {"GET": Action.CASE_OPEN, "POST": Action.CASE_OPEN},
    "files.add_to_message": {"GET": Action.CASE_OPEN, "POST": Action.CASE_OPEN},
    "form.check": {"GET": Action.CONCERN_PREPARE},
    "handling.message": {"GET": Action.CASE_OPEN, "POST": Action.CASE_OPEN},
    "membership.decide": {"GET": Action.PEOPLE_APPROVE, "POST": Action.PEOPLE_APPROVE},
    "membership.leave": {"GET": Action.QUEUE_SETTINGS, "POST": Action.PEOPLE_LEAVE_QUEUE},
    "messages.write": {"POST": Action.MAILBOX_WRITE},
    "naming.request_page": {"GET": Action.CASE_OPEN, "POST": Action.CASE_OPEN},
    "queue.home": {"GET": Action.PEOPLE_LOOK},
    "queues.decide": {"GET": Action.QUEUE_SETTINGS, "POST": Action.QUEUE_SETTINGS},
    "triage.endorse": {"GET": Action.CASE_OPEN, "POST": Action.CASE_OPEN},
}
"""What the answer hangs on, for somebody who may do a part of what a route serves. Whoever has not
declared is sent to do so; a page with a decision on it is drawn for whoever may read it, and an
empty form comes back to them before anything is decided; one's own page is anybody's.
"""

VISITORS_SEE: Mapping[str, tuple[int | str, int | str | None]] = {
    "door.show_sign_in": (200, None),
    "door.send_sign_in": (0, 400),
    "joining.show_link": (404, None),
    "joining.welcome": (404, None),
    "joining.passphrase": (200, 400),
    "joining.factor": ("/join", "/join"),
    "joining.app": ("/join", "/join"),
    "joining.passkey": ("/join", "/join"),
    "joining.codes": ("/join", "/join"),
    "other_ways.show_passkey": (200, None),
    "other_ways.send_passkey": (0, 400),
    "other_ways.passphrase": ("/sign-in/passkey", "/sign-in/passkey"),
    "other_ways.show_provider": (404, None),
    "other_ways.show_way_back": (200, None),
    "other_ways.come_back": (400, None),
    "other_ways.unlock": ("/sign-in", "/sign-in"),
    "other_ways.unlock_with_passkey": ("/sign-in/unlock", "/sign-in/unlock"),
    "other_ways.recover": (200, 400),
    "new_keys.show_link": (404, None),
    "new_keys.renew": (200, 400),
}
"""What somebody who has no link, was sent back by no provider and fills in nothing gets: GET, and
POST where there is one. A page, an empty form again, or the address of the page that comes first.
"""

_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")


class Verdict(Enum):
    """What the policy says of a person and a route."""

    OPEN = "open to anybody"
    YES = "may do what the route serves"
    NO = "may not"


@dataclass(frozen=True, slots=True)
class Request:
    """One way of asking one route."""

    method: str
    path: str
    endpoint: str
    door: Door
    is_found: bool
    names_case: bool
    names_queue: bool
    is_for_visitors: bool


def requests_of(app: Flask, found: Mapping[str, str]) -> Iterator[Request]:
    """Every method of every route. Raises KeyError for a parameter that nobody has thought of, and
    AssertionError for a route without a mark.
    """
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        door, is_for_visitors = door_of(view), getattr(view, _FOR_VISITORS, False)
        assert door is not None, rule.endpoint
        names = set(_PARAMETER.findall(rule.rule))
        values = {name: found[name] if name in found else UNFOUND[name] for name in names}
        path = _PARAMETER.sub(r"{\1}", rule.rule).format(**values)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield Request(
                method,
                path,
                rule.endpoint,
                door,
                is_found=names <= set(found),
                names_case="reference" in names,
                names_queue=not names.isdisjoint({"code", "queue_id"}),
                is_for_visitors=is_for_visitors,
            )


def case_facts(stage: Stage, reference: str, staff: Staff) -> Facts:
    """What the rows say of a person and a case."""
    case = case_of(stage, reference)
    with stage.system.database.reading() as session:
        held = set(
            session.scalars(
                select(Grant.compartment).where(
                    Grant.case_id == case.id,
                    Grant.grantee_kind == GranteeKind.STAFF,
                    Grant.grantee_id == staff.staff_id,
                )
            )
        )
        declared = session.get(Attestation, (case.id, staff.staff_id))
    return Facts(
        is_holder=Compartment.WORK in held,
        is_keeper=Compartment.IDENTITY in held,
        is_correspondent=Compartment.CONVERSATION in held,
        has_attested=declared is not None,
        is_its_overseer=case.overseer_id == staff.staff_id,
    )


def known_facts(stage: Stage, request: Request, reference: str, staff: Staff, queue: str) -> Facts:
    """What is so of a person and of what a request names: the case, or somebody else who waits for
    the queue. There are overseers, and nobody asks about themselves.
    """
    if request.names_case:
        return case_facts(stage, reference, staff)
    return Facts(is_in_queue=request.names_queue and stage.queues[queue] in staff.queue_ids)


def verdict(request: Request, actor: Actor, facts: Facts) -> Verdict:
    """What the policy says. KeyError where it allows a part and nobody said what then decides."""
    if request.door.open_because:
        return Verdict.OPEN
    actions = {one.action for one in request.door.use_cases if isinstance(one, UseCase)}
    assert actions, f"{request.endpoint} serves something that is no use case"
    answers = {action: may(actor, action, facts) for action in actions}
    if len(set(answers.values())) == 1:
        is_allowed = all(answers.values())
    else:
        is_allowed = answers[DECIDED_BY[request.endpoint][request.method]]
    return Verdict.YES if is_allowed else Verdict.NO
