"""Tells the whole story of the demo organisation: the same for the same day and seed."""

from datetime import date, timedelta
from random import Random

from safeshare.concerns.rules import OVER
from safeshare.demo.story import organisation
from safeshare.demo.story.calendar import STORY_DAYS, days_received
from safeshare.demo.story.choosing import choose_codes, choose_course, choose_outcome
from safeshare.demo.story.course import CaseDiary, CaseFacts, up_to
from safeshare.demo.story.deck import Deck, Decks
from safeshare.demo.story.filling_in import Filled, Form, fill_in
from safeshare.demo.story.reporters import Reporters
from safeshare.demo.story.shapes import Story, StoryConcern
from safeshare.demo.story.sources import Situation, situations, source
from safeshare.demo.story.steps import Step, status_after
from safeshare.demo.story.wording import Wording
from safeshare.kernel.parsed import number_at, table_at

CONCERNS = 300
DEFAULT_SEED = 20
_ROTA_AHEAD = timedelta(days=120)
"""The rota goes on, so that a demo clock that is moved ahead still finds somebody on call."""

_UNTOUCHED = timedelta(days=2)
_LONG_AGO = timedelta(days=160)
_STALLED = timedelta(days=50)
_LEFT_LYING = 0.15
"""The share of open cases in which nothing was done for the last `_STALLED` days."""


def tell_story(today: date, seed: int = DEFAULT_SEED) -> Story:
    """The story of the 18 months up to the end of `today`. Pure: equal for equal arguments.

    Only texts, people, dates and states are told; keys, ids, codes and salts are made when the
    story is loaded, and never twice the same.
    """
    staff = organisation.people()
    began = today - timedelta(days=STORY_DAYS)
    return Story(
        today=today,
        service=organisation.SERVICE,
        places=organisation.places(),
        people=staff,
        memberships=organisation.memberships(staff),
        reserves=organisation.RESERVES,
        rota=organisation.rota(staff, began, today + _ROTA_AHEAD),
        recovery_officers=organisation.recovery_officers(),
        concerns=_Chronicle(today, seed).concerns(),
    )


def _chance(seed: int, purpose: str) -> Random:
    """Chance of its own for each purpose, so that a word changed in one case changes no other."""
    return Random(f"{seed} {purpose}")  # noqa: S311 - it must come out the same; it keeps no secret


class _Chronicle:
    """Everything that was raised, and what came of it."""

    def __init__(self, today: date, seed: int) -> None:
        rng = _chance(seed, "words")
        decks = Decks(rng)
        self._today = today
        self._seed = seed
        self._wording = Wording(rng, decks)
        self._reporters = Reporters(rng, decks)
        self._form = Form(rng, decks)
        told = _chance(seed, "situations")
        self._themes = Deck(_themes_by_weight(), told)
        self._situations = {
            theme: Deck(cards, told) for theme, cards in _situations_by_theme().items()
        }

    def concerns(self) -> tuple[StoryConcern, ...]:
        days = days_received(self._today, CONCERNS, _chance(self._seed, "days"))
        return tuple(self._concern(number, day) for number, day in enumerate(days, start=1))

    def _concern(self, number: int, received_on: date) -> StoryConcern:
        situation = self._situations[self._themes.draw()].draw()
        form = fill_in(situation, self._form, self._wording)
        identity, address = self._reporters.introduce(situation, form.teller.mode)
        return StoryConcern(
            key=f"concern-{number:03d}",
            received_on=received_on,
            theme=situation.theme,
            mode=form.teller.mode,
            relationship=form.relationship,
            place=form.place,
            answers=form.answers,
            identity=identity,
            nudge_address=address,
            steps=self._steps(number, situation, form, received_on),
        )

    def _steps(
        self, number: int, situation: Situation, form: Filled, received_on: date
    ) -> tuple[Step, ...]:
        rng = _chance(self._seed, f"case {number}")
        support_only = form.teller.support_only
        course = choose_course(situation, rng, support_only=support_only)
        facts = CaseFacts(
            situation=situation,
            setting=form.teller.setting,
            received_on=received_on,
            support_only=support_only,
            is_long_ago=self._today - received_on > _LONG_AGO,
            is_urgent=bool(form.answers.get("danger") == "yes" or form.answers.get("at_risk")),
            course=course,
            outcome=choose_outcome(course, situation, rng),
            codes=choose_codes(situation, rng),
        )
        is_left_lying = not facts.is_urgent and rng.random() < _LEFT_LYING
        steps = up_to(CaseDiary(facts, rng).write(), self._today)
        return self._as_far_as_done(steps, received_on, is_left_lying=is_left_lying)

    def _as_far_as_done(
        self, steps: tuple[Step, ...], received_on: date, *, is_left_lying: bool
    ) -> tuple[Step, ...]:
        """Nobody has opened the newest; a few open cases have been left lying, so that it shows."""
        if self._today - received_on <= _UNTOUCHED:
            return ()
        is_open = status_after(steps) not in OVER
        return up_to(steps, self._today - _STALLED) if is_open and is_left_lying else steps


def _themes_by_weight() -> list[str]:
    themes = table_at(source("themes"), "theme")
    return [theme for theme, table in themes.items() for _ in range(number_at(table, "often"))]


def _situations_by_theme() -> dict[str, list[Situation]]:
    found: dict[str, list[Situation]] = {}
    for situation in situations():
        found.setdefault(situation.theme, []).append(situation)
    return found
