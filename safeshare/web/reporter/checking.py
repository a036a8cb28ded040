"""All answers of a draft on one page, in the words of the questions themselves."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from wtforms import Field
from wtforms.fields import SelectFieldBase

from safeshare.web.reporter.draft import Draft
from safeshare.web.reporter.forms.base import Offering, StepForm
from safeshare.web.reporter.steps import Step, is_answered, steps_of
from safeshare.web.shared.i18n import gettext


@dataclass(frozen=True, slots=True)
class Row:
    """One question with its answer. `step` is where to change it."""

    label: str
    answer: str = field(repr=False)
    step: str


def rows_of(draft: Draft, offers: Offering) -> list[Row]:
    """Every question that was answered, in the order of the way."""
    return [
        row
        for step in steps_of(draft)
        if is_answered(step, draft)
        for row in _rows(step, draft, offers)
    ]


def left_open(draft: Draft, offers: Offering) -> list[Row]:
    """The first question of each step of which none was answered."""
    return [
        Row(_plain(str(form[_asked(step)[0]].label.text)), "", step.name)
        for step in steps_of(draft)
        if _asked(step) and not is_answered(step, draft)
        for form in (_form(step, draft, offers),)
    ]


def _rows(step: Step, draft: Draft, offers: Offering) -> Iterator[Row]:
    form = _form(step, draft, offers)
    for name in _asked(step):
        shown = _shown(form[name])
        if shown:
            yield Row(_plain(str(form[name].label.text)), shown, step.name)


def _form(step: Step, draft: Draft, offers: Offering) -> StepForm:
    form = step.form(data=step.form.told(draft))
    form.fit(offers, draft)
    return form


def _asked(step: Step) -> tuple[str, ...]:
    return (*step.form.questions, *step.form.summed)


def _shown(bound: Field) -> str:
    if not bound.data:
        return ""
    if isinstance(bound, SelectFieldBase):
        chosen = bound.data if isinstance(bound.data, list | tuple) else [bound.data]
        return "\n".join(
            str(text).strip() for value, text, *_rest in bound.iter_choices() if value in chosen
        )
    return str(bound.data)


def _plain(label: str) -> str:
    return label.removesuffix(gettext(" (optional)"))
