"""Fills an empty database with the demo organisation, day by day, through the use cases."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from typing import Literal

from sqlalchemy import delete

from safeshare.casework.service.aftercare import end_aftercare
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
from safeshare.updates.service.sweep import sweep_promises

MORNING = time(9, 30)
EVENING = time(17, 30)
"""Staff act in the morning; what fell due at 17:00 is swept in the evening. Only entries of staff
and worker carry these; nothing of a reporter has a time of day."""

OFFICERS_TOGETHER = 2
SUNDAY = 6
ROTA_AHEAD = timedelta(weeks=4)
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
    codes = {one.key: gate.vault.new_access_code() for one in story.concerns}
    _stretch_ahead(gate, tuple(codes.values()))
    player = Player(gate, cast, done.places, codes)
    days = {day: list(found) for day, found in groupby(story.happenings(), lambda one: one.on)}
    day = min(days)
    while day <= story.today:
        clock.move_to(day, MORNING)
        for happening in days.get(day, ()):
            if happening.step is None:
                player.send(happening.concern)
            else:
                player.take(happening.concern, happening.step)
        if day < story.today:
            clock.move_to(day, EVENING)
            _let_the_day_pass(gate)
        if day < story.today and day.weekday() == SUNDAY:
            _let_the_week_pass(gate)
            cast.plan_rota(story, day + ROTA_AHEAD)
        day += timedelta(days=1)
    cast.plan_rota(story, date.max)
    return player


def _stretch_ahead(gate: Gate, codes: Sequence[AccessCode]) -> None:
    """Stretch every code on two cores at once; the gate's vault remembers the keys."""
    lanes: tuple[Literal["send", "guesses"], ...] = ("send", "guesses")
    with ThreadPoolExecutor(len(lanes)) as pool:
        for number, lane in enumerate(lanes):
            pool.submit(_stretch_some, gate, codes[number :: len(lanes)], lane)


def _stretch_some(
    gate: Gate, codes: Sequence[AccessCode], lane: Literal["send", "guesses"]
) -> None:
    for code in codes:
        gate.vault.party_keys(code, lane)


def _let_the_day_pass(gate: Gate) -> None:
    """What the worker does of an evening and must not wait."""
    while gate.run(sweep_promises, Worker(), None).parties:
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
