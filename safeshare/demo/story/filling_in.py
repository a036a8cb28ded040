"""Fills in the form as a reporter would: some answer everything, most leave a good deal out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from types import MappingProxyType

from safeshare.concerns.rules import Answer, Mode
from safeshare.demo.story.deck import Decks
from safeshare.demo.story.organisation import places
from safeshare.demo.story.shapes import StoryPlace
from safeshare.demo.story.sources import Situation, settings, source, texts
from safeshare.demo.story.wording import OUTSIDE, Teller, Told, Wording
from safeshare.kernel.parsed import table_at

_MODES = (Mode.ANONYMOUS, Mode.CONFIDENTIAL, Mode.NAMED)
_QUEUES = ("hr", "safeguarding", "professional_standards", "independent")
_DANGER: Mapping[str | None, float] = MappingProxyType(
    {"danger": 0.8, "child": 0.35, "adult": 0.25}
)
"""How often somebody says that there is danger now, by what the situation puts at risk."""

_STATIONS = ("station", "oncall", "volunteer")


@dataclass(frozen=True, slots=True)
class Filled:
    """A filled-in form. `place` is a key of the story; `answers` are by question id."""

    teller: Teller
    relationship: str
    place: str | None
    answers: Mapping[str, Answer]


class Form:
    """The choices that a reporter makes on the way."""

    def __init__(self, rng: Random, decks: Decks) -> None:
        self._rng = rng
        self._decks = decks

    def chance(self, share: float) -> bool:
        """True in this share of cases."""
        return self._rng.random() < share

    def draw(self, purpose: str, *path: str) -> str | None:
        """A phrase for this purpose, or None where none would suit."""
        found = texts("phrases", purpose, *path)
        return self._decks.draw((purpose, *path), found) if found else None

    def choose(self, choices: Sequence[str]) -> str:
        """One of the choices."""
        return self._rng.choice(choices)

    def teller(self, situation: Situation) -> Teller:
        """Where somebody works and how they want to be known; named only where that is safe."""
        setting = self.choose(situation.settings)
        is_delicate = bool(situation.about) or situation.family == "harm"
        named = 4 if is_delicate else 20
        mode = self._rng.choices(_MODES, (45, 35, named))[0]
        return Teller(setting, mode, self._is_support_only(situation))

    def _is_support_only(self, situation: Situation) -> bool:
        if situation.voice != "me" or situation.about or situation.family in {"harm", "wrong"}:
            return False
        return self.chance(0.75 if situation.family == "low" else 0.24)

    def place(self, setting: str) -> str | None:
        """Where it happened, coarsely: none for most, a station or area for many, a watch for few.

        Somebody who names a watch may be found by it, and the form says so.
        """
        chance = self._rng.random()
        if chance > 0.42:
            return None
        base = self.choose([place.key for place in _bases(setting)])
        by_key = {place.key: place for place in places()}
        if chance < 0.12:
            return by_key[base].within
        watches = [
            place.key
            for place in by_key.values()
            if place.within == base and _suits(place, setting)
        ]
        return self.choose(watches) if chance > 0.37 and watches else base


def _bases(setting: str) -> list[StoryPlace]:
    kind = "station" if setting in {*_STATIONS, "public"} else "department"
    found = [place for place in places() if place.kind == kind]
    if setting == "control":
        return [place for place in found if place.key == "control"]
    if setting in {"station", "oncall"}:
        homes = {place.within for place in places() if _suits(place, setting)}
        return [place for place in found if place.key in homes]
    return [place for place in found if place.key != "control"]


def _suits(place: StoryPlace, setting: str) -> bool:
    if place.kind != "watch" or setting not in {"station", "oncall", "control"}:
        return False
    return place.key.endswith("on-call") == (setting == "oncall")


def fill_in(situation: Situation, form: Form, wording: Wording) -> Filled:
    """A form as it was sent: the concern in words, and some of the other answers."""
    teller = form.teller(situation)
    setting = settings()[teller.setting]
    told = wording.tell(situation, setting, teller)
    answers = {
        "danger": "yes" if form.chance(_DANGER.get(situation.risk, 0)) else None,
        "want": "support" if teller.support_only else "share",
        "stake": form.choose(situation.stakes),
        "mode": teller.mode.value,
        "concern": told.concern,
        **_details(situation, form, teller, told),
    }
    if answers["danger"] is None and form.chance(0.7):
        answers["danger"] = "no"
    return Filled(
        teller=teller,
        relationship=situation.relationship or form.choose(setting.relationships),
        place=form.place(teller.setting),
        answers=MappingProxyType({key: one for key, one in answers.items() if one is not None}),
    )


def _details(
    situation: Situation, form: Form, teller: Teller, told: Told
) -> dict[str, Answer | None]:
    risk, handle_by = situation.risk, _handle_by(form, teller)
    says_kind = form.chance(0.92) and not handle_by
    return {
        "wishes": _wishes(situation, form, teller) if form.chance(0.75) else None,
        "where": form.draw("where", teller.setting) if form.chance(0.4) else None,
        "when": told.when if form.chance(0.6) else None,
        "who": told.who if situation.about or form.chance(0.7) else None,
        "about": situation.about or None,
        "at_risk": (risk,) if risk in {"child", "adult"} else None,
        "risk": form.draw("risk", risk) if risk and form.chance(0.7) else None,
        "category": _category(situation) if says_kind else None,
        "handle_by": handle_by,
    }


def _wishes(situation: Situation, form: Form, teller: Teller) -> str | None:
    pool = teller.setting if teller.setting in OUTSIDE else situation.family
    return form.draw("wish", "support" if teller.support_only else pool, situation.voice)


def _category(situation: Situation) -> tuple[str, ...] | None:
    kind = table_at(table_at(source("themes"), "theme"), situation.theme).get("kind")
    return (kind,) if isinstance(kind, str) else None


def _handle_by(form: Form, teller: Teller) -> str | None:
    if teller.support_only:
        return "hr"
    return form.choose(_QUEUES) if form.chance(0.2) else None
