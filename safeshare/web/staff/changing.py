"""Carrying out a change of queues and people, or saying beside the field why not."""

from typing import TypeVar

from wtforms import Form

from safeshare.gate import UseCase
from safeshare.kernel.errors import InvalidError
from safeshare.web.staff.answering import ask
from safeshare.web.staff.people_forms import blame

C = TypeVar("C")
R = TypeVar("R")


def done(form: Form, case: UseCase[C, R], command: C) -> bool:
    """Whether the use case did it. Where a rule says no, the form says why."""
    try:
        ask(case, command)
    except InvalidError as error:
        blame(form, error)
        return False
    return True
