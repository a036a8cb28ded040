"""Typed errors. A message here may be shown to a person: it never carries content or a secret."""

from types import TracebackType
from uuid import UUID


class SafeShareError(Exception):
    """The root of every error that the product raises on purpose."""


class NotFoundError(SafeShareError):
    """There is no such thing, or the asker may not know that there is. Both answer 404."""


class InvalidError(SafeShareError):
    """What was asked for breaks a rule. `field` names the form field to mend, if there is one."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class BarredError(InvalidError):
    """A rule forbids it, whatever else is typed: somebody may not hold a case, or not decide alone.
    Staff who ask for it are on the ledger as refused.
    """


class StaleError(SafeShareError):
    """Somebody else changed it first, or the state has moved on. Answers 409."""


class BusyError(SafeShareError):
    """Too many people ask for costly work at once. Answers 503 with Retry-After."""


class SealBrokenError(SafeShareError):
    """A sealed value, a grant, a signature or a session does not open: moved, damaged or forged.

    `held_case` is the case that it belongs to, where whoever asked holds that. `party` is the one
    whose access code was right, where their mailbox does not open with it.
    """

    held_case: UUID | None = None
    party: UUID | None = None


class WrongSecretError(SafeShareError):
    """The passphrase, the six digits or the access code is not the right one."""


class NobodyEligibleError(SafeShareError):
    """No queue and no reserve has a single person who may be given the concern."""


class MisconfiguredError(SafeShareError):
    """The installation cannot start safely as it is set up."""


class UnknownWordsError(InvalidError):
    """Some words of a typed access code are not on the list, nor one slip from a single word.

    `positions` counts from 1, so that the page can say which words without repeating them.
    """

    def __init__(self, positions: tuple[int, ...]) -> None:
        super().__init__("some words of the access code are not known", field="code")
        self.positions = positions


class WrongWordCountError(InvalidError):
    """An access code was typed with too few or too many words. `found` is how many there were."""

    def __init__(self, found: int) -> None:
        super().__init__("the access code has the wrong number of words", field="code")
        self.found = found


def code_location(trace: TracebackType | None) -> str:
    """Where an exception was raised, as FILE:LINE in FUNCTION, without a message or a value."""
    if trace is None:
        return "unknown"
    while trace.tb_next is not None:
        trace = trace.tb_next
    code = trace.tb_frame.f_code
    return f"{code.co_filename}:{trace.tb_lineno} in {code.co_name}"
