"""Puts a concern into words: the blocks of one situation, and sentences that suit it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from safeshare.concerns.rules import Mode
from safeshare.demo.story.deck import Deck, Decks
from safeshare.demo.story.sources import Setting, Situation, texts

SHORTEST_IN_WORDS = 42
OUTSIDE = frozenset({"public", "volunteer"})
"""Settings whose reporters do not share a workplace with the staff."""

_PARAGRAPHS_FROM = 80
"""Words from which on a text is set in paragraphs."""

_SHARED = 0.7
"""The largest share of sentences that two concerns may have in common."""

_SENTENCE_END = re.compile(r"(?<=[.?!])\s+")
_GAP = re.compile(r"\{(\w+)\}")
_Block = tuple[str, str]
"""Which part of the text it belongs to, and its words."""


@dataclass(frozen=True, slots=True)
class Teller:
    """Who tells it: where they work, how they want to be known, what they ask for."""

    setting: str
    mode: Mode
    support_only: bool


@dataclass(frozen=True, slots=True)
class Told:
    """A concern in words. `when` is a coarse time that the words agree with, or None."""

    concern: str
    who: str | None
    when: str | None


class Words:
    """The gaps in a situation, filled so that one text never gives two things the same time."""

    def __init__(self, setting: Setting, rng: Random) -> None:
        self._words = setting.words
        self._times: Mapping[str, Deck[str]] = {
            gap: Deck(texts("slots", gap), rng) for gap in ("ago", "span")
        }
        self.when: str | None = None

    def fill(self, block: str) -> str:
        """The block without gaps."""
        return _GAP.sub(self._word, block)

    def _word(self, gap: re.Match[str]) -> str:
        name = gap.group(1)
        if name.lower() not in self._times:
            return self._words[name]
        time = self._times[name.lower()].draw()
        sentence = time[0].upper() + time[1:]
        self.when = self.when or sentence
        return sentence if name[0].isupper() else time


class Wording:
    """Tells concerns, never two in the same words."""

    def __init__(self, rng: Random, decks: Decks) -> None:
        self._rng = rng
        self._decks = decks
        self._told: list[frozenset[str]] = []

    def tell(self, situation: Situation, setting: Setting, teller: Teller) -> Told:
        """A concern of this situation. Draws again if much the same was told before."""
        while True:
            words = Words(setting, self._rng)
            text = self._compose(situation, teller, words)
            if self._is_new(text):
                who = words.fill(situation.who) if situation.who else None
                return Told(text, who, words.when)

    def _is_new(self, text: str) -> bool:
        """Whether no concern before shares most of its sentences; if so it is remembered."""
        sentences = frozenset(_SENTENCE_END.split(text))
        is_new = all(
            len(sentences & told) <= _SHARED * max(len(sentences), len(told)) for told in self._told
        )
        if is_new:
            self._told.append(sentences)
        return is_new

    def _compose(self, situation: Situation, teller: Teller, words: Words) -> str:
        start = self._decks.draw(situation.start, situation.start)
        opener = (
            [self._decks.draw("opener", texts("phrases", "opener"))]
            if self._rng.random() < 0.4
            else []
        )
        optional = self._optional(situation, teller)
        kept = self._keep(sum(len(block.split()) for block in (start, *opener)), optional)
        facts = [*opener, start, *_of_part("then", kept)]
        paragraphs = (facts, _of_part("effect", kept), _of_part("closer", kept))
        return _set_out([" ".join(map(words.fill, blocks)) for blocks in paragraphs if blocks])

    def _optional(self, situation: Situation, teller: Teller) -> list[_Block]:
        """Blocks that may follow the start, in the order in which they would stand."""
        facts = [("then", self._decks.draw(choices, choices)) for choices in situation.then]
        pool = teller.setting if teller.setting in OUTSIDE else situation.family
        sentences = texts("phrases", "effect", pool, situation.voice)
        effects = [
            ("effect", self._decks.draw((pool, situation.voice), sentences))
            for _ in range(3 if sentences else 0)
        ]
        return [*dict.fromkeys([*facts, *effects]), *self._closers(situation, teller)]

    def _closers(self, situation: Situation, teller: Teller) -> list[_Block]:
        if situation.family == "harm" and situation.voice == "me":
            return []
        kind = "outside" if teller.setting in OUTSIDE else teller.mode.value
        kind = "support" if teller.support_only else kind
        return [("closer", self._decks.draw(kind, texts("phrases", "closer", kind)))]

    def _keep(self, length: int, optional: Sequence[_Block]) -> list[_Block]:
        """The first fact and, by chance, as much else as makes some concerns short and some long.

        `length` is in words and counts what stands already.
        """
        target = self._rng.triangular(SHORTEST_IN_WORDS, 230, 70)
        kept: set[_Block] = set()
        for block in (optional[0], *self._rng.sample(optional, len(optional))):
            if length < target and block not in kept:
                kept.add(block)
                length += len(block[1].split())
        return [block for block in optional if block in kept]


def _of_part(part: str, blocks: Sequence[_Block]) -> list[str]:
    return [text for of, text in blocks if of == part]


def _set_out(paragraphs: Sequence[str]) -> str:
    whole = " ".join(paragraphs)
    return whole if len(whole.split()) < _PARAGRAPHS_FROM else "\n\n".join(paragraphs)
