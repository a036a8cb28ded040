"""The pure rules of the conversation: who may write when, what a message may be, and what only the
reporter decides.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from safeshare.concerns.rules import LONGEST_TEXT, CaseStatus, clean_text, says_nothing
from safeshare.kernel.errors import InvalidError, SealBrokenError, StaleError

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


class RequestKind(StrEnum):
    """What somebody asks for that one person may not decide alone."""

    NAME_BY_CONSENT = "name_by_consent"
    NAME_NECESSARY = "name_necessary"
    LOOK_INTO = "look_into"


class RequestState(StrEnum):
    """Where a request stands. `AGREED` is the reporter's yes, or that of a second person."""

    WAITING = "waiting"
    AGREED = "agreed"
    GIVEN = "given"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


OPEN_REQUESTS = frozenset({RequestState.WAITING, RequestState.AGREED})
"""The states in which something can still come of it."""

ASKS_THE_REPORTER = frozenset({RequestKind.NAME_BY_CONSENT, RequestKind.LOOK_INTO})
"""The kinds that the reporter alone decides."""

_DAYS_OPEN = {
    RequestKind.NAME_BY_CONSENT: 28,
    RequestKind.NAME_NECESSARY: 7,
    RequestKind.LOOK_INTO: 28,
}

MOST_ANSWERS = 6
"""Answers of the reporter that are kept: more than can be in use, few enough for a small record."""


def closes_on(kind: RequestKind, today: date) -> date:
    """The last date on which a request made today can be decided: the reporter comes back rarely,
    a necessity does not wait.
    """
    return today + timedelta(days=_DAYS_OPEN[kind])


def check_answering(kind: RequestKind, state: RequestState, closes_on: date, today: date) -> None:
    """Insists that the reporter may answer a request now.

    Raises:
        StaleError: it was answered, withdrawn or has expired, or it is not theirs to answer.
    """
    is_open = state is RequestState.WAITING and today <= closes_on
    if kind not in ASKS_THE_REPORTER or not is_open:
        raise StaleError("the question has been answered, or is no longer asked")


def with_answer(kept: Mapping[str, Any], request_id: str, *, agrees: bool) -> dict[str, Any]:
    """The record of a reporter's answers with one more, the oldest left out."""
    answers = dict(answers_given(kept))
    answers.pop(request_id, None)
    answers[request_id] = agrees
    newest = list(answers.items())[-MOST_ANSWERS:]
    return {"answers": [[one, "yes" if said else "no"] for one, said in newest]}


def answers_given(kept: Mapping[str, Any]) -> Mapping[str, bool]:
    """What the reporter answered to which request, oldest first.

    Raises:
        SealBrokenError: it is not a record that we wrote.
    """
    try:
        return {str(one): {"yes": True, "no": False}[said] for one, said in kept.get("answers", ())}
    except (KeyError, TypeError, ValueError):
        raise SealBrokenError("the record of answers is not one that we wrote") from None


MOST_TURNS = 3
"""How often within `TURNS_WITHIN` a reporter can ask for somebody else. Each time one more person
learns of it, for good.
"""

TURNS_WITHIN = timedelta(days=28)


def may_turn_again_on(asked_on: Sequence[date], today: date) -> date | None:
    """From which date a reporter may ask for somebody else again; None where they may now.

    Once a day, and `MOST_TURNS` times within 28 days.
    """
    lately = sorted(one for one in asked_on if one > today - TURNS_WITHIN)
    if lately and lately[-1] >= today:
        tomorrow = today + timedelta(days=1)
        return max(tomorrow, _room_on(lately)) if len(lately) >= MOST_TURNS else tomorrow
    return _room_on(lately) if len(lately) >= MOST_TURNS else None


def check_turning(asked_on: Sequence[date], today: date) -> None:
    """Insists that a reporter may ask for somebody else now.

    Raises:
        InvalidError: they asked too often lately.
    """
    if may_turn_again_on(asked_on, today) is not None:
        raise InvalidError("asked_lately")


def _room_on(lately: Sequence[date]) -> date:
    return lately[-MOST_TURNS] + TURNS_WITHIN
