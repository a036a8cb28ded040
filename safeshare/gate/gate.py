"""The gate itself."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

from safeshare.db.session import Database
from safeshare.gate.door import Door
from safeshare.gate.use_case import UseCase
from safeshare.kernel.actors import Actor, Officers, Staff
from safeshare.kernel.clocks import Clock
from safeshare.kernel.errors import (
    BarredError,
    InvalidError,
    NotFoundError,
    SealBrokenError,
    StaleError,
)
from safeshare.ledger.events import Event
from safeshare.policy.actions import CHANGES_ACCESS, Action
from safeshare.policy.rules import Facts, may, may_ever
from safeshare.vault import Vault

C = TypeVar("C")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Leaving:
    """The use case by which somebody gives up a case that they came to be kept out of, named by
    wiring: it lies in a higher slice. It takes the command that was refused.
    """

    leave: UseCase[Any, None]


@dataclass(frozen=True)
class Gate:
    """Runs use cases. There is one of it in a process."""

    database: Database
    vault: Vault
    clock: Clock
    rulebook: Mapping[type, object] = field(default_factory=dict)

    def door(self, actor: Actor) -> Door:
        """A passage for `actor`. Use cases are run by `run`, which judges first."""
        return Door(actor, self.clock, self.vault, self.database, self.rulebook)

    def run(self, case: UseCase[C, R], actor: Actor, command: C) -> R:
        """Let `actor` do `case`.

        Raises NotFoundError when the policy says no, so that a stranger learns nothing, and
        whatever the use case raises. A seal that does not open is put on the ledger as an alarm; so
        is, as a refusal, what a rule forbids, and that somebody else changed access first. Whoever
        was refused because they came to be kept out of a case gives their keys up with that.
        """
        door, facts = self.door(actor), Facts()
        try:
            with door.judging():
                facts = case.facts(door, command)
            if not may(actor, case.action, facts):
                door.stop_reading()
                self._refuse(actor, case, facts)
                if facts.is_kept_out:
                    self._let_leave(door.rule(Leaving), actor, command)
                raise NotFoundError("there is nothing here for you")
            result = case.perform(door, command)
            door.finish()
        except SealBrokenError as broken:
            held_case = facts.held_case or broken.held_case
            self._note(actor, Event.ALARM_RAISED, case.action, Facts(held_case=held_case))
            raise
        except BarredError:
            self._refuse(actor, case, facts)
            raise
        except StaleError:
            if isinstance(actor, Staff | Officers) and case.action in CHANGES_ACCESS:
                self._note(actor, Event.ACTION_OVERTAKEN, case.action, facts)
            raise
        finally:
            door.stop_reading()
        return result

    def insist_on_a_part(self, actor: Actor, cases: Iterable[UseCase[Any, Any]]) -> None:
        """Raise NotFoundError, as `run` does, where the policy lets `actor` do none of these to
        anything: so that a page that shows before it asks shows nothing to whoever has no part.
        """
        served = list(cases)
        if served and not any(may_ever(actor, case.action) for case in served):
            self._refuse(actor, served[0], Facts())
            raise NotFoundError("there is nothing here for you")

    def _let_leave(self, leaving: Leaving, actor: Actor, command: object) -> None:
        """Where it fails they are refused all the same, and it is tried again the next time."""
        with suppress(StaleError, InvalidError, SealBrokenError):
            self.run(leaving.leave, actor, command)

    def _refuse(self, actor: Actor, case: UseCase[C, R], facts: Facts) -> None:
        """Staff and officers who were refused are on the ledger; a stranger could only flood it."""
        if isinstance(actor, Staff | Officers):
            self._note(actor, Event.ACTION_REFUSED, case.action, facts)

    def _note(self, actor: Actor, event: Event, action: Action, facts: Facts) -> None:
        """An entry without the case, unless whoever asked holds it: else it would tell them, and
        whoever reads it, that there is one.
        """
        door = self.door(actor)
        door.record(event, case_id=facts.held_case, action=action)
        door.finish()
