"""Who never holds a case, by lot, so that whoever is kept out is not alone in that (ADR 0018).

Without this, every promotion, and every holder who is added, would name one more colleague of whom
the tables then tell that they are not the one who is accused; in the end one would be left.
"""

from collections.abc import Collection, Sequence
from uuid import UUID

from safeshare.concerns.rules.holders import (
    FEWEST_TO_HIDE_AMONG,
    LEFT_OUT,
    LEFT_OUT_IN_DANGER,
    QueueMembers,
    known_by_rota,
)


def left_out_by_lot(
    order: Sequence[UUID],
    queues: Sequence[QueueMembers],
    exclusions: Collection[UUID] = frozenset(),
    *,
    danger: bool = False,
) -> frozenset[UUID]:
    """Who is kept out besides the excluded, for good: the last of each queue in the draft's order.

    Of every queue of which enough people are available, counted before exclusions, as many are kept
    out as stay without a case when it is first given: the excluded among them, and only as many
    more as are missing. So whoever even knows who is kept out cannot tell whether by lot. Whoever
    serves in several queues counts for the first. Never whom the rota puts among the holders.

    Args:
        order: the draft's random order.
        queues: the queue that takes the concern, then its reserves in turn.
        exclusions: who is kept out already.
        danger: whether the rota has a say.
    """
    everybody, barred = frozenset(order), frozenset(exclusions)
    reserves = frozenset[UUID]().union(*(queue.members for queue in queues[1:]))
    has_spare = bool(everybody & reserves - queues[0].members - barred)
    out, counted = barred, frozenset[UUID]()
    for at, queue in enumerate(queues):
        team = (queue.members & everybody) - counted
        counted |= queue.members
        if len(team) < FEWEST_TO_HIDE_AMONG:
            continue
        in_turn = queues[at:]
        known = known_by_rota(order, in_turn, has_spare=has_spare or at > 0) if danger else None
        number = LEFT_OUT_IN_DANGER if known in team else LEFT_OUT
        last_first = [one for one in reversed(order) if one in team - out - {known}]
        out |= frozenset(last_first[: max(0, number - len(team & out))])
    return out - barred
