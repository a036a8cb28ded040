"""The fictional people who raise concerns: a name of their own for everyone who gives one."""

from random import Random

from safeshare.concerns.rules import Mode
from safeshare.demo.story.deck import Deck, Decks
from safeshare.demo.story.shapes import StoryIdentity
from safeshare.demo.story.sources import Situation, texts

_REACH = (
    "Evenings, after seven",
    "Please send a message here first",
    "By message here, not by phone",
    "On my rest days",
    "Mornings are best",
    "By text, and I will ring back",
)
_PHONES = 1000
"""Numbers that the regulator keeps for drama: 07700 900000 to 900999 (Ofcom)."""


class Reporters:
    """Introduces reporters. No two have the same name, number or address."""

    def __init__(self, rng: Random, decks: Decks) -> None:
        self._rng = rng
        self._decks = decks
        self._phones = Deck(range(_PHONES), rng)
        self._known: set[str] = set()

    def introduce(
        self, situation: Situation, mode: Mode
    ) -> tuple[StoryIdentity | None, str | None]:
        """Who somebody is and a personal address for neutral mail, if they give one.

        Nothing at all for anonymous reporters. Somebody who is in danger at home gives no number.
        """
        if mode is Mode.ANONYMOUS:
            return None, None
        name = self._name(situation.speaker)
        is_careful = situation.family == "harm" and situation.voice == "me"
        phone = "" if is_careful or self._rng.random() < 0.5 else self._phone()
        reach = self._decks.draw("reach", _REACH) if phone else "By message here only"
        asks_for_mail = not is_careful and self._rng.random() < 0.45
        address = f"{name.lower().replace(' ', '.')}@post.example" if asks_for_mail else None
        return StoryIdentity(name, phone, reach), address

    def _name(self, speaker: str | None) -> str:
        given = (
            texts("people", "reporter", speaker)
            if speaker
            else texts("people", "reporter", "woman") + texts("people", "reporter", "man")
        )
        surnames = texts("people", "reporter", "surnames")
        while True:
            first = self._decks.draw(("given", speaker), given)
            name = f"{first} {self._decks.draw('surname', surnames)}"
            if name not in self._known:
                self._known.add(name)
                return name

    def _phone(self) -> str:
        return f"07700 900{self._phones.draw():03d}"
