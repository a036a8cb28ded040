"""Few holders: whom a concern is given to (blueprint section 4).

One random order of all staff is drawn per draft and kept in it. A queue's order is that order with
everybody else left out, which is as random; so the same draft gives the same people whenever it is
asked, and an answer that changes the queue needs no second draw. Never rotation, load or any rule
that a reader of the tables could replay.

Numbers are taken *before* the reporter's exclusions: how many hold a case, and whether a supervisor
is among them, must not tell that somebody was excluded.
"""

import secrets
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from safeshare.kernel.errors import NobodyEligibleError

DEFAULT_HOLDERS = 3
FEWEST_HOLDERS = 2
LEFT_OUT = 2
"""How many members stay without the case where the queue is large enough."""

LEFT_OUT_IN_DANGER = 3
"""The same where the rota says who has to be a holder. Whoever reads the tables then knows of one
member whether they were kept out, and may guess among the rest: so these are one more (ADR 0016).
"""

FEWEST_TO_HIDE_AMONG = FEWEST_HOLDERS + LEFT_OUT
"""With fewer available members nobody can be hidden among those left out."""

SUPERVISORS_THAT_HIDE = 3
"""From this many supervisors on, that one of them holds the case narrows little."""


@dataclass(frozen=True, slots=True)
class QueueMembers:
    """The eligible people of one queue at this moment, exclusions not yet taken off."""

    members: frozenset[UUID]
    supervisors: frozenset[UUID] = frozenset()
    on_call: UUID | None = None


@dataclass(frozen=True, slots=True)
class HolderChoice:
    """Who is given the concern.

    `holders` in their order: the first two are the identity keepers in confidential mode.
    `paged` is the person to page at once, set only with the danger flag; `then_paged` is called
    where nobody has answered for a while, and is a holder as well: whoever is called can read it.
    """

    holders: tuple[UUID, ...]
    paged: UUID | None
    then_paged: UUID | None = None

    @property
    def identity_keepers(self) -> tuple[UUID, ...]:
        """The people who may open the identity: the first two holders."""
        return self.holders[:2]


def draw_order(
    people: Iterable[UUID], random_below: Callable[[int], int] = secrets.randbelow
) -> tuple[UUID, ...]:
    """Everybody in a random order, each order equally likely (Fisher-Yates, Knuth 3.4.2 P).

    `random_below(n)` must give each of 0 to n-1 with equal chance. The people are sorted first, so
    that nothing of how they were read is left in the order.
    """
    order = sorted(set(people))
    for last in range(len(order) - 1, 0, -1):
        other = random_below(last + 1)
        order[last], order[other] = order[other], order[last]
    return tuple(order)


def extend_order(
    order: Sequence[UUID],
    people: Collection[UUID],
    random_below: Callable[[int], int] = secrets.randbelow,
) -> tuple[UUID, ...]:
    """The order with newcomers at its end, in a random order of their own.

    Somebody approved while a draft is open must not push out those whom the reporter was shown.
    """
    return (*order, *draw_order(set(people) - set(order), random_below))


def how_many_holders(
    available: int,
    wanted: int = DEFAULT_HOLDERS,
    *,
    left_out: int = LEFT_OUT,
    fewest: int = FEWEST_HOLDERS,
) -> int:
    """How many of so many available members hold a case: at least `fewest`, and so many left out
    where possible.

    At most all of them: fewer than `FEWEST_TO_HIDE_AMONG` cannot hide anybody.
    """
    at_most = available - left_out
    if at_most >= fewest:
        wanted = min(wanted, at_most)
    return min(max(wanted, fewest), available)


def choose_holders(
    order: Sequence[UUID],
    queues: Sequence[QueueMembers],
    exclusions: Collection[UUID] = frozenset(),
    *,
    wanted: int = DEFAULT_HOLDERS,
    danger: bool = False,
) -> HolderChoice:
    """Whom a concern is given to. The same arguments always give the same people.

    Args:
        order: the draft's random order; people not in it are not chosen.
        queues: the queue of the concern, then its reserves in turn.
        exclusions: never chosen, whatever else holds: ticked by the reporter, in conflict, or
            members of a barred queue.
        wanted: the queue's number of holders.
        danger: seats and pages the on-call person, and leaves out one member more.

    Raises:
        NobodyEligibleError: neither the queue nor any reserve has anybody who may be given it.
    """
    barred = frozenset(exclusions)
    home, reserves = queues[0], queues[1:]
    line = [one for one in order if one in home.members and one not in barred]
    paged = _on_call(queues, set(order) - barred) if danger else None
    spare = _spare(order, home, reserves, barred, danger=danger)
    places, is_seated = _places(order, queues, wanted, danger=danger, has_spare=bool(spare))
    supervisors = _forced_supervisor(home, line, order)
    chosen = _seat(line, places, supervisors, paged if is_seated else None)
    chosen += [one for one in spare if one not in chosen][: max(0, FEWEST_HOLDERS - len(chosen))]
    if not chosen:
        raise NobodyEligibleError("nobody may be given this concern")
    if not danger:
        return HolderChoice(tuple(chosen), None)
    return HolderChoice(tuple(chosen), paged if paged in chosen else chosen[0])


