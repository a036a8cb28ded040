"""The forms of queues and the people in them: joining, settings, rota, routing, being away."""

from datetime import date

from wtforms import (
    Form,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from safeshare.kernel.errors import InvalidError
from safeshare.web.shared.form_fields import DayMonthYearField, choice, tidy_text
from safeshare.web.shared.i18n import lazy_gettext as _
from safeshare.web.staff.account_forms import NewPassphraseForm, digits_field
from safeshare.web.staff.forms import FormOfACase
from safeshare.web.staff.people_words import reason_words

LETTING_IN = "let_in"
UNTRAINED = "untrained"
TURNING_DOWN = "turn_down"


class PersonForQueueForm(Form):
    """Whom somebody proposes for a queue."""

    queue_id = RadioField(_("Which queue?"), validators=[InputRequired(_("Choose a queue"))])
    sign_in_name = StringField(
        _("Their sign-in name"),
        description=_("As it stands on their account."),
        validators=[InputRequired(_("Enter their sign-in name")), Length(max=200)],
        render_kw={"class": "govuk-input--width-20", "spellcheck": "false"},
    )


class LetInForm(Form):
    """What becomes of somebody who waits."""

    decision = RadioField(
        _("What do you decide?"),
        validators=[InputRequired(_("Choose what you decide"))],
        choices=[
            choice(
                LETTING_IN,
                _("Let them in"),
                _("They can be given concerns of this queue, also when somebody is in danger."),
            ),
            choice(
                UNTRAINED,
                _("Let them in, but not for danger"),
                _("They are not trained yet for concerns where somebody is in danger now."),
            ),
            choice(TURNING_DOWN, _("Turn it down"), _("They are given nothing.")),
        ],
    )


class QueueForm(Form):
    """New settings of a queue."""

    name = StringField(
        _("Name"),
        description=_("Reporters read it before they send."),
        validators=[InputRequired(_("Enter a name")), Length(max=80)],
        render_kw={"class": "govuk-input--width-20"},
    )
    holders_wanted = IntegerField(
        _("How many people are given each concern?"),
        description=_(
            "From 2 to 9. Fewer people know, or more can step in. In a small queue fewer are given "
            "it, so that two are left out where possible."
        ),
        validators=[InputRequired(_("Enter a number from 2 to 9"))],
        render_kw={"class": "govuk-input--width-2", "inputmode": "numeric"},
    )
    reserve_id = RadioField(
        _("Which queue steps in when this one has too few people?"),
        validators=[InputRequired(_("Choose a queue, or none"))],
    )
    shows_names = RadioField(
        _("What do reporters see of the people in it before they send?"),
        validators=[InputRequired(_("Choose what reporters see"))],
        choices=[
            choice("yes", _("Names and job titles"), _("They can leave out a person by name.")),
            choice("no", _("Job titles alone"), _("They can leave out a job title.")),
        ],
    )
    seen = HiddenField()


class TurnForm(Form):
    """A turn on the on-call rota."""

    staff_id = SelectField(
        _("Who is on call?"), validators=[InputRequired(_("Choose who is on call"))]
    )
    from_on = DayMonthYearField(
        _("First day"), validators=[InputRequired(_("Enter the first day"))]
    )
    until_on = DayMonthYearField(
        _("Last day"),
        description=_("Included. A new turn takes its days from older ones."),
        validators=[InputRequired(_("Enter the last day"))],
    )


class RoutingForm(Form):
    """A change of one rule of the routing order."""

    rule = SelectField(_("Which rule?"), validators=[InputRequired(_("Choose a rule"))])
    queue = SelectField(_("Where should it lead?"), validators=[InputRequired(_("Choose a queue"))])
    position = IntegerField(
        _("At which place in the order?"),
        description=_("The first rule that fits decides. The last rule stays the last."),
        validators=[InputRequired(_("Enter the number of a place in the order"))],
        render_kw={"class": "govuk-input--width-2", "inputmode": "numeric"},
    )
    seen = HiddenField()


class DecisionForm(Form):
    """What becomes of a proposal, as it was shown."""

    decision = RadioField(
        _("What do you decide?"),
        validators=[InputRequired(_("Choose what you decide"))],
        choices=[
            choice(LETTING_IN, _("Approve it"), _("It counts at once.")),
            choice(TURNING_DOWN, _("Turn it down"), _("Everything stays as it is.")),
        ],
    )
    seen = HiddenField()


class AwayForm(Form):
    """When somebody is away."""

    from_on = DayMonthYearField(
        _("First day away"), validators=[InputRequired(_("Enter your first day away"))]
    )
    until_on = DayMonthYearField(
        _("Last day away"),
        description=_("Leave it empty if you do not know yet. You then say when you are back."),
        validators=[Optional()],
    )


def _is_offered(_form: Form, field: RadioField) -> None:
    """Whoever came off the list since the page was drawn is refused in kind words."""
    if all(one.value != field.data for one in field.choices):
        raise ValidationError(reason_words("may_not_hold"))


class AddHolderForm(FormOfACase):
    """Whom a holder gives a case, and why."""

    staff_id = RadioField(
        _("Who?"),
        description=_("Whoever is kept out of this case is not in the list."),
        validate_choice=False,
        validators=[InputRequired(_("Choose who is to hold the case as well")), _is_offered],
    )
    reason = TextAreaField(
        _("Why do they need it?"),
        description=_("Kept sealed with the case. The reporter sees that somebody was added."),
        filters=[tidy_text],
        validators=[
            InputRequired(_("Say why they need it")),
            Length(max=1000, message=_("Use 1,000 characters or fewer")),
        ],
        render_kw={"rows": 4},
    )


class HandOverForm(Form):
    """Who is given many cases, and which."""

    staff_id = RadioField(
        _("Who is given the cases?"), validators=[InputRequired(_("Choose a colleague"))]
    )
    held_by = SelectField(
        _("Which cases?"),
        description=_("Only cases that you hold yourself can be handed over by you."),
    )


class NewKeysForm(NewPassphraseForm):
    """A new passphrase for new keys, and the second factor."""

    six_digits = digits_field(_("From your authenticator app, or one of your backup codes."))


class StepForm(Form):
    """One batch of a hand-over after another."""

    after = HiddenField()
    given = HiddenField()
    refused = HiddenField()


def blame(form: Form, error: InvalidError) -> None:
    """Show an error of the rules beside the field that it names."""
    names = {"staff": "staff_id", "rules": "position"}
    wanted = names.get(error.field or "", error.field or "")
    bound = form[wanted] if wanted in form else next(iter(form))
    bound.errors = [reason_words(str(error))]


def typed_day(value: object) -> date:
    """A date that the form has made sure of."""
    if not isinstance(value, date):
        raise TypeError(value)
    return value
