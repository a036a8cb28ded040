"""The pure rules of the conversation: who may write when, and what a message may be."""

from enum import StrEnum

from safeshare.concerns.rules import LONGEST_TEXT, CaseStatus, clean_text, says_nothing
from safeshare.kernel.errors import InvalidError

LONGEST_MESSAGE = LONGEST_TEXT
"""Characters, after cleaning; the same as one answer of the form."""


class Side(StrEnum):
    """Which side of the conversation writes."""

    PARTY = "party"
    STAFF = "staff"


def may_write(side: Side, status: CaseStatus) -> bool:
    """Whether a side may write. That staff hold the case and attested is the policy's to judge.

    A reporter always may: something bad may happen to them long after the case was closed. Staff
    may until aftercare ends.
    """
    return side is Side.PARTY or status is not CaseStatus.CLOSED


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
