"""The forms of the staff app. Hidden `seen` values tell what a page showed when it was answered."""

import re
from collections.abc import Mapping
from typing import Any

from wtforms import (
    BooleanField,
    Form,
    HiddenField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import AnyOf, InputRequired, Length, Optional, Regexp

from safeshare.concerns.rules import LONGEST_TEXT, CaseStatus
from safeshare.kernel.errors import InvalidError
from safeshare.kernel.identifiers import new_id
from safeshare.web.shared.form_fields import CheckboxesField, choice, tidy_text
from safeshare.web.shared.i18n import gettext
from safeshare.web.shared.i18n import lazy_gettext as _
from safeshare.web.staff.account_forms import digits_field

_MESSAGE = {
    "filters": [tidy_text],
    "validators": [
        InputRequired(_("Write a message")),
        Length(max=LONGEST_TEXT, message=_("Use 50,000 characters or fewer")),
    ],
    "render_kw": {"rows": 8},
}


class SignInForm(Form):
    """Both factors on one page, so that a failure tells nothing of which was wrong."""

    sign_in_name = StringField(
        _("Sign-in name"),
        validators=[InputRequired(_("Enter your sign-in name")), Length(max=200)],
        render_kw={"autocomplete": "username", "spellcheck": "false", "autocapitalize": "none"},
    )
    passphrase = PasswordField(
        _("Passphrase"),
        validators=[InputRequired(_("Enter your passphrase")), Length(max=1000)],
        render_kw={"autocomplete": "current-password"},
    )
    six_digits = digits_field(
        _("From your authenticator app: they change every 30 seconds. A backup code works too.")
    )


_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")
_SEEN_STATUS = [AnyOf([one.value for one in CaseStatus])]


class FormOfACase(Form):
    """A form on a case. `unsent` says which kept form it was filled from."""

    unsent = HiddenField()


class TieForm(FormOfACase):
    """A holder's word before any content."""

    tie = RadioField(
        _("Do you have a tie to any of them?"),
        description=_(
            "A tie is a relative, partner, friend, or somebody you fell out with; somebody on your "
            "watch or team, or in your line of management; or having been there yourself."
        ),
        validators=[InputRequired(_("Say whether you have a tie"))],
        choices=[
            choice("no", _("No, I have no tie"), _("You can open the case. Your word is kept.")),
            choice(
                "yes",
                _("Yes, or I am not sure"),
                _("You will not be able to open this case. Colleagues hold it as well."),
            ),
        ],
    )


class TakeForm(FormOfACase):
    """Become the contact person in place of whoever it was when the page was drawn."""

    seen = HiddenField(validators=[Optional(), Regexp(_ID)])


class AcknowledgeForm(FormOfACase):
    """The first message of a person."""

    text = TextAreaField(
        _("Your message"),
        description=_(
            "Thank them, say who you are and what happens next, and ask what they need. They read "
            "it with their access code."
        ),
        **_MESSAGE,
    )


class MessageForm(FormOfACase):
    """Ask or answer. `message_id` is drawn for the form, so that it counts once. Its files have a
    page of their own.
    """

    text = TextAreaField(_("Your message"), **_MESSAGE)
    asks = BooleanField(_("I am asking a question: the case waits for their answer"))
    message_id = HiddenField(default=lambda: str(new_id()), validators=[Regexp(_ID)])


class StatusForm(FormOfACase):
    """Move the case on."""

    status = RadioField(
        _("What happens next?"), validators=[InputRequired(_("Choose what happens next"))]
    )
    seen = HiddenField(validators=_SEEN_STATUS)


class CloseForm(FormOfACase):
    """End the handling, and tell the reporter."""

    outcome = RadioField(
        _("How did it end?"),
        description=_("Kept sealed with the case. The reporter reads only your message."),
        validators=[InputRequired(_("Choose how it ended"))],
    )
    text = TextAreaField(
        _("Tell the reporter"),
        description=_(
            "What you found and did, as far as you may say, and what they can do if they do not "
            "agree. Leave out what would identify others."
        ),
        **_MESSAGE,
    )
    seen = HiddenField(validators=_SEEN_STATUS)


class ThemesForm(FormOfACase):
    """What the case is about. The page draws the boxes a group at a time."""

    themes = CheckboxesField(_("What is it about?"))


class FilterForm(Form):
    """Which of the cases to show. Everything is optional."""

    queue = SelectField(_("Queue"))
    status = SelectField(_("Status"))
    risk = SelectField(_("Risk"))
    due = SelectField(_("Due"))
    mine = BooleanField(_("Only those whose contact person I am"))


def blame(form: Form, error: InvalidError) -> None:
    """Show an error of the rules beside the field that it names."""
    names: Mapping[str, str] = {"message": "text", "reason": "text"}
    wanted = names.get(error.field or "", error.field or "")
    field: Any = form[wanted] if wanted in form else next(iter(form))
    field.errors = [_reason(str(error))]


def _reason(code: str) -> str:
    words = {
        "message_missing": gettext("Write a message"),
        "too_long": gettext("Use 50,000 characters or fewer"),
        "support_only": gettext(
            "They asked for support only. Ask them first, on the page about triage; where somebody "
            "may come to harm, propose it to a supervisor there."
        ),
        "may_not_hold": gettext(
            "They may not be given it: they are away, or kept out of the case, by lot or otherwise"
        ),
        "needs_endorsement": gettext(
            "Nobody decides this alone. Propose it on the page about triage, and have a supervisor "
            "agree to it"
        ),
        "no_consent": gettext("The reporter has not agreed"),
        "no_name_given": gettext("They are anonymous: there is no name to ask for"),
        "not_a_holder": gettext("They do not hold the case: give them the notes first"),
        "not_for_oneself": gettext("Somebody else must decide this: it is your own"),
        "not_support_only": gettext("They did not ask for support only: no consent is needed"),
        "queue_not_possible": gettext("Choose another team"),
        "reason_missing": gettext("Write down the reason"),
        "reason_too_long": gettext("Use 2,000 characters or fewer"),
        "step_missing": gettext("Say what was done to keep people safe. If nothing was, act now"),
        "outcome_does_not_fit": gettext("Choose an outcome that fits where the case stands"),
        "theme_missing": gettext("Choose at least one theme"),
        "too_many_themes": gettext("Choose at most 6 themes: those that say most"),
        "unknown_theme": gettext("Choose themes from the list"),
    }
    return str(words.get(code, gettext("Check what you entered")))
