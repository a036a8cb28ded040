"""After any sequence of joining, leaving, conflicts, exclusions, re-routing, handing over, turning
to somebody else, recovery, new keys and another cipher, exactly the people whom the model allows
open each case; nobody else ever does.
"""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule, run_state_machine_as_test

from safeshare.casework.service.conflict import DeclareTie, declare_tie
from safeshare.casework.service.handing_over import AddHolder, HandOver, add_holder, hand_over
from safeshare.casework.service.rerouting import RerouteCase, reroute_case
from safeshare.casework.service.upkeep import KeepUp, keep_case_up
from safeshare.concerns.rules.exclusions import Ticked
from safeshare.kernel.errors import InvalidError
from safeshare.kernel.sealed import Compartment
from tests.cast import QUEUES
from tests.use_cases.ceremony import give, renew, together
from tests.use_cases.handlers import attested, case_of, holders_of
from tests.use_cases.keeping_out import kept_out_of
from tests.use_cases.playing import PICK, REFUSED, NewStage
from tests.use_cases.staffs_part import Serving
from tests.use_cases.test_resealing import CHACHA, left, reseal_all, suites
from tests.use_cases.world import Told, insist_on_a_fair_choice, insist_on_fair_lots

OTHER_QUEUES = ("safeguarding", "professional_standards")
MOST_CASES = 3
MOST_ROUNDS = 10
SUITES = (1, CHACHA)
MAYBE_A_TEAM = st.sampled_from((None, None, *QUEUES))
MAYBE_ABOUT = st.sampled_from((None, None, "hr", "safeguarding"))
REASON = "The work needs it."