def with_reserve_on_call(
    choice: HolderChoice,
    queues: Sequence[QueueMembers],
    order: Sequence[UUID],
    exclusions: Collection[UUID] = frozenset(),
) -> HolderChoice:
    """The same with the on-call person of the first reserve that has one who may be given the
    concern, where somebody is paged at all. Nobody of the queue's own: the rota would tell of one
    more member whether they were kept out.
    """
    if choice.paged is None:
        return choice
    may = set(order) - set(exclusions) - {choice.paged} - queues[0].members
    then = _on_call(queues[1:], may)
    if then is None or then in choice.holders:
        return replace(choice, then_paged=then)
    return HolderChoice((*choice.holders, then), choice.paged, then)


def _on_call(queues: Sequence[QueueMembers], may: Collection[UUID]) -> UUID | None:
    """The queue's on-call person, or the reserve's where that one is excluded or not eligible."""
    rota = (queue.on_call for queue in queues if queue.on_call in queue.members)
    return next((one for one in rota if one in may), None)


def known_by_rota(
    order: Sequence[UUID], queues: Sequence[QueueMembers], *, has_spare: bool
) -> UUID | None:
    """Of whom the tables tell, in danger, whether they were kept out: whom the rota names. Nobody
    where a team that can just hide somebody has no reserve: then it is drawn who is called.
    """
    available = len(queues[0].members & set(order))
    draws_lots = available == FEWEST_TO_HIDE_AMONG and not has_spare
    return None if draws_lots else _on_call(queues, set(order))


def _places(
    order: Sequence[UUID],
    queues: Sequence[QueueMembers],
    wanted: int,
    *,
    danger: bool,
    has_spare: bool,
) -> tuple[int, bool]:
    """How many of the queue's own people hold the case, and whether the on-call person is one of
    them whatever was drawn. Exclusions play no part.

    Where the rota names one of the queue, three are left out. Of four that leaves the on-call
    person alone, and somebody of a reserve beside them; where no reserve has anybody, two are drawn
    as for any other concern.
    """
    home, everybody = queues[0].members, set(order)
    available = len(home & everybody)
    if not danger or _on_call(queues, everybody) not in home:
        return how_many_holders(available, wanted), True
    if known_by_rota(order, queues, has_spare=has_spare) is None:
        return how_many_holders(available, wanted), False
    fewest = 1 if has_spare else FEWEST_HOLDERS
    places = how_many_holders(available, wanted, left_out=LEFT_OUT_IN_DANGER, fewest=fewest)
    return places, True


def _forced_supervisor(
    home: QueueMembers, line: Sequence[UUID], order: Sequence[UUID]
) -> frozenset[UUID]:
    """The supervisors of whom one must be chosen; empty where the rule does not apply."""
    available = home.supervisors & home.members & set(order)
    return available & set(line) if len(available) >= SUPERVISORS_THAT_HIDE else frozenset()


def _seat(
    line: Sequence[UUID], places: int, supervisors: frozenset[UUID], paged: UUID | None
) -> list[UUID]:
    """The first in line; a paged person who is not among them takes the last place."""
    first = list(line[:places])
    if paged is None or paged in first:
        return _with_supervisor(first, line, supervisors, kept=paged)
    room = places if paged in line else max(places, FEWEST_HOLDERS)
    others = [one for one in line if one != paged][: room - 1]
    if paged not in supervisors:
        others = _with_supervisor(others, line, supervisors)
    return [*others, paged]


def _with_supervisor(
    chosen: list[UUID],
    line: Sequence[UUID],
    supervisors: frozenset[UUID],
    kept: UUID | None = None,
) -> list[UUID]:
    """The chosen, with the first supervisor in line in the last place where none is chosen.

    `kept` stays: where they sit last, the place before is the last; where they sit alone, there is
    no other.
    """
    if not supervisors or supervisors & set(chosen) or set(chosen) <= {kept}:
        return chosen
    place = len(chosen) - (2 if chosen[-1] == kept else 1)
    first = next(one for one in line if one in supervisors)
    return [*chosen[:place], first, *chosen[place + 1 :]]


def _spare(
    order: Sequence[UUID],
    home: QueueMembers,
    reserves: Sequence[QueueMembers],
    barred: frozenset[UUID],
    *,
    danger: bool,
) -> list[UUID]:
    """Who fills up where the queue gives fewer than two: people of the reserves in their order, in
    danger their on-call person first. None of the queue's own, of whom the rule has said enough.
    """
    may = [one for one in order if one not in barred and one not in home.members]
    found: list[UUID] = []
    for reserve in reserves:
        first = reserve.on_call if danger else None
        members = [one for one in may if one in reserve.members]
        found += sorted(members, key=lambda one: one != first)
    return list(dict.fromkeys(found))


def line_of_succession(
    order: Sequence[UUID],
    queues: Sequence[QueueMembers],
    never: Collection[UUID] = frozenset(),
) -> tuple[UUID, ...]:
    """Who is promoted, in turn, when a holder must give the case up: the queue's people in the
    draft's order, then those of its reserves. `never` are the excluded and the holders.
    """
    may = [one for one in order if one not in never]
    line = [one for queue in queues for one in may if one in queue.members]
    return tuple(dict.fromkeys(line))


def line_of_overseers(
    order: Sequence[UUID],
    overseers: Collection[UUID],
    never: Collection[UUID] = frozenset(),
) -> tuple[UUID, ...]:
    """Who oversees a case, and who after them, in the draft's order. `never` are the excluded and
    the holders. Where nobody is left the case goes on without, and the daily watch says so.
    """
    return tuple(one for one in order if one in overseers and one not in never)
