"""Drawing without tiring the reader: nothing comes twice before everything came once."""

from collections.abc import Hashable, Sequence
from random import Random
from typing import Generic, TypeVar

T = TypeVar("T")


class Deck(Generic[T]):
    """A shuffled pile of cards, shuffled anew whenever it has run out."""

    def __init__(self, cards: Sequence[T], rng: Random) -> None:
        if not cards:
            raise ValueError("a deck needs at least one card")
        self._cards = tuple(cards)
        self._rng = rng
        self._left: list[T] = []

    def draw(self) -> T:
        """The next card."""
        if not self._left:
            self._left = list(self._cards)
            self._rng.shuffle(self._left)
        return self._left.pop()


class Decks:
    """Decks by what they are for, so that the same pile is drawn from all through the story."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._decks: dict[Hashable, Deck[str]] = {}

    def draw(self, purpose: Hashable, cards: Sequence[str]) -> str:
        """The next of `cards` for this purpose; the cards of a purpose never change."""
        if purpose not in self._decks:
            self._decks[purpose] = Deck(cards, self._rng)
        return self._decks[purpose].draw()
