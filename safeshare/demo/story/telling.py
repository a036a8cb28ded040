"""Tells the whole story of the demo organisation: the same for the same day and seed."""

from collections.abc import Mapping
from datetime import date, timedelta
from random import Random

from safeshare.concerns.rules import Answer, CaseStatus
from safeshare.demo.story import organisation
from safeshare.demo.story.calendar import STORY_DAYS, days_received
from safeshare.demo.story.choosing import choose_codes, choose_course, choose_outcome
from safeshare.demo.story.course import CaseDiary, CaseFacts, up_to
from safeshare.demo.story.deck import Deck, Decks
from safeshare.demo.story.filling_in import Form, fill_in
from safeshare.demo.story.reporters import Reporters
from safeshare.demo.story.shapes import Story, StoryConcern
from safeshare.demo.story.sources import Situation, situations, source
from safeshare.demo.story.steps import Step, status_after
from safeshare.demo.story.wording import Teller, Wording
from safeshare.kernel.parsed import number_at, table_at

CONCERNS = 300
DEFAULT_SEED = 20
_ROTA_AHEAD = timedelta(days=120)
"""The rota goes on, so that a demo clock that is moved ahead still finds somebody on call."""

_UNTOUCHED = timedelta(days=2)
_STALLED = timedelta(days=50)


def tell_story(today: date, seed: int = DEFAULT_SEED) -> Story:
    """The story of the 18 months up to the end of `today`. Pure: equal for equal arguments.

    Only texts, people, dates and states are told; keys, ids, codes and salts are made when the
    story is loaded, and never twice the same.
    """
    rng = Random(seed)  # noqa: S311 - a story must come out the same again; no secret is drawn here
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
        concerns=_Chronicle(today, rng).concerns(),
    )


class _Chronicle:
    """Everything that was raised, and what came of it."""

    def __init__(self, today: date, rng: Random) -> None:
        decks = Decks(rng)
        self._today = today
        self._rng = rng
        self._wording = Wording(rng, decks)
        self._reporters = Reporters(rng, decks)
        self._form = Form(rng, decks)
        self._themes = Deck(_themes_by_weight(), rng)
        self._situations = {
            theme: Deck(cards, rng) for theme, cards in _situations_by_theme().items()
        }

    def concerns(self) -> tuple[StoryConcern, ...]:
        days = days_received(self._today, CONCERNS, self._rng)
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
            steps=self._steps(situation, form.teller, form.answers, received_on),
        )

    def _steps(
        self,
        situation: Situation,
        teller: Teller,
        answers: Mapping[str, Answer],
        received_on: date,
    ) -> tuple[Step, ...]:
        course = choose_course(situation, self._rng, support_only=teller.support_only)
        facts = CaseFacts(
            situation=situation,
            setting=teller.setting,
            received_on=received_on,
            support_only=teller.support_only,
            is_urgent=bool(answers.get("danger") == "yes" or answers.get("at_risk")),
            course=course,
            outcome=choose_outcome(course, situation, self._rng),
            codes=choose_codes(situation, self._rng),
        )
        steps = up_to(CaseDiary(facts, self._rng).write(), self._today)
        return self._perhaps_neglected(steps, facts)

    def _perhaps_neglected(self, steps: tuple[Step, ...], facts: CaseFacts) -> tuple[Step, ...]:
        """Nobody has opened the newest; a few open cases have been left lying, so that it shows."""
        chance = self._rng.random()
        if self._today - facts.received_on <= _UNTOUCHED:
            return ()
        is_open = status_after(steps) not in {CaseStatus.AFTERCARE, CaseStatus.CLOSED}
        if is_open and not facts.is_urgent and chance < 0.15:
            return up_to(steps, self._today - _STALLED)
        return steps


def _themes_by_weight() -> list[str]:
    themes = table_at(source("themes"), "theme")
    return [theme for theme, table in themes.items() for _ in range(number_at(table, "often"))]


def _situations_by_theme() -> dict[str, list[Situation]]:
    found: dict[str, list[Situation]] = {}
    for situation in situations():
        found.setdefault(situation.theme, []).append(situation)
    return found
