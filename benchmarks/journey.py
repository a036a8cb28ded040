"""The reporter's whole way, page by page, as the benchmarks walk it."""

import re
from collections.abc import Mapping

from benchmarks.visitor import Visitor, WrongAnswerError

CONCERN = ("On the last three tours the same officer shouted at a new colleague. " * 30)[:2000]
"""Two thousand characters, as in the measurements of the rivals."""

ANSWERS: tuple[tuple[str, Mapping[str, str]], ...] = (
    ("safety", {"danger": "no"}),
    ("want", {"want": "share"}),
    ("about", {"stake": "saw"}),
    ("known", {"mode": "confidential"}),
    ("name", {"name": "Sam Poole", "phone": "", "reach": "text after 6pm"}),
    ("what", {"concern": CONCERN, "wishes": "That it stops."}),
    ("more", {"further": "yes"}),
    ("place", {"place": "", "where": "The drill yard", "when": "In the spring"}),
    ("people", {"who": "A watch manager"}),
    ("risk", {"risk": "It gets worse."}),
    ("team", {"handle_by": "hr"}),
    ("readers", {}),
    ("files", {}),
    ("reach", {"address": "sam@home.example"}),
)
"""Every question is answered; the reporter is confidential and leaves an address."""

_WORD = re.compile(r'class="ss-code__text">([a-z-]+)<')
_ASKED = re.compile(r"Word (\d)\s*<")


def whole_journey(visitor: Visitor) -> list[str]:
    """From the start page to *done*. Returns the words of the access code."""
    fill_in(visitor)
    return prove(visitor.send())


def fill_in(visitor: Visitor) -> None:
    """From the start page to *check answers*, every page drawn and sent."""
    visitor.open("/").open("/form/safety")
    for name, values in ANSWERS:
        _insist(visitor, f"/form/{name}")
        visitor.send(values=values)
    _insist(visitor, "/form/check")


def draft(visitor: Visitor) -> None:
    """The shortest way to a full *check answers* page."""
    visitor.open("/form/what").send(values={"concern": CONCERN, "wishes": ""}).open("/form/check")
    _insist(visitor, "/form/check")


def prove(visitor: Visitor) -> list[str]:
    """Type the two words that the code page asks for. Returns all eight."""
    _insist(visitor, "/form/code")
    words = _WORD.findall(visitor.page)
    first, second = (words[int(number) - 1] for number in _ASKED.findall(visitor.page))
    visitor.send(values={"first": first, "second": second})
    _insist(visitor, "/form/done")
    return words


def _insist(visitor: Visitor, path: str) -> None:
    if visitor.path != path:
        raise WrongAnswerError(f"expected {path}, got {visitor.path}")
