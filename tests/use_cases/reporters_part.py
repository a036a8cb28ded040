"""What reporters do after they have sent a concern, and those whom they turn to: somebody else is
asked for, the overseer is called in, files go both ways. Rules of the state machine.
"""

from uuid import uuid4

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from safeshare.casework.service.conflict import DeclareTie
from safeshare.casework.service.correspondence import declare_correspondence_tie
from safeshare.casework.service.files import AskForCaseFile, open_case_file
from safeshare.casework.service.handling import TakeCase, WriteMessage, take_case, write_message
from safeshare.kernel.actors import Reporter
from safeshare.kernel.errors import InvalidError, NotFoundError
from safeshare.mailbox.service.files import AskForFile, open_own_file
from safeshare.mailbox.service.turning import escalate
from tests.files.sending import taken, write_with
from tests.use_cases.conversation import enter
from tests.use_cases.handlers import attested
from tests.use_cases.playing import PICK, Playing
from tests.use_cases.turned import ask
from tests.use_cases.world import Told

MOST_FILES = 4
BETWEEN_ASKING = 15
"""Days, so that nobody asks more often than they may."""


class Reporting(Playing):
    """Who was turned to is kept in `conversing`, and what each file says in `files`."""

    @precondition(lambda self: self.cases)
    @rule(pick=PICK)
    def a_holder_takes_a_case(self, pick: int) -> None:
        told, name = self._holder(pick)
        if name is None or name == self._contact(told):
            return
        actor, seen = attested(self.stage, told.reference, name), self._case(told).contact_id
        self.stage.gate.run(take_case, actor, TakeCase(told.reference, seen))

    @precondition(lambda self: self.cases)
    @rule(pick=PICK, keeps=st.booleans())
    def a_reporter_asks_for_somebody_else(self, pick: int, keeps: bool) -> None:
        told, reporter = self._reporter(pick)
        self._days_pass(BETWEEN_ASKING)
        earlier = self._contact(told)
        may = self.people.anywhere() - told.never - told.readers
        try:
            ask(self.stage, reporter, keeps_earlier=keeps)
        except InvalidError:
            assert not told.line & may, "the line has somebody who may be given it"
            return
        fresh = self._contact(told)
        assert fresh is not None
        assert fresh in may
        told.conversing.add(fresh)
        if earlier is not None and not keeps:
            told.holders.discard(earlier)
            told.keepers.discard(earlier)
            told.conversing.discard(earlier)
            told.conversing -= self.people.left  # The key was changed: leavers get no new one.
            told.for_good.add(earlier)  # Nobody but the reporter could bring them back, and no way.

    @precondition(lambda self: self.cases)
    @rule(pick=PICK)
    def a_reporter_calls_the_overseer_in(self, pick: int) -> None:
        told, reporter = self._reporter(pick)
        overseer = self._named(self._case(told).overseer_id)
        if overseer is None:
            with pytest.raises(InvalidError):
                self.stage.gate.run(escalate, reporter, None)
            return
        self.stage.gate.run(escalate, reporter, None)
        told.conversing.add(overseer)

    @precondition(lambda self: self.cases)
    @rule(pick=PICK)
    def somebody_turned_to_declares_a_tie(self, pick: int) -> None:
        told = self.cases[pick % len(self.cases)]
        name = self._one_of(told.conversing - told.holders - self.people.left, pick)
        if name is None:
            return
        may = self.people.anywhere() - told.never - told.readers
        was_contact = self._contact(told) == name
        command = DeclareTie(told.reference, has_tie=True)
        self.stage.gate.run(declare_correspondence_tie, self.stage.staff(name), command)
        self._gave_conversation_up(told, name, may, was_contact=was_contact)

    # Files

    @precondition(lambda self: self.cases)
    @rule(pick=PICK)
    def a_reporter_sends_a_file(self, pick: int) -> None:
        told, reporter = self._reporter(pick)
        if len(told.files) < MOST_FILES:
            file = taken(self.stage, f"what {pick} saw\n".encode())
            write_with(self.stage, reporter, file)
            told.files[file.id] = f"what {pick} saw\n".encode()

    @precondition(lambda self: self.cases)
    @rule(pick=PICK)
    def a_holder_sends_a_file(self, pick: int) -> None:
        told, name = self._holder(pick)
        if name is None or len(told.files) >= MOST_FILES:
            return
        actor = attested(self.stage, told.reference, name)
        file = taken(self.stage, b"a form\n", actor=actor)
        command = WriteMessage(told.reference, "Here.", message_id=uuid4(), files=(file,))
        self.stage.gate.run(write_message, actor, command)
        told.files[file.id] = b"a form\n"

    @precondition(lambda self: any(one.files for one in self.cases))
    @rule(pick=PICK, wanted=PICK)
    def the_files_open_for_those_alone_who_may(self, pick: int, wanted: int) -> None:
        told, reporter = self._reporter(pick)
        names = [self._one_of(told.holders - self.people.left, pick)]
        strangers = set(self.stage.enrolled) - told.holders - self.people.left
        stranger = self.stage.staff(self._one_of(strangers, wanted) or "leader")
        for file_id, content in told.files.items():
            own = self.stage.gate.run(open_own_file, reporter, AskForFile(file_id))
            assert b"".join(own.content) == content
            asked = AskForCaseFile(told.reference, file_id)
            for name in filter(None, names):
                actor = attested(self.stage, told.reference, name)
                copy = self.stage.gate.run(open_case_file, actor, asked)
                assert b"".join(copy.content) == content
            with pytest.raises(NotFoundError):
                self.stage.gate.run(open_case_file, stranger, asked)

    def _reporter(self, pick: int) -> tuple[Told, Reporter]:
        number = pick % len(self.cases)
        return self.cases[number], enter(self.stage, self.codes[number])
