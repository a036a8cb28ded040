"""The pure rules of the conversation: who may write when, and what a message may be."""

from safeshare.concerns.rules import LONGEST_TEXT, CaseStatus, clean_text, says_nothing
from safeshare.kernel.errors import InvalidError

LONGEST_MESSAGE = LONGEST_TEXT
"""Characters, after cleaning; the same as one answer of the form."""


def staff_may_write(status: CaseStatus) -> bool:
    """Whether holders may write to the reporter: until aftercare ends.

    The reporter always may: something bad may happen to them long after the case was closed. That
    the staff hold the case and have attested is the policy's to judge.
    """
    return status is not CaseStatus.CLOSED


def status_after_reply(status: CaseStatus, came_from: CaseStatus | None) -> CaseStatus:
    """The status of a case once its reporter has written: no longer waiting for them.

    `came_from` is the status before the present one; None where it is not known, in which case
    the concern goes back to those who decide what to do.
    """
    if status is not CaseStatus.WAITING_YOU:
        return status
    return came_from or CaseStatus.TRIAGE


def message_text(typed: str) -> str:
    """The text of a message as it is kept. Nothing is ever cut off.

    Raises:
        InvalidError: it says nothing, or is longer than 50,000 characters.
    """
    text = clean_text(typed)
    if says_nothing(text):
        raise InvalidError("message_missing", field="message")
    if len(text) > LONGEST_MESSAGE:
        raise InvalidError("too_long", field="message")
    return text
