"""The forms of the few more questions, each of them optional."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from wtforms import EmailField, MultipleFileField, StringField, TextAreaField

from safeshare.concerns.rules import contact_address
from safeshare.kernel.errors import InvalidError
from safeshare.web.reporter.draft import Draft
from safeshare.web.reporter.forms.base import (
    LONG_TEXT,
    Offering,
    OneOfField,
    OptionalChoice,
    StepForm,
    blame,
)
from safeshare.web.shared.file_words import ACCEPTED
from safeshare.web.shared.form_fields import CheckboxesField, choice, tidy_text
from safeshare.web.shared.i18n import gettext
from safeshare.web.shared.i18n import lazy_gettext as _
from safeshare.web.shared.kept_files import kept_files

DRAFT_FILES = "draft"
"""The shelf of the files that will be sent with the concern."""

_INDENT = "\N{EM SPACE}"


class PlaceForm(StepForm):
    """Where and when, as coarse as they like."""

    questions = ("place", "where", "when")
    place = OptionalChoice(_("Which part of the service is it about? (optional)"))
    where = StringField(
        _("Anything more about where? (optional)"),
        description=_("For example: the drill yard, on the way to a call, online."),
        filters=[tidy_text],
    )
    when = StringField(
        _("When did it happen? (optional)"),
        description=_("For example: last night, in the spring, for about two years."),
        filters=[tidy_text],
    )

    def fit(self, offers: Offering, draft: Draft) -> None:
        """Offer the places as a tree."""
        self.place.choices = [
            ("", gettext("I would rather not say")),
            *((one.code, f"{_INDENT * one.depth}{one.name}") for one in offers.places()),
        ]


class PeopleForm(StepForm):
    """Who is involved, and whether the usual handlers are."""

    questions = ("who", "about")
    who = TextAreaField(
        _("Who is involved? (optional)"),
        description=_("Names, ranks or roles, or what they look like, if you want to say."),
        validators=LONG_TEXT,
        filters=[tidy_text],
        render_kw={"rows": 4},
    )
    about = CheckboxesField(
        _("Does any of them do one of these jobs?"),
        description=_(
            "We ask so that it never reaches them. If you tick one, people outside the service's "
            "own line handle it. Tick all that apply."
        ),
        choices=[
            choice("hr", _("Human Resources")),
            choice("safeguarding", _("Safeguarding")),
            choice("professional_standards", _("Professional Standards")),
            choice("administrator", _("Administrator of this system, or of the service's IT")),
            choice("chief_officer", _("Chief officer")),
        ],
    )


class RiskForm(StepForm):
    """Who may be at risk now."""

    questions = ("at_risk", "risk")
    at_risk = CheckboxesField(
        _("May any of these be at risk now?"),
        description=_("If you tick one, the safeguarding team handles it. Tick all that apply."),
        choices=[
            choice("child", _("A child or young person under 18")),
            choice(
                "adult",
                _("An adult who needs care or support"),
                _("For example because of illness, disability or age."),
            ),
        ],
    )
    risk = TextAreaField(
        _("What are you worried may happen next? (optional)"),
        description=_("To you or to anybody else. Say if you are afraid of being found out."),
        validators=LONG_TEXT,
        filters=[tidy_text],
        render_kw={"rows": 4},
    )

    def fit(self, offers: Offering, draft: Draft) -> None:
        """The first routing rule is stronger: do not promise another team."""
        if draft.answers.get("about"):
            self.at_risk.description = gettext("Tick all that apply.")


class TeamForm(StepForm):
    """Who should handle it."""

    questions = ("handle_by",)
    handle_by = OneOfField(_("Who should handle it?"))

    def fit(self, offers: Offering, draft: Draft) -> None:
        """Offer the teams, each with what it does, and to leave it to us."""
        self.handle_by.choices = [
            *(choice(one.code, one.name, _what_it_does(one.code)) for one in offers.teams()),
            choice("", gettext("I am not sure"), gettext("We ask one more question to decide.")),
        ]

    def add_to(self, draft: Draft) -> Draft | None:
        """A team that was chosen is not overruled by the kind of concern."""
        return draft.answered({"category": None}) if self.handle_by.data else draft


class KindForm(StepForm):
    """What it is mostly about, asked only of who chose no team."""

    questions = ("category",)
    category = CheckboxesField(
        _("What is it mostly about?"), description=_("Tick all that apply, or none.")
    )

    def fit(self, offers: Offering, draft: Draft) -> None:
        """Offer the published kinds."""
        self.category.choices = [choice(one.code, one.name) for one in offers.kinds()]


class FilesForm(StepForm):
    """Files that show what happened. They lie in the session; `listed` names them."""

    summed = ("listed",)

    files = MultipleFileField(
        _("Add files"),
        description=_("You can choose up to 6 at a time."),
        render_kw={"accept": ACCEPTED},
    )
    listed = StringField(_("Files (optional)"))

    @classmethod
    def told(cls, _draft: Draft) -> Mapping[str, Any]:
        """What their sender calls the files so far."""
        names = (one.name or gettext("a file") for one in kept_files(DRAFT_FILES))
        return {"listed": "\n".join(names)}


class ReachForm(StepForm):
    """Where to send "You have a message"."""

    summed = ("address",)

    address = EmailField(
        _("Personal email address (optional)"),
        filters=[tidy_text],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )

    def add_to(self, draft: Draft) -> Draft | None:
        """Keep an address that can be one."""
        try:
            address = contact_address(str(self.address.data or ""))
        except InvalidError as error:
            blame(self, error)
            return None
        return replace(draft, address=address or "")

    @classmethod
    def told(cls, draft: Draft) -> Mapping[str, Any]:
        """The address as it stands."""
        return {"address": draft.address}


def _what_it_does(code: str) -> str:
    words = {
        "independent": gettext("People who do not answer to the service's managers."),
        "safeguarding": gettext("Children, adults at risk, abuse, and your own safety."),
        "hr": gettext("How people at work treat one another, and fairness at work."),
        "professional_standards": gettext("Misconduct, abuse of position, crime, honesty."),
    }
    return str(words.get(code, ""))
