"""Sealing anew what is sealed to the worker's own keys, once these are of another suite (ADR 0017).

The operator does it, whose process has the worker's keys: no content of a case is among it. Nothing
of it can be begun before the day on which the new keys come into use. What a reporter wrote today
does not go over today, and `_reseal_case` says how its entry tells nobody whether they had come.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, Final, Literal
from uuid import UUID

from sqlalchemy.orm import Session

from safeshare.concerns.models import Case, OverseerLine
from safeshare.concerns.resealing_queries import (
    count_seals_of_other_suite,
    take_rows,
)
from safeshare.concerns.service.overseers import line_place
from safeshare.concerns.service.reseal_rounds import Round, SealedColumn, go_round, reseal_rows
from safeshare.gate import Door, use_case
from safeshare.kernel.errors import MisconfiguredError, SealBrokenError
from safeshare.kernel.sealed import Sealed
from safeshare.ledger.events import Event
from safeshare.people.models import Invitation
from safeshare.people.service.invitations import mail_place
from safeshare.policy.actions import Action
from safeshare.themes.models import Parcel
from safeshare.themes.service.parcels import parcel_place
from safeshare.updates.models import NudgeAddress
from safeshare.updates.service.promises import nudge_place

SealedToWorker = SealedColumn[Literal["contact", "themes"]]
"""A column that is sealed to the worker's key of a kind."""

OF_CASES: Final[tuple[SealedToWorker, ...]] = (
    SealedColumn(
        NudgeAddress.case_id,
        NudgeAddress.address,
        lambda row: nudge_place(row.party_id),
        "contact",
    ),
    SealedColumn(
        OverseerLine.case_id, OverseerLine.line, lambda row: line_place(row.case_id), "contact"
    ),
)

OF_NO_CASE: Final[tuple[SealedToWorker, ...]] = (
    SealedColumn(Invitation.id, Invitation.mail, lambda row: mail_place(row.id), "contact"),
    SealedColumn(Parcel.id, Parcel.body, lambda row: parcel_place(row.id), "themes"),
)


@dataclass(frozen=True, slots=True)
class ForWorker:
    """From which day on what is sealed to the worker is of today's suite, past or to come; None
    where it is not. And how many values are of another suite.
    """

    begins: date | None
    values: int


@dataclass(frozen=True, slots=True)
class ResealForWorker:
    """Go on after this case, or after this row of no case, by id."""

    of_cases: bool
    after: UUID | None = None


@use_case(Action.SERVICE_CHECK)
def count_for_worker(door: Door, _command: None) -> ForWorker:
    """How much of what is sealed to the worker is not of today's suite. Opens nothing."""
    suite = door.vault.key_suite
    counted = (
        count_seals_of_other_suite(door.read, one.sealed, suite) for one in (*OF_CASES, *OF_NO_CASE)
    )
    return ForWorker(door.vault.worker_suite_begins(), sum(counted))


@use_case(Action.INSTALL_KEYS)
def renew_worker_keys(door: Door, _command: None) -> None:
    """Make the worker keys of today's suite, in use from tomorrow on, where there are none. What
    was stopped half-way goes on. The entry comes first: the ledger knows of every key that is made.

    Raises MisconfiguredError in a process without the worker's private keys.
    """
    if door.vault.worker_suite_begins() is not None:
        return
    door.vault.insist_on_worker_keys()
    with door.change():
        door.record(Event.INSTALLATION_KEYS_RENEWED, suite=str(door.vault.key_suite))
    door.vault.renew_worker_keys()


@use_case(Action.INSTALL_KEYS)
def reseal_for_worker(door: Door, command: ResealForWorker) -> Round:
    """Seal the next values anew that are sealed to an older key of the worker. Whoever stops
    half-way begins again: both are opened meanwhile, and what is done is not done twice.

    Raises MisconfiguredError while the worker's keys of today's suite are not in use, and in a
    process without the private ones.
    """
    if not door.vault.seals_to_worker_of_today():
        raise MisconfiguredError("the worker's keys in use are of another suite")
    door.vault.insist_on_worker_keys()
    suite = door.vault.key_suite

    def reseal(session: Session, key: UUID) -> Sequence[bool]:
        if command.of_cases:
            return _reseal_case(door, session, key)
        return reseal_rows(session, OF_NO_CASE, suite, key, partial(_reseal_row, door))

    columns = OF_CASES if command.of_cases else OF_NO_CASE
    return go_round(door, columns, suite, command.after, reseal, of_cases=command.of_cases)


def _reseal_case(door: Door, session: Session, case_id: UUID) -> Sequence[bool]:
    """Seal the rows of a case anew, all of them where one of an earlier day is to go over. Which of
    those that were to could be opened.

    The entry has an instant, and a reporter may write a row on the same day. So that it tells
    nobody whether they came before it, it names every row; one that they wrote today stays as it
    is, and is as far from what the entry says as if they had come after it.
    """
    session.get(Case, case_id, with_for_update=True)
    rows = [
        _RowOfCase(one, row, is_of_today=_is_of_today(door, case_id, row))
        for one in OF_CASES
        for row in take_rows(session, one.key, one.sealed, case_id)
    ]
    due = [one for one in rows if not one.is_of_today and not _is_over(door, one)]
    if not due:
        return ()
    done = {id(one): _reseal_row_of_case(door, case_id, one) for one in rows}
    if any(done.values()):
        door.record(Event.CASE_KEPT_UP, case_id=case_id)
    return [done[id(one)] for one in due]


@dataclass(frozen=True, slots=True)
class _RowOfCase:
    one: SealedToWorker
    row: Any
    is_of_today: bool


def _is_over(door: Door, found: _RowOfCase) -> bool:
    sealed: Sealed = getattr(found.row, found.one.sealed.key)
    return sealed.blob[:1] == bytes([door.vault.key_suite])


def _is_of_today(door: Door, case_id: UUID, row: Any) -> bool:
    with suppress(SealBrokenError):  # Which is found again, and told, when the row is judged.
        return door.is_of_today(case_id, row)
    return False


def _reseal_row_of_case(door: Door, case_id: UUID, found: _RowOfCase) -> bool:
    is_resealed = _reseal_row(door, found.one, found.row, case_id)
    if is_resealed and found.is_of_today:
        door.leave_as_written(found.row)
    return is_resealed


def _reseal_row(door: Door, one: SealedToWorker, row: Any, case_id: UUID | None = None) -> bool:
    """Nothing is sealed anew that is not the newest that we wrote there: that would make it so."""
    column = one.sealed.key
    try:
        if case_id is not None:
            door.insist_as_written(case_id, row)
        sealed = door.vault.reseal_for_worker(one.kind, one.place(row), getattr(row, column))
    except (SealBrokenError, MisconfiguredError):  # Or to a key that nobody has any more.
        door.record(Event.ALARM_RAISED, case_id=case_id, alarm="not_resealed")
        return False
    setattr(row, column, sealed)
    return True
