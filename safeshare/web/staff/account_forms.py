"""The forms of accounts: joining, signing in by other ways, one's own factors, administration."""

from collections.abc import Mapping

from wtforms import (
    BooleanField,
    Form,
    HiddenField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
)
from wtforms.validators import InputRequired, Length

from safeshare.kernel.actors import Role
from safeshare.people.rules import SHORTEST, Weakness
from safeshare.web.shared.form_fields import CheckboxesField, DayMonthYearField, choice
from safeshare.web.shared.i18n import gettext
from safeshare.web.shared.i18n import lazy_gettext as _


def digits_field(hint: object) -> StringField:
    """The field of the second factor."""
    return StringField(
        _("Six digits"),
        description=hint,
        validators=[InputRequired(_("Enter the six digits")), Length(max=20)],
        render_kw={
            "autocomplete": "one-time-code",
            "inputmode": "numeric",
            "class": "govuk-input--width-10",
        },
    )


def new_passphrase_field() -> PasswordField:
    """The field of a passphrase that is being chosen."""
    return PasswordField(
        _("New passphrase"),
        description=_(
            "At least 15 characters. Four or more words that have nothing to do with each other, "
            "with you or with your work are easy to remember and hard to guess."
        ),
        validators=[InputRequired(_("Enter a passphrase")), Length(max=1000)],
        render_kw={"autocomplete": "new-password"},
    )


class NewPassphraseForm(Form):
    """A passphrase that nobody else knows."""

    passphrase = new_passphrase_field()


class DigitsForm(Form):
    """The first six digits of a new phone."""

    six_digits = digits_field(_("The app shows them once it has the secret."))


class FactorForm(Form):
    """Which second factor somebody begins with."""

    factor = RadioField(
        _("How will you prove that it is you?"),
        validators=[InputRequired(_("Choose an app or a passkey"))],
        choices=[
            choice("app", _("An authenticator app"), _("It shows six digits on your phone.")),
            choice(
                "passkey",
                _("A passkey"),
                _("Your device or a security key. It needs JavaScript and a PIN or a finger."),
            ),
        ],
    )


class KeptForm(Form):
    """Somebody's word that they have the codes on paper."""

    kept = BooleanField(
        _("I have printed these or written them down, and put them where only I can get at them"),
        validators=[InputRequired(_("Print or write down the codes, then tick the box"))],
    )


class PasskeyForm(Form):
    """What a script fills in from the browser's answer."""

    credential = HiddenField()
    prf = HiddenField()


class NewPasskeyForm(PasskeyForm):
    """The same for a passkey that is made, with what its owner calls it."""

    label = StringField(
        _("What do you call it?"),
        description=_("For instance “blue security key”. You see this name when you take it away."),
        validators=[InputRequired(_("Give the passkey a name")), Length(max=60)],
        render_kw={"class": "govuk-input--width-20"},
    )


class PassphraseForm(Form):
    """The passphrase alone, after a passkey that cannot unlock the private key."""

    passphrase = PasswordField(
        _("Passphrase"),
        validators=[InputRequired(_("Enter your passphrase")), Length(max=1000)],
        render_kw={"autocomplete": "current-password"},
    )


class ConfirmForm(PassphraseForm):
    """Both factors of somebody who is known already."""

    six_digits = digits_field(_("From your authenticator app, or one of your backup codes."))


class RecoverForm(Form):
    """A forgotten passphrase."""

    sign_in_name = StringField(
        _("Sign-in name"),
        validators=[InputRequired(_("Enter your sign-in name")), Length(max=200)],
        render_kw={"autocomplete": "username", "spellcheck": "false", "autocapitalize": "none"},
    )
    recovery_code = StringField(
        _("Recovery code"),
        description=_("The long code that you printed: seven groups of four."),
        validators=[InputRequired(_("Enter the recovery code")), Length(max=100)],
        render_kw={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"},
    )
    six_digits = digits_field(_("From your authenticator app, or one of your backup codes."))
    passphrase = new_passphrase_field()


class PersonForm(Form):
    """Who is invited."""

    display_name = StringField(
        _("Name"),
        description=_("As colleagues and, where a queue shows names, reporters will read it."),
        validators=[InputRequired(_("Enter their name")), Length(max=100)],
    )
    job_title = StringField(
        _("Job title"), validators=[InputRequired(_("Enter their job title")), Length(max=100)]
    )
    staff_number = StringField(
        _("Staff number (optional)"),
        description=_("So that a reporter who gives it can keep this person out."),
        validators=[Length(max=40)],
        render_kw={"spellcheck": "false"},
    )
    location = SelectField(_("Where do they work? (optional)"), default="")
    email = StringField(
        _("Work email address"),
        description=_("The link goes there, and later the daily summary."),
        validators=[InputRequired(_("Enter their work email address")), Length(max=200)],
        render_kw={"type": "email", "spellcheck": "false"},
    )
    sign_in_name = StringField(
        _("Sign-in name"),
        description=_("Small letters, digits, full stops and hyphens, for instance r.osei"),
        validators=[InputRequired(_("Enter a sign-in name")), Length(max=64)],
        render_kw={"spellcheck": "false", "autocapitalize": "none"},
    )


class WhereaboutsForm(Form):
    """An existing account's staff number and place, asked for as in an invitation."""

    staff_number = PersonForm.staff_number
    location = PersonForm.location


class RolesForm(Form):
    """What somebody will do."""

    roles = CheckboxesField(
        _("What will they do?"),
        description=_("Tick all that apply. Some cannot go together: the page will say so."),
    )

    def offer(self, words: Mapping[Role, tuple[object, object]]) -> None:
        """Offer every role, with its name and what it means."""
        self.roles.choices = [choice(role.value, *words[role]) for role in Role]


class QueuesForm(Form):
    """Which queues somebody is proposed for."""

    queues = CheckboxesField(
        _("Which queues do they join?"),
        description=_("A supervisor of each queue, or an overseer, must approve it."),
    )


class EndDateForm(Form):
    """An inspector's last day."""

    ends_on = DayMonthYearField(
        _("What is their last day?"),
        description=_("They cannot sign in after it. At most a year ahead."),
        validators=[InputRequired(_("Enter their last day"))],
    )


class SureForm(Form):
    """A button alone: the page says what it does."""


def weakness_words(weakness: Weakness) -> str:
    """What to do about a passphrase that is too weak."""
    words = {
        Weakness.TOO_SHORT: gettext(
            "Use at least %(count)s characters: add one or two more words", count=SHORTEST
        ),
        Weakness.TOO_LONG: gettext("Use 500 characters or fewer"),
        Weakness.COMMON: gettext(
            "Choose other words: this is a saying or a row of keys, and guessers try those first"
        ),
        Weakness.GUESSABLE_WORDS: gettext(
            "Use fewer words about you or your work, such as your name or the service’s, and more "
            "that nobody would connect with you"
        ),
        Weakness.TOO_EASY: gettext(
            "Make it harder to guess: add one or two words that have nothing to do with the others"
        ),
    }
    return str(words[weakness])
