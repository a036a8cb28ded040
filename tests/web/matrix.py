"""What the policy says that each person may ask of each route, worked out from the routes' marks.

Nothing here names a route. A route is known by its mark (`@serves`), its address by its parameters,
and a person by the rows of the database; so a route that is added tomorrow is judged tomorrow.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from enum import Enum
from functools import cache
from itertools import product
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import select

from safeshare.casework.models import Attestation
from safeshare.concerns.models import Grant, GranteeKind
from safeshare.gate import UseCase
from safeshare.kernel.actors import Actor
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


_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")


class Verdict(Enum):
    """What the policy says of a person and a route."""

    OPEN = "open to anybody"
    YES = "may do all that the route serves"
    NO = "may do nothing of what the route serves"
    IT_DEPENDS = "may do some, or it depends on what the world of the test does not have"


@dataclass(frozen=True, slots=True)
class Request:
    """One way of asking one route."""

    method: str
    path: str
    endpoint: str
    door: Door
    is_found: bool
    names_case: bool
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
                is_for_visitors=is_for_visitors,
            )


def known_facts(stage: Stage, reference: str, staff_id: UUID) -> Facts:
    """What the rows say of a person and a case."""
    case = case_of(stage, reference)
    with stage.system.database.reading() as session:
        held = set(
            session.scalars(
                select(Grant.compartment).where(
                    Grant.case_id == case.id,
                    Grant.grantee_kind == GranteeKind.STAFF,
                    Grant.grantee_id == staff_id,
                )
            )
        )
        declared = session.get(Attestation, (case.id, staff_id))
    return Facts(
        is_holder=Compartment.WORK in held,
        is_keeper=Compartment.IDENTITY in held,
        is_correspondent=Compartment.CONVERSATION in held,
        has_attested=declared is not None,
        is_its_overseer=case.overseer_id == staff_id,
    )


def verdict(request: Request, actor: Actor, facts: Facts | None) -> Verdict:
    """What the policy says. `facts` are those of the case that the route names, if it names one;
    whatever they leave open may be either way.
    """
    if request.door.open_because:
        return Verdict.OPEN
    actions = {one.action for one in request.door.use_cases if isinstance(one, UseCase)}
    assert actions, f"{request.endpoint} serves something that is no use case"
    answers = {_judged(actor, action, facts if request.names_case else None) for action in actions}
    if answers == {True}:
        return Verdict.YES
    return Verdict.NO if answers == {False} else Verdict.IT_DEPENDS


def _judged(actor: Actor, action: Action, facts: Facts | None) -> bool | None:
    """True or False where the policy is certain; None where it hangs on what is not known."""
    judged = {may(actor, action, possible) for possible in _possible(facts)}
    return judged.pop() if len(judged) == 1 else None


_OPEN_FOR_A_CASE = ("is_self", "is_in_queue", "is_without_overseer", "is_party")


@cache
def _possible(facts: Facts | None) -> tuple[Facts, ...]:
    every = tuple(one.name for one in fields(Facts) if one.name.startswith(("is_", "has_")))
    unsure = every if facts is None else _OPEN_FOR_A_CASE
    every_way = product((False, True), repeat=len(unsure))
    given: list[dict[str, Any]] = [dict(zip(unsure, way, strict=True)) for way in every_way]
    return tuple(replace(facts or Facts(), **way) for way in given)
