"""Fills an empty database with the demo organisation, day by day, through the use cases."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby

from sqlalchemy import delete

from safeshare.casework.service.aftercare import end_aftercare
from safeshare.casework.service.watching import watch_cases
from safeshare.concerns.rules import RoutingRule
from safeshare.concerns.service.routing import load_routing_order
from safeshare.demo.cast import Cast, SignIn
from safeshare.demo.playing import Player
from safeshare.demo.story import Story
from safeshare.gate import Door, Gate, use_case
from safeshare.gate.keeping import begin_ledger, collect_past_days, sign_head
from safeshare.kernel.actors import Operator, Worker
from safeshare.kernel.clocks import LONDON, Clock
from safeshare.kernel.sealed import AccessCode
from safeshare.ledger.events import Event
from safeshare.outbox.models import OutgoingMail
from safeshare.people.rules import QueueSettings
from safeshare.people.service.installation import PlaceToAdd, SetUp, SetUpDone, set_up
from safeshare.people.service.recovery import InitRecovery, OfficerCode, init_recovery
from safeshare.policy.actions import Action
from safeshare.themes.service.release import release_due_periods
from safeshare.updates.service.sweep import PARTIES_A_SWEEP, sweep_promises

MORNING = time(9, 30)
EVENING = time(17, 30)
"""Staff act in the morning; what fell due at 17:00 is swept in the evening. Only entries of staff
and worker carry these; nothing of a reporter has a time of day."""

OFFICERS_TOGETHER = 2
SUNDAY = 6
ROTA_AHEAD = timedelta(weeks=5)
"""Turns are planned once a month, until the next month's are."""

CODES_SHOWN = 5
"""How many of the newest open concerns have their access code shown, to try the mailbox."""


@dataclass(frozen=True, slots=True)
class DemoLoaded:
    """What is shown once: how to sign in, the officers' codes, and a few reporters' codes."""

    sign_ins: Sequence[SignIn]
    officers: Sequence[OfficerCode]
    reporters: Sequence[tuple[str, AccessCode]]


@dataclass
class _StoryTime:
    """The instant that the story has reached."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def move_to(self, day: date, at: time) -> None:
        self.now = datetime.combine(day, at, LONDON).astimezone(UTC)


def load_demo(
    gate: Gate, story: Story, queues: Sequence[QueueSettings], routing: Sequence[RoutingRule]
) -> DemoLoaded:
    """Play the story into the empty database behind `gate`. Raises StaleError if it is not empty.

    Texts, people, dates and states are the story's; keys, ids, codes and salts are made now.
    """
    began = min(concern.received_on for concern in story.concerns)
    clock = _StoryTime(datetime.combine(began, MORNING, LONDON).astimezone(UTC))
    gate = replace(gate, clock=Clock(source=clock), vault=gate.vault.with_memory())
    gate.run(begin_ledger, Operator(), None)
    done = gate.run(set_up, Operator(), _set_up(story, queues))
    gate.run(load_routing_order, Operator(), routing)
    officers = gate.run(
        init_recovery, Operator(), InitRecovery(story.recovery_officers, OFFICERS_TOGETHER)
    )
    cast = Cast(gate, done)
    cast.join(story)
    cast.plan_rota(story, began + ROTA_AHEAD)
    player = _play(gate, story, cast, done, clock)
    gate.run(watch_cases, Worker(), None)
    gate.run(finish_loading, Operator(), len(story.concerns))
    gate.run(sign_head, Worker(), None)
    return DemoLoaded(cast.sign_ins, officers, _codes_to_show(story, player))


@use_case(Action.DEMO_LOAD)
def finish_loading(door: Door, concerns: int) -> None:
    """Drop the mail of the story: it is told as long sent, and nobody is to get it now."""
    with door.change() as session:
        session.execute(delete(OutgoingMail))
        door.record(Event.DEMO_LOADED, concerns=str(concerns))


def _set_up(story: Story, queues: Sequence[QueueSettings]) -> SetUp:
    places = tuple(
        PlaceToAdd(place.key, place.within, place.kind, place.name, place.headcount)
        for place in story.places
    )
    return SetUp(story.service, is_demo=True, queues=tuple(queues), places=places)


def _play(gate: Gate, story: Story, cast: Cast, done: SetUpDone, clock: _StoryTime) -> Player:
    days = {day: list(found) for day, found in groupby(story.happenings(), lambda one: one.on)}
    with _new_codes(gate, story) as codes:
        player = Player(gate, cast, done.places, codes)
        day = min(days)
        while day <= story.today:
            clock.move_to(day, MORNING)
            player.play(days.get(day, ()))
            if day < story.today:
                clock.move_to(day, EVENING)
                _let_the_day_pass(gate)
                if day.weekday() == SUNDAY:
                    _let_the_week_pass(gate)
            if day.day == 1:
                cast.plan_rota(story, day + ROTA_AHEAD)
            day += timedelta(days=1)
    cast.plan_rota(story, date.max)
    return player


@contextmanager
def _new_codes(gate: Gate, story: Story) -> Iterator[Mapping[str, Future[AccessCode]]]:
    """A code for each concern, stretched in the order of the story while it is played: stretching
    leaves the interpreter free, and the gate's vault remembers the keys.
    """
    pool = ThreadPoolExecutor(max_workers=1)
    try:
        yield {one.key: pool.submit(_new_code, gate) for one in story.concerns}
    finally:
        pool.shutdown(cancel_futures=True)


def _new_code(gate: Gate) -> AccessCode:
    code = gate.vault.new_access_code()
    gate.vault.party_keys(code, "send")
    return code


def _let_the_day_pass(gate: Gate) -> None:
    """What the worker does of an evening and must not wait. After a sweep that was not full there
    is nothing left: nobody else is at work.
    """
    while gate.run(sweep_promises, Worker(), None).parties == PARTIES_A_SWEEP:
        pass


def _let_the_week_pass(gate: Gate) -> None:
    """What only moves rows waits for the end of the week."""
    while gate.run(end_aftercare, Worker(), None):
        pass
    gate.run(collect_past_days, Worker(), None)
    gate.run(release_due_periods, Worker(), None)


def _codes_to_show(story: Story, player: Player) -> Sequence[tuple[str, AccessCode]]:
    with_answers = [concern for concern in story.concerns if len(concern.steps) > 2]
    return [player.code_of(concern) for concern in with_answers[-CODES_SHOWN:]]
