"""What then happens in a case, from the first reply to the last check, day by day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from random import Random

from safeshare.casework.rules import Outcome
from safeshare.concerns.rules import CaseStatus
from safeshare.demo.story.calendar import working_day, working_days_later
from safeshare.demo.story.deck import Deck
from safeshare.demo.story.sources import Situation, questions, texts
from safeshare.demo.story.steps import (
    Acknowledge,
    ChangeStatus,
    Close,
    CodeThemes,
    EndAftercare,
    ReporterMessage,
    StaffMessage,
    Step,
    Take,
)

AFTERCARE_DAYS = 181
"""Aftercare lasts until the day after the last question about detriment."""

_ASKED = 0.4
_EXCHANGED = 0.2
"""The shares of cases in which a handler asks something, and of updates that are answered."""

_WELCOME = frozenset({Outcome.SUBSTANTIATED, Outcome.RESOLVED})


class Course(StrEnum):
    """The ways that a case may go. The value is also where its texts stand."""

    SUPPORT = "support"
    CARE = "care"
    INFORMAL = "informal"
    INVESTIGATING = "investigating"
    REDIRECT = "redirect"
    WITHDRAWN = "withdraw"


_STATUSES = {
    Course.SUPPORT: (CaseStatus.SUPPORT,),
    Course.CARE: (CaseStatus.INFORMAL,),
    Course.INFORMAL: (CaseStatus.INFORMAL,),
    Course.INVESTIGATING: (CaseStatus.PLANNING, CaseStatus.INVESTIGATING),
}
"""The statuses that a decision leads through; the other courses are closed from triage."""

_ROUNDS = {Course.INVESTIGATING: (1, 3), Course.SUPPORT: (2, 3)}
"""Fewest and most updates on the way, where they are not one or two."""


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What decides how a case goes. An urgent one is never answered late; one of long ago is told
    in short, without what was said on the way, so that a demo is loaded in a minute.
    """

    situation: Situation
    setting: str
    received_on: date
    support_only: bool
    is_urgent: bool
    is_long_ago: bool
    course: Course
    outcome: Outcome
    codes: tuple[str, ...]


