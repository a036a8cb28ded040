"""Forms that are not sent yet, as their session had ended or files were to be added: kept sealed,
and offered again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from safeshare.casework.service.standing import list_still_open
from safeshare.kernel.errors import NotFoundError
from safeshare.people.service.parked import (
    DropForm,
    ParkForm,
    ResumeForm,
    UnsentForm,
    drop_form,
    list_unsent,
    park_form,
    resume_form,
)
from safeshare.web.shared.doors import serves
from safeshare.web.shared.errors import Typed
from safeshare.web.shared.form_tokens import FIELD
from safeshare.web.shared.i18n import gettext
from safeshare.web.shared.large_forms import MOST_FIELDS
from safeshare.web.staff.signed_in import absent_owner, current_staff, is_signed_in, system

unsent = Blueprint("unsent", __name__, template_folder="templates")

UNSENT = "unsent"
"""The name of the hidden input, and of the address's part, that say which unsent form is used."""

_WRITTEN = "text"
_ASKED = "asks"
_TICKED = "themes"

_WORTH_KEEPING = {
    "conversations.message": (_WRITTEN,),
    "extending.extend": (_WRITTEN,),
    "handling.acknowledge_concern": (_WRITTEN,),
    "handling.message": (_WRITTEN, _ASKED),
    "handling.close": (_WRITTEN,),
    "handling.themes": (_TICKED,),
    "naming.ask_necessary": (_WRITTEN,),
    "naming.ask_reporter": (_WRITTEN,),
    "naming.give_over": (_WRITTEN,),
    "triage.consent": (_WRITTEN,),
    "triage.pass_on": (_WRITTEN,),
    "triage.propose": (_WRITTEN,),
    "triage.risk": (_WRITTEN,),
}
"""The pages whose forms are kept, and the inputs of which one must hold something; a single choice
is quickly made again.
"""


@dataclass(frozen=True, slots=True)
class Offered:
    """An unsent form on the page."""

    form: UnsentForm
    begins: str

    @property
    def address(self) -> str:
        """The page that shows it filled in."""
        return url_for(self.form.page, reference=self.form.reference, unsent=self.form.form_id)


def park_what_was_typed() -> UUID | None:
    """Keep the posted form for the owner of the session. None where there is nothing to keep."""
    reference = (request.view_args or {}).get("reference")
    if reference is None or request.endpoint is None or not _is_worth_keeping():
        return None
    owner = current_staff() if is_signed_in() else absent_owner()
    if owner is None:
        return None
    fields = {name: tuple(values) for name, values in request.form.lists() if name != FIELD}
    return system().gate.run(park_form, owner, ParkForm(request.endpoint, reference, fields))


def set_aside() -> UUID | None:
    """Keep the posted form while its owner is at another page, in place of the one that it was
    filled from. None where there is nothing to keep.
    """
    form_id = park_what_was_typed()
    if form_id:
        forget_unsent()
    return form_id


def typed() -> Typed | None:
    """What was typed into a form on a case that could not be taken, found in the request alone."""
    if request.method != "POST" or not _is_worth_keeping():
        return None
    given = list(request.form.items(multi=True))
    if len(given) > MOST_FIELDS:
        return None
    texts = [(name, value) for name, value in given if name == _WRITTEN]
    rest = [(name, value) for name, value in given if name != _WRITTEN]
    return Typed(request.root_path + request.full_path.rstrip("?"), texts, rest)


def typed_before() -> MultiDict[str, str] | None:
    """What the unsent form of this address holds; None where the address names none."""
    form_id = _id(request.args.get(UNSENT, ""))
    if form_id is None:
        return None
    found = system().gate.run(resume_form, current_staff(), ResumeForm(form_id))
    if found.page not in _WORTH_KEEPING or found.page != request.endpoint:
        raise NotFoundError("the unsent form belongs to another page")
    return _multi(found.fields, form_id)


def forget_unsent() -> None:
    """The form was sent at last, so what was kept of it goes."""
    form_id = _id(request.form.get(UNSENT, ""))
    kept = {one.form_id for one in system().gate.run(list_unsent, current_staff(), None)}
    if form_id in kept:
        system().gate.run(drop_form, current_staff(), DropForm(form_id))


@unsent.get("/unsent")
@serves(list_unsent, list_still_open)
def show_unsent() -> str:
    """What is waiting. A form of a page that we do not have is dropped: it leads nowhere; and so is
    one about a case that they hold no more.
    """
    known, kept = [], system().gate.run(list_unsent, current_staff(), None)
    cases = frozenset(one.reference for one in kept)
    still_open = system().gate.run(list_still_open, current_staff(), cases)
    for one in kept:
        if one.page in _WORTH_KEEPING and one.reference in still_open:
            known.append(Offered(one, _begins(one)))
        else:
            system().gate.run(drop_form, current_staff(), DropForm(one.form_id))
    return render_template("staff/unsent.html", forms=known)


@unsent.post("/unsent/<uuid:form_id>/discard")
@serves(drop_form)
def discard(form_id: UUID) -> ResponseReturnValue:
    """Throw one away."""
    system().gate.run(drop_form, current_staff(), DropForm(form_id))
    return redirect(url_for("unsent.show_unsent"), 303)


def _begins(form: UnsentForm) -> str:
    if _TICKED in _WORTH_KEEPING[form.page]:
        return str(gettext("Themes ticked: %(count)s", count=len(form.fields.get(_TICKED, ()))))
    begins = " ".join(form.fields.get(_WRITTEN, ()))[:200]
    return begins or str(gettext("Nothing is written in it yet."))


def _is_worth_keeping() -> bool:
    named = _WORTH_KEEPING.get(_endpoint(), ())
    return any(value.strip() for name in named for value in request.form.getlist(name))


def _endpoint() -> str:
    """The page asked for. Flask looks for it only after it has opened the session, which may fail,
    so that we have to look ourselves.
    """
    if request.endpoint is not None:
        return request.endpoint
    addresses = current_app.create_url_adapter(request)
    try:
        return str(addresses.match()[0]) if addresses else ""
    except HTTPException:
        return ""


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _multi(fields: Mapping[str, tuple[str, ...]], form_id: UUID) -> MultiDict[str, str]:
    filled: MultiDict[str, str] = MultiDict()
    for name, values in fields.items():
        filled.setlist(name, list(values))
    filled[UNSENT] = str(form_id)
    return filled
