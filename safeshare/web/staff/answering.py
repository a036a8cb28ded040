"""What the pages of the small forms on a case share."""

from typing import Any, TypeVar

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import Form

from safeshare.gate import UseCase
from safeshare.kernel.errors import InvalidError, StaleError
from safeshare.web.shared.i18n import gettext as _
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


def decided(form: Form, case: UseCase[C, R], command: C) -> bool:
    """As `carried_out`, for a decision on what the page showed, which the form's `seen` names.
    Where that waits no more, the form forgets it, and `show_as_it_stands` says so.
    """
    try:
        return carried_out(form, case, command)
    except StaleError:
        form["seen"].data = ""
        return False


def show_as_it_stands(form: Form, seen: str, *, may_decide: bool) -> None:
    """Let a form of a decision be about `seen`, which the page shows now. Where something else was
    decided on, say so, and ask whoever may decide anew: a choice is not carried over to new words.
    """
    is_stale = request.method == "POST" and form["seen"].data != seen
    form["seen"].data = seen
    if not is_stale:
        return
    form["decision"].data = None
    form.form_errors.append(
        _(
            "The proposal was changed or decided after you had opened this page, so your decision "
            "was not saved. Read below how it stands now"
        )
    )
    if not may_decide:
        del form["decision"]


def page(template: str, form: Form, **shown: Any) -> ResponseReturnValue:
    """A page with a form, as a fault where something must be mended."""
    return render_template(template, form=form, **shown), 400 if form.errors else 200


def back_to_case(reference: str, said: str) -> ResponseReturnValue:
    """The case's page, saying what was done."""
    flash(said)
    return redirect(url_for("cases.show_case", reference=reference), 303)
