"""The timetable: what is promised, when it falls due, what keeps and what ends it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import TypeVar

from safeshare.kernel.errors import MisconfiguredError
from safeshare.kernel.parsed import (
    Parsed,
    flag_at,
    number_at,
    refuse_twice,
    tables_at,
    text_at,
    texts_at,
)
from safeshare.updates.rules.working_days import months_after, working_days_after

_Code = TypeVar("_Code", bound=StrEnum)


class PromiseKind(StrEnum):
    """What can be promised to a party of a case (blueprint section 6)."""

    RECEIPT = "receipt"
    REPLY = "reply"
    REPLY_AT_LATEST = "reply_at_latest"
    UPDATE = "update"
    FEEDBACK = "feedback"
    CHECK_IN_2_WEEKS = "check_in_2_weeks"
    CHECK_IN_6_WEEKS = "check_in_6_weeks"
    CHECK_IN_12_WEEKS = "check_in_12_weeks"
    SURVEY = "survey"
    DETRIMENT_30_DAYS = "detriment_30_days"
    DETRIMENT_90_DAYS = "detriment_90_days"
    DETRIMENT_180_DAYS = "detriment_180_days"


class Happening(StrEnum):
    """What happens to a case that its promises care about.

    `OPENED` is a holder's first reading. `ACKNOWLEDGED` and `ANSWERED` are a person writing.
    """

    SUBMITTED = "submitted"
    OPENED = "opened"
    ACKNOWLEDGED = "acknowledged"
    ANSWERED = "answered"
    CLOSED = "closed"


class WhenDue(StrEnum):
    """What the sweep does with a promise that falls due unkept."""

    UPDATE = "update"
    ASK = "ask"


@dataclass(frozen=True, slots=True)
class Term:
    """One kind of promise. Of the three lengths at least one is set; the earliest date counts.

    `extension_months` is by how many months two people may put it off, once; only feedback has it.
    """

    kind: PromiseKind
    made_by: frozenset[Happening]
    kept_by: frozenset[Happening]
    cancelled_by: frozenset[Happening]
    when_due: WhenDue
    working_days: int | None
    days: int | None
    months: int | None
    again: bool
    remind: int | None
    extension_months: int | None

    def due_on(self, start: date) -> date:
        """The date on which a promise made on `start` falls due."""
        dates = []
        if self.working_days is not None:
            dates.append(working_days_after(start, self.working_days))
        if self.days is not None:
            dates.append(start + timedelta(days=self.days))
        if self.months is not None:
            dates.append(months_after(start, self.months))
        return min(dates)


@dataclass(frozen=True, slots=True)
class Timetable:
    """Every kind of promise with its term."""

    terms: Mapping[PromiseKind, Term]


def load_timetable(parsed: Parsed) -> Timetable:
    """The timetable of a parsed `timetable.toml`.

    Raises:
        MisconfiguredError: a kind is missing, unknown or twice, or a term makes no sense.
    """
    terms = tuple(_term(table) for table in tables_at(parsed, "promise"))
    refuse_twice(tuple(term.kind for term in terms), "promise")
    missing = set(PromiseKind) - {term.kind for term in terms}
    if missing:
        raise MisconfiguredError(f"the timetable lacks the promise '{min(missing)}'")
    return Timetable(MappingProxyType({term.kind: term for term in terms}))


def _term(table: Parsed) -> Term:
    term = Term(
        kind=_one(PromiseKind, text_at(table, "kind")),
        made_by=_happenings(table, "made_by"),
        kept_by=_happenings(table, "kept_by"),
        cancelled_by=_happenings(table, "cancelled_by"),
        when_due=_one(WhenDue, text_at(table, "when_due")),
        working_days=_length(table, "working_days"),
        days=_length(table, "days"),
        months=_length(table, "months"),
        again=flag_at(table, "again", default=False),
        remind=_length(table, "remind"),
        extension_months=_length(table, "extension_months"),
    )
    _check(term)
    return term


def _check(term: Term) -> None:
    lengths = [one for one in (term.working_days, term.days, term.months) if one is not None]
    if not lengths or not term.made_by or term.kept_by & term.cancelled_by:
        raise MisconfiguredError(f"the promise '{term.kind}' is never made, due or settled")
    if term.again and not min(lengths):
        raise MisconfiguredError(f"the promise '{term.kind}' would be made again without an end")
    if term.extension_months is not None and term.kind is not PromiseKind.FEEDBACK:
        raise MisconfiguredError(f"the promise '{term.kind}' cannot be put off")


def _length(table: Parsed, key: str) -> int | None:
    return number_at(table, key) if key in table else None


def _happenings(table: Parsed, key: str) -> frozenset[Happening]:
    return frozenset(_one(Happening, name) for name in texts_at(table, key))


def _one(codes: type[_Code], name: str) -> _Code:
    try:
        return codes(name)
    except ValueError:
        raise MisconfiguredError(f"the timetable does not know '{name}'") from None
