"""The form of a reporter who asks for somebody else."""

from wtforms import Form

from safeshare.web.reporter.forms.base import OneOfField
from safeshare.web.shared.form_fields import choice
from safeshare.web.shared.i18n import lazy_gettext as _

KEEP = "keep"
LOSE = "lose"


class EarlierForm(Form):
    """Whether the present contact person goes on being able to read."""

    earlier = OneOfField(
        _("And the person you have now?"),
        choices=[
            choice(
                KEEP,
                _("They can go on reading"),
                _("They and the new person can both read and answer."),
            ),
            choice(
                LOSE,
                _("They lose access"),
                _(
                    "From now on they cannot open any of it, and they cannot read what comes next."
                    " Nobody can give it back to them, and you cannot take this back."
                ),
            ),
        ],
    )
