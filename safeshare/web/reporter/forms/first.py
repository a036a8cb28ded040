"""The forms of the first part of the way: up to what worries somebody, and whether to send it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from wtforms import StringField, TelField, TextAreaField

from safeshare.concerns.rules import identity_record, mode_of
from safeshare.kernel.errors import InvalidError
from safeshare.web.reporter.draft import Draft
from safeshare.web.reporter.forms.base import LONG_TEXT, Offering, OneOfField, StepForm, blame
from safeshare.web.shared.form_fields import choice, tidy_text
from safeshare.web.shared.i18n import gettext
from safeshare.web.shared.i18n import lazy_gettext as _


class SafetyForm(StepForm):
    """Whether somebody is in danger."""

    questions = ("danger",)
    danger = OneOfField(
        _("Is anybody in danger right now?"),
        choices=[
            choice("yes", _("Yes, or I think so")),
            choice("no", _("No")),
        ],
    )


class WantForm(StepForm):
    """Share a concern, or ask for support only."""

    questions = ("want",)
    want = OneOfField(
        _("What would you like to do?"),
        choices=[
            choice(
                "share",
                _("Share a concern"),
                _("We look at what can be done about it, and support you."),
            ),
            choice(
                "support",
                _("Ask for support only"),
                _(
                    "We help you, and look into nothing unless you agree or somebody may be "
                    "seriously harmed."
                ),
            ),
        ],
    )


class AboutForm(StepForm):
    """Whom it happened to."""

    questions = ("stake",)
    stake = OneOfField(
        _("How do you come to know about it?"),
        choices=[
            choice("me", _("It happened, or is happening, to me")),
            choice("someone_else", _("It happened to somebody else, who told me")),
            choice("saw", _("I saw or heard it happen")),
            choice("heard", _("I heard about it from others")),
            choice("worried", _("I am worried in general")),
        ],
    )


class KnownForm(StepForm):
    """Anonymous, confidential or named."""

    questions = ("mode",)
    mode = OneOfField(
        _("How would you like to be known?"),
        choices=[
            choice(
                "anonymous",
                _("Anonymous"),
                _(
                    "We do not ask who you are, and do not store where you connect from. We can "
                    "still talk with you through this website."
                ),
            ),
            choice(
                "confidential",
                _("Confidential"),
                _(
                    "You give your name to two people only. You see who they are before you send. "
                    "They may not pass it on unless you agree, or somebody's safety or the law "
                    "leaves no choice."
                ),
            ),
            choice(
                "named",
                _("Named"),
                _(
                    "Only two people can open your name and how to reach you. They tell the others "
                    "who handle it when it is needed to help you."
                ),
            ),
        ],
    )


class NameForm(StepForm):
    """Who somebody is, and how to reach them."""

    summed = ("name", "phone", "reach")

    name = StringField(_("Your name"), filters=[tidy_text], render_kw={"spellcheck": "false"})
    phone = TelField(
        _("Telephone number"),
        description=_("Your own, not a work phone. Leave it empty if you want no calls."),
        filters=[tidy_text],
        render_kw={"class": "govuk-input--width-20"},
    )
    reach = StringField(
        _("How and when can we safely reach you?"),
        description=_("For example: text only, after 6pm, say that you are from the dentist."),
        filters=[tidy_text],
    )

    def add_to(self, draft: Draft) -> Draft | None:
        """Keep what fits the small record that every case has."""
        try:
            identity = identity_record(
                mode_of(draft.answers.get("mode")),
                {key: str(self[key].data or "") for key in ("name", "phone", "reach")},
            )
        except InvalidError as error:
            blame(self, error)
            return None
        return replace(draft, identity=identity)

    @classmethod
    def told(cls, draft: Draft) -> Mapping[str, Any]:
        """The identity as it stands."""
        return draft.identity


class WhatForm(StepForm):
    """The concern itself: the one question that needs an answer."""

    questions = ("concern", "wishes")
    concern = TextAreaField(
        _("What happened, or what worries you?"),
        description=_("Say it in your own words, in any language. It need not be complete."),
        validators=LONG_TEXT,
        filters=[tidy_text],
        render_kw={"rows": 10},
    )
    wishes = TextAreaField(
        _("What would you like to happen? (optional)"),
        description=_("And what should not happen? We read this first."),
        validators=LONG_TEXT,
        filters=[tidy_text],
        render_kw={"rows": 4},
    )

    def fit(self, offers: Offering, draft: Draft) -> None:
        """Somebody who wants support need not tell what happened."""
        if draft.answers.get("want") == "support":
            self.concern.label.text = gettext("What do you need help with?")
            self.concern.description = gettext(
                "Say only as much as you want to. You need not say what happened or name anybody."
            )
            self.wishes.label.text = gettext("What would help you? (optional)")

    def add_to(self, draft: Draft) -> Draft | None:
        """Insist on the concern."""
        if draft.answers.get("concern"):
            return draft
        self.concern.errors = [gettext("Write something here, however short")]
        return None


class MoreForm(StepForm):
    """Send now, or go on. Not kept: it only leads the way."""

    further = OneOfField(
        _("Do you want to send it now?"),
        choices=[
            choice(
                "no",
                _("Go on to check it and send it"),
                _("You see it once more, and who will be able to read it. You can add more later."),
            ),
            choice(
                "yes",
                _("Answer a few more questions first"),
                _("At most 8, each optional. They help us to give it to the right people."),
            ),
        ],
    )

    def add_to(self, draft: Draft) -> Draft | None:
        """Insist on an answer, since the two lead to different pages."""
        if self.further.data:
            return draft
        self.further.errors = [gettext("Choose whether to go on to send it")]
        return None
