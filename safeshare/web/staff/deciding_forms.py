"""The forms of triage, and of what takes a second person."""

from wtforms import HiddenField, RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from safeshare.casework.rules import ExportPurpose, Override, Purpose, SafetyStep
from safeshare.concerns.rules import LONGEST_REASON, LONGEST_TEXT
from safeshare.web.shared.form_fields import CheckboxesField, choice, tidy_text
from safeshare.web.shared.i18n import lazy_gettext as _
from safeshare.web.staff.deciding_words import (
    export_purpose_words,
    harm_choices,
    likelihood_choices,
    override_words,
    purpose_words,
    step_words,
)
from safeshare.web.staff.forms import FormOfACase


def reason_field(label: object, description: object = "") -> TextAreaField:
    """A reason that one person gives another."""
    return TextAreaField(
        label,
        description=description,
        filters=[tidy_text],
        validators=[
            InputRequired(_("Write down the reason")),
            Length(max=LONGEST_REASON, message=_("Use 2,000 characters or fewer")),
        ],
        render_kw={"rows": 5},
    )


def words_field(label: object, description: object) -> TextAreaField:
    """Words for the reporter."""
    return TextAreaField(
        label,
        description=description,
        filters=[tidy_text],
        validators=[
            InputRequired(_("Write your question")),
            Length(max=LONGEST_TEXT, message=_("Use 50,000 characters or fewer")),
        ],
        render_kw={"rows": 6},
    )


class AskForNameForm(FormOfACase):
    """Ask the reporter for their name, or whether it may be passed on."""

    text = words_field(
        _("Your question"),
        _(
            "Say who you are, what you need the name for, and what changes if they say no. Do not "
            "press them."
        ),
    )


class NecessaryForm(FormOfACase):
    """Ask a second person, without the reporter."""

    purpose = RadioField(
        _("Why is it necessary?"),
        choices=[choice(one.value, purpose_words(one)) for one in Purpose],
        validators=[InputRequired(_("Choose why it is necessary"))],
    )
    text = reason_field(
        _("What makes it necessary now?"),
        _(
            "Everybody who holds the case reads this, and its overseer, who does not hold it: say "
            "no more than they need. The reporter sees that you asked, and not what you write."
        ),
    )


class ExportForm(FormOfACase):
    """Why a case is saved as a file."""

    purpose = RadioField(
        _("What is the copy for?"),
        choices=[choice(one.value, export_purpose_words(one)) for one in ExportPurpose],
        validators=[InputRequired(_("Choose what the copy is for"))],
    )
    text = reason_field(
        _("Why do they need it, and who is given it?"),
        _("The other holders of this case can read this. The reporter sees what the copy is for."),
    )


class HandOverForm(FormOfACase):
    """Let the key of the name change hands."""

    change = RadioField(
        _("Who gets the key, and who gives it up?"),
        description=_("Two people keep the name. The reporter was told so."),
        validators=[InputRequired(_("Choose who gets the key, and who gives it up"))],
    )
    text = reason_field(_("Why does the key change hands?"))


class RequestForm(FormOfACase):
    """What becomes of a request for the name."""

    decision = RadioField(
        _("What do you decide?"), validators=[InputRequired(_("Choose what you decide"))]
    )


class RiskForm(FormOfACase):
    """How great the risk is, and what was done."""

    harm = RadioField(
        _("How bad would it be?"),
        choices=harm_choices(),
        validators=[InputRequired(_("Choose how bad it would be"))],
    )
    likelihood = RadioField(
        _("How likely is it to go on, or to happen again?"),
        choices=likelihood_choices(),
        validators=[InputRequired(_("Choose how likely it is"))],
    )
    overrides = CheckboxesField(
        _("Is any of this so?"),
        description=_("Each makes the case critical. Leave all empty if none is."),
        choices=[choice(one.value, override_words(one)) for one in Override],
    )
    steps = CheckboxesField(
        _("What has been done to keep people safe?"),
        choices=[choice(one.value, step_words(one)) for one in SafetyStep],
    )
    category = SelectField(_("What is it mostly about? (optional)"))
    text = reason_field(_("Your reasons"), _("What do you know, and what do you not know yet?"))


class ConsentForm(FormOfACase):
    """Ask whether a concern of somebody who wants support only may be looked into."""

    text = words_field(
        _("Your question"),
        _("Say what looking into it would mean, who would be spoken with, and what they risk."),
    )


class ProposeForm(FormOfACase):
    """Propose what nobody may decide alone."""

    what = RadioField(
        _("What do you propose?"), validators=[InputRequired(_("Choose what you propose"))]
    )
    text = reason_field(_("Your reasons"), _("The supervisor reads them, and so do all holders."))


class EndorseForm(FormOfACase):
    """A supervisor's word on a proposal. `seen` is the one that the page showed."""

    seen = HiddenField()
    decision = RadioField(
        _("What do you decide?"),
        choices=[
            choice("yes", _("I agree"), _("It can then be done.")),
            choice("no", _("I do not agree"), _("It cannot be done. Tell them why.")),
        ],
        validators=[InputRequired(_("Choose what you decide"))],
    )


class ExtendForm(FormOfACase):
    """Ask to tell the reporter later what was found."""

    until = RadioField(
        _("By when will you tell them?"),
        description=_("Choose the soonest date that you can keep. It cannot be put off again."),
        validators=[InputRequired(_("Choose a date"))],
    )
    text = reason_field(
        _("Why it takes longer, for the reporter to read"),
        _(
            "Say what is still to be done and what has held it up. Leave out what would identify "
            "others. If a supervisor agrees, the reporter reads these words as they stand."
        ),
    )


class AgreeLaterForm(FormOfACase):
    """A supervisor's word on a later date. `seen` is the asking that the page showed."""

    seen = HiddenField()
    decision = RadioField(
        _("What do you decide?"),
        choices=[
            choice(
                "yes",
                _("I agree"),
                _("The words are sent to the reporter in your name, with the new date."),
            ),
            choice(
                "no",
                _("I do not agree"),
                _("The first date stands, and the reporter is sent nothing. Tell whoever asked."),
            ),
        ],
        validators=[InputRequired(_("Choose what you decide"))],
    )


class PassOnForm(FormOfACase):
    """Give a case to another team. `seen` is the team that had it."""

    seen = HiddenField()
    queue = RadioField(
        _("Which team should have it?"), validators=[InputRequired(_("Choose a team"))]
    )
    keeps = RadioField(
        _("What about the people who hold it now?"),
        choices=[
            choice(
                "no",
                _("They lose their keys"),
                _("You too, at once. The first two new people keep the reporter's name."),
            ),
            choice(
                "yes",
                _("They keep their keys"),
                _("More people can then read it. The keepers of the name stay as they are."),
            ),
        ],
        validators=[InputRequired(_("Choose whether they keep their keys"))],
    )
    text = reason_field(_("Why does another team need to have it?"))
