"""What inspectors get: counts of past months, and exports without names, numbers or days."""

import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from safeshare.gate import Door, use_case
from safeshare.ledger.events import Event
from safeshare.oversight.queries import list_case_lines
from safeshare.oversight.rules import shown_count
from safeshare.policy.actions import Action

MONTHS_SHOWN = 12

COUNTED = (
    Event.CONCERN_SUBMITTED,
    Event.CASE_NAMES_READ,
    Event.CASE_OPENED,
    Event.CASE_ACKNOWLEDGED,
    Event.CASE_MESSAGE_WRITTEN,
    Event.MAILBOX_MESSAGE_WRITTEN,
    Event.CASE_HOLDER_ADDED,
    Event.CASE_HOLDER_REMOVED,
    Event.IDENTITY_OPENED,
    Event.CASE_FILE_OPENED,
    Event.CASE_STATUS_CHANGED,
    Event.CASE_CLOSED,
    Event.ACTION_REFUSED,
    Event.ALARM_RAISED,
)
"""What is counted, always all of it: a line that came and went would tell nought from a few."""


@dataclass(frozen=True, slots=True)
class MonthCounts:
    """One month that is over, and how often each kind of thing happened; None where withheld."""

    first_day: date
    counts: Mapping[Event, int | None]


@dataclass(frozen=True, slots=True)
class ExportedLine:
    """One entry about a case. `case` is a pseudonym of this one export; `month` is YYYY-MM."""

    case: str
    month: str
    event: Event
    by: str


@use_case(Action.EVIDENCE_READ)
def count_case_events(door: Door, _command: None) -> Sequence[MonthCounts]:
    """How often what happened in the cases of the last months that are over, the newest first.

    A count under 5 is withheld, nought included; others are rounded to the nearest 5. A month that
    is over never changes, so that no two readings can be compared.
    """
    this_month = door.clock.today().replace(day=1)
    counted: dict[date, Counter[Event]] = {}
    for _case, on, event, _by in list_case_lines(door.read, this_month):
        counted.setdefault(on.replace(day=1), Counter())[event] += 1
    return [
        MonthCounts(month, {event: shown_count(counts[event]) for event in COUNTED})
        for month, counts in sorted(counted.items(), reverse=True)[:MONTHS_SHOWN]
    ]


@use_case(Action.EVIDENCE_EXPORT)
def export_case_events(door: Door, _command: None) -> Sequence[ExportedLine]:
    """Everything about cases in the months that are over, each case under a name that is drawn for
    this export alone. Two exports cannot be matched by it, nor can the database.
    """
    names: dict[UUID, str] = {}
    lines = [
        ExportedLine(_name_of(names, case), f"{on:%Y-%m}", event, by)
        for case, on, event, by in list_case_lines(door.read, door.clock.today().replace(day=1))
    ]
    door.record(Event.LEDGER_EXPORTED, cases=str(len(names)), lines=str(len(lines)))
    return sorted(lines, key=lambda line: (line.case, line.month))


def _name_of(names: dict[UUID, str], case_id: UUID) -> str:
    if case_id not in names:
        names[case_id] = f"case-{secrets.token_hex(5)}"
    return names[case_id]
