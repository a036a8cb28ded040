"""Files that go with the next message. They have a page of their own in both apps, so that one that
is too large carries no words away.
"""

from typing import Any

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from wtforms import Form, MultipleFileField

from safeshare.web.shared.file_words import ACCEPTED, refusal_words
from safeshare.web.shared.i18n import lazy_gettext as _
from safeshare.web.shared.kept_files import REMOVE, Run, kept_files, refresh_kept, take_received
from safeshare.web.shared.prepare import path_to


class MessageFilesForm(Form):
    """Files that go with the next message."""

    files = MultipleFileField(
        _("Choose files"),
        description=_(
            "Pictures, PDF, Word, Excel, PowerPoint, plain text, MP4, MP3 or M4A. Up to 25 MB "
            "each, and 6 at a time."
        ),
        render_kw={"accept": ACCEPTED},
    )


def received_on(shelf: str, run: Run) -> list[str]:
    """Take the files of this form for the next message. What is wrong with them, or with those that
    waited, in words for the page: one text, or none.
    """
    gone = not refresh_kept(shelf, run)
    wrong = take_received(shelf, run)
    return [" ".join([refusal_words("gone", None), *wrong])] if gone else wrong


def page_for_files(
    template: str, shelf: str, run: Run, back: str, **shown: Any
) -> ResponseReturnValue:
    """The page, asked for or sent. `back` is where the message is written."""
    form, here = MessageFilesForm(), path_to(request.full_path.rstrip("?"))
    form.files.errors = received_on(shelf, run)
    if request.method == "POST" and not form.files.errors:
        stays = request.form.get("go") == "add" or REMOVE in request.form
        return redirect(here if stays else back, 303)
    kept = kept_files(shelf)
    return render_template(template, form=form, kept=kept, here=here, back=back, **shown)
