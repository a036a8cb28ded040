"""Who serves: people join, are away, move, leave, and lose their keys. Rules of the machine."""

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import rule

from safeshare.casework.service.conflict import ReadNames
from safeshare.casework.service.correspondence import read_correspondence_names
from safeshare.kernel.actors import Role
from safeshare.kernel.errors import NotFoundError
from safeshare.people.service.administering import EndAccount, end_account
from safeshare.people.service.away import GoAway, come_back, go_away
from safeshare.people.service.membership import Membership, leave_queue
from tests.cast import QUEUES, approve, enrol
from tests.use_cases.moving import join, leave
from tests.use_cases.playing import PICK
from tests.use_cases.reporters_part import Reporting
from tests.use_cases.test_new_keys import new_keys_for
from tests.use_cases.world import Told


class Serving(Reporting):
    """Who serves which queue is kept in `people`, and the keys that were lost in `retired`."""

    @rule(pick=PICK)
    def somebody_joins(self, pick: int) -> None:
        queue = QUEUES[pick % len(QUEUES)]
        name = f"new_{len(self.stage.enrolled)}"
        enrol(self.stage, name, {Role.HANDLER}, queue)
        approve(self.stage, "overseer", name, queue)
        self.people.serve[queue].add(name)

    @rule(pick=PICK)
    def somebody_is_away_or_back(self, pick: int) -> None:
        name = self._one_of(self.people.serve["hr"] - self.people.left, pick)
        if name is None:
            return
        actor = self.stage.staff(name)
        if name in self.people.away:
            self.stage.gate.run(come_back, actor, None)
            self.people.away.discard(name)
        else:
            today = self.stage.gate.clock.today()
            self.stage.gate.run(go_away, actor, GoAway(today, None))
            self.people.away.add(name)

    @rule(pick=PICK, ends=st.booleans())
    def somebody_leaves(self, pick: int, ends: bool) -> None:
        name = self._one_of(self.people.serve["hr"] - self.people.left, pick)
        if name is None or len(self.people.serve["hr"]) <= 2:
            return
        actor, staff_id = self.stage.staff("overseer"), self.stage.enrolled[name].staff_id
        for queue in self.people.queues_of(name):
            command = Membership(staff_id, self.stage.queues[queue])
            self.stage.gate.run(leave_queue, actor, command)
            self.people.serve[queue].discard(name)
        if ends:
            administrator = self.stage.staff("administrator")
            assert self.stage.gate.run(end_account, administrator, EndAccount(staff_id)) is None
            self.people.left.add(name)

    @rule(pick=PICK, to=st.sampled_from(QUEUES))
    def somebody_moves_to_another_team(self, pick: int, to: str) -> None:
        """Whoever so comes to be kept out of a case gives it up when they next ask for it."""
        name = self._one_of(set().union(*self.people.serve.values()) - self.people.left, pick)
        before = self.people.queues_of(name or "")
        if name is None or to in before or any(len(self.people.serve[one]) <= 2 for one in before):
            return
        for queue in before:
            leave(self.stage, name, queue)
            self.people.serve[queue].discard(name)
        join(self.stage, name, to)
        self.people.serve[to].add(name)
        for told in self.cases:
            if name in told.readers & told.never:
                self._comes_to_be_out(told, name)

    @rule(pick=PICK)
    def somebody_who_lost_both_secrets_makes_new_keys(self, pick: int) -> None:
        """They lose every case, and are let into their teams again; the old key opens nothing."""
        handlers = {one for one in self.people.anywhere() if not one.endswith("_supervisor")}
        name = self._one_of(handlers, pick)
        if name is None:
            return
        self.retired.append(self.stage.enrolled[name].private_key)
        new_keys_for(self.stage, name)
        for queue in self.people.queues_of(name):
            approve(self.stage, "overseer", name, queue)
        for told in self.cases:
            for those in (told.holders, told.keepers, told.conversing):
                those.discard(name)

    def _comes_to_be_out(self, told: Told, name: str) -> None:
        actor, may = self.stage.staff(name), self.people.anywhere() - told.never
        was_contact = self._contact(told) == name
        with pytest.raises(NotFoundError):
            self.stage.gate.run(read_correspondence_names, actor, ReadNames(told.reference))
        if name in told.holders:
            self._gave_up(told, name, may - told.holders)
        else:
            self._gave_conversation_up(told, name, may - told.readers, was_contact=was_contact)
