"""The files that come with a message of a holder's."""

from flask import request

from safeshare.web.shared.file_words import refusal_words
from safeshare.web.shared.kept_files import REMOVE, refresh_kept, take_received
from safeshare.web.staff.answering import ask
from safeshare.web.staff.forms import MessageForm


def has_all_files(form: MessageForm, reference: str) -> bool:
    """Put the files of this form on the case's shelf. False where one was not taken, or was taken
    off, so that the message is not to be sent yet; the form then says why.
    """
    gone = [] if refresh_kept(reference, ask) else [refusal_words("gone", None)]
    wrong = gone + take_received(reference, ask)
    form.files.errors = [" ".join(wrong)] if wrong else []
    return not wrong and REMOVE not in request.form
