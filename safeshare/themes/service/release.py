"""Building releases: open the parcels, count, withhold, freeze, and forget the parcels."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from safeshare.gate import Door, use_case
from safeshare.kernel.identifiers import new_id
from safeshare.ledger.events import Event
from safeshare.policy.actions import Action
from safeshare.themes.models import Fact, Parcel, Release
from safeshare.themes.queries import (
    find_earliest_parcel_period,
    find_last_released_day,
    list_parcels,
    list_releases,
)
from safeshare.themes.rules import (
    DisclosureControl,
    Period,
    Table,
    Vocabulary,
    count_cases,
    period_named,
    period_of,
    periods_to_release,
    stored_table,
    table_stored,
)
from safeshare.themes.service.parcels import Coding, open_parcel

RELEASES_SHOWN = 13
"""About eighteen months of six-week periods."""


@dataclass(frozen=True, slots=True)
class DisclosureRule:
    """Which disclosure control the installation uses: the seam for the full algorithm."""

    control: DisclosureControl


@dataclass(frozen=True, slots=True)
class Released:
    """One release as leaders read it."""

    period: Period
    table: Table


@use_case(Action.WORK_RELEASE)
def release_due_periods(door: Door, _command: None) -> int:
    """Freeze the release of every period that is over. Returns how many were made.

    A period that may show nothing is joined to the next until something may be shown; its parcels
    wait with it. Parcels that come after their period was released stay sealed for the annual
    revision.
    """
    released_until = find_last_released_day(door.read)
    after = period_of(released_until).key if released_until else ""
    earliest = find_earliest_parcel_period(door.read, after)
    if earliest is None:
        return 0
    first = period_of(released_until).next() if released_until else period_named(earliest)
    made = _joined_releases(door, periods_to_release(first, door.clock.today()))
    if made:
        _store(door, made)
    return len(made)


@use_case(Action.THEMES_READ)
def read_releases(door: Door, _command: None) -> Sequence[Released]:
    """The newest releases, the newest first, exactly as they were frozen."""
    return [
        Released(Period(row.from_on, row.until_on), table_stored(row.table))
        for row in list_releases(door.read, RELEASES_SHOWN)
    ]


@dataclass(frozen=True, slots=True)
class _Made:
    """A release that is ready to be stored, with the parcels that it uses up."""

    span: Sequence[Period]
    table: Table
    codings: Sequence[Coding]
    parcel_ids: Sequence[UUID]


def _joined_releases(door: Door, due: Iterable[Period]) -> list[_Made]:
    made: list[_Made] = []
    span: list[Period] = []
    for period in due:
        span.append(period)
        candidate = _candidate(door, span)
        if candidate.table.shows_something:
            made.append(candidate)
            span = []
    return made


def _candidate(door: Door, span: Sequence[Period]) -> _Made:
    parcels = list_parcels(door.read, [period.key for period in span])
    newest: dict[UUID, Coding] = {}
    for parcel in parcels:
        coding = open_parcel(door, parcel)
        known = newest.get(coding.case_id)
        if known is None or coding.at > known.at:
            newest[coding.case_id] = coding
    pairs = [(coding.case_id, theme) for coding in newest.values() for theme in coding.themes]
    counts = count_cases(door.rule(Vocabulary), pairs)
    control = door.rule(DisclosureRule).control
    return _Made(
        tuple(span), control(counts), list(newest.values()), [parcel.id for parcel in parcels]
    )


def _store(door: Door, releases: Sequence[_Made]) -> None:
    with door.change() as session:
        for made in releases:
            _store_one(door, session, made)
        door.record(Event.THEMES_RELEASED, releases=str(len(releases)))


def _store_one(door: Door, session: Session, made: _Made) -> None:
    """Facts name the whole span: a period of their own would tell the counts that were withheld."""
    span_key = made.span[0].key
    facts = [
        Fact(period=span_key, theme=theme, episode=episode)
        for coding, episode in ((coding, new_id()) for coding in made.codings)
        for theme in coding.themes
    ]
    secrets.SystemRandom().shuffle(facts)
    session.add_all(facts)
    session.add(
        Release(
            period=span_key,
            from_on=made.span[0].from_on,
            until_on=made.span[-1].until_on,
            released_on=door.clock.today(),
            table=stored_table(made.table),
        )
    )
    session.execute(delete(Parcel).where(Parcel.id.in_(made.parcel_ids)))
