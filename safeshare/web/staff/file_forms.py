"""The form behind which an original lies."""

from wtforms import Form, TextAreaField

from safeshare.kernel.errors import InvalidError
from safeshare.web.shared.form_fields import tidy_text
from safeshare.web.shared.i18n import gettext
from safeshare.web.shared.i18n import lazy_gettext as _


class OriginalForm(Form):
    """Why the original is needed."""

    reason = TextAreaField(
        _("Why do you need the original?"),
        description=_("The other holders of this case can read your reason."),
        filters=[tidy_text],
        render_kw={"rows": 3},
    )


def blame_reason(form: OriginalForm, error: InvalidError) -> None:
    """Say how to mend the reason."""
    words = {
        "reason_missing": gettext("Write why the copy is not enough"),
        "too_long": gettext("Use 1,000 characters or fewer"),
    }
    form.reason.errors = [words.get(str(error), words["reason_missing"])]
