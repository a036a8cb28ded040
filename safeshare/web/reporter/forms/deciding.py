"""The form for what only the reporter decides."""

from wtforms import Form, HiddenField, RadioField
from wtforms.validators import UUID, InputRequired

from safeshare.mailbox.rules import RequestKind
from safeshare.mailbox.service.requests import Asked
from safeshare.web.shared.form_fields import choice
from safeshare.web.shared.i18n import gettext
from safeshare.web.shared.i18n import lazy_gettext as _


class AnswerForm(Form):
    """Yes or no. `asked` is the question that the page showed: an answer never fits another."""

    asked = HiddenField(validators=[InputRequired(), UUID()])
    answer = RadioField(
        _("Your answer"),
        choices=[choice("yes", _("Yes")), choice("no", _("No"))],
        validators=[InputRequired(_("Choose yes or no, or go back and decide later"))],
    )

    def fit(self, asked: Asked) -> None:
        """Show the choices in the words of this question."""
        self.asked.data = str(asked.request_id)
        self.answer.choices = [choice("yes", _yes(asked)), choice("no", gettext("No"))]


def _yes(asked: Asked) -> str:
    if asked.kind is RequestKind.LOOK_INTO:
        return str(gettext("Yes, you may look into it"))
    if asked.is_outside:
        return str(gettext("Yes, you may pass my name on"))
    return str(gettext("Yes, this person may see my name"))
