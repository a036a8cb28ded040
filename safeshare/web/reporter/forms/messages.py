"""The forms around the mailbox: the access code, and a message."""

from wtforms import Form, TextAreaField

from safeshare.web.reporter.forms.base import LONG_TEXT
from safeshare.web.shared.form_fields import tidy_text
from safeshare.web.shared.i18n import lazy_gettext as _


class EnterForm(Form):
    """The access code. `unsent` carries a message that was typed when the mailbox had closed."""

    code = TextAreaField(
        _("Access code"),
        description=_(
            "All 8 words, with spaces between them. Capitals do not matter. The first 3 letters "
            "of a word are enough."
        ),
        filters=[tidy_text],
        render_kw={
            "rows": 3,
            "autocomplete": "off",
            "spellcheck": "false",
            "autocapitalize": "none",
        },
    )


class ReplyForm(Form):
    """A message to the people who handle the concern. Its files have a page of their own, so that a
    file that is too large carries no words away.
    """

    message = TextAreaField(
        _("Write a message"),
        validators=LONG_TEXT,
        filters=[tidy_text],
        render_kw={"rows": 6},
    )