class CaseDiary:
    """Writes the steps of one case as they happen, whatever the story's last day is."""

    def __init__(self, facts: CaseFacts, rng: Random) -> None:
        self._facts = facts
        self._rng = rng
        self._day = facts.received_on
        self._piles: dict[tuple[str, ...], Deck[str]] = {}
        self._steps: list[Step] = []

    def write(self) -> tuple[Step, ...]:
        """Every step from taking the case to its being closed for good."""
        self._first_reply()
        self._wait(1, 9)
        self._note(CodeThemes(self._day, self._facts.codes))
        is_answered = self._ask()
        self._wait(1, 4)
        if not is_answered:
            self._go_on(Course.INVESTIGATING)
            self._tell_outcome(Outcome.INSUFFICIENT)
        elif self._facts.course is Course.WITHDRAWN:
            self._withdraw()
        elif self._facts.course is Course.REDIRECT:
            self._redirect()
        else:
            self._see_through()
        return tuple(self._steps)

    def _first_reply(self) -> None:
        """Mostly within two working days. One in ten is late, and a few later than seven days."""
        chance = self._rng.random()
        late = self._rng.randint(6, 9) if chance < 0.04 else self._rng.randint(3, 5)
        soon = self._rng.randint(0, 1 if self._facts.is_urgent else 2)
        is_late = chance < 0.12 and not self._facts.is_urgent
        self._day = working_days_later(self._day, late if is_late else soon)
        self._note(Take(self._day))
        kind = self._acknowledgement()
        self._note(Acknowledge(self._day, self._draw("acknowledge", kind)))

    def _acknowledgement(self) -> str:
        if self._facts.support_only:
            return "support"
        if self._facts.situation.family == "harm":
            return "harm"
        return "public" if self._facts.setting == "public" else "general"

    def _ask(self) -> bool:
        """Perhaps asks the reporter something. False when no answer ever came."""
        asked = self._question()
        if asked is None or self._facts.is_long_ago or self._rng.random() > _ASKED:
            return True
        ask, answer = asked
        self._wait(1, 3)
        self._write(ask)
        self._status(CaseStatus.WAITING_YOU)
        is_answered = self._rng.random() < 0.85
        if is_answered:
            self._hear(answer, 1, 11)
        else:
            self._remind()
        self._wait(0, 2)
        self._status(CaseStatus.TRIAGE)
        return is_answered

    def _question(self) -> tuple[str, str] | None:
        situation = self._facts.situation
        if self._facts.support_only or self._facts.course is Course.CARE:
            return None
        family = "wrong" if situation.family == "unfair" else situation.family
        family = "public" if self._facts.setting == "public" else family
        fitting = [
            (question.ask, question.answer)
            for question in questions()
            if question.family == family and question.voice in {None, situation.voice}
        ]
        return self._rng.choice(fitting) if fitting else None

    def _remind(self) -> None:
        """A question stays open for 28 days and two reminders before we go on without an answer."""
        for text in texts("messages", "remind", "texts"):
            self._wait(13, 16)
            self._write(text)
        self._wait(7, 14)

    def _withdraw(self) -> None:
        self._hear(self._draw("reporter", "withdraw", "texts"), 2, 20)
        self._wait(0, 3)
        self._write(self._draw("reply", "withdraw"))
        self._wait(1, 5)
        self._close(Outcome.WITHDRAWN, self._draw("outcome", "withdrawn"))

    def _redirect(self) -> None:
        self._write(self._draw("start", "redirect", "texts"))
        self._wait(2, 14)
        self._close(Outcome.REDIRECTED, self._draw("outcome", "redirected"))

    def _see_through(self) -> None:
        self._go_on(self._facts.course)
        if self._facts.course is Course.SUPPORT:
            self._close(Outcome.RESOLVED, self._draw("outcome", "support"))
        else:
            self._tell_outcome(self._facts.outcome)

    def _go_on(self, course: Course) -> None:
        """Updates at most 28 days apart, but for the late ones, for which we say sorry."""
        first, *later = _STATUSES[course]
        self._write(self._draw("start", course.value, "texts"))
        self._status(first)
        for status in later:
            self._wait(5, 18)
            self._status(status)
        for text in self._in_order("progress", course.value, "texts"):
            self._update(text)
            if not self._facts.is_long_ago and self._rng.random() < _EXCHANGED:
                self._exchange(course.value)
        self._wait(5, 16)

    def _update(self, text: str) -> None:
        if self._rng.random() < 0.1:
            self._wait(31, 45)
            self._write(self._draw("progress", "late", "texts"))
        else:
            self._wait(12, 25)
            self._write(text)

    def _exchange(self, kind: str) -> None:
        self._hear(self._draw("reporter", kind, "texts"), 1, 6)
        if texts("messages", "reply", kind):
            self._wait(1, 3)
            self._write(self._draw("reply", kind))

    def _tell_outcome(self, outcome: Outcome) -> None:
        self._status(CaseStatus.OUTCOME)
        is_care = self._facts.course is Course.CARE
        text = self._draw("outcome", "care" if is_care else outcome.value)
        if self._facts.is_long_ago:
            self._close(outcome, text)
            return
        self._write(text)
        if outcome is not Outcome.INSUFFICIENT and self._rng.random() < 0.4:
            mood = "content" if outcome in _WELCOME else "mixed"
            self._hear(self._draw("reporter", mood, "texts"), 1, 8)
        self._wait(10, 27)
        self._close(outcome, self._draw("close", "texts"))

    def _close(self, outcome: Outcome, text: str) -> None:
        self._note(Close(self._day, outcome, text))
        self._day += timedelta(days=AFTERCARE_DAYS)
        self._note(EndAftercare(self._day))

    def _wait(self, fewest: int, most: int) -> None:
        self._day = working_day(self._day + timedelta(days=self._rng.randint(fewest, most)))

    def _hear(self, text: str, fewest: int, most: int) -> None:
        self._day += timedelta(days=self._rng.randint(fewest, most))
        self._note(ReporterMessage(self._day, text))
        self._day = working_day(self._day)

    def _write(self, text: str) -> None:
        self._note(StaffMessage(self._day, text))

    def _status(self, status: CaseStatus) -> None:
        self._note(ChangeStatus(self._day, status))

    def _note(self, step: Step) -> None:
        self._steps.append(step)

    def _in_order(self, *path: str) -> tuple[str, ...]:
        """As many texts as this case has updates, in the order in which work goes forward."""
        found = texts("messages", *path)
        few, many = _ROUNDS.get(self._facts.course, (1, 2))
        count = 1 if self._facts.is_long_ago else self._rng.randint(few, many)
        first = self._rng.randint(0, len(found) - count)
        return found[first : first + count]

    def _draw(self, *path: str) -> str:
        """A text that this case has not had yet, for as long as there is one."""
        if path not in self._piles:
            self._piles[path] = Deck(texts("messages", *path), self._rng)
        return self._piles[path].draw()


def up_to(steps: Sequence[Step], today: date) -> tuple[Step, ...]:
    """The steps that have happened by the end of `today`."""
    return tuple(step for step in steps if step.on <= today)
