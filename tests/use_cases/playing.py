"""The real service and the model of it side by side: what every step can use, and what must hold
after each. What people do is said by the rules that are built on this.
"""

from collections.abc import Callable
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant

from safeshare.concerns.models import Case
from safeshare.kernel.errors import InvalidError, NobodyEligibleError, StaleError
from safeshare.kernel.sealed import AccessCode, Compartment, PrivateKey
from tests.cast import QUEUES, Stage
from tests.use_cases.ceremony import together
from tests.use_cases.handlers import case_of, holders_of
from tests.use_cases.world import People, Told, Trials, granted

NewStage = Callable[[], Stage]
PICK = st.integers(min_value=0, max_value=10_000)
REFUSED = (InvalidError, StaleError, NobodyEligibleError)


class Playing(RuleBasedStateMachine):
    """The state of both. `new_stage` is set by each test."""

    new_stage: NewStage

    def __init__(self) -> None:
        super().__init__()
        self.stage = type(self).new_stage()
        self.trials = Trials(self.stage)
        self.people = People({queue: self._team(queue) for queue in QUEUES})
        self.cases: list[Told] = []
        self.codes: list[AccessCode] = []
        self.retired: list[PrivateKey] = []
        self.recovery = together(self.stage).private_key

    def _team(self, queue: str) -> set[str]:
        return {name for name in self.stage.enrolled if name.startswith(f"{queue}_")}

    @invariant()
    def exactly_the_allowed_can_open_each_case(self) -> None:
        """Every key of anybody, tried on every grant."""
        keys = [(name, one.private_key) for name, one in self.stage.enrolled.items()]
        keys += [(f"retired {number}", key) for number, key in enumerate(self.retired)]
        keys.append(("recovery", self.recovery))
        vault = self.stage.gate.vault
        for number, code in enumerate(self.codes):
            keys.append((f"reporter {number}", vault.party_keys(code, "send").private_key))
        ids = {one.staff_id: name for name, one in self.stage.enrolled.items()}
        for number, told in enumerate(self.cases):
            found = self.trials.openers(told.case_id, keys)
            self._judge(told, found, f"reporter {number}")
            rows = {ids[one] for one in granted(self.stage, told.case_id)}
            assert rows - self.people.left == told.readers - self.people.left
            assert not told.readers & told.never
            assert not rows & told.never
            told.line -= told.readers

    def _judge(self, told: Told, found: dict[Compartment, set[str]], reporter: str) -> None:
        """Whoever is still here opens exactly what they may; who has left opens at most what they
        held when the keys were last changed.
        """
        left = self.people.left
        for part, readers, others in (
            (Compartment.WORK, told.holders, {"recovery"}),
            (Compartment.CONVERSATION, told.readers, {"recovery", reporter}),
        ):
            assert found[part] - left == (readers - left) | others
            assert found[part] & left <= readers
        assert found[Compartment.IDENTITY] - left == (told.keepers - left) | {"recovery"}
        assert found[Compartment.IDENTITY] & left <= told.keepers
        assert told.keepers <= told.holders | left

    def _gave_up(self, told: Told, name: str, may_follow: set[str]) -> None:
        """A holder stepped aside: learn who followed, and that it was somebody who may."""
        told.for_good.add(name)
        now = set(holders_of(self.stage, told.reference))
        promoted = now - told.holders
        assert promoted <= may_follow
        assert len(promoted) == min(1, len(may_follow))
        told.holders = (told.holders - {name}) | promoted
        told.conversing -= {name} | self.people.left
        told.holders -= self.people.left  # The keys were changed, and leavers get no new ones.
        self._change_keepers(told, most_new=int(name in told.keepers))

    def _gave_conversation_up(
        self, told: Told, name: str, may: set[str], *, was_contact: bool
    ) -> None:
        """The same of somebody who had the conversation alone."""
        told.for_good.add(name)
        told.conversing -= {name} | self.people.left
        fresh = self._contact(told)
        if was_contact and fresh is not None:
            assert fresh in may
            told.conversing.add(fresh)
        elif was_contact:
            assert not told.line & may

    def _change_keepers(self, told: Told, *, most_new: int) -> None:
        """Learn who keeps the name now: two at the most, so many of them new."""
        now = set(holders_of(self.stage, told.reference, Compartment.IDENTITY))
        assert len(now) <= 2
        assert len(now - told.keepers) <= most_new
        told.keepers = now

    def teardown(self) -> None:
        """The ledger accounts for everything that was done."""
        assert self.stage.faults() == []
        self.stage.system.database.dispose()

    def _days_pass(self, days: int) -> None:
        self.stage.time.advance(days=days)

    def _contact(self, told: Told) -> str | None:
        """Whom the reporter is shown as their contact person."""
        return self._named(self._case(told).contact_id)

    def _case(self, told: Told) -> Case:
        return case_of(self.stage, told.reference)

    def _named(self, staff_id: UUID | None) -> str | None:
        names = (name for name, one in self.stage.enrolled.items() if one.staff_id == staff_id)
        return next(names, None)

    def _somebody(self, told: Told, wanted: int) -> str | None:
        """Anybody at all; often somebody whom the case keeps out, for that is what must not be."""
        kept_out = told.never and wanted % 3 == 0
        return self._one_of(told.never if kept_out else set(self.stage.enrolled), wanted)

    def _may_be_given(self, told: Told) -> set[str]:
        """Whom the policy lets be given a case: who may be given some case today, and holders who
        are still here, but nobody whom it keeps out.
        """
        return (self.people.anywhere() | (told.holders - self.people.left)) - told.never

    def _holder(self, pick: int) -> tuple[Told, str | None]:
        told = self.cases[pick % len(self.cases)]
        return told, self._one_of(told.holders - self.people.left, pick)

    @staticmethod
    def _one_of(names: set[str], pick: int) -> str | None:
        return sorted(names)[pick % len(names)] if names else None
