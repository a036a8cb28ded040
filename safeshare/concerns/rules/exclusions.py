"""Who is kept out of a case for good, and who is next in line: two records of one fixed size.

Every case has both, real or empty, and both always fill the same number of bytes. Whoever does not
fit into the list of the excluded is kept out all the same: beyond `MOST_LISTED` the record turns
round and lists those who may be given the case, so that everybody else never can.
"""

import base64
import binascii
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any
from uuid import UUID

from safeshare.kernel.errors import SealBrokenError

MOST_LISTED = 176
"""How many people and teams one record holds: 22 characters each leave room for the names of the
fields in the 4,096 bytes of a roll.
"""

MOST_GROUPS = 100
"""How many teams and places are followed for good: the rest of a record is for people."""

_LETTERS = 22
"""Characters of a 16-byte id in base64url (RFC 4648 section 5) without its two pad characters."""


MOST_WATCHING = 22
"""How many overseers a line names."""


class Why(StrEnum):
    """Why somebody is kept out. It is sealed with the list; the ledger never tells.

    `GROUP`: they were in a team or at a place that is kept out when the concern was sent.
    `TICKED`: by the reporter, or drawn by lot so that these are not alone (ADR 0018).
    """

    GROUP = "group"
    NAMED = "named"
    TICKED = "ticked"
    TIE = "tie"


@dataclass(frozen=True, slots=True)
class Ticked:
    """Whom a reporter wants kept out, as a draft keeps it.

    `jobs` are job titles in teams that show no names; `queues` are codes. `let_in` were proposed
    because of a name that was given, and unticked.
    """

    people: frozenset[UUID] = frozenset()
    jobs: frozenset[str] = frozenset()
    queues: frozenset[str] = frozenset()
    places: frozenset[UUID] = frozenset()
    let_in: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Exclusions:
    """Who may never be given a case: people, and whoever comes to be in these queues or at these
    places. Where `only` is not None, everybody but these as well.
    """

    people: Mapping[UUID, Why] = field(default_factory=dict)
    queues: frozenset[UUID] = frozenset()
    places: frozenset[UUID] = frozenset()
    only: frozenset[UUID] | None = None

    @property
    def goes_by_more_than_names(self) -> bool:
        """Whether it takes more than somebody's id to know that they are not kept out."""
        return bool(self.queues or self.places) or self.only is not None

    def with_people(self, people: Iterable[UUID], why: Why) -> "Exclusions":
        """The same with more people kept out. Who is kept out already keeps the first reason."""
        more = dict.fromkeys(people, why)
        only = None if self.only is None else self.only - more.keys()
        return replace(self, people={**more, **self.people}, only=only)

    def followed(self) -> "Exclusions":
        """The same without places where there are too many to stand in every record: then they keep
        out whoever is listed by name, and nobody who comes to work there.
        """
        fits = len(self.queues) + len(self.places) <= MOST_GROUPS
        return self if fits else replace(self, places=frozenset())

    @property
    def groups(self) -> "Exclusions":
        """The teams and places alone."""
        return Exclusions(queues=self.queues, places=self.places)

    def keeps_out(self, staff_id: UUID, queues: Collection[UUID], places: Collection[UUID]) -> bool:
        """Whether somebody who serves in these queues, and works in these places, is kept out."""
        return (
            staff_id in self.people
            or not self.queues.isdisjoint(queues)
            or not self.places.isdisjoint(places)
            or (self.only is not None and staff_id not in self.only)
        )


NOBODY = Exclusions()


def exclusions_record(exclusions: Exclusions, allowed: Sequence[UUID]) -> dict[str, Any]:
    """What is sealed. `allowed` are those who may be given the case, the most needed first: they
    alone are listed where the excluded people do not fit. Teams and places always stand there.
    """
    groups = _groups(exclusions)
    room = MOST_LISTED - _size(exclusions)
    if exclusions.only is None and len(exclusions.people) <= room:
        people = {
            why.value: _written(one for one, its in exclusions.people.items() if its is why)
            for why in Why
        }
        return {"people": people, **groups}
    named = (one for one in allowed if exclusions.only is None or one in exclusions.only)
    fitting = [one for one in named if one not in exclusions.people][: max(0, room)]
    return {"only": _written(fitting), **groups}


