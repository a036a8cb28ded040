"""The key of an open mailbox: in the sealed session and nowhere else, for 30 idle minutes. And what
was written in it and is not sent yet, as long as the visit: only its access code shows that again.
"""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import session

from safeshare.kernel.actors import Reporter
from safeshare.kernel.sealed import PrivateKey
from safeshare.mailbox.service.entering import Entered
from safeshare.web.reporter.passing import security_now

IDLE = timedelta(minutes=30)

_MAILBOX = "mailbox"
_ASIDE = "aside"
_MINUTE = 60.0


def open_for(entered: Entered) -> None:
    """Keep what an access code opened."""
    session[_MAILBOX] = {
        "case": str(entered.case_id),
        "party": str(entered.party_id),
        "key": b64encode(entered.private_key.raw).decode("ascii"),
        "seen": security_now().timestamp(),
    }


def find_reporter() -> Reporter | None:
    """Whose mailbox is open in this session; None where none is, or it was left alone too long."""
    kept: Mapping[str, Any] | None = session.get(_MAILBOX)
    if kept is None:
        return None
    now = security_now().timestamp()
    if now - kept["seen"] > IDLE.total_seconds():
        session.pop(_MAILBOX)
        return None
    if now - kept["seen"] >= _MINUTE:
        session[_MAILBOX] = {**kept, "seen": now}
    return Reporter(UUID(kept["case"]), UUID(kept["party"]), PrivateKey(b64decode(kept["key"])))


def set_aside(party_id: UUID, text: str) -> None:
    """Keep what somebody wrote in their mailbox and did not send; only the newest is kept."""
    session[_ASIDE] = {"party": str(party_id), "text": text}


def find_aside(party_id: UUID) -> str:
    """What was written in this mailbox, and no other, during this visit; else empty."""
    kept: Mapping[str, str] = session.get(_ASIDE, {})
    return kept["text"] if kept.get("party") == str(party_id) else ""


def forget_aside() -> None:
    """Keep it no longer: it was sent."""
    session.pop(_ASIDE, None)
