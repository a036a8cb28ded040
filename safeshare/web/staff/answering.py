"""What the pages of the small forms on a case share."""

from typing import Any, TypeVar

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import Form

from safeshare.gate import UseCase
from safeshare.kernel.errors import InvalidError
from safeshare.web.staff.forms import blame
from safeshare.web.staff.signed_in import current_staff, system
from safeshare.web.staff.unsent import forget_unsent, typed_before

F = TypeVar("F", bound=Form)
C = TypeVar("C")
R = TypeVar("R")


def ask(case: UseCase[C, R], command: C) -> R:
    """Run a use case for whoever is signed in."""
    return system().gate.run(case, current_staff(), command)


def filled(kind: type[F], **given: Any) -> F:
    """The form of this request: as it was sent, as it was kept unsent, or as `given`."""
    sent = request.form if request.method == "POST" else typed_before()
    form: F = kind(sent, **given)
    return form


def is_sent(form: Form) -> bool:
    """Whether the form was sent and is in shape."""
    return request.method == "POST" and bool(form.validate())


def carried_out(form: Form, case: UseCase[C, R], command: C) -> bool:
    """Whether the use case did it. Where a rule says no, the form says why."""
    try:
        ask(case, command)
    except InvalidError as error:
        blame(form, error)
        return False
    forget_unsent()
    return True


def page(template: str, form: Form, **shown: Any) -> ResponseReturnValue:
    """A page with a form, as a fault where something must be mended."""
    return render_template(template, form=form, **shown), 400 if form.errors else 200


def back_to_case(reference: str, said: str) -> ResponseReturnValue:
    """The case's page, saying what was done."""
    flash(said)
    return redirect(url_for("cases.show_case", reference=reference), 303)
