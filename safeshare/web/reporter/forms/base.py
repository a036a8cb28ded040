"""What the forms of the reporter's pages share: they check what was typed by the rules."""

from collections.abc import Mapping
from typing import Any, ClassVar, Protocol

from wtforms import Form, RadioField, SelectField
from wtforms.validators import Length

from safeshare.concerns.rules import LONGEST_TEXT, Answer, clean_answer
from safeshare.concerns.service.choice import WhoCanRead
from safeshare.concerns.service.offers import Offer
from safeshare.kernel.errors import InvalidError
from safeshare.web.reporter.draft import Draft
from safeshare.web.shared.i18n import gettext
from safeshare.web.shared.i18n import lazy_gettext as _

LONG_TEXT = (Length(max=LONGEST_TEXT, message=_("Use 50,000 characters or fewer")),)
"""The validators of a long answer; the counter below the field reads its limit from them."""


class Offering(Protocol):
    """Looks up what this organisation offers, each when a form asks for it."""

    def places(self) -> tuple[Offer, ...]:
        """The places, as a tree."""

    def teams(self) -> tuple[Offer, ...]:
        """The teams."""

    def kinds(self) -> tuple[Offer, ...]:
        """The kinds of concern."""

    def who(self, draft: Draft) -> WhoCanRead:
        """Who could read the draft, and who can be kept out."""


class OptionalChoice(SelectField):
    """Only a choice that was made can be a wrong one. Drawn as a list."""

    def pre_validate(self, form: Form) -> None:
        """Check a choice against those on offer."""
        if self.data:
            super().pre_validate(form)


class OneOfField(OptionalChoice, RadioField):
    """Radios of which none need be chosen."""


class StepForm(Form):
    """The form of one step. `questions` are answered by the fields of the same names; `summed` are
    further fields that the page of all answers shows.
    """

    questions: ClassVar[tuple[str, ...]] = ()
    summed: ClassVar[tuple[str, ...]] = ()

    def fit(self, offers: Offering, draft: Draft) -> None:
        """Fill in what depends on the organisation or on earlier answers."""

    def draw_up(self, offers: Offering, draft: Draft) -> WhoCanRead | None:
        """Fill in what only the drawn page needs. Returns who could read the draft, where the step
        is about that.
        """
        return None

    def take(self, draft: Draft) -> Draft | None:
        """The draft with what this form says; None where something must be mended first."""
        is_right = self.validate()
        given: dict[str, Answer | None] = {}
        for question in self.questions:
            try:
                given[question] = clean_answer(question, self[question].data)
            except InvalidError as error:
                is_right = False
                blame(self, error)
        return self.add_to(draft.answered(given)) if is_right else None

    def add_to(self, draft: Draft) -> Draft | None:
        """Add what is not an answer; None where it must be mended."""
        return draft

    @classmethod
    def told(cls, draft: Draft) -> Mapping[str, Any]:
        """What the draft already says, by the names of the fields."""
        return draft.answers


def blame(form: Form, error: InvalidError) -> None:
    """Show an error of the rules beside the field that it names."""
    field = form[error.field] if error.field in form else next(iter(form))
    field.errors = [_message(str(error))]


def _message(code: str) -> str:
    words = {
        "too_long": gettext("That is too long. Shorten it a little: nothing of it was cut off."),
        "not_an_address": gettext("Enter an email address in the form name@example.com"),
        "message_missing": gettext("Write something before you send it"),
    }
    return str(words.get(code, gettext("Choose one of the answers on this page")))
