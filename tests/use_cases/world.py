"""An independent model of who may open which case, kept beside the real service.

It knows the published rules and nothing of how they are carried out: who serves which queue, whom
each case keeps out, who held it before. Where chance decides, it learns who was drawn and insists
that they could be drawn at all; from then on it knows exactly who holds the case.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select

from safeshare.concerns.models import Grant, GranteeKind
from safeshare.concerns.service.compartments import Lock
from safeshare.kernel.errors import SealBrokenError
from safeshare.kernel.sealed import Compartment, CompartmentKey, Place, PrivateKey, Sealed
from tests.cast import Stage

WANTED = 3
FEWEST = 2
LEFT_OUT = 2


@dataclass
class Told:
    """A case: who must hold it now, who must never, whether by lot or not, and what its files say.

    `for_good` are kept out whatever becomes of them; `teams` are those of which whoever serves in
    them is kept out as well, the very sets of `People`.

    `conversing` has the conversation because the reporter turned to them, `line` is at least in
    line to be turned to. `keepers` are the holders who have the key of the name.
    """

    reference: str
    case_id: UUID
    holders: set[str]
    for_good: set[str]
    line: set[str] = field(default_factory=set)
    keepers: set[str] = field(default_factory=set)
    conversing: set[str] = field(default_factory=set)
    files: dict[UUID, bytes] = field(default_factory=dict)
    teams: tuple[set[str], ...] = ()

    @property
    def never(self) -> set[str]:
        """Who is kept out today."""
        return self.for_good.union(*self.teams)

    @property
    def readers(self) -> set[str]:
        """Whoever can read the conversation."""
        return self.holders | self.conversing


@dataclass
class People:
    """Who serves which queue, who is away, and who has left. By sign-in name."""

    serve: dict[str, set[str]]
    away: set[str] = field(default_factory=set)
    left: set[str] = field(default_factory=set)

    def of_queue(self, queue: str) -> set[str]:
        """Who may be given a concern of a queue today."""
        return self.serve[queue] - self.away - self.left

    def anywhere(self) -> set[str]:
        """Who may be given some concern today."""
        return set().union(*(self.of_queue(queue) for queue in self.serve))

    def queues_of(self, name: str) -> list[str]:
        """Which queues somebody serves."""
        return sorted(queue for queue, names in self.serve.items() if name in names)


def insist_on_a_fair_choice(
    people: People, queue: str, chosen: Collection[str], never: Collection[str]
) -> None:
    """Judge whom a new concern was given to by the published rule (blueprint section 4)."""
    available = people.of_queue(queue)
    places = WANTED if len(available) - 2 < FEWEST else min(WANTED, len(available) - 2)
    places = min(max(places, FEWEST), len(available))
    line = available - set(never)
    assert not set(chosen) & set(never), "somebody who is kept out was chosen"
    if len(line) >= FEWEST:
        assert set(chosen) <= line
        assert len(chosen) == min(places, len(line))
    else:
        assert line <= set(chosen) <= people.anywhere()
        # With nobody left, another queue takes it with as many holders as that one has.
        assert len(chosen) <= (FEWEST if line else WANTED)


def insist_on_fair_lots(
    people: People, by_lot: Collection[str], chosen: Collection[str], never: Collection[str]
) -> None:
    """Judge who is kept out by lot besides those who are kept out (ADR 0018): of every team of four
    or more, as many as make two together.
    """
    assert not set(by_lot) & {*chosen, *never}
    for queue in people.serve:
        available = people.of_queue(queue)
        out = available & set(never)
        missing = max(0, LEFT_OUT - len(out)) if len(available) >= FEWEST + LEFT_OUT else 0
        assert len(available & set(by_lot)) == missing
    assert set(by_lot) <= people.anywhere()


class Trials:
    """Every key tried on every stored grant, whomever it is for, at the place where it lies.

    The same key says the same of the same bytes at the same place for ever, so that each is tried
    once, and a long run tries only what is new.
    """

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._known: dict[tuple[Place, Sealed, PrivateKey], bool] = {}

    def openers(
        self, case_id: UUID, keys: Iterable[tuple[str, PrivateKey]]
    ) -> dict[Compartment, set[str]]:
        """Who opens the newest key of each compartment."""
        with self._stage.system.database.reading() as session:
            grants = session.scalars(select(Grant).where(Grant.case_id == case_id)).all()
        newest = {
            part: max(one.key_number for one in grants if one.compartment is part)
            for part in {one.compartment for one in grants}
        }
        found: dict[Compartment, set[str]] = {part: set() for part in Compartment}
        for name, key in keys:
            for grant in grants:
                if self._opens(grant, key) and grant.key_number == newest[grant.compartment]:
                    found[grant.compartment].add(name)
        return found

    def _opens(self, grant: Grant, key: PrivateKey) -> bool:
        unknown = CompartmentKey(b"", grant.key_number)
        lock = Lock(grant.case_id, grant.compartment, grant.party_id, unknown)
        place = lock.place(Grant.__tablename__, grant.grantee_id, "sealed")
        trial = (place, grant.sealed, key)
        if trial not in self._known:
            self._known[trial] = self._try(*trial)
        return self._known[trial]

    def _try(self, place: Place, sealed: Sealed, key: PrivateKey) -> bool:
        try:
            self._stage.gate.vault.open_grant(sealed, place, key)
        except SealBrokenError:
            return False
        return True


def granted(stage: Stage, case_id: UUID) -> set[UUID]:
    """Every member of staff with any grant of a case, of whatever number."""
    with stage.system.database.reading() as session:
        rows = select(Grant.grantee_id).where(
            Grant.case_id == case_id, Grant.grantee_kind == GranteeKind.STAFF
        )
        return set(session.scalars(rows))
