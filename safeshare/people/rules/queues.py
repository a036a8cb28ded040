"""Queues: who answers concerns, and who steps in for them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from safeshare.kernel.errors import MisconfiguredError
from safeshare.kernel.parsed import Parsed, flag_at, number_at, refuse_twice, tables_at, text_at

LEAST_HOLDERS = 2
"""One person alone could bury a concern; two cannot without the other's knowing."""

FEWEST_THAT_HIDE = 4
"""With fewer available members the tables show who was left out of a case (blueprint section 4)."""


@dataclass(frozen=True, slots=True)
class QueueSettings:
    """One queue. `holders_wanted` people are given each of its concerns; `reserve` steps in for it.

    `shows_names` says whether reporters see the names of its people before sending, or only roles.
    """

    code: str
    name: str
    holders_wanted: int
    reserve: str | None
    shows_names: bool


def load_queues(parsed: Parsed) -> tuple[QueueSettings, ...]:
    """The queues of a parsed `queues.toml`, in its order.

    Raises:
        MisconfiguredError: there is none, one is named twice, or a reserve is unknown or circular.
    """
    queues = tuple(_queue(table) for table in tables_at(parsed, "queue"))
    if not queues:
        raise MisconfiguredError("there must be at least one queue")
    refuse_twice(tuple(queue.code for queue in queues), "queue")
    check_reserves({queue.code: queue.reserve for queue in queues})
    return queues


def _queue(table: Parsed) -> QueueSettings:
    return QueueSettings(
        code=text_at(table, "code"),
        name=text_at(table, "name"),
        holders_wanted=number_at(table, "holders_wanted", 3, least=LEAST_HOLDERS),
        reserve=text_at(table, "reserve") if "reserve" in table else None,
        shows_names=flag_at(table, "shows_names", default=True),
    )


def check_reserves(reserves: Mapping[str, str | None]) -> None:
    """Insists that every reserve exists and that no chain of reserves runs in a circle.

    Raises:
        MisconfiguredError: one does not, or does.
    """
    for code in reserves:
        seen: set[str] = set()
        current: str | None = code
        while current is not None:
            if current not in reserves or current in seen:
                raise MisconfiguredError(f"the reserve of queue '{code}' is unknown or circular")
            seen.add(current)
            current = reserves[current]


def reserve_chain(
    queue: str,
    reserves: Mapping[str, str | None],
    order: Sequence[str],
    barred: Collection[str] = (),
) -> tuple[str, ...]:
    """The queues to try for a concern: its own, the chain of reserves, then all others in `order`.

    A barred queue is never tried. That the others come at the end is what keeps a concern from
    being lost because a queue and its reserve are empty.
    """
    chain: list[str] = []
    current: str | None = queue
    while current is not None and current not in chain:
        chain.append(current)
        current = reserves.get(current)
    chain += [code for code in order if code not in chain]
    return tuple(code for code in chain if code not in barred)
