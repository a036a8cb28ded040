"""The pages of the form: one view for every step, and the check before sending."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from safeshare.concerns.service.choice import PrepareChoice, WhoCanRead, prepare_choice
from safeshare.concerns.service.offers import Offer, draw_code, list_kinds, list_places, list_teams
from safeshare.files.service.keeping import find_waiting
from safeshare.kernel.errors import NotFoundError, StaleError
from safeshare.web.reporter.checking import left_open, rows_of
from safeshare.web.reporter.draft import Draft, keep_draft, read_draft, read_receipt
from safeshare.web.reporter.forms.base import StepForm
from safeshare.web.reporter.forms.further import DRAFT_FILES
from safeshare.web.reporter.forms.readers import names_kept_out
from safeshare.web.reporter.passing import run, security_now
from safeshare.web.reporter.steps import (
    Step,
    answers_to_send,
    find_step,
    is_answered,
    is_step,
    step_after,
    step_before,
)
from safeshare.web.reporter.typed import has_typed_words
from safeshare.web.shared.doors import serves
from safeshare.web.shared.kept_files import refresh_kept

form_pages = Blueprint("form", __name__, url_prefix="/form")


@form_pages.before_request
def _first_save_the_code() -> ResponseReturnValue | None:
    """A code that was shown and not yet proved comes before anything new. Words that come from an
    older tab meanwhile are shown again and not taken: they may belong to what was sent.
    """
    receipt = read_receipt(security_now())
    is_waiting = receipt is not None and bool(receipt.words)
    if not is_waiting or request.endpoint not in {"form.step", "form.add_files", "form.check"}:
        return None
    if has_typed_words():
        raise StaleError("the concern was sent, and its code is not saved yet")
    return redirect(url_for("sending.code"), 303)


@form_pages.route("/<name>", methods=["GET", "POST"])
@serves(list_places, list_teams, list_kinds, prepare_choice)
def step(name: str) -> ResponseReturnValue:
    """One step of the way."""
    draft = read_draft()
    page = get_step(name, draft)
    form = form_of(page, draft)
    taken = form.take(draft) if request.method == "POST" else None
    if taken is None:
        return show_step(page, form, draft)
    keep_draft(taken)
    return redirect(way_on(page, taken), 303)


@form_pages.get("/check")
@serves(list_places, list_teams, list_kinds, prepare_choice, draw_code, find_waiting)
def check() -> ResponseReturnValue:
    """Everything once more, before it is sent."""
    draft = read_draft()
    if not draft.answers.get("concern"):
        return redirect(url_for("form.step", name="what"), 303)
    who, draft = _who_can_read(draft)
    keep_draft(draft if draft.code else replace(draft, code=run(draw_code, None)))
    return _show_check(draft, who)


def get_step(name: str, draft: Draft) -> Step:
    """The step of this name.

    Raises NotFoundError where the draft has none, and StaleError where a form came from one that
    the draft does not need any more: something else was chosen on another page.
    """
    found = find_step(name, draft)
    if found is None and request.method == "POST" and is_step(name):
        raise StaleError("the draft does not need this page any more")
    if found is None:
        raise NotFoundError("there is no such page")
    return found


def form_of(page: Step, draft: Draft) -> StepForm:
    """The step's form: with what was posted, or with what the draft says."""
    form = page.form(request.form or None, data=page.form.told(draft))
    form.fit(Offered(), draft)
    return form


def show_step(
    page: Step, form: StepForm, draft: Draft, *, again: bool = False, **shown: Any
) -> ResponseReturnValue:
    """Draw a step. `again` says that what was posted could not be taken and is shown again; what
    else is `shown` is the step's own template's.
    """
    who = form.draw_up(Offered(), draft)
    if who is not None:
        draft = replace(draft, order=who.order)
        keep_draft(draft)
    before = step_before(page, draft)
    back = url_for("form.step", name=before.name) if before else url_for("pages.start")
    if request.args.get("from") == "check":
        back = url_for("form.check")
    return render_template(
        page.template,
        step=page,
        form=form,
        draft=draft,
        back=back,
        who=who,
        again=again,
        updated="updated" in request.args,
        **shown,
    )


class Offered:
    """What the forms offer, looked up where a form asks for it."""

    def places(self) -> tuple[Offer, ...]:
        """The places, as a tree."""
        return run(list_places, None)

    def teams(self) -> tuple[Offer, ...]:
        """The teams."""
        return run(list_teams, None)

    def kinds(self) -> tuple[Offer, ...]:
        """The kinds of concern."""
        return run(list_kinds, None)

    def who(self, draft: Draft) -> WhoCanRead:
        """Who could read the draft, and who can be kept out."""
        return _who_can_read(draft)[0]


def _show_check(draft: Draft, who: WhoCanRead) -> str:
    offers, has_all_files = Offered(), refresh_kept(DRAFT_FILES, run)
    return render_template(
        "reporter/check.html",
        rows=rows_of(draft, offers),
        left_open=left_open(draft, offers),
        who=who,
        kept_out=names_kept_out(who.tickable),
        files_gone=not has_all_files,
        mode=draft.answers.get("mode"),
    )


def _who_can_read(draft: Draft) -> tuple[WhoCanRead, Draft]:
    who = run(prepare_choice, PrepareChoice(answers_to_send(draft), draft.order, draft.ticked))
    return who, replace(draft, order=who.order)


def way_on(page: Step, draft: Draft) -> str:
    """Where a step leads that was answered."""
    following, is_change = step_after(page, draft), request.args.get("from") == "check"
    if request.form.get("go") == "update":
        return url_for("form.step", name=page.name) + (
            "?from=check&updated=yes" if is_change else "?updated=yes"
        )
    if is_change and following is not None and _brings_up(page, following, draft):
        return url_for("form.step", name=following.name) + "?from=check"
    to_send = request.form.get("go") == "send" or request.form.get("further") == "no"
    if is_change or to_send or following is None:
        return url_for("form.check")
    return url_for("form.step", name=following.name)


def _brings_up(page: Step, following: Step, draft: Draft) -> bool:
    """Whether a changed answer makes a question that was not asked before necessary."""
    return following.follows == page.name and not is_answered(following, draft)
