"""The draft of a concern and, once it is sent, its receipt. Both lie in the sealed session only."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from flask import session

from safeshare.concerns.rules import Answer
from safeshare.concerns.rules.exclusions import Ticked
from safeshare.kernel.sealed import AccessCode

CODE_SHOWN_FOR = timedelta(minutes=30)
"""How long the code page can be loaded again (blueprint section 4, access code)."""

_DRAFT = "draft"
_RECEIPT = "receipt"
_TICKED = ("people", "jobs", "queues", "places", "let_in")


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody has told so far, and whom they keep out. `order` and `code` are drawn once and
    stay with it.
    """

    answers: Mapping[str, Answer] = field(default_factory=dict, repr=False)
    identity: Mapping[str, str] = field(default_factory=dict, repr=False)
    address: str = field(default="", repr=False)
    order: tuple[UUID, ...] = ()
    code: AccessCode | None = field(default=None, repr=False)
    ticked: Ticked = field(default=Ticked(), repr=False)

    def answered(self, given: Mapping[str, Answer | None]) -> "Draft":
        """The draft with some questions answered anew; None takes an answer back."""
        answers = {key: one for key, one in self.answers.items() if key not in given}
        answers |= {key: one for key, one in given.items() if one is not None}
        return replace(self, answers=answers)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What is left of a draft that was sent. `words` is empty once the code was proved, given up,
    or its time is over; `asked` are the positions, from 1, of the two words that prove it.
    """

    reference: str
    next_on: date
    words: tuple[str, ...] = field(repr=False)
    asked: tuple[int, int]
    shown_until: datetime
    is_saved: bool = False


def read_draft() -> Draft:
    """The draft of this session; an empty one where there is none."""
    kept: Mapping[str, Any] = session.get(_DRAFT, {})
    answers = {
        key: tuple(one) if isinstance(one, list) else one
        for key, one in kept.get("answers", {}).items()
    }
    words = kept.get("code")
    return Draft(
        answers=answers,
        identity=kept.get("identity", {}),
        address=kept.get("address", ""),
        order=tuple(UUID(one) for one in kept.get("order", ())),
        code=AccessCode(tuple(words)) if words else None,
        ticked=_ticked(kept.get("ticked", {})),
    )


def _ticked(kept: Mapping[str, list[str]]) -> Ticked:
    return Ticked(
        people=frozenset(UUID(one) for one in kept.get("people", ())),
        jobs=frozenset(kept.get("jobs", ())),
        queues=frozenset(kept.get("queues", ())),
        places=frozenset(UUID(one) for one in kept.get("places", ())),
        let_in=frozenset(UUID(one) for one in kept.get("let_in", ())),
    )


def keep_draft(draft: Draft) -> None:
    """Keep the draft in the session. The same draft again costs no write."""
    kept = {
        "answers": {
            key: list(one) if isinstance(one, tuple) else one for key, one in draft.answers.items()
        },
        "identity": dict(draft.identity),
        "address": draft.address,
        "order": [str(one) for one in draft.order],
        "code": list(draft.code.words) if draft.code else None,
        "ticked": {
            name: sorted(str(one) for one in getattr(draft.ticked, name)) for name in _TICKED
        },
    }
    if kept != session.get(_DRAFT):
        session[_DRAFT] = kept


def keep_receipt(receipt: Receipt) -> None:
    """Put the receipt in the place of the draft, which is destroyed."""
    session.pop(_DRAFT, None)
    session[_RECEIPT] = {
        "reference": receipt.reference,
        "next_on": receipt.next_on.isoformat(),
        "words": list(receipt.words),
        "asked": list(receipt.asked),
        "shown_until": receipt.shown_until.isoformat(),
        "is_saved": receipt.is_saved,
    }


def read_receipt(now: datetime) -> Receipt | None:
    """The receipt of this session; without the words once their time is over."""
    kept: Mapping[str, Any] | None = session.get(_RECEIPT)
    if kept is None:
        return None
    receipt = Receipt(
        reference=kept["reference"],
        next_on=date.fromisoformat(kept["next_on"]),
        words=tuple(kept["words"]),
        asked=(kept["asked"][0], kept["asked"][1]),
        shown_until=datetime.fromisoformat(kept["shown_until"]),
        is_saved=kept["is_saved"],
    )
    if receipt.words and now >= receipt.shown_until:
        receipt = replace(receipt, words=())
        keep_receipt(receipt)
    return receipt