def exclusions_in(record: Mapping[str, Any]) -> Exclusions:
    """What an opened record says. Raises SealBrokenError where it is none of ours."""
    groups = _groups_in(record)
    if "only" in record:
        return replace(groups, only=frozenset(_read(record["only"])))
    people = record.get("people")
    if not isinstance(people, Mapping) or not people.keys() <= set(Why):
        raise SealBrokenError("the list of the excluded is not one of ours")
    return replace(
        groups, people={one: Why(why) for why, listed in people.items() for one in _read(listed)}
    )


def succession_record(
    order: Sequence[UUID], out: Exclusions = NOBODY, watch: Sequence[UUID] = ()
) -> dict[str, Any]:
    """The first of those who may be promoted, in their order. Who does not fit is not in line; once
    nobody is, lots are drawn among those who are eligible then.

    `out` is what whoever has the conversation alone must know of who is kept out: who declared a
    tie while they had no more than that, and the teams and places, which people in line can come to
    be in. That comes first: the line is cut before any of it is. `watch` are the overseers whom the
    reporter can call in: that a plain column names somebody as overseer is no right.
    """
    watching = watch[:MOST_WATCHING]
    room = MOST_LISTED - len(out.people) - _size(out) - len(watching)
    record = {"order": _joined(order[: max(0, room)]), "out": _written(out.people)}
    further = {"watch": _written(watching), **_groups(out)}
    return record | {name: written for name, written in further.items() if written}


def succession_in(record: Mapping[str, Any]) -> tuple[UUID, ...]:
    """Who is next in line. Raises SealBrokenError where the record is none of ours."""
    return _read(record.get("order"))


def out_of_line_in(record: Mapping[str, Any]) -> Exclusions:
    """What the line says of who is kept out. Raises SealBrokenError."""
    groups = _groups_in({"queues": "", "places": "", **record})
    return groups.with_people(_read(record.get("out")), Why.TIE)


def watching_in(record: Mapping[str, Any]) -> frozenset[UUID]:
    """Which overseers may be called in. Raises SealBrokenError where the record is none of ours."""
    return frozenset(_read(record.get("watch", "")))


def line_without(
    record: Mapping[str, Any],
    gone: Collection[UUID],
    out: Collection[UUID] = (),
    barred: Collection[UUID] = (),
) -> dict[str, Any]:
    """The record of a line that some have left: some because they were given the case, others who
    are `barred` from it, and of these some who are `out` by this record alone.
    """
    kept = [one for one in succession_in(record) if one not in gone]
    watch = sorted(watching_in(record) - set(out) - set(barred))
    return succession_record(kept, out_of_line_in(record).with_people(out, Why.TIE), watch)


def with_watching(record: Mapping[str, Any], more: Sequence[UUID]) -> dict[str, Any]:
    """The same line with other overseers who may be called in, as they were drawn anew."""
    return succession_record(succession_in(record), out_of_line_in(record), more)


def _size(exclusions: Exclusions) -> int:
    return len(exclusions.queues) + len(exclusions.places)


def _groups(exclusions: Exclusions) -> dict[str, Any]:
    return {"queues": _written(exclusions.queues), "places": _written(exclusions.places)}


def _groups_in(record: Mapping[str, Any]) -> Exclusions:
    return Exclusions(
        queues=frozenset(_read(record.get("queues"))), places=frozenset(_read(record.get("places")))
    )


def _written(people: Iterable[UUID]) -> str:
    """Sorted, so that the order of ticking is not kept."""
    return _joined(sorted(people))


def _joined(people: Iterable[UUID]) -> str:
    return "".join(
        base64.urlsafe_b64encode(one.bytes).decode("ascii").rstrip("=") for one in people
    )


def _read(written: object) -> tuple[UUID, ...]:
    if not isinstance(written, str) or len(written) % _LETTERS:
        raise SealBrokenError("a list of people is not one of ours")
    parts = (written[at : at + _LETTERS] for at in range(0, len(written), _LETTERS))
    try:
        return tuple(UUID(bytes=base64.urlsafe_b64decode(part + "==")) for part in parts)
    except (binascii.Error, ValueError):
        raise SealBrokenError("a list of people is not one of ours") from None