class Service(Serving):
    """Everything that holders and officers do."""

    # Cases

    @precondition(lambda self: len(self.cases) < MOST_CASES)
    @rule(picks=st.lists(PICK, max_size=3), team=MAYBE_A_TEAM, about=MAYBE_ABOUT)
    def somebody_tells(self, picks: list[int], team: str | None, about: str | None) -> None:
        never = {self._one_of(self.people.serve["hr"], pick) for pick in picks} - {None}
        out = {name for name in never if name is not None}
        ids = frozenset(self.stage.enrolled[name].staff_id for name in out)
        teams = tuple(self.people.serve[one] for one in (team, about) if one)
        answers = {"about": (about,)} if about else {}
        ticked = Ticked(people=ids, queues=frozenset({team} if team else ()))
        sent, code = self.stage.submit(answers, ticked=ticked)
        out = out.union(*teams)
        chosen = set(holders_of(self.stage, sent.reference))
        home = "independent" if about else "hr"
        insist_on_a_fair_choice(self.people, home, chosen, out)
        by_lot = kept_out_of(self.stage, sent.reference) - out
        insist_on_fair_lots(self.people, by_lot, chosen, out)
        out |= by_lot
        case_id = case_of(self.stage, sent.reference).id
        line = (self.people.of_queue(home) | self.people.of_queue("independent")) - chosen - out
        keepers = set(holders_of(self.stage, sent.reference, Compartment.IDENTITY))
        assert len(keepers) == min(2, len(chosen))
        told = Told(sent.reference, case_id, chosen, out, line, keepers, teams=teams)
        self.cases.append(told)
        self.codes.append(code)

    @precondition(lambda self: self.cases)
    @rule(pick=PICK)
    def a_holder_declares_a_tie(self, pick: int) -> None:
        told, name = self._holder(pick)
        if name is None:
            return
        may_follow = self.people.anywhere() - told.holders - told.never
        try:
            command = DeclareTie(told.reference, has_tie=True)
            self.stage.gate.run(declare_tie, self.stage.staff(name), command)
        except REFUSED:
            return
        self._gave_up(told, name, may_follow)

    @precondition(lambda self: self.cases)
    @rule(pick=PICK, wanted=PICK)
    def a_holder_adds_somebody(self, pick: int, wanted: int) -> None:
        told, name = self._holder(pick)
        newcomer = self._somebody(told, wanted)
        if name is None or newcomer is None:
            return
        actor = attested(self.stage, told.reference, name)
        command = AddHolder(told.reference, self.stage.enrolled[newcomer].staff_id, REASON)
        if newcomer in self._may_be_given(told):
            self.stage.gate.run(add_holder, actor, command)
            told.holders.add(newcomer)
        else:
            with pytest.raises(InvalidError):
                self.stage.gate.run(add_holder, actor, command)

    @precondition(lambda self: self.cases)
    @rule(pick=PICK, wanted=PICK)
    def a_holder_hands_everything_over(self, pick: int, wanted: int) -> None:
        _told, name = self._holder(pick)
        newcomer = self._one_of(self.people.anywhere(), wanted)
        if name is None or newcomer is None or newcomer == name:
            return
        command = HandOver(self.stage.enrolled[newcomer].staff_id)
        self.stage.gate.run(hand_over, self.stage.staff(name), command)
        for told in self.cases:
            if name in told.holders and newcomer not in told.never:
                told.holders.add(newcomer)

    @precondition(lambda self: self.cases)
    @rule(pick=PICK, keeps=st.booleans())
    def a_keeper_passes_a_case_on(self, pick: int, keeps: bool) -> None:
        told = self.cases[pick % len(self.cases)]
        name = self._one_of(told.keepers - self.people.left, pick)
        if name is None:
            return
        actor = attested(self.stage, told.reference, name)
        seen = {"hr": "Human Resources"}
        queue = OTHER_QUEUES[pick % 2]
        command = RerouteCase(told.reference, seen["hr"], queue, keeps, REASON)
        before, may = told.holders, self.people.anywhere() - told.never
        try:
            self.stage.gate.run(reroute_case, actor, command)
        except REFUSED:
            return
        now = set(holders_of(self.stage, told.reference))
        assert (now - before) <= may
        theirs = self.people.of_queue(queue) - told.never
        assert now & theirs or not theirs, "a reserve takes it where nobody else is left"
        if keeps:
            assert before - self.people.left <= now
        told.conversing -= (before - now) | self.people.left
        told.holders = now - self.people.left
        self._change_keepers(told, most_new=0 if keeps else 2)

    @precondition(lambda self: self.cases)
    @rule(pick=PICK)
    def a_holder_keeps_a_case_up(self, pick: int) -> None:
        """Until nothing is left to do: then no keeper is alone beside somebody who could be one."""
        told, name = self._holder(pick)
        if name is None:
            return
        before = set(holders_of(self.stage, told.reference, Compartment.IDENTITY))
        actor = attested(self.stage, told.reference, name)
        rounds = (
            self.stage.gate.run(keep_case_up, actor, KeepUp(told.reference))
            for _ in range(MOST_ROUNDS)
        )
        assert not all(rounds), "there is always something to do"
        fresh = set(holders_of(self.stage, told.reference, Compartment.IDENTITY)) - before
        could = (told.holders & self.people.anywhere()) - {name}
        is_last = name in before and not before - {name} - self.people.left
        assert len(fresh) <= int(is_last)
        assert fresh <= could
        assert fresh or not (is_last and could and before == {name})
        told.keepers |= fresh

    # Recovery

    @precondition(lambda self: self.cases)
    @rule(pick=PICK, wanted=PICK)
    def officers_give_a_case(self, pick: int, wanted: int) -> None:
        told = self.cases[pick % len(self.cases)]
        name = self._somebody(told, wanted)
        if name is None:
            return
        try:
            give(self.stage, together(self.stage), told.reference, name)
        except REFUSED:
            return
        assert name in self._may_be_given(told)
        told.holders.add(name)

    @rule()
    def officers_renew_their_key(self) -> None:
        officers = together(self.stage)
        self.retired.append(officers.private_key)
        self.stage.officers = renew(self.stage, officers)
        self.recovery = together(self.stage).private_key

    @precondition(lambda self: self.cases)
    @rule()
    def everything_is_sealed_anew(self) -> None:
        """The service goes over to the other suite: every case as it lies, opened or not."""
        vault = self.stage.gate.vault
        fresh = next(one for one in SUITES if one != vault.content_suite)
        gate = replace(self.stage.gate, vault=replace(vault, content_suite=fresh))
        self.stage.system = replace(self.stage.system, gate=gate)
        rounds = reseal_all(self.stage, together(self.stage))
        assert not any(one.is_broken for one in rounds)
        assert left(self.stage) == 0
        self.officers_renew_their_key()
        for number, told in enumerate(self.cases):
            assert suites(self.stage, told.reference) == {fresh}
            self._reporter(number)
            told.holders -= self.people.left  # The keys were changed: leavers get no new one.
            told.conversing -= self.people.left
            told.keepers -= self.people.left


@pytest.mark.parametrize(
    ("examples", "steps"), [(3, 10), pytest.param(40, 40, marks=pytest.mark.soak)]
)
def test_exactly_those_whom_the_policy_allows_can_open_each_case(
    new_stage: NewStage, examples: int, steps: int
) -> None:
    machine = type("Run", (Service,), {"new_stage": staticmethod(new_stage)})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            phases=[Phase.generate],  # Chance is real here, so that a failure cannot be replayed.
            suppress_health_check=list(HealthCheck),
        ),
    )
