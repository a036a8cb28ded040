"""The reporter's way as data: one ordered list of steps, one question or so on each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask_babel import LazyString

from safeshare.concerns.rules import Answer, Mode, mode_of
from safeshare.web.reporter.draft import Draft
from safeshare.web.reporter.forms import first, further, readers
from safeshare.web.reporter.forms.base import StepForm
from safeshare.web.shared.i18n import lazy_gettext as _


def _always(_draft: Draft) -> bool:
    return True


def _gives_a_name(draft: Draft) -> bool:
    return mode_of(draft.answers.get("mode")) is not Mode.ANONYMOUS


def _may_choose_team(draft: Draft) -> bool:
    """The first two routing rules decide alone (blueprint section 5): no question without use."""
    return not draft.answers.get("about") and not draft.answers.get("at_risk")


def _leaves_team_to_us(draft: Draft) -> bool:
    return _may_choose_team(draft) and not draft.answers.get("handle_by")


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One page of the way. `title` is neutral: the browser keeps it in its history. Each step is
    equal to itself alone, which takes no comparing of its words.

    `shown` says whether a draft needs the step at all. `follows` names the step whose answer
    brings it up, so that changing that answer later asks it too. `can_send` offers *Go to send*.
    """

    name: str
    title: LazyString
    form: type[StepForm]
    template: str
    shown: Callable[[Draft], bool] = _always
    follows: str = ""
    can_send: bool = False


STEPS = (
    Step("safety", _("Before you start"), first.SafetyForm, "reporter/steps/safety.html"),
    Step("want", _("What you want"), first.WantForm, "reporter/steps/want.html"),
    Step("about", _("Your part"), first.AboutForm, "reporter/steps/about.html"),
    Step("known", _("Your choice"), first.KnownForm, "reporter/steps/known.html"),
    Step(
        "name",
        _("Your details"),
        first.NameForm,
        "reporter/steps/name.html",
        shown=_gives_a_name,
        follows="known",
    ),
    Step("what", _("Your words"), first.WhatForm, "reporter/steps/what.html"),
    Step("more", _("Next"), first.MoreForm, "reporter/steps/more.html"),
    Step(
        "place",
        _("Where and when"),
        further.PlaceForm,
        "reporter/steps/place.html",
        can_send=True,
    ),
    Step("people", _("People"), further.PeopleForm, "reporter/steps/people.html", can_send=True),
    Step("risk", _("Right now"), further.RiskForm, "reporter/steps/risk.html", can_send=True),
    Step(
        "team",
        _("Team"),
        further.TeamForm,
        "reporter/steps/team.html",
        shown=_may_choose_team,
        can_send=True,
    ),
    Step(
        "kind",
        _("Topic"),
        further.KindForm,
        "reporter/steps/kind.html",
        shown=_leaves_team_to_us,
        follows="team",
        can_send=True,
    ),
    Step(
        "readers",
        _("Readers"),
        readers.ReadersForm,
        "reporter/steps/readers.html",
        can_send=True,
    ),
    Step("files", _("Files"), further.FilesForm, "reporter/steps/files.html", can_send=True),
    Step("reach", _("Contact"), further.ReachForm, "reporter/steps/reach.html", can_send=True),
)


def steps_of(draft: Draft) -> tuple[Step, ...]:
    """The steps that this draft needs, in their order."""
    return tuple(step for step in STEPS if step.shown(draft))


def find_step(name: str, draft: Draft) -> Step | None:
    """The step of this name, if the draft needs it."""
    return next((step for step in steps_of(draft) if step.name == name), None)


def is_step(name: str) -> bool:
    """Whether any draft has a step of this name."""
    return any(step.name == name for step in STEPS)


def step_before(step: Step, draft: Draft) -> Step | None:
    """The step one back; None before the first."""
    earlier = [one for one in steps_of(draft) if STEPS.index(one) < STEPS.index(step)]
    return earlier[-1] if earlier else None


def step_after(step: Step, draft: Draft) -> Step | None:
    """The step one on; None after the last."""
    later = (one for one in steps_of(draft) if STEPS.index(one) > STEPS.index(step))
    return next(later, None)


def is_answered(step: Step, draft: Draft) -> bool:
    """Whether the draft says anything that the step asks for."""
    told = step.form.told(draft)
    return any(told.get(name) for name in (*step.form.questions, *step.form.summed))


def answers_to_send(draft: Draft) -> Mapping[str, Answer]:
    """The answers that count: those of a step that is no longer needed are left behind."""
    asked = {question for step in steps_of(draft) for question in step.form.questions}
    return {key: one for key, one in draft.answers.items() if key in asked}
