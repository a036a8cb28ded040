"""Why recovery officers may give a case to somebody."""

from enum import StrEnum

from safeshare.concerns.rules import clean_text, says_nothing
from safeshare.kernel.errors import InvalidError

LONGEST_REASON = 2_000
"""Characters; it is read by the reporter and by the case's new holders."""


class RecoveryPurpose(StrEnum):
    """What a use of the recovery key is for. Plain in the ledger; the reason itself is sealed."""

    NOBODY_LEFT = "nobody_left"
    REPORTER_ASKED = "reporter_asked"
    HOLDERS_ASKED = "holders_asked"
    SAFETY = "safety"
    LAW = "law"


def recovery_reason(typed: str) -> str:
    """The reason as it is kept.

    Raises:
        InvalidError: there is none, or it is longer than 2,000 characters.
    """
    reason = clean_text(typed)
    if says_nothing(reason):
        raise InvalidError("Give the reason: the reporter will read it.", field="reason")
    if len(reason) > LONGEST_REASON:
        raise InvalidError("The reason is too long: 2,000 characters at most.", field="reason")
    return reason
